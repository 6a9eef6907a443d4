#include "proto/base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "proto/base/log.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

#define CHUNK_BYTES ((size_t)64 * 1024)
#define ALIGN       alignof(max_align_t)

struct chunk {
    struct chunk *next;
    size_t size, used; /* of data */
    alignas(max_align_t) char data[];
};

struct arena {
    struct chunk *first, *last; /* the newest is last; only it has room */
    size_t given, limit;
};

static struct chunk *chunk_new(size_t size)
{
    struct chunk *c = malloc(sizeof *c + size);
    if (!c)
        return NULL;
    c->next = NULL;
    c->size = size;
    c->used = 0;
    ASAN_POISON_MEMORY_REGION(c->data, size);
    return c;
}

struct arena *arena_new(size_t limit)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    a->limit = limit ? limit : SIZE_MAX;
    a->first = a->last = chunk_new(CHUNK_BYTES);
    if (!a->first) {
        free(a);
        return NULL;
    }
    return a;
}

static void free_chunks(struct chunk *c)
{
    while (c) {
        struct chunk *next = c->next;
        ASAN_UNPOISON_MEMORY_REGION(c->data, c->size);
        free(c);
        c = next;
    }
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    free_chunks(a->first);
    free(a);
}

void arena_reset(struct arena *a)
{
    free_chunks(a->first->next);
    a->first->next = NULL;
    a->first->used = 0;
    ASAN_POISON_MEMORY_REGION(a->first->data, a->first->size);
    a->last = a->first;
    a->given = 0;
}

size_t arena_used(const struct arena *a)
{
    return a->given;
}

void *arena_try(struct arena *a, size_t bytes)
{
    if (bytes > SIZE_MAX / 4)
        return NULL;
    size_t need = (bytes + !bytes + ALIGN - 1) / ALIGN * ALIGN;
    if (need > a->limit - a->given)
        return NULL;
    if (need > a->last->size - a->last->used) {
        /* Chunks grow with what was given, so that a large article needs few of them. */
        size_t size = a->given > CHUNK_BYTES ? a->given : CHUNK_BYTES;
        struct chunk *c = chunk_new(need > size ? need : size);
        if (!c)
            return NULL;
        a->last = a->last->next = c;
    }
    char *p = a->last->data + a->last->used;
    a->last->used += need;
    a->given += need;
    ASAN_UNPOISON_MEMORY_REGION(p, bytes);
    return memset(p, 0, bytes);
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    void *p = arena_try(a, bytes);
    if (!p)
        die(EX_OSERR, "out of memory: %zu bytes wanted, %zu given out", bytes, a->given);
    return p;
}

struct str arena_try_str(struct arena *a, struct str s)
{
    char *copy = s.p ? arena_try(a, s.n + 1) : NULL;
    if (copy && s.n)
        memcpy(copy, s.p, s.n);
    return (struct str){copy, copy ? s.n : 0};
}

struct str arena_str(struct arena *a, const char *p, size_t n)
{
    char *copy = arena_alloc(a, n + 1);
    if (n)
        memcpy(copy, p, n);
    return (struct str){copy, n};
}

struct str arena_printf(struct arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    char *text = arena_alloc(a, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    va_end(args);
    return (struct str){text, (size_t)n};
}

void *arena_grow(struct arena *a, const void *v, size_t n, size_t *cap, size_t size)
{
    *cap = *cap ? *cap * 2 : 16;
    void *bigger = arena_alloc(a, *cap * size);
    return n ? memcpy(bigger, v, n * size) : bigger;
}
