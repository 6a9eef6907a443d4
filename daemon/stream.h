/* stream.h: the stream endpoint: followers read the event log at their own pace, none lost. */
#ifndef STANCED_STREAM_H
#define STANCED_STREAM_H

#include "daemon/bridge.h"
#include "daemon/config.h"
#include "daemon/metrics.h"
#include "daemon/store.h"

struct stream;

struct stream *stream_new(struct bridge_socket *socket, struct store *s, const struct config *config,
                          struct metrics *m);
void stream_free(struct stream *st);

/* Subscriptions and credit; a bounded number. True when it stopped at the bound. */
bool stream_drain(struct stream *st, int64_t now);

/* Events and watermarks, a bounded number for each; what cannot be sent now is sent another time. True when somebody could
 * have got more at once. */
bool stream_speak(struct stream *st, int64_t now);

size_t stream_followers(const struct stream *st);

#endif
