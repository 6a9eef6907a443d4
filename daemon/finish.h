/* finish.h: what becomes of an article in the store: its events, its retraction, the quarantine. All within
 * the turn's transaction; what fails there fails the turn (store.h). */
#ifndef STANCED_FINISH_H
#define STANCED_FINISH_H

#include "daemon/metrics.h"
#include "daemon/store.h"
#include "proto/base/arena.h"
#include "proto/event.h"

struct copies;

struct finisher {
    struct store *store;
    struct metrics *metrics;
    struct buf packed;     /* scratch */
    struct arena *arena;   /* scratch, nobody else's */
    struct copies *copies; /* NULL: events get no cluster */
};

/* The article is done: a retraction of an earlier revision's events where there are some, then its events,
 * which get their numbers. `bytes`: about what they take. False when there is no room in the store: nothing
 * was changed. */
bool finish_events(struct finisher *f, int64_t number, const struct waiting *w, struct event_list events,
                   size_t bytes, int64_t wall);

/* Taken back by its source: removed from where it waits, its events retracted. `r` is updated and written. */
void finish_cancel(struct finisher *f, struct digest key, struct id_record *r, const struct article *a,
                   int64_t wall);

/* To the quarantine. */
void finish_bury(struct finisher *f, int64_t number, struct str reason, struct str worker, int64_t attempts,
                 int64_t wall);

/* From the quarantine to the end of the queue, under a new number; or away. False when there is no room. */
bool finish_retry(struct finisher *f, int64_t number, const struct waiting *w, int64_t wall);
void finish_drop(struct finisher *f, int64_t number, const struct waiting *w);

#endif
