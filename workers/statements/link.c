#include "workers/statements/link.h"

#include "workers/stances/places.h"
#include "workers/statements/attribute.h"
#include "workers/statements/content.h"
#include "workers/statements/marks.h"
#include "workers/statements/source.h"

/* How far behind a cue its words may begin, in tokens: "told reporters on the flight back from Geneva that".
 */
#define REACH 16

struct linker {
    struct doc *d;
    struct reading *r;
    const struct clauses *cs;
    int32_t *quote_owner; /* quote -> finding, or NONE */
};

static const char *const complement_words[] = {"that", "whether", "if",   "how", "why",
                                               "what", "where",   "when", "who", NULL};

static const struct sentence *sentence_at(const struct doc *d, int32_t token)
{
    return &d->sentences[d->tokens[token].sentence];
}

static bool is_stop(const struct doc *d, int32_t i)
{
    return token_is(d, i, ".") || token_is(d, i, "?") || token_is(d, i, "!") || token_is(d, i, ";") ||
           token_is(d, i, ":");
}

static bool is_comma(const struct doc *d, int32_t i)
{
    return token_is(d, i, ",");
}

static bool is_break(const struct doc *d, int32_t i)
{
    return is_comma(d, i) || token_is(d, i, "–") || token_is(d, i, "—") || token_is(d, i, "-");
}

int32_t finding_new(struct doc *d, int32_t sentence)
{
    ARENA_GROW(d->arena, d->findings, d->n_findings, d->cap_findings);
    struct finding *f = &d->findings[d->n_findings];
    *f = (struct finding){.sentence = sentence,
                          .source = NONE,
                          .hit = NONE,
                          .target = NONE,
                          .reported_by = NONE,
                          .twin = NONE,
                          .stance = STANCE_NEUTRAL};
    return (int32_t)d->n_findings++;
}

static void add_piece(const struct linker *l, struct pieces *p, int32_t first, int32_t last)
{
    content_add(l->d, l->cs, p, first, last);
}

/* -- words behind the cue -- */

/* The complementizer behind a cue, with nothing but phrases between, or a wh-word right behind it; NONE. */
static int32_t find_complementizer(const struct linker *l, int32_t from, int32_t end)
{
    static const char *const far[] = {"that", "whether", "if", NULL};
    const struct doc *d = l->d;
    int32_t near = skip_circumstance(d, l->cs, from, end);
    struct np addressee = np_at(d, from, end);
    for (int32_t i = from; i < end && i < from + REACH; i++) {
        bool close = i == from || i == near || (np_some(addressee) && i == addressee.last);
        if (i + 1 < end && (token_in(d, i, far) || (close && token_in(d, i, complement_words))))
            return token_is(d, i, "that") ? i + 1 : i;
        if (l->cs->at[i] != NONE || is_stop(d, i))
            return NONE;
    }
    return NONE;
}

static int32_t find_infinitive(const struct linker *l, int32_t from, int32_t end)
{
    const struct doc *d = l->d;
    for (int32_t i = from; i < end && i < from + REACH; i++) {
        if (token_is(d, i, "to")) {
            int32_t j = i + 1;
            while (j < end && (d->tokens[j].upos == UPOS_ADV || d->tokens[j].upos == UPOS_PUNCT))
                j++;
            if (j < end && (d->tokens[j].upos == UPOS_VERB || d->tokens[j].upos == UPOS_AUX) &&
                d->tokens[j].form <= VERB_PRESENT)
                return i + 1;
        }
        if (l->cs->at[i] != NONE || is_stop(d, i) || is_comma(d, i))
            return NONE;
    }
    return NONE;
}

