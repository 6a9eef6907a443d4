#include "workers/actors/trie.h"

#include <stdlib.h>

#include "proto/base/table.h"

/* Words are numbered once, so that an edge is two numbers and a step costs one string hash. */
struct edge {
    uint32_t from, word, to;
    bool used;
};

struct trie {
    struct table *words; /* value: the word's number + 1, as a pointer */
    struct edge *edges;
    size_t size, count; /* size: a power of two */
};

struct trie *trie_new(void)
{
    struct trie *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->size = 1024;
    t->words = table_new();
    t->edges = calloc(t->size, sizeof *t->edges);
    if (!t->words || !t->edges) {
        trie_free(t);
        return NULL;
    }
    return t;
}

void trie_free(struct trie *t)
{
    if (!t)
        return;
    table_free(t->words);
    free(t->edges);
    free(t);
}

size_t trie_nodes(const struct trie *t)
{
    return t->count + 1;
}

/* The edge's slot, or the free one where it would go. */
static struct edge *find(const struct trie *t, uint32_t from, uint32_t word)
{
    uint64_t h = ((uint64_t)from << 32 | word) * UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = (size_t)(h >> 32) & (t->size - 1);; i = (i + 1) & (t->size - 1))
        if (!t->edges[i].used || (t->edges[i].from == from && t->edges[i].word == word))
            return &t->edges[i];
}

uint32_t trie_step(const struct trie *t, uint32_t node, struct str word)
{
    void *number = table_get(t->words, word);
    if (!number)
        return TRIE_NONE;
    const struct edge *e = find(t, node, (uint32_t)(uintptr_t)number);
    return e->used ? e->to : TRIE_NONE;
}

static bool grow(struct trie *t)
{
    struct trie bigger = *t;
    bigger.size *= 2;
    bigger.edges = calloc(bigger.size, sizeof *bigger.edges);
    if (!bigger.edges)
        return false;
    for (size_t i = 0; i < t->size; i++)
        if (t->edges[i].used)
            *find(&bigger, t->edges[i].from, t->edges[i].word) = t->edges[i];
    free(t->edges);
    *t = bigger;
    return true;
}

uint32_t trie_make(struct trie *t, uint32_t node, struct str word)
{
    uintptr_t number = (uintptr_t)table_get(t->words, word);
    if (!number) {
        number = table_count(t->words) + 1;
        if (!table_put(t->words, word, (void *)number, NULL))
            return TRIE_NONE;
    }
    if (t->count * 2 >= t->size && !grow(t))
        return TRIE_NONE;
    struct edge *e = find(t, node, (uint32_t)number);
    if (!e->used)
        *e = (struct edge){node, (uint32_t)number, (uint32_t)++t->count, true};
    return e->to;
}
