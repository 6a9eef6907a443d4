/* live.h: the live feed: [topic][event] to whoever subscribed. May drop, by design: a subscriber sees the gap
 * in `seq` and refills it from the stream. */
#ifndef STANCED_LIVE_H
#define STANCED_LIVE_H

#include "daemon/bridge.h"
#include "daemon/metrics.h"
#include "daemon/store.h"

struct live;

/* Begins with what comes after the log's present end. */
struct live *live_new(struct bridge_socket *socket, struct store *s, struct metrics *m);
void live_free(struct live *l);

/* Sends what was committed since; a bounded number. True when something is left. */
bool live_speak(struct live *l);

/* "<act>/<source country>/<target country>/", "-" where there is none; "RETRACT/-/-/" for a retraction. */
struct event;
void live_topic(const struct event *e, struct buf *out);

#endif