/* "said [the talks would resume]": where a clause with a subject of its own begins; NONE. */
static int32_t find_bare_clause(const struct linker *l, int32_t from, int32_t end)
{
    const struct doc *d = l->d;
    int32_t at = skip_circumstance(d, l->cs, from, end);
    if (at >= end || is_comma(d, at) || is_stop(d, at))
        return NONE;
    for (int32_t i = at + 1; i < end; i++) {
        if (l->cs->at[i] == NONE)
            continue;
        const struct clause *c = &l->cs->v[l->cs->at[i]];
        if (np_some(c->subject) && c->subject.first >= from && !c->inverted &&
            (c->link == CLAUSE_FINITE || c->link == CLAUSE_RELATIVE)) {
            if (c->link == CLAUSE_RELATIVE)
                continue;
            return at;
        }
    }
    return NONE;
}

/* Does a conjunction at i add another verb to the cue's own: "pledged to leave [and said that]"? */
static bool goes_on(const struct linker *l, const struct cue_hit *by, int32_t i, int32_t end)
{
    const struct doc *d = l->d;
    if (by->clause == NONE || (d->tokens[i].upos != UPOS_CCONJ && !token_is(d, i, ",")))
        return false;
    for (int32_t j = i + 1; j < end && j < i + 5; j++) {
        int32_t k = l->cs->at[j];
        if (k != NONE)
            return l->cs->v[k].shared && l->cs->v[k].link == CLAUSE_FINITE &&
                   l->cs->v[k].governor == by->clause;
        int u = d->tokens[j].upos;
        if (u != UPOS_ADV && u != UPOS_AUX && u != UPOS_PART && u != UPOS_CCONJ)
            return false;
    }
    return false;
}

/* Where the words behind a cue end: `clause_end`, but a participle of saying begins something new. */
static int32_t words_end(const struct linker *l, const struct cue_hit *by, int32_t from)
{
    const struct doc *d = l->d;
    int32_t end = clause_end(d, l->cs, from);
    for (int32_t i = from; i + 1 < end; i++) {
        if (goes_on(l, by, i, end))
            return i;
        int32_t h = l->r->hit_at[i + 1];
        if (is_comma(d, i) && h != NONE && d->tokens[i + 1].form == VERB_ING &&
            l->r->hits[h].rule->says != SAYS_NO)
            return i;
        if (is_comma(d, i) && token_is(d, i + 1, "which"))
            return i;
    }
    return end;
}

/* A quotation that begins behind the cue with no verb between: its token, or NONE. */
static int32_t quote_behind(const struct linker *l, int32_t from)
{
    const struct doc *d = l->d;
    int32_t sentence = from > 0 ? d->tokens[from - 1].sentence : 0;
    for (int32_t i = from; i < (int32_t)d->n_tokens && i < from + REACH; i++) {
        int32_t q = l->cs->quote_at[i];
        if (q != NONE && d->quotes[q].first - 1 == i)
            return d->quotes[q].speech || is_comma(d, i - 1) || token_is(d, i - 1, ":") ? q : NONE;
        int32_t h = l->r->hit_at[i];
        if (h != NONE && l->r->hits[h].rule->says == SAYS_YES && l->r->hits[h].clause != NONE)
            return NONE; /* somebody says it, but not with this cue */
        if (d->tokens[i].sentence > sentence && !(i == from && token_is(d, i - 1, ":")))
            return NONE;
        if (q != NONE || (l->cs->at[i] != NONE && l->cs->v[l->cs->at[i]].link != CLAUSE_PARTICIPLE))
            return NONE;
        if (is_stop(d, i) && !token_is(d, i, ":"))
            return NONE;
    }
    return NONE;
}

/* -- words before the cue -- */

/* Where "X said" begins, subject and all. */
static int32_t attribution_start(const struct linker *l, const struct cue_hit *h)
{
    if (h->clause == NONE)
        return h->tokens.v[0].first;
    const struct clause *c = &l->cs->v[h->clause];
    if (c->inverted || !np_some(c->subject) || c->shared || c->subject.first > c->first)
        return c->first;
    return c->subject.first;
}

