#include "workers/stances/acts.h"

#include "workers/stances/parties.h"
#include "workers/stances/places.h"
#include "workers/statements/link.h"
#include "workers/statements/source.h"

static bool code_begins(struct str cameo, const char *prefix)
{
    size_t n = strlen(prefix);
    return cameo.n >= n && memcmp(cameo.p, prefix, n) == 0;
}

static bool code_in(struct str cameo, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (code_begins(cameo, *prefixes))
            return true;
    return false;
}

static bool cue_has(const struct cue *c, const char *const *words)
{
    for (size_t i = 0; i < c->words.n; i++)
        for (const char *const *w = words; *w; w++)
            if (str_is(c->words.v[i], *w))
                return true;
    return false;
}

static const char *const mutual_words[] = {"exchange", "clash", "fight", "battle", "skirmish", NULL};

/* Done together by those who do it: each side is source and target. */
static bool is_mutual(const struct cue *c)
{
    static const char *const codes[] = {"040", "041", "044", "046", "057", NULL};
    return code_in(c->cameo, codes) || str_is(c->cameo, "04") || cue_has(c, mutual_words);
}

/* The same when nobody else is named: "Iran and Iraq agreed". */
static bool is_shared(const struct cue *c)
{
    static const char *const codes[] = {"03", "04", "05", "06", NULL};
    return is_mutual(c) || code_in(c->cameo, codes);
}

/* Weapons and forces act for the country that they belong to; other things do not. */
static bool acts_for_owner(const struct doc *d, struct np n)
{
    static const char *const forces[] = {
        "drone",    "missile",   "force",      "troop",   "plane",      "jet",     "warplane",
        "aircraft", "rocket",    "artillery",  "tank",    "ship",       "warship", "fighter",
        "soldier",  "unit",      "navy",       "gunboat", "helicopter", "bomber",  "shell",
        "strike",   "airstrike", "delegation", "convoy",  "vessel",     NULL};
    return lemma_in(d, n.head, forces);
}

static bool can_be_source(const struct doc *d, struct np n)
{
    bool within;
    int32_t m = np_mention(d, n, &within);
    if (m == NONE || d->mentions[m].n_ids == 0 || d->mentions[m].kind == MENTION_PLACE)
        return false;
    const struct identity *id = d->mentions[m].ids;
    if (!id->name.p && !id->country.p && !id->role.p)
        return false;
    return !within || acts_for_owner(d, n);
}

static int32_t new_act(struct doc *d, struct reading *r, int32_t at, struct np source)
{
    const struct cue_hit *h = &r->hits[at];
    int32_t id = finding_new(d, d->tokens[h->head].sentence);
    struct finding *f = &d->findings[id];
    f->rule = h->rule;
    f->hit = at;
    f->cue = hit_words(d, r, h);
    f->cameo = h->rule->cameo;
    source_set(d, r, f, source);
    return id;
}

static bool is_negated(const struct reading *r, const struct cue_hit *h)
{
    return h->clause != NONE && r->clauses->v[h->clause].negated;
}

/* To say something that nobody tells is no event; not to comment is one, and so is to voice doubts. */
static bool is_act(const struct reading *r, const struct cue_hit *h)
{
    if (h->finding != NONE || h->rule->cameo.n == 0)
        return false;
    return h->rule->says != SAYS_YES || h->rule->stance != 0 || is_negated(r, h);
}

/* "gave money to support the north": what for is no act. It is one behind "began to", "is to", "continued
 * to". */
static bool is_purpose(const struct doc *d, const struct reading *r, const struct cue_hit *h)
{
    static const char *const phases[] = {
        "begin",   "start",  "continue", "fail", "manage", "come", "move",   "have",  "be",   "cease", "tend",
        "proceed", "appear", "seem",     "use",  "go",     "rush", "return", "force", "lead", "help",  NULL};
    if (h->clause == NONE || r->clauses->v[h->clause].link != CLAUSE_INFINITIVE)
        return false;
    int32_t g = r->clauses->v[h->clause].governor;
    return g != NONE && d->tokens[r->clauses->v[g].verb].upos != UPOS_AUX &&
           !lemma_in(d, r->clauses->v[g].verb, phases);
}

