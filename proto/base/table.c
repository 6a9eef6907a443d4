#include "proto/base/table.h"

#include <stdlib.h>

#include "proto/base/hash.h"

struct slot {
    char *key; /* owned; NULL: free, or taken away when value is TAKEN */
    size_t n;
    uint64_t hash;
    void *value;
};

struct table {
    struct slot *slots;
    size_t size;  /* a power of two */
    size_t count; /* entries */
    size_t used;  /* entries and tombstones: what a probe has to step over */
};

static char taken;
#define TAKEN ((void *)&taken)

struct table *table_new(void)
{
    struct table *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->size = 16;
    t->slots = calloc(t->size, sizeof *t->slots);
    if (!t->slots) {
        free(t);
        return NULL;
    }
    return t;
}

void table_free(struct table *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->size; i++)
        free(t->slots[i].key);
    free(t->slots);
    free(t);
}

size_t table_count(const struct table *t)
{
    return t->count;
}

/* The slot of the key, or the free one where it would go (a tombstone where one came by). */
static struct slot *find(const struct table *t, struct str key, uint64_t hash)
{
    struct slot *tombstone = NULL;
    for (size_t i = hash & (t->size - 1);; i = (i + 1) & (t->size - 1)) {
        struct slot *s = &t->slots[i];
        if (!s->key && s->value != TAKEN)
            return tombstone ? tombstone : s;
        if (!s->key && !tombstone)
            tombstone = s;
        if (s->key && s->hash == hash && s->n == key.n && memcmp(s->key, key.p, key.n) == 0)
            return s;
    }
}

void *table_get(const struct table *t, struct str key)
{
    struct slot *s = find(t, key, hash_bytes(key.p, key.n));
    return s->key ? s->value : NULL;
}

static bool resize(struct table *t)
{
    struct table bigger = {NULL, t->size, t->count, t->count};
    while (t->count * 2 >= bigger.size)
        bigger.size *= 2;
    bigger.slots = calloc(bigger.size, sizeof *bigger.slots);
    if (!bigger.slots)
        return false;
    for (size_t i = 0; i < t->size; i++)
        if (t->slots[i].key)
            *find(&bigger, (struct str){t->slots[i].key, t->slots[i].n}, t->slots[i].hash) = t->slots[i];
    free(t->slots);
    *t = bigger;
    return true;
}

bool table_put(struct table *t, struct str key, void *value, void **old)
{
    if ((t->used + 1) * 4 > t->size * 3 && !resize(t))
        return false;
    uint64_t hash = hash_bytes(key.p, key.n);
    struct slot *s = find(t, key, hash);
    if (old)
        *old = s->key ? s->value : NULL;
    if (s->key) {
        s->value = value;
        return true;
    }
    char *copy = malloc(key.n + 1);
    if (!copy)
        return false;
    memcpy(copy, key.p, key.n);
    copy[key.n] = 0;
    t->used += s->value != TAKEN;
    t->count++;
    *s = (struct slot){copy, key.n, hash, value};
    return true;
}

void *table_take(struct table *t, struct str key)
{
    struct slot *s = find(t, key, hash_bytes(key.p, key.n));
    if (!s->key)
        return NULL;
    void *value = s->value;
    free(s->key);
    *s = (struct slot){NULL, 0, 0, TAKEN};
    t->count--;
    return value;
}

bool table_next(const struct table *t, size_t *at, struct str *key, void **value)
{
    while (*at < t->size && !t->slots[*at].key)
        ++*at;
    if (*at == t->size)
        return false;
    const struct slot *s = &t->slots[(*at)++];
    if (key)
        *key = (struct str){s->key, s->n};
    if (value)
        *value = s->value;
    return true;
}
