#include "workers/stances/cues.h"

#include <stdlib.h>

#include "workers/engine/relations.h"
#include "workers/text/compounds.h"

#define CUE_WORDS_MAX 16

struct matcher {
    const struct doc *d;
    const struct lexicon *lexicon;
    struct reading *r;
    size_t cap;
    size_t sentence_first; /* first hit of the sentence at hand */
};

static bool word_matches(const struct doc *d, int32_t i, struct str word)
{
    const struct token *t = &d->tokens[i];
    return str_equal(t->lemma, word) || str_equal(t->lower, word);
}

static bool is_gap(struct str word)
{
    return str_is(word, CUE_GAP);
}

/* Words that may stand inside a cue although its line does not say so. */
static bool is_filler(const struct doc *d, int32_t i)
{
    return d->tokens[i].upos == UPOS_ADV || d->tokens[i].upos == UPOS_DET ||
           (d->tokens[i].upos == UPOS_PRON && d->mention_at[i] != NONE &&
            d->mentions[d->mention_at[i]].possessive);
}

static bool is_particle(struct str w)
{
    static const char *const particles[] = {"down", "up",   "off",   "out", "back",
                                            "over", "away", "apart", NULL};
    for (size_t i = 0; particles[i]; i++)
        if (str_is(w, particles[i]))
            return true;
    return false;
}

/* Finds the next word of a cue from token `from` in direction `step`; at most `most` tokens may lie between,
 * any when `any` is set, else fillers. */
static int32_t next_word(const struct doc *d, int32_t from, int step, int most, bool any, struct str word,
                         const struct sentence *s)
{
    int32_t i = from;
    for (int skipped = 0; skipped <= most && i >= s->first && i < s->last; skipped++, i += step) {
        if (compounds_hyphen(d, i)) {
            skipped -= 2; /* "30-day" counts as one */
            continue;
        }
        if (word_matches(d, i, word))
            return i;
        if (d->tokens[i].upos == UPOS_PUNCT || !(any || is_filler(d, i)))
            return NONE;
    }
    return NONE;
}

/* Tokens of the words of `c` when its head stands at `at`; false: it does not match there. */
static bool match_words(const struct doc *d, const struct cue *c, int32_t at, int32_t *where,
                        const struct sentence *s)
{
    if (c->words.n > CUE_WORDS_MAX)
        return false;
    where[c->head] = at;
    for (int step = -1; step <= 1; step += 2) {
        int32_t i = at + step;
        bool gap = false;
        for (size_t w = c->head + (size_t)step; w < c->words.n;
             w += (size_t)step) { /* below 0 wraps and ends it */
            where[w] = NONE;
            if (is_gap(c->words.v[w])) {
                gap = true;
                continue;
            }
            bool loose = gap || (step > 0 && is_particle(c->words.v[w]));
            i = next_word(d, i, step, gap ? CUE_GAP_MAX : loose ? 5 : 2, loose, c->words.v[w], s);
            if (i == NONE)
                return false;
            where[w] = i;
            i += step;
            gap = false;
        }
    }
    return true;
}

/* "express doubts" where the doubts come first: "doubts expressed by X", "doubts were expressed". */
static bool match_moved(const struct matcher *m, const struct cue *c, int32_t at, int32_t *where,
                        struct np *moved)
{
    int32_t k = m->r->clauses->at[at];
    if (k == NONE || c->pos != CUE_VERB || c->head != 0 || c->words.n < 2 || c->words.n > 3)
        return false;
    const struct clause *v = &m->r->clauses->v[k];
    if (!v->passive || !np_some(v->subject) || (c->words.n == 3 && !is_gap(c->words.v[1])))
        return false;
    struct np n = v->subject; /* of "doubts about the plan expressed by X" the first noun */
    int32_t first = m->d->sentences[v->sentence].first;
    for (int steps = 0; !word_matches(m->d, n.head, c->words.v[c->words.n - 1]); steps++) {
        if (steps == 3 || n.first - 1 <= first || m->d->tokens[n.first - 1].upos != UPOS_ADP)
            return false;
        n = np_before(m->d, n.first - 1, first);
        if (!np_some(n))
            return false;
    }
    where[0] = at;
    where[1] = NONE;
    where[c->words.n - 1] = n.head;
    *moved = n;
    return true;
}

/* "have * talks" is not in "has held talks": there the verb is another one. */
static bool is_auxiliary(const struct matcher *m, const struct token *t)
{
    return m->d->has_tree && t->deprel == REL_AUX;
}