static void find_act(struct doc *d, struct reading *r, int32_t at)
{
    struct cue_hit *h = &r->hits[at];
    struct np source[SOURCES_MAX];
    if (!is_act(r, h) || hit_is_complement(d, r, h) || is_purpose(d, r, h))
        return;
    int n = source_find(d, r, h, source);
    int32_t before = NONE;
    for (int i = 0; i < n; i++) {
        if (!can_be_source(d, source[i]))
            continue;
        int32_t id = new_act(d, r, at, source[i]);
        if (before == NONE)
            h->finding = id;
        else if (n == 2 &&
                 (is_shared(h->rule) ||
                  h->rule->pos == CUE_NOUN)) { /* unless others are named, they do it with one another */
            d->findings[before].target = d->findings[id].source;
            d->findings[id].target = d->findings[before].source;
            d->findings[before].twin = id;
            d->findings[id].twin = before;
        }
        before = id;
    }
}

/* -- targets -- */

static bool can_be_target(const struct doc *d, int32_t m, int32_t source)
{
    return m != NONE && m != source && d->mentions[m].n_ids > 0 &&
           !(d->mentions[m].antecedent != NONE && d->mentions[m].antecedent == source);
}

/* The actor in a phrase: itself, its possessor, or who stands behind "of", "by", "from", "in". */
static int32_t actor_of(const struct doc *d, struct np n, int32_t end)
{
    static const char *const links[] = {"of", "by", "from", "in", NULL};
    bool within;
    int32_t m = np_mention(d, n, &within);
    if (m != NONE || !np_some(n))
        return m;
    if (n.last + 1 < end && token_in(d, n.last, links))
        return np_mention(d, np_at(d, n.last + 1, end), &within);
    return NONE;
}

static int32_t find_target(const struct doc *d, const struct reading *r, const struct cue_hit *h,
                           int32_t source)
{
    int32_t end = clause_end(d, r->clauses, h->behind);
    for (size_t p = 0; p < h->rule->target.n; p++) {
        int32_t at = place_find(d, r, h, h->rule->target.v[p], end);
        if (at == NONE)
            continue;
        int32_t stop = at < end ? end : d->sentences[d->tokens[at].sentence].last;
        if (at < h->behind) /* between the words of the cue, or the subject of a passive */
            stop = at > h->head ? h->behind : h->head;
        int32_t m = actor_of(d, np_at(d, at, stop), stop);
        if (can_be_target(d, m, source))
            return m;
    }
    return NONE;
}

/* By mention: whether it is the source of a statement. */
static bool *find_speakers(const struct doc *d)
{
    bool *speaks = ARENA_ARRAY(d->arena, bool, d->n_mentions + 1);
    for (size_t k = 0; k < d->n_mentions; k++)
        speaks[k] = false;
    for (size_t k = 0; k < d->n_findings; k++)
        if (d->findings[k].source != NONE && d->findings[k].is_statement)
            speaks[d->findings[k].source] = true;
    return speaks;
}

/* Whom an act reaches although its line names no place for it: "lifted a ban on trade with X": the first behind the
 * cue that acts for another country, else somebody else of the same. */
