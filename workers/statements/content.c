#include "workers/statements/content.h"

#include "workers/stances/places.h"

/* -- pieces -- */

/* Punctuation at the left end is no part of the words, but a mark whose quotation ends before they do is. */
static bool trims_left(const struct doc *d, const struct clauses *cs, int32_t i, int32_t last)
{
    int32_t q = cs->quote_at[i];
    if (d->tokens[i].upos != UPOS_PUNCT || token_is(d, i, "("))
        return false;
    return q == NONE || d->quotes[q].first - 1 != i || d->quotes[q].last + 1 >= last;
}

static bool trims_right(const struct doc *d, const struct clauses *cs, int32_t i, int32_t first)
{
    int32_t q = cs->quote_at[i];
    if (d->tokens[i].upos != UPOS_PUNCT || token_is(d, i, ")"))
        return false;
    return q == NONE || d->quotes[q].last != i || d->quotes[q].first - 1 < first;
}

void content_add(const struct doc *d, const struct clauses *cs, struct pieces *p, int32_t first, int32_t last)
{
    while (first < last && trims_left(d, cs, first, last))
        first++;
    while (last > first && trims_right(d, cs, last - 1, first))
        last--;
    if (first >= last)
        return;
    if ((p->n & (p->n - 1)) == 0) { /* full: room for twice as many */
        struct piece *v = ARENA_ARRAY(d->arena, struct piece, p->n ? 2 * p->n : 1);
        if (p->n)
            memcpy(v, p->v, p->n * sizeof *v);
        p->v = v;
    }
    p->v[p->n] = (struct piece){first, last};
    p->n++;
}

int content_mode(const struct doc *d, const struct clauses *cs, const struct pieces *p)
{
    int32_t all = 0, quoted = 0;
    for (size_t k = 0; k < p->n; k++)
        for (int32_t i = p->v[k].first; i < p->v[k].last; i++) {
            if (d->tokens[i].upos == UPOS_PUNCT)
                continue;
            all++;
            quoted += cs->quote_at[i] != NONE;
        }
    return quoted * 10 >= all * 9 ? MODE_DIRECT : quoted > 0 ? MODE_MIXED : MODE_INDIRECT;
}

/* -- branches as words -- */

static bool in_cue(const struct cue_hit *h, int32_t i)
{
    for (size_t k = 0; k < h->tokens.n; k++)
        if (i >= h->tokens.v[k].first && i < h->tokens.v[k].last)
            return true;
    return false;
}

/* Where in [from, last) the speaker goes on with another word of saying: ", adding that". */
static int32_t next_saying(const struct doc *d, const struct reading *r, int32_t from, int32_t last)
{
    for (int32_t i = from; i + 1 < last; i++) {
        int32_t h = r->hit_at[i + 1];
        if (token_is_comma(d, i) && h != NONE && d->tokens[i + 1].form == VERB_ING &&
            r->hits[h].rule->says != SAYS_NO)
            return i;
    }
    return last;
}

/* What word order takes for the words of a cue ends with the cue's own clause at the latest: "as X said A, Y left". */
static int32_t clip_end(const struct reading *r, const struct cue_hit *h, int32_t end)
{
    const struct branches *b = r->clauses->tree;
    int32_t top = h->clause == NONE ? h->head : r->clauses->v[h->clause].node;
    return b->last[top] > h->head && b->last[top] < end ? b->last[top] : end;
}

/* ", who had left before": what the writer adds to a name at the end of somebody's words is none of them. */
static int32_t without_aside(const struct doc *d, const struct reading *r, int32_t first, int32_t last)
{
    static const char *const words[] = {"who", "which", "whose", "whom", NULL};
    const struct branches *b = r->clauses->tree;
    for (int32_t i = first + 1; i + 1 < last; i++) {
        if (!token_is_comma(d, i) || !token_in(d, i + 1, words) || r->clauses->quote_at[i] != NONE)
            continue;
        int32_t up = i + 1;
        for (int steps = 0; steps < 4 && up != NONE && d->tokens[up].deprel != REL_ACL_RELCL; steps++)
            up = d->tokens[up].head;
        if (up != NONE && d->tokens[up].deprel == REL_ACL_RELCL && b->last[up] + 1 >= last)
            return i;
    }
    return last;
}

