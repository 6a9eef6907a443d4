/* queue.h: the articles that are to be handed out next: a bounded memory of what the store's waiting table holds. It may
 * forget, and may give a number twice: whoever takes one asks the store whether it still waits. */
#ifndef STANCED_QUEUE_H
#define STANCED_QUEUE_H

#include "daemon/store.h"
#include "proto/base/table.h"

enum { QUEUE_ROOM = 4096 }; /* numbers in memory; a power of two */

struct queue {
    int64_t numbers[QUEUE_ROOM]; /* a ring */
    size_t head, n;
    int64_t scanned; /* articles of the store up to here were queued */
};

/* The next number, from the store (within its turn) when the memory is empty, passing over those that are a key of `held`;
 * 0: none. */
int64_t queue_take(struct queue *q, struct store *s, const struct table *held);
void queue_front(struct queue *q, int64_t number); /* before all others */
void queue_forget(struct queue *q);                /* everything: it is read from the store again */

/* A number as the key of a table. */
static inline struct str queue_key(const int64_t *number)
{
    return (struct str){(const char *)number, sizeof *number};
}

#endif