/* The quotation that ends right before "X said" (a comma may lie between), or NONE. */
static int32_t quote_before(const struct linker *l, const struct cue_hit *h)
{
    int32_t b = attribution_start(l, h) - 1;
    if (b >= 0 && is_break(l->d, b))
        b--;
    if (b < 0)
        return NONE;
    int32_t q = l->cs->quote_at[b];
    if (q == NONE || q == l->cs->quote_at[h->head] || !l->d->quotes[q].speech)
        return NONE;
    return q;
}

static bool has_finite(const struct linker *l, int32_t first, int32_t last)
{
    for (int32_t i = first; i < last; i++)
        if (l->cs->at[i] != NONE && l->cs->v[l->cs->at[i]].link == CLAUSE_FINITE &&
            np_some(l->cs->v[l->cs->at[i]].subject))
            return true;
    return false;
}

/* "A, X said[, B]": the words around an attribution that has none behind it. */
static bool words_around(const struct linker *l, const struct cue_hit *h, int32_t behind, struct pieces *out)
{
    struct doc *d = l->d;
    const struct sentence *s = sentence_at(d, h->head);
    int32_t at = attribution_start(l, h), begin = s->first;
    int32_t quote = l->cs->quote_at[h->head];
    if (quote != NONE && d->quotes[quote].first > begin)
        begin = d->quotes[quote].first;
    if (behind < s->last && !is_break(d, behind) && !is_stop(d, behind) && l->cs->quote_at[behind] == quote)
        return false;
    if (at - 1 <= begin ||
        !(is_break(d, at - 1) || (l->cs->quote_at[at - 1] != quote && is_comma(d, at - 2))))
        return false;
    bool whole =
        has_finite(l, begin, at - 1) && d->tokens[begin].upos != UPOS_SCONJ && !token_is(d, begin, "if");
    add_piece(l, out, begin, at - 1);
    if (!whole && behind < s->last && is_break(d, behind))
        add_piece(l, out, behind + 1, words_end(l, h, behind + 1));
    return out->n > 0;
}

/* "according to X": the rest of its sentence. */
static bool words_of_phrase(const struct linker *l, const struct cue_hit *h, struct np source,
                            struct pieces *out)
{
    struct doc *d = l->d;
    const struct sentence *s = sentence_at(d, h->head);
    int32_t start = s->first, first = h->tokens.v[0].first;
    if (first > start + 1)
        add_piece(l, out, start, first);
    int32_t i = source.last;
    if (first > start + 1 && has_finite(l, start, first))
        return out->n > 0;
    for (int depth = 0; i < s->last && depth < 60;
         i++, depth++) /* past "of Y", ", quoting Z," to the clause's comma */
        if (is_comma(d, i) && i + 1 < s->last && l->cs->at[i + 1] == NONE)
            break;
    if (i < s->last)
        add_piece(l, out, i + 1, s->last);
    return out->n > 0;
}

/* -- findings -- */

static void add_quote(struct linker *l, int32_t finding, int32_t q)
{
    struct doc *d = l->d;
    if (l->quote_owner[q] != NONE)
        return;
    l->quote_owner[q] = finding;
    add_piece(l, &d->findings[finding].content, d->quotes[q].first, d->quotes[q].last);
}

/* To demand, to condemn or to cite a thing tells words; to support, sign or provide one is an act. */
static bool quotes_matter(const struct cue *c)
{
    static const char *const told[] = {"01", "02", "10", "11", "13", NULL};
    for (const char *const *p = told; *p; p++)
        if (c->cameo.n >= 2 && memcmp(c->cameo.p, *p, 2) == 0)
            return true;
    return c->says == SAYS_YES;
}

static bool is_plain_saying(const struct cue *c)
{
    return c->says == SAYS_YES || (c->cameo.n >= 2 && memcmp(c->cameo.p, "01", 2) == 0);
}

