/* store_turn.h: the tables within the turn, for store_records.c alone. Everybody else goes by store.h.
 *
 * Each call begins the turn when none is open. Errors are sticky (store.h): once one failed, all others do nothing.
 * Bytes that come out belong to the store, valid until the next change or the end of the turn. */
#ifndef STANCED_STORE_TURN_H
#define STANCED_STORE_TURN_H

#include "daemon/store.h"

enum table { WAITING, ATTEMPTS, IDS, ARRIVALS, LOG, DEAD, SKETCHES, META, TABLES };

/* What the numbers go on from. */
struct counters {
    int64_t next_article, next_event;
    int64_t log_first;
};

/* To be changed in place, kept with the commit, as they were after an abort; NULL: the turn has failed. */
struct counters *turn_counters(struct store *s);

bool turn_get(struct store *s, enum table t, struct str key, struct str *out); /* false: absent or failed */
void turn_put(struct store *s, enum table t, struct str key, struct str value);
void turn_del(struct store *s, enum table t, struct str key); /* absent is fine */

/* Room for `n` bytes at the table's end, for the caller to fill at once: no copy on the way. NULL: failed. */
void *turn_reserve(struct store *s, enum table t, struct str key, size_t n);

/* The first entry of a table of numbers with a number > after: the number, 0 when there is none. */
int64_t turn_next(struct store *s, enum table t, int64_t after, struct str *value);

size_t turn_entries(struct store *s, enum table t);   /* how many there are; 0 also when it failed */
void turn_damaged(struct store *s, const char *what); /* an entry makes no sense: the turn has failed */

/* ---- bytes: numbers are big-endian, so that keys sort by number and files move between machines ---- */

static inline void put64(unsigned char *to, uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8)
        to[i] = (unsigned char)v;
}

static inline int64_t get64(const void *from)
{
    const unsigned char *p = from;
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return (int64_t)v;
}

struct key64 {
    unsigned char b[8];
};

static inline struct key64 key64(int64_t v)
{
    struct key64 k;
    put64(k.b, (uint64_t)v);
    return k;
}

static inline struct str bytes(const void *p, size_t n)
{
    return (struct str){p, n};
}

#endif