static int32_t find_receiver(const struct doc *d, const struct reading *r, const struct cue_hit *h,
                             int32_t source, const bool *speaks)
{
    if (source == NONE || d->mentions[source].n_ids == 0)
        return NONE;
    enum { WORDS = 60 }; /* farther away it is chance, and the work would not be linear */
    int32_t end = clause_end(d, r->clauses, h->behind);
    end = end < h->behind + WORDS ? end : h->behind + WORDS;
    struct str own = d->mentions[source].ids->country;
    static const char *const material[] = {"07", "15", "17", "18", "19", "20", NULL};
    bool ground = code_in(h->rule->cameo, material); /* what is done in a place is done to it */
    int32_t home = NONE;
    for (int32_t i = h->behind; i < end; i++) {
        int32_t c = r->clauses->at[i];
        bool told = i > h->behind && d->tokens[i].upos == UPOS_SCONJ;
        if (told || (c != NONE && r->clauses->v[c].link == CLAUSE_FINITE))
            break;
        int32_t m = d->mention_at[i];
        if (m == NONE || d->mentions[m].first != i || !can_be_target(d, m, source))
            continue;
        struct str country = d->mentions[m].ids->country;
        bool place = d->mentions[m].kind == MENTION_PLACE;
        if (!country.p || speaks[m] || (place && !ground))
            continue;
        if (!str_equal(country, own))
            return m;
        const struct actor_mention *near = &d->mentions[m];
        bool acts = !near->possessive && near->kind != MENTION_PRONOUN && !str_is(near->ids->role, "CVL");
        if (home == NONE && !place && acts)
            home = m;
    }
    return home;
}

void acts_mirror(struct doc *d, int32_t id)
{
    struct finding back = d->findings[id];
    if (!back.rule || !is_mutual(back.rule) || back.is_statement || back.twin != NONE)
        return;
    if (back.source == NONE || back.target == NONE || back.source == back.target || back.source_within)
        return;
    const struct actor_mention *t = &d->mentions[back.target];
    if (t->kind == MENTION_PLACE || t->possessive)
        return;
    int32_t twin = finding_new(d, back.sentence);
    back.target = d->findings[id].source;
    back.source = d->findings[id].target;
    back.twin = id;
    d->findings[twin] = back;
    d->findings[id].twin = twin;
}

/* Whom a demand or an accusation is about: who is told to do something, or to have done it, in its words: "demanded that X
 * leave", "X had shelled the town, it alleged". */
static int32_t find_told(const struct doc *d, const struct reading *r, const struct finding *f)
{
    static const char *const about[] = {"10", "11", NULL};
    if (!f->is_statement || !code_in(f->cameo, about))
        return NONE;
    for (size_t i = 0; i < f->content.n; i++)
        for (int32_t t = f->content.v[i].first; t < f->content.v[i].last; t++) {
            int32_t k = r->clauses->at[t];
            if (k == NONE || !np_some(r->clauses->v[k].subject) || r->clauses->v[k].shared)
                continue;
            bool within;
            int32_t m = np_mention(d, r->clauses->v[k].subject, &within);
            return !within && can_be_target(d, m, f->source) && d->mentions[m].kind != MENTION_PLACE ? m
                                                                                                     : NONE;
        }
    return NONE;
}

/* Whom the words of an act name first, of another country: "called for sanctions against officials in X". */
static int32_t find_named(const struct doc *d, const struct finding *f, const bool *speaks)
{
    enum { WORDS = 60 };
    if (!f->is_statement || f->source == NONE || d->mentions[f->source].n_ids == 0)
        return NONE;
    struct str own = d->mentions[f->source].ids->country;
    for (size_t i = 0; i < f->content.n; i++)
        for (int32_t t = f->content.v[i].first; t < f->content.v[i].last && t < f->content.v[i].first + WORDS;
             t++) {
            int32_t m = d->mention_at[t];
            if (m == NONE || d->mentions[m].first != t || !can_be_target(d, m, f->source) || speaks[m] ||
                d->mentions[m].kind == MENTION_PLACE)
                continue;
            struct str country = d->mentions[m].ids->country;
            if (country.p && !str_equal(country, own))
                return m;
        }
    return NONE;
}

/* "India and Pakistan agreed": two who do it together, and nobody else is named, do it with one another; *done is set for
 * them. */