static bool pos_fits(const struct matcher *m, const struct cue *c, int32_t at)
{
    const struct token *t = &m->d->tokens[at];
    switch (c->pos) {
    case CUE_VERB:
        return t->upos == UPOS_VERB || (t->upos == UPOS_AUX && c->words.n > 1 && !is_auxiliary(m, t));
    case CUE_NOUN: return t->upos == UPOS_NOUN && m->d->mention_at[at] == NONE;
    case CUE_ADJECTIVE: return t->upos == UPOS_ADJ || (t->upos == UPOS_VERB && t->form >= VERB_PAST);
    default: return true;
    }
}

static struct pieces pieces_of(const struct doc *d, const int32_t *where, size_t n)
{
    struct pieces p = {ARENA_ARRAY(d->arena, struct piece, n), 0};
    int32_t sorted[CUE_WORDS_MAX];
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (where[i] == NONE)
            continue;
        size_t j = k++;
        for (; j > 0 && sorted[j - 1] > where[i]; j--)
            sorted[j] = sorted[j - 1];
        sorted[j] = where[i];
    }
    for (size_t i = 0; i < k; i++) {
        if (p.n && p.v[p.n - 1].last == sorted[i])
            p.v[p.n - 1].last++;
        else
            p.v[p.n++] = (struct piece){sorted[i], sorted[i] + 1};
    }
    return p;
}

static int32_t copula_before(const struct matcher *m, int32_t at, int32_t first)
{
    for (int32_t i = at - 1; i >= first && i >= at - 4; i--) {
        if (m->r->clauses->at[i] != NONE)
            return m->r->clauses->at[i];
        int u = m->d->tokens[i].upos;
        if (u != UPOS_ADV && u != UPOS_PART && u != UPOS_ADJ)
            return NONE;
    }
    return NONE;
}

/* The clause that a cue speaks of: its first verb's. */
static int32_t clause_of(const struct matcher *m, const struct cue *c, const int32_t *where,
                         const struct sentence *s)
{
    const struct clauses *cs = m->r->clauses;
    if (c->pos == CUE_VERB)
        for (size_t w = 0; w < c->words.n; w++)
            if (where[w] != NONE && cs->at[where[w]] != NONE)
                return cs->at[where[w]];
    if (c->pos == CUE_ADJECTIVE || (c->pos == CUE_PHRASE && c->says != SAYS_YES)) {
        if (cs->at[where[c->head]] != NONE)
            return cs->at[where[c->head]];
        return copula_before(m, where[0] == NONE ? where[c->head] : where[0], s->first);
    }
    return NONE;
}

/* The first cue of a list that matches at `at` becomes a hit, if it has more words than `than`. */
static size_t try_list(struct matcher *m, struct cue_list list, int32_t at, const struct sentence *s,
                       size_t than)
{
    const struct doc *d = m->d;
    for (size_t k = 0; k < list.n && list.v[k]->words.n > than; k++) {
        const struct cue *c = list.v[k];
        int32_t where[CUE_WORDS_MAX];
        struct np moved = {NONE, NONE, NONE, NONE};
        if (!pos_fits(m, c, at) || !(match_words(d, c, at, where, s) || match_moved(m, c, at, where, &moved)))
            continue;
        ARENA_GROW(d->arena, m->r->hits, m->r->n_hits, m->cap);
        struct cue_hit *h = &m->r->hits[m->r->n_hits++];
        *h = (struct cue_hit){.rule = c, .head = at, .moved = moved, .finding = NONE};
        h->clause = clause_of(m, c, where, s);
        h->tokens = pieces_of(d, where, c->words.n);
        h->behind = np_some(moved) ? at + 1 : h->tokens.v[h->tokens.n - 1].last;
        return c->words.n;
    }
    return than;
}

static void try_token(struct matcher *m, int32_t at, const struct sentence *s)
{
    const struct token *t = &m->d->tokens[at];
    size_t n = try_list(m, lexicon_cues(m->lexicon, t->lemma), at, s, 0);
    if (!str_equal(t->lemma, t->lower)) /* fixed phrases: "according to" */
        try_list(m, lexicon_cues(m->lexicon, t->lower), at, s, n);
}

static int by_length(const void *a, const void *b)
{
    const struct cue_hit *x = a, *y = b;
    if (x->rule->words.n != y->rule->words.n)
        return x->rule->words.n < y->rule->words.n ? 1 : -1;
    return (x->head > y->head) - (x->head < y->head);
}

static int by_head(const void *a, const void *b)
{
    const struct cue_hit *x = a, *y = b;
    return (x->head > y->head) - (x->head < y->head);
}

