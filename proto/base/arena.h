/* arena.h: memory that lives as long as one unit of work (an article, a turn of the wheel) and goes away at
 * once.
 *
 * arena_reset() keeps the first chunk, so that a steady state allocates nothing; under AddressSanitizer what
 * was given out is poisoned. Not thread-safe. */
#ifndef STANCED_ARENA_H
#define STANCED_ARENA_H

#include "proto/base/str.h"

struct arena;

/* `limit`: bytes that may be given out between two resets; 0: no limit. NULL when there is no memory. */
struct arena *arena_new(size_t limit);
void arena_free(struct arena *a);
void arena_reset(struct arena *a);
size_t arena_used(const struct arena *a); /* bytes given out since the last reset */

/* Zeroed memory, aligned for any type; NULL at the limit or out of memory. */
void *arena_try(struct arena *a, size_t bytes);

/* The same, but a failure ends the process (exit code EX_OSERR): for workers, whose supervisor takes the
 * article back. The daemon uses arena_try(). */
void *arena_alloc(struct arena *a, size_t bytes);
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (n)))

/* Copies into the arena, with a NUL behind that does not count. The first one gives an absent string at the limit, out of
 * memory, and for an absent one. */
struct str arena_try_str(struct arena *a, struct str s);
struct str arena_str(struct arena *a, const char *p, size_t n);
struct str arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for at least one element more at (*v)[n]: doubles *v (a copy in the arena; the old one stays until
 * reset). */
#define ARENA_GROW(a, v, n, cap)                                                                             \
    ((n) < (cap) ? (void)0 : (void)((v) = arena_grow((a), (v), (n), &(cap), sizeof *(v))))
void *arena_grow(struct arena *a, const void *v, size_t n, size_t *cap, size_t size);

#endif