static void pair_sources(struct doc *d, const struct reading *r, size_t n, bool *done)
{
    int32_t *first = ARENA_ARRAY(d->arena, int32_t, r->n_hits + 1),
            *second = ARENA_ARRAY(d->arena, int32_t, r->n_hits + 1);
    for (size_t h = 0; h < r->n_hits; h++)
        first[h] = second[h] = NONE;
    for (int32_t k = 0; k < (int32_t)n; k++) {
        int32_t h = d->findings[k].hit;
        if (h == NONE || d->findings[k].source == NONE)
            continue;
        if (first[h] == NONE)
            first[h] = k;
        else /* of three or more nobody knows */
            second[h] = second[h] == NONE ? k : first[h];
    }
    for (size_t h = 0; h < r->n_hits; h++) {
        if (second[h] == NONE || second[h] == first[h])
            continue;
        struct finding *a = &d->findings[first[h]], *b = &d->findings[second[h]];
        if (a->target != NONE || b->target != NONE || a->source == b->source || !is_shared(a->rule))
            continue;
        a->target = b->source;
        b->target = a->source;
        a->twin = second[h];
        b->twin = first[h];
        done[first[h]] = done[second[h]] = true;
    }
}

static void find_targets(struct doc *d, const struct reading *r)
{
    size_t n = d->n_findings;
    const bool *speaks = find_speakers(d);
    bool *done = ARENA_ARRAY(d->arena, bool, n + 1);
    for (size_t k = 0; k < n; k++) {
        struct finding *f = &d->findings[k];
        done[k] = f->hit == NONE || f->target != NONE;
        if (f->hit != NONE && f->target == NONE)
            f->target = find_target(d, r, &r->hits[f->hit], f->source);
        if (f->hit != NONE && f->target == NONE)
            f->target = find_told(d, r, f);
    }
    pair_sources(d, r, n, done);
    for (size_t k = 0; k < n; k++) {
        struct finding *f = &d->findings[k];
        if (done[k])
            continue;
        if (f->target == NONE && !str_is(f->cameo, "010"))
            f->target = find_receiver(d, r, &r->hits[f->hit], f->source, speaks);
        if (f->target == NONE && !code_begins(f->cameo, "01"))
            f->target = find_named(d, f, speaks);
        if (f->target == NONE && f->source != NONE && is_shared(f->rule) && d->mentions[f->source].n_ids > 1)
            f->target = f->source; /* event.c pairs them */
        else
            acts_mirror(d, (int32_t)k);
    }
}

/* -- who reports it -- */

static int32_t words_in(const struct pieces *p)
{
    int32_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += p->v[i].last - p->v[i].first;
    return n;
}

/* Every finding whose cue stands within another's words is reported by that one; the shortest such words
 * count. */
void acts_find_reporters(struct doc *d)
{
    int32_t *within = ARENA_ARRAY(d->arena, int32_t, d->n_tokens + 1);
    int32_t *size = ARENA_ARRAY(d->arena, int32_t, d->n_findings + 1);
    for (size_t i = 0; i < d->n_tokens; i++)
        within[i] = NONE;
    for (size_t k = 0; k < d->n_findings; k++) {
        const struct pieces *p = &d->findings[k].content;
        size[k] = words_in(p);
        for (size_t i = 0; i < p->n; i++)
            for (int32_t t = p->v[i].first; t < p->v[i].last; t++)
                if (within[t] == NONE || size[within[t]] > size[k])
                    within[t] = (int32_t)k;
    }
    for (size_t k = 0; k < d->n_findings; k++) {
        int32_t by = d->findings[k].cue.n ? within[d->findings[k].cue.v[0].first] : NONE;
        d->findings[k].reported_by = by == (int32_t)k ? NONE : by;
    }
}

void acts_run(struct doc *d, struct reading *r)
{
    for (size_t h = 0; h < r->n_hits; h++)
        find_act(d, r, (int32_t)h);
    find_targets(d, r);
    parties_run(d, r);
    acts_find_reporters(d);
}
