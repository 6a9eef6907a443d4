#include "workers/engine/tree.h"

#include <float.h>
#include <string.h>

#define NODES (TREE_WORDS + 1)     /* with the root, which is node 0 */
#define PARTS (2 * TREE_WORDS + 1) /* and those that contracted cycles add */
#define WORST 1e9                  /* of scores: beyond that doubles would not tell others apart */

bool tree_is(const uint16_t *heads, size_t n)
{
    /* 0: not seen; i + 1: on the way from word i. Each word is walked over once. */
    uint16_t seen[TREE_WORDS] = {0};
    size_t roots = 0;
    for (size_t i = 0; i < n; i++) {
        roots += heads[i] == 0;
        for (size_t at = i; !seen[at];) {
            seen[at] = (uint16_t)(i + 1);
            if (heads[at] == 0)
                break;
            at = heads[at] - 1u;
            if (seen[at] == i + 1)
                return false;
        }
    }
    return roots == 1;
}

/* An arc between two slots stands for one between two words. */
struct arc {
    double score;
    uint16_t head, word; /* nodes */
};

/* A part is a node, or a cycle of parts contracted to one. A slot is a row and a column of the matrix; the part that it
 * stands for changes as cycles are contracted. */
struct tree_room {
    size_t nodes;
    size_t parts, length;    /* used of in[], up[]; of path[] */
    struct arc in[PARTS];    /* the arc chosen for each part */
    uint16_t up[PARTS];      /* the part that it was contracted into; 0: none */
    uint16_t part_of[NODES]; /* slot -> part */
    bool gone[NODES];        /* slots that are part of another one */
    bool done[NODES];        /* slots that the root reaches */
    uint16_t path[NODES];    /* slots, each the best head of the one before */
    uint16_t place[NODES];   /* slot -> 1 + its index on the path; 0: not on it */
    struct arc arcs[];       /* [from slot][to slot] */
};

size_t tree_room_bytes(size_t n)
{
    return sizeof(struct tree_room) + (n + 1) * (n + 1) * sizeof(struct arc);
}

static struct arc *arc(struct tree_room *t, size_t from, size_t to)
{
    return &t->arcs[from * t->nodes + to];
}

static double tame(float score)
{
    return score > -WORST ? score < WORST ? (double)score : WORST : -WORST;
}

/* One root only: each arc from the root costs more than all others together could make good, so the best tree has
 * as few of them as possible. Between those trees the price is the same. */
static void fill(struct tree_room *t, const float *scores, size_t stride, size_t n)
{
    double least = DBL_MAX, most = -DBL_MAX;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= n; j++) {
            double s = tame(scores[i * stride + j]);
            if (j == i + 1) /* no word is its own head, whatever stands there */
                continue;
            least = s < least ? s : least;
            most = s > most ? s : most;
        }
    double price = (most - least + 1) * (double)(n + 1);
    t->nodes = t->parts = n + 1;
    for (size_t i = 1; i <= n; i++)
        for (size_t j = 0; j <= n; j++) /* from 0 up, so that the price is not lost in rounding */
            *arc(t, j, i) = (struct arc){tame(scores[(i - 1) * stride + j]) - least - (j == 0 ? price : 0),
                                         (uint16_t)j, (uint16_t)i};
    for (size_t s = 0; s <= n; s++) {
        t->part_of[s] = (uint16_t)s;
        t->gone[s] = t->done[s] = false;
        t->place[s] = 0;
    }
    t->done[0] = true;
    memset(t->up, 0, sizeof t->up);
}

static size_t best_head(struct tree_room *t, size_t slot)
{
    size_t best = slot;
    for (size_t s = 0; s < t->nodes; s++)
        if (!t->gone[s] && s != slot && (best == slot || arc(t, s, slot)->score > arc(t, best, slot)->score))
            best = s;
    return best;
}

/* The slots of the path from `from` to its end are a cycle: they become one part, in slot `from`'s place. */
static void contract(struct tree_room *t, size_t from)
{
    uint16_t whole = (uint16_t)t->parts++, *cycle = t->path + from;
    size_t n = t->length - from, keep = cycle[0];
    bool within[NODES] = {false};
    for (size_t i = 0; i < n; i++) {
        within[cycle[i]] = true;
        t->up[t->part_of[cycle[i]]] = whole;
    }
    for (size_t s = 0; s < t->nodes; s++) {
        if (t->gone[s] || within[s])
            continue;
        struct arc in = {-DBL_MAX, 0, 0}, out = {-DBL_MAX, 0, 0};
        for (size_t i = 0; i < n; i++) {
            size_t c = cycle[i];
            struct arc a = *arc(t, s, c);
            a.score -= t->in[t->part_of[c]].score; /* what is lost when c is no longer entered from within */
            if (i == 0 || a.score > in.score)
                in = a;
            if (i == 0 || arc(t, c, s)->score > out.score)
                out = *arc(t, c, s);
        }
        *arc(t, s, keep) = in;
        *arc(t, keep, s) = out;
    }
    for (size_t i = 1; i < n; i++) {
        t->gone[cycle[i]] = true;
        t->place[cycle[i]] = 0;
    }
    t->part_of[keep] = whole;
    t->length = from + 1;
}

/* Follows best heads from `slot` until the root's part is reached. */
static void grow(struct tree_room *t, size_t slot)
{
    t->path[0] = (uint16_t)slot;
    t->length = 1;
    t->place[slot] = 1;
    for (;;) {
        size_t end = t->path[t->length - 1], head = best_head(t, end);
        t->in[t->part_of[end]] = *arc(t, head, end);
        if (t->done[head])
            break;
        if (t->place[head]) {
            contract(t, t->place[head] - 1u);
        } else {
            t->path[t->length++] = (uint16_t)head;
            t->place[head] = (uint16_t)t->length;
        }
    }
    for (size_t i = 0; i < t->length; i++) {
        t->done[t->path[i]] = true;
        t->place[t->path[i]] = 0;
    }
}

void tree_best(struct tree_room *t, const float *scores, size_t stride, size_t n, uint16_t *heads)
{
    fill(t, scores, stride, n);
    for (size_t s = 1; s <= n; s++)
        if (!t->gone[s] && !t->done[s])
            grow(t, s);
    /* An arc into a cycle replaces the one within it that leads to the same word. Later parts hold earlier ones. */
    for (size_t part = t->parts - 1u; part > n; part--) {
        size_t below = t->in[part].word;
        while (t->up[below] != part)
            below = t->up[below];
        t->in[below] = t->in[part];
    }
    for (size_t i = 1; i <= n; i++)
        heads[i - 1] = t->in[i].head;
}
