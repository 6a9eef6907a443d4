/* control.h: the operator's endpoint: status and the quarantine. */
#ifndef STANCED_CONTROL_H
#define STANCED_CONTROL_H

#include "daemon/bridge.h"
#include "daemon/dispatch.h"
#include "daemon/finish.h"

struct control;

struct control *control_new(struct bridge_socket *socket, struct finisher *f, const struct dispatch *d);
void control_free(struct control *c);

/* Takes a bounded number of requests into the turn. True when it stopped at the bound. */
bool control_drain(struct control *c, int64_t wall);

/* After the commit: the replies; without it, refusals. */
void control_speak(struct control *c, bool committed);

/* What status says beyond counters; `state` is kept, not copied. */
void control_set_state(struct control *c, const char *state, int64_t uptime_ms);

#endif