/* The cue's clause with its subject and circumstances: what stands between the pieces of "A, X said, B". */
static struct piece attribution(const struct doc *d, const struct reading *r, const struct cue_hit *h)
{
    const struct branches *b = r->clauses->tree;
    struct piece p = {h->tokens.v[0].first, h->tokens.v[h->tokens.n - 1].last};
    if (h->clause == NONE)
        return p;
    const struct clause *c = &r->clauses->v[h->clause];
    p.first = c->first < p.first ? c->first : p.first;
    int32_t as = branch_word(d, b, c->node, REL_MARK, "as");
    if (as != NONE && as < p.first)
        p.first = as;
    for (int32_t i = b->child[c->node]; i != NONE; i = b->next[i]) {
        enum relation base = branch_base(d, i);
        if (base == REL_NSUBJ && i != c->subject.head)
            continue;
        if (base != REL_NSUBJ && base != REL_OBL && base != REL_ADVMOD && base != REL_IOBJ && base != REL_OBJ)
            continue;
        p.first = b->first[i] < p.first ? b->first[i] : p.first;
        p.last = b->last[i] > p.last ? b->last[i] : p.last;
    }
    return p;
}

/* -- clauses -- */

/* Is dependent `c` of a word of the cue what it says? */
static bool is_complement(const struct doc *d, const struct reading *r, const struct cue_hit *h, int32_t c)
{
    bool inf = place_among(h->rule->matter, "inf") || place_among(h->rule->matter, "ing");
    switch (branch_base(d, c)) {
    case REL_CCOMP: return true;
    case REL_CSUBJ: return false;
    case REL_XCOMP: return inf && d->tokens[c].upos != UPOS_NOUN;
    case REL_ACL:
        return h->rule->pos == CUE_NOUN && d->tokens[c].deprel != REL_ACL_RELCL &&
               branch_child(d, r->clauses->tree, c, REL_MARK, 0) != NONE;
    case REL_ADVCL: return inf && c > h->head && branch_word(d, r->clauses->tree, c, REL_MARK, "to") != NONE;
    case REL_PARATAXIS: return h->rule->says == SAYS_YES && c > h->head && r->clauses->at[c] != NONE;
    default: return false;
    }
}

/* The complement behind the cue, else one before it, or NONE. */
static int32_t complement_of(const struct doc *d, const struct reading *r, const struct cue_hit *h)
{
    const struct branches *b = r->clauses->tree;
    int32_t before = NONE;
    for (size_t k = h->tokens.n; k-- > 0;)
        for (int32_t t = h->tokens.v[k].last - 1; t >= h->tokens.v[k].first; t--)
            for (int32_t c = b->child[t]; c != NONE; c = b->next[c])
                if (!in_cue(h, c) && is_complement(d, r, h, c)) {
                    if (c > h->head)
                        return c;
                    before = c;
                }
    return before;
}

/* Does a verb with a subject of its own stand in [first, last)? */
static bool has_finite(const struct reading *r, int32_t first, int32_t last)
{
    for (int32_t i = first; i < last; i++) {
        int32_t k = r->clauses->at[i];
        if (k != NONE && r->clauses->v[k].link == CLAUSE_FINITE && np_some(r->clauses->v[k].subject))
            return true;
    }
    return false;
}

/* Where the words of the clause of `root` begin: with its subject, wherever that hangs. */
static int32_t first_of(const struct doc *d, const struct reading *r, int32_t root)
{
    const struct branches *b = r->clauses->tree;
    int32_t first = b->first[root], k = r->clauses->at[root];
    for (int32_t i = b->child[root]; k == NONE && i != NONE; i = b->next[i])
        if (branch_base(d, i) == REL_COP)
            k = r->clauses->at[i];
    if (k == NONE || !np_some(r->clauses->v[k].subject) || r->clauses->v[k].shared)
        return first;
    int32_t own = r->clauses->v[k].subject.first;
    return own < first && d->tokens[own].sentence == d->tokens[root].sentence ? own : first;
}

