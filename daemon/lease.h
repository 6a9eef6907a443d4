/* lease.h: who gets which article, when it is overdue, when it is poison. Pure: no sockets, no clock, no
 * globals; times are milliseconds of whatever clock the caller uses. */
#ifndef STANCED_LEASE_H
#define STANCED_LEASE_H

#include "daemon/records.h"

#include <stdbool.h>

enum {
    LEASE_HEARTBEAT_MS = 5000,
    LEASE_SILENCE_MS = 3 * LEASE_HEARTBEAT_MS,
    LEASE_BYTES_MAX = 16 << 20, /* of articles that one worker holds, unless it is one alone */
    LEASE_CRASHES_MAX = 10      /* unclean ends of the daemon with the article in hand */
};

struct lease {
    int64_t number; /* the article */
    struct digest key;
    size_t body_len;
};

/* One worker's side: `held` is in the order in which it was handed out, which is the order in which it works.
 */
struct holder {
    struct lease *held; /* room for `room` */
    size_t n, room;
    size_t bytes;         /* of the articles that are held */
    size_t capacity;      /* articles it may hold now */
    bool open;            /* takes new work */
    int64_t oldest_since; /* when held[0] became the oldest */
    int64_t given;        /* when it was last handed something */
    int64_t heard;        /* last sign of life */
};

/* Rule 1: an article goes to the open worker with room, in number and bytes, that holds fewest; of equals to the one that was given
 * work longest ago, so that idle ones take turns. SIZE_MAX: nobody. */
size_t lease_choose(struct holder *const *workers, size_t n);

/* Rule 2: the deadline runs from the moment an article became the oldest one held. */
bool lease_overdue(const struct holder *w, int64_t now, int64_t deadline_ms);

/* Rule 3: three heartbeat intervals of silence are death, but for a worker that holds something: it may be at work on it,
 * and its deadline runs. */
bool lease_silent(const struct holder *w, int64_t now);

enum lease_verdict { LEASE_HAND_OUT, LEASE_POISON };

/* Rule 4: to be asked before each handing out; changes `a` to what has to be written first. An article that
 * is still marked as in hand was never given back: by this daemon, then the store did not take what came of
 * it, and the take does not count; by one of an earlier `epoch` that ended uncleanly, then it counts apart,
 * up to LEASE_CRASHES_MAX times. */
enum lease_verdict lease_take(struct attempts *a, int64_t epoch, uint32_t max);

/* Rule 5: an article that comes back keeps its attempt when it is to blame, else it gets it refunded. */
enum lease_verdict lease_give_back(struct attempts *a, bool blamed, uint32_t max);

/* Rule 6: a worker that died was busy with the article in_hand or, where that is not known or not held, with the oldest; only that one
 * is to blame. Its index; SIZE_MAX: nothing is held. */
size_t lease_blamed(const struct holder *w, int64_t in_hand);

void lease_clear(struct holder *w);                            /* it holds nothing any more */
void lease_add(struct holder *w, struct lease l, int64_t now); /* there must be room */
bool lease_remove(struct holder *w, int64_t number, struct lease *out, int64_t now); /* false: not held */

#endif
