#include "workers/statements/branch.h"

static const struct np no_np = {NONE, NONE, NONE, NONE};

/* Lists the tokens so that each stands behind its head; returns how many were reached from a root. */
static size_t downwards(const struct doc *d, const struct branches *b, int32_t *order)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n_tokens; i++)
        if (d->tokens[i].head == NONE)
            order[n++] = (int32_t)i;
    for (size_t at = 0; at < n; at++)
        for (int32_t c = b->child[order[at]]; c != NONE; c = b->next[c])
            order[n++] = c;
    return n;
}

const struct branches *branches_find(const struct doc *d)
{
    if (!d->has_tree)
        return NULL;
    struct branches *b = ARENA_ARRAY(d->arena, struct branches, 1);
    int32_t **arrays[] = {&b->child, &b->next, &b->first, &b->last};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        *arrays[k] = ARENA_ARRAY(d->arena, int32_t, d->n_tokens + 1);
    for (size_t i = 0; i < d->n_tokens; i++) {
        b->child[i] = b->next[i] = NONE;
        b->first[i] = (int32_t)i;
        b->last[i] = (int32_t)i + 1;
    }
    for (size_t i = d->n_tokens; i-- > 0;) {
        int32_t head = d->tokens[i].head;
        if (head == NONE)
            continue;
        b->next[i] = b->child[head];
        b->child[head] = (int32_t)i;
    }
    int32_t *order = ARENA_ARRAY(d->arena, int32_t, d->n_tokens + 1);
    for (size_t k = downwards(d, b, order); k-- > 0;) {
        int32_t i = order[k], head = d->tokens[i].head;
        if (head == NONE)
            continue;
        b->first[head] = b->first[i] < b->first[head] ? b->first[i] : b->first[head];
        b->last[head] = b->last[i] > b->last[head] ? b->last[i] : b->last[head];
    }
    return b;
}

enum relation branch_base(const struct doc *d, int32_t token)
{
    return rel_base((enum relation)d->tokens[token].deprel);
}

int32_t branch_child(const struct doc *d, const struct branches *b, int32_t token, enum relation base,
                     int32_t from)
{
    for (int32_t c = b->child[token]; c != NONE; c = b->next[c])
        if (c >= from && branch_base(d, c) == base)
            return c;
    return NONE;
}

int32_t branch_word(const struct doc *d, const struct branches *b, int32_t token, enum relation base,
                    const char *word)
{
    for (int32_t c = b->child[token]; c != NONE; c = b->next[c])
        if (branch_base(d, c) == base && token_is(d, c, word))
            return c;
    return NONE;
}

/* May a dependent of a noun stand in the same phrase on its left, on its right? */
static bool stands_left(enum relation base)
{
    static const enum relation those[] = {REL_DET,  REL_AMOD,   REL_NUMMOD,   REL_COMPOUND, REL_NMOD,
                                          REL_FLAT, REL_ADVMOD, REL_GOESWITH, REL_FIXED};
    for (size_t i = 0; i < sizeof those / sizeof *those; i++)
        if (those[i] == base)
            return true;
    return false;
}

static bool stands_right(const struct doc *d, int32_t c)
{
    enum relation base = branch_base(d, c);
    return base == REL_FLAT || base == REL_GOESWITH || base == REL_FIXED || base == REL_NUMMOD ||
           base == REL_COMPOUND || (base == REL_CASE && token_is_possessive(d, c));
}

struct np branch_np(const struct doc *d, const struct branches *b, int32_t head)
{
    if (head == NONE || d->tokens[head].upos == UPOS_PUNCT)
        return no_np;
    struct np n = {head, head + 1, head, d->mention_at[head]};
    for (int32_t c = b->child[head]; c != NONE; c = b->next[c]) {
        if (c < head && stands_left(branch_base(d, c)) && b->first[c] < n.first && b->last[c] <= head)
            n.first = b->first[c];
        if (c > head && stands_right(d, c) && c <= n.last && b->last[c] > n.last)
            n.last = b->last[c];
    }
    while (n.first < head && (d->tokens[n.first].upos == UPOS_PUNCT))
        n.first++;
    if (n.mention != NONE) {
        const struct actor_mention *m = &d->mentions[n.mention];
        n.first = m->first < n.first ? m->first : n.first;
        n.last = m->last > n.last ? m->last : n.last;
    }
    return n;
}

struct piece branch_phrase(const struct doc *d, const struct branches *b, struct np n)
{
    struct piece p = {n.first, n.last};
    for (int32_t c = b->child[n.head]; c != NONE; c = b->next[c]) {
        enum relation base = branch_base(d, c);
        if (c < p.last || (base != REL_NMOD && base != REL_APPOS))
            continue;
        int32_t gap = b->first[c] - p.last;
        if (gap < 0 || gap > 1 || (gap == 1 && d->tokens[p.last].upos != UPOS_PUNCT))
            break;
        p.last = b->last[c];
    }
    while (p.last > n.last && d->tokens[p.last - 1].upos == UPOS_PUNCT && !token_is(d, p.last - 1, ")"))
        p.last--;
    return p;
}
