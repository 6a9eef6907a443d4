#include "workers/stances/guess.h"

#include "workers/statements/link.h"
#include "workers/statements/source.h"

/* Tokens that a cue has an event of. */
static bool *told(const struct doc *d)
{
    bool *is = ARENA_ARRAY(d->arena, bool, d->n_tokens + 1);
    for (size_t k = 0; k < d->n_findings; k++)
        for (size_t i = 0; i < d->findings[k].cue.n; i++)
            for (int32_t t = d->findings[k].cue.v[i].first; t < d->findings[k].cue.v[i].last; t++)
                is[t] = true;
    return is;
}

static bool is_actor(const struct doc *d, int32_t m)
{
    return m != NONE && d->mentions[m].n_ids > 0 && mention_acts(d, m);
}

/* Somebody, with or without a name: "a car bomb" too, but neither "it" nor "the situation". */
static bool can_be_source(const struct doc *d, struct np n)
{
    bool within;
    if (!np_some(n))
        return false;
    int32_t m = np_mention(d, n, &within);
    if (m != NONE && !within)
        return is_actor(d, m);
    return d->tokens[n.head].upos != UPOS_PRON && !np_is_abstract(d, n) && !np_is_time(d, n);
}

/* The first actor behind the verb within its clause. */
static int32_t find_target(const struct doc *d, const struct reading *r, const struct clause *c)
{
    int32_t end = clause_end(d, r->clauses, c->verb + 1);
    for (int32_t t = c->verb + 1; t < end; t++) {
        int32_t m = d->mention_at[t];
        if (is_actor(d, m) && d->mentions[m].first > c->verb && m != c->subject.mention)
            return m;
    }
    return NONE;
}

static struct pieces one_piece(const struct doc *d, int32_t first, int32_t last)
{
    struct pieces p = {ARENA_ARRAY(d->arena, struct piece, 1), 1};
    p.v[0] = (struct piece){first, last};
    return p;
}

static bool look(const struct doc *d, const struct reading *r, int32_t clause, struct guess *g)
{
    const struct clause *c = &r->clauses->v[clause];
    if (c->link == CLAUSE_INFINITIVE || d->tokens[c->verb].upos != UPOS_VERB)
        return false;
    *g = (struct guess){
        .source = c->passive ? c->agent : c->subject, .clause = clause, .hit = r->hit_at[c->verb]};
    if (!can_be_source(d, g->source))
        return false;
    g->target = c->passive && is_actor(d, c->subject.mention) ? c->subject.mention : find_target(d, r, c);
    if (g->hit != NONE && (r->hits[g->hit].finding != NONE || r->hits[g->hit].head != c->verb))
        g->hit = NONE;
    g->cue = g->hit != NONE ? hit_words(d, r, &r->hits[g->hit])
                            : one_piece(d, c->first <= c->verb ? c->first : c->verb, c->verb + 1);
    return true;
}

struct guess *guesses_find(const struct doc *d, const struct reading *r, size_t *n)
{
    struct guess *all = ARENA_ARRAY(d->arena, struct guess, r->clauses->n + 1);
    const bool *taken = told(d);
    *n = 0;
    for (size_t k = 0; k < r->clauses->n; k++)
        if (!taken[r->clauses->v[k].verb] && look(d, r, (int32_t)k, &all[*n]))
            ++*n;
    return all;
}

int32_t guess_take(struct doc *d, struct reading *r, const struct guess *g)
{
    int32_t id = finding_new(d, r->clauses->v[g->clause].sentence);
    struct finding *f = &d->findings[id];
    f->cue = g->cue;
    f->target = g->target;
    f->hit = g->hit;
    if (g->hit != NONE) {
        f->rule = r->hits[g->hit].rule;
        f->cameo = f->rule->cameo;
        r->hits[g->hit].finding = id;
    }
    source_set(d, r, f, g->source);
    return id;
}

void guess_drop(struct doc *d, struct reading *r, int32_t finding)
{
    if (d->findings[finding].hit != NONE)
        r->hits[d->findings[finding].hit].finding = NONE;
    d->n_findings--;
}