/* The words of a verb of saying on its right, when they are no bare quotation. */
static bool words_behind(const struct linker *l, const struct cue_hit *h, struct pieces *out)
{
    struct doc *d = l->d;
    int32_t from = h->behind;
    const struct clause *c = h->clause == NONE ? NULL : &l->cs->v[h->clause];
    if (c && c->inverted && c->subject.last > from)
        from = c->subject.last;
    int32_t end = words_end(l, h, from);
    int32_t at = find_complementizer(l, from, end);
    if (l->cs->tree) {
        int32_t bare = at == NONE && h->rule->pos == CUE_VERB && !(c && c->inverted)
                           ? find_bare_clause(l, from, end)
                           : at;
        if (content_clause(d, l->r, h, bare, end, out))
            return true;
    }
    if (at == NONE && place_among(h->rule->matter, "inf"))
        at = find_infinitive(l, from, end);
    if (at == NONE && h->rule->pos == CUE_VERB && !(c && c->inverted)) {
        at = find_bare_clause(l, from, end);
        struct np o = np_at(d, from, end); /* "told parliament the talks would resume" */
        if (place_among(h->rule->target, "obj") && np_some(o)) {
            int32_t next = find_bare_clause(l, o.last, end);
            at = next != NONE ? next : at;
        }
    }
    if (at == NONE && quotes_matter(h->rule) && l->cs->tree && content_matter(d, l->r, h, end, out))
        return true;
    if (at == NONE && !(c && c->inverted) && quotes_matter(h->rule))
        at = places_find(d, l->r, h, h->rule->matter, end);
    if (at == NONE)
        return false;
    add_piece(l, out, at, words_end(l, h, at));
    return out->n > 0;
}

/* Skips the addressee and circumstances to what follows "X told Y on Friday". */
static int32_t behind_addressee(const struct linker *l, const struct cue_hit *h, int32_t end)
{
    const struct clause *c = h->clause == NONE ? NULL : &l->cs->v[h->clause];
    int32_t i = c && c->inverted && c->subject.last > h->behind ? c->subject.last : h->behind;
    if (place_among(h->rule->target, "obj") && i < end) {
        struct np o = np_at(l->d, i, end);
        if (np_some(o))
            i = o.last;
    }
    return skip_circumstance(l->d, l->cs, i, end);
}

/* '"Why?" X demanded.': a verb that may introduce words right behind a quotation of its paragraph, with none behind. */
static bool demands(const struct linker *l, const struct cue_hit *h, int32_t quote)
{
    struct pieces none = {NULL, 0};
    const struct doc *d = l->d;
    return h->rule->says != SAYS_NO && h->rule->pos == CUE_VERB && h->clause != NONE &&
           l->cs->v[h->clause].link == CLAUSE_FINITE &&
           sentence_at(d, d->quotes[quote].last - 1)->paragraph == sentence_at(d, h->head)->paragraph &&
           !words_behind(l, h, &none);
}

