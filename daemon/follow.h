/* follow.h: one follower's way through the event log: a cursor, a filter, credit. Shared by stream.c and
 * http.c.
 *
 * The cursor moves over what does not match by itself; over an event only when the caller says that it was
 * sent, so a follower that does not read loses nothing and stalls nobody. */
#ifndef STANCED_FOLLOW_H
#define STANCED_FOLLOW_H

#include "daemon/filter.h"
#include "daemon/store.h"
#include "proto/base/arena.h"

struct follow {
    int64_t after;   /* searched up to here */
    int64_t credit;  /* events that may still be sent; INT64_MAX: no limit */
    int64_t told;    /* the last watermark said so much; -1: none was sent */
    int64_t told_ms; /* when something was sent last, monotonic */
    struct where where;
    bool filtered;
    struct arena *memory; /* of `where` */
};

enum {
    FOLLOW_EVENTS_A_TURN = 256, /* for one follower */
    FOLLOW_LOOKS_A_TURN = 2048,
    FOLLOW_SEARCH_MS = 1000, /* a watermark at least so often while searching */
    FOLLOW_IDLE_MS = 5000    /* and so often when nothing happens */
};

/* `where` is copied (NULL: all). False when there is no memory. */
bool follow_begin(struct follow *f, int64_t after, const struct where *where, int64_t credit);
void follow_end(struct follow *f);

enum follow_step {
    FOLLOW_EVENT,     /* here is one: send it, then follow_sent() */
    FOLLOW_AT_END,    /* all that there is has been searched */
    FOLLOW_NO_CREDIT, /* an event waits, but it may not be sent */
    FOLLOW_PAUSE      /* it has looked at enough for this turn */
};

struct follow_event {
    int64_t seq;
    struct str bytes;   /* as in the log, valid until store_read_end() */
    struct event event; /* unpacked in the arena when asked for */
};

/* The next event that passes. `looks` is the caller's count of what may still be looked at in this turn. */
enum follow_step follow_next(struct follow *f, struct store *s, struct arena *scratch, bool unpack,
                             int *looks, struct follow_event *out);
void follow_sent(struct follow *f, int64_t seq, int64_t now);

/* Has retention taken events that were still to be looked at? Then this is the number of the oldest that there is, and the
 * follower has to be told (a watermark that says so) before it gets what comes behind the gap; else 0. */
int64_t follow_gap(const struct follow *f, const struct store *s);
void follow_skip(struct follow *f, int64_t first, int64_t now); /* it was told: on from there */

/* Is it time to say how far the log has been searched? */
bool follow_owes_watermark(const struct follow *f, enum follow_step last, int64_t now);
void follow_watermark_sent(struct follow *f, int64_t now);

#endif