/* Of the sentence's hits, keeps those that share no token with a longer one. */
static void settle(struct matcher *m)
{
    struct reading *r = m->r;
    size_t n = r->n_hits - m->sentence_first, kept = 0;
    if (n == 0)
        return; /* there may be no array at all */
    struct cue_hit *v = r->hits + m->sentence_first;
    qsort(v, n, sizeof *v, by_length);
    for (size_t i = 0; i < n; i++) {
        bool free_tokens = true;
        for (size_t p = 0; p < v[i].tokens.n; p++)
            for (int32_t t = v[i].tokens.v[p].first; t < v[i].tokens.v[p].last; t++)
                free_tokens &= r->hit_at[t] == NONE;
        if (!free_tokens)
            continue;
        for (size_t p = 0; p < v[i].tokens.n; p++)
            for (int32_t t = v[i].tokens.v[p].first; t < v[i].tokens.v[p].last; t++)
                r->hit_at[t] = 0;
        v[kept++] = v[i];
    }
    qsort(v, kept, sizeof *v, by_head);
    r->n_hits = m->sentence_first + kept;
    for (size_t i = m->sentence_first; i < r->n_hits; i++)
        for (size_t p = 0; p < r->hits[i].tokens.n; p++)
            for (int32_t t = r->hits[i].tokens.v[p].first; t < r->hits[i].tokens.v[p].last; t++)
                r->hit_at[t] = (int32_t)i;
}

struct reading *cues_find(const struct doc *d, const struct lexicon *lexicon)
{
    struct reading *r = ARENA_ARRAY(d->arena, struct reading, 1);
    r->lexicon = lexicon;
    r->clauses = clauses_find(d);
    r->hit_at = ARENA_ARRAY(d->arena, int32_t, d->n_tokens + 1);
    for (size_t i = 0; i < d->n_tokens; i++)
        r->hit_at[i] = NONE;
    struct matcher m = {.d = d, .lexicon = lexicon, .r = r};
    for (size_t s = 0; s < d->n_sentences; s++) {
        m.sentence_first = r->n_hits;
        for (int32_t i = d->sentences[s].first; i < d->sentences[s].last; i++)
            if (d->tokens[i].upos != UPOS_PUNCT || token_is(d, i, ":"))
                try_token(&m, i, &d->sentences[s]);
        settle(&m);
    }
    return r;
}

bool hit_is_complement(const struct doc *d, const struct reading *r, const struct cue_hit *h)
{
    int32_t k = h->clause;
    for (int steps = 0; k != NONE && steps < 4; steps++) {
        const struct clause *c = &r->clauses->v[k];
        int32_t before = c->first - 1;
        if (c->link == CLAUSE_PARTICIPLE)
            return before > 0 && token_is(d, before, "of") && d->tokens[before - 1].upos == UPOS_NOUN &&
                   d->mention_at[before - 1] == NONE;
        if (c->link != CLAUSE_INFINITIVE)
            return false;
        if (before >= 0 && r->hit_at[before] != NONE && &r->hits[r->hit_at[before]] != h)
            return true;
        k = c->governor;
        int32_t g = k == NONE ? NONE : r->hit_at[r->clauses->v[k].verb];
        if (g != NONE && &r->hits[g] != h)
            return true;
    }
    return false;
}

bool place_among(struct str_list places, const char *place)
{
    for (size_t i = 0; i < places.n; i++)
        if (str_is(places.v[i], place))
            return true;
    return false;
}

struct pieces hit_words(const struct doc *d, const struct reading *r, const struct cue_hit *h)
{
    const struct clause *c = h->clause == NONE ? NULL : &r->clauses->v[h->clause];
    if (!c || c->verb != h->tokens.v[0].first || c->first >= c->verb)
        return h->tokens;
    struct pieces p = {ARENA_ARRAY(d->arena, struct piece, h->tokens.n), h->tokens.n};
    memcpy(p.v, h->tokens.v, p.n * sizeof *p.v);
    p.v[0].first = c->first;
    return p;
}

struct piece finding_around(const struct doc *d, const struct finding *f)
{
    enum { TO_EACH_SIDE = 60 };
    const struct sentence *s = &d->sentences[f->sentence];
    int32_t cue = f->cue.n ? f->cue.v[0].first : s->first;
    return (struct piece){cue - TO_EACH_SIDE > s->first ? cue - TO_EACH_SIDE : s->first,
                          cue + TO_EACH_SIDE < s->last ? cue + TO_EACH_SIDE : s->last};
}