/* Collects the words that belong to hit h: false when there are none. */
static bool collect(struct linker *l, const struct cue_hit *h, struct np source, int32_t finding)
{
    struct doc *d = l->d;
    struct pieces words = {NULL, 0};
    const struct sentence *s = sentence_at(d, h->head);
    int32_t before = h->rule->pos == CUE_NOUN ? NONE : quote_before(l, h);
    const struct clause *c = h->clause == NONE ? NULL : &l->cs->v[h->clause];
    int32_t from = c && c->inverted && c->subject.last > h->behind ? c->subject.last : h->behind;
    int32_t behind = quote_behind(l, from);
    if (behind != NONE && l->quote_owner[behind] != NONE)
        behind = NONE;
    if (before != NONE && !is_plain_saying(h->rule) && !demands(l, h, before))
        before = NONE;
    if (before != NONE && attribution_start(l, h) == s->first && !is_comma(d, d->quotes[before].last - 1) &&
        words_behind(l, h, &words)) {
        d->findings[finding].content = words; /* "... it failed." X said that */
        return true;
    }
    if (before != NONE && l->quote_owner[before] == NONE) {
        const struct sentence *qs = sentence_at(d, d->quotes[before].first);
        bool mixed = qs == s && d->quotes[before].first > qs->first + 1;
        if (mixed)
            words_around(l, h, behind_addressee(l, h, s->last), &words);
        if (words.n == 0) {
            add_quote(l, finding, before);
            if (behind != NONE)
                add_quote(l, finding, behind);
            return true;
        }
        l->quote_owner[before] = finding;
        d->findings[finding].content = words;
        return true;
    }
    if (h->rule->pos == CUE_PHRASE && h->clause == NONE) {
        words_of_phrase(l, h, source, &words);
    } else if (behind != NONE) {
        add_quote(l, finding, behind);
        return true;
    } else if (!words_behind(l, h, &words) && h->rule->pos == CUE_VERB && is_plain_saying(h->rule)) {
        words_around(l, h, behind_addressee(l, h, s->last), &words);
    }
    d->findings[finding].content = words;
    return words.n > 0;
}

/* "I think", "we want", "you know" inside a quotation: the quotation's own finding tells it already. */
static bool speaks_of_self(const struct linker *l, const struct cue_hit *h, struct np source)
{
    static const char *const persons[] = {"i", "we", "you", NULL};
    int32_t q = l->cs->quote_at[h->head];
    if (q == NONE || !l->d->quotes[q].speech || !token_in(l->d, source.head, persons))
        return false;
    return h->rule->cameo.n >= 2 && h->rule->cameo.p[0] == '0' &&
           (h->rule->cameo.p[1] == '1' || h->rule->cameo.p[1] == '2');
}

static void link_hit(struct linker *l, int32_t at)
{
    struct doc *d = l->d;
    struct cue_hit *h = &l->r->hits[at];
    struct np sources[SOURCES_MAX];
    int n = h->rule->says == SAYS_NO || hit_is_complement(d, l->r, h) ? 0 : source_find(d, l->r, h, sources);
    if (n == 0)
        return;
    struct np source = sources[0];
    if (speaks_of_self(l, h, source))
        return;
    int32_t id = finding_new(d, d->tokens[h->head].sentence);
    struct finding *f = &d->findings[id];
    f->rule = h->rule;
    f->hit = at;
    f->cue = hit_words(d, l->r, h);
    f->cameo = h->rule->cameo;
    source_set(d, l->r, f, source);
    if (f->source == NONE && np_is_abstract(d, source)) {
        d->n_findings--;
        return;
    }
    if (f->source != NONE && !f->source_within && !mention_acts(d, f->source) &&
        d->mentions[f->source].kind == MENTION_PLACE) {
        d->n_findings--;
        return;
    }
    if (!collect(l, h, source, id)) {
        d->n_findings--;
        return;
    }
    f = &d->findings[id];
    f->is_statement = true;
    f->mode = content_mode(d, l->cs, &f->content);
    h->finding = id;
    for (int i = 1; i < n; i++) {
        int32_t twin = finding_new(d, d->tokens[h->head].sentence);
        d->findings[twin] = d->findings[id];
        d->findings[twin].source_pieces = (struct pieces){NULL, 0};
        source_set(d, l->r, &d->findings[twin], sources[i]);
    }
}

/* A cue that the model says nothing with is an act without words: "rejected the offer". */
static void link_act(struct linker *l, int32_t at)
{
    const struct cue_hit *h = &l->r->hits[at];
    size_t before = l->d->n_findings;
    if (h->finding != NONE || is_plain_saying(h->rule))
        return;
    link_hit(l, at);
    for (size_t k = before; k < l->d->n_findings; k++)
        l->d->findings[k].is_statement = false;
}