/* "[A], X said": the clause of `root` before the cue, and what goes on behind it where that alone is no whole. */
static bool add_before(const struct doc *d, const struct reading *r, const struct cue_hit *h, int32_t root,
                       struct pieces *out)
{
    const struct branches *b = r->clauses->tree;
    struct piece hole = attribution(d, r, h);
    int32_t first = first_of(d, r, root), last = b->last[root],
            start = d->sentences[d->tokens[root].sentence].first;
    if (first < start || hole.first <= first)
        return false;
    bool whole = has_finite(r, first, hole.first);
    if (!whole && branch_base(d, root) == REL_CCOMP)
        return false;
    if (!whole && !(last > hole.last && has_finite(r, first, last)))
        return false;
    content_add(d, r->clauses, out, first, hole.first);
    if (!whole)
        content_add(d, r->clauses, out, hole.last, next_saying(d, r, hole.last, last));
    return out->n > 0;
}

bool content_clause(const struct doc *d, const struct reading *r, const struct cue_hit *h, int32_t at,
                    int32_t end, struct pieces *out)
{
    const struct branches *b = r->clauses->tree;
    int32_t c = complement_of(d, r, h);
    if (c > h->head && next_saying(d, r, h->behind, b->first[c]) < b->first[c])
        return false; /* what the next word of saying tells */
    if (c > h->head) {
        struct piece hole = attribution(d, r, h);
        int32_t first = first_of(d, r, c);
        if (first < hole.first) { /* "the deal, X said, was dead" */
            content_add(d, r->clauses, out, first, hole.first);
            first = h->behind;
        }
        int32_t to = branch_base(d, c) == REL_CCOMP ? NONE : branch_word(d, b, c, REL_MARK, "to");
        if (to != NONE)
            first = to + 1;
        else if (at != NONE && at < first)
            first = at;
        int32_t last = next_saying(d, r, first, b->last[c]);
        end = clip_end(r, h, end);
        first += token_is(d, first, "that") && first != c;
        content_add(d, r->clauses, out, first, last > end ? last : end);
        return out->n > 0;
    }
    if (c != NONE)
        return add_before(d, r, h, c, out);
    int32_t node = h->clause == NONE ? NONE : r->clauses->v[h->clause].node;
    bool aside = node != NONE &&
                 (branch_base(d, node) == REL_PARATAXIS ||
                  (branch_base(d, node) == REL_ADVCL && branch_word(d, b, node, REL_MARK, "as") != NONE));
    if (!aside || h->rule->says != SAYS_YES)
        return false;
    return add_before(d, r, h, d->tokens[node].head, out);
}

/* -- matter -- */

/* The dependent at a place of the cue, or NONE. */
static int32_t dependent_at(const struct doc *d, const struct reading *r, const struct cue_hit *h,
                            struct str place)
{
    const struct branches *b = r->clauses->tree;
    for (size_t k = h->tokens.n; k-- > 0;)
        for (int32_t t = h->tokens.v[k].last - 1; t >= h->tokens.v[k].first; t--)
            for (int32_t c = b->child[t]; c != NONE; c = b->next[c]) {
                enum relation base = branch_base(d, c);
                if (in_cue(h, c))
                    continue;
                if (str_is(place, "obj") && base == REL_OBJ)
                    return c;
                if (base != REL_OBL && base != REL_NMOD && base != REL_ADVCL && base != REL_ACL)
                    continue;
                for (int32_t w = b->child[c]; w != NONE; w = b->next[w])
                    if ((branch_base(d, w) == REL_CASE || branch_base(d, w) == REL_MARK) &&
                        str_equal(d->tokens[w].lower, place))
                        return c;
            }
    return NONE;
}

bool content_matter(const struct doc *d, const struct reading *r, const struct cue_hit *h, int32_t end,
                    struct pieces *out)
{
    const struct branches *b = r->clauses->tree;
    for (size_t k = 0; k < h->rule->matter.n; k++) {
        int32_t c = dependent_at(d, r, h, h->rule->matter.v[k]);
        if (c == NONE)
            continue;
        int32_t first = b->first[c], last = b->last[c];
        if (!str_is(h->rule->matter.v[k], "obj"))
            while (first < c && (branch_base(d, first) == REL_CASE || branch_base(d, first) == REL_MARK))
                first++;
        last = next_saying(d, r, first, last);
        end = clip_end(r, h, end);
        last = first > h->head && last < end ? end : last;
        content_add(d, r->clauses, out, first, without_aside(d, r, first, last));
        return out->n > 0;
    }
    return false;
}