/* Is the paragraph that sentence s is the first of this quotation and nothing else? */
static bool is_paragraph(const struct doc *d, const struct quote *v, const struct sentence *s)
{
    const struct sentence *end = d->sentences + d->n_sentences, *last = s;
    while (last + 1 < end && last[1].paragraph == s->paragraph)
        last++;
    bool begins = s == d->sentences || s[-1].paragraph != s->paragraph;
    return begins && v->first <= s->first + 1 && v->last + 1 >= last->last && !v->open;
}

/* Quotations that nobody was found for go on with the speaker before: in the same paragraph, as its
 * continuation, or as all of the next paragraph. */
static void link_free_quotes(struct linker *l)
{
    struct doc *d = l->d;
    int32_t owner = NONE, paragraph = NONE;
    for (size_t q = 0; q < d->n_quotes; q++) {
        const struct quote *v = &d->quotes[q];
        const struct sentence *s = sentence_at(d, v->first);
        if (l->quote_owner[q] == NONE && v->speech && owner != NONE) {
            bool next = v->continues != NONE && l->quote_owner[v->continues] == owner;
            bool begins = v->first <= s->first + 1 && s->paragraph == paragraph;
            if (next || begins || (s->paragraph == paragraph + 1 && is_paragraph(d, v, s))) {
                add_quote(l, owner, (int32_t)q);
                d->findings[owner].mode = content_mode(d, l->cs, &d->findings[owner].content);
            }
        }
        if (l->quote_owner[q] != NONE) {
            owner = l->quote_owner[q];
            paragraph = sentence_at(d, v->last - 1)->paragraph;
        }
    }
}

static bool is_first_person(const struct doc *d, const struct actor_mention *m, bool *possessor)
{
    static const char *const words[] = {"i", "we", "me", "us", "myself", "ourselves", NULL};
    static const char *const owners[] = {"my", "our", NULL};
    *possessor = token_in(d, m->first, owners);
    return *possessor || (m->kind == MENTION_PRONOUN && token_in(d, m->head, words));
}

/* I, we, "our forces" inside a quotation: the speaker, the speaker's side. */
static void resolve_first_person(struct linker *l)
{
    struct doc *d = l->d;
    for (size_t k = 0; k < d->n_mentions; k++) {
        struct actor_mention *m = &d->mentions[k];
        int32_t q = l->cs->quote_at[m->head];
        bool owner;
        if (q == NONE || l->quote_owner[q] == NONE || !is_first_person(d, m, &owner))
            continue;
        int32_t speaker = d->findings[l->quote_owner[q]].source;
        if (speaker == NONE || speaker == (int32_t)k || d->mentions[speaker].n_ids == 0)
            continue;
        const struct actor_mention *s = &d->mentions[speaker];
        if (!owner || m->kind == MENTION_PRONOUN) {
            m->ids = s->ids;
            m->n_ids = s->n_ids;
        } else {
            struct identity *id = ARENA_ARRAY(d->arena, struct identity, 1);
            if (m->n_ids)
                *id = m->ids[0];
            if (id->country.p)
                continue;
            id->country = s->ids[0].country;
            if (!id->role.p)
                id->role = s->ids[0].role;
            m->ids = id;
            m->n_ids = 1;
        }
        m->antecedent = speaker;
    }
}

void link_run(struct doc *d, struct reading *r, struct attributions *said)
{
    struct linker l = {.d = d, .r = r, .cs = r->clauses};
    l.quote_owner = ARENA_ARRAY(d->arena, int32_t, d->n_quotes + 1);
    for (size_t q = 0; q < d->n_quotes; q++)
        l.quote_owner[q] = NONE;
    if (said)
        attribute_run(d, r, said, l.quote_owner);
    for (size_t h = 0; h < r->n_hits; h++)
        if (said)
            link_act(&l, (int32_t)h);
        else
            link_hit(&l, (int32_t)h);
    marks_run(d, r, l.quote_owner);
    link_free_quotes(&l);
    resolve_first_person(&l);
}
