/* http.h: for people and Prometheus: /metrics, /healthz, /readyz, / (a status page), /events (Server-Sent
 * Events). Loopback by default; nothing can be changed over it. */
#ifndef STANCED_HTTP_H
#define STANCED_HTTP_H

#include "daemon/loop.h"
#include "daemon/metrics.h"
#include "daemon/store.h"

struct http;

/* `address`: "127.0.0.1:9477"; port 0: any. NULL with a reason: it cannot be bound. The strings behind `state` are
 * "serving", "draining", "full". */
struct http *http_new(struct loop *l, const char *address, struct store *s, struct metrics *m,
                      const char *const *state, struct reason *why);
void http_free(struct http *h);
const char *http_address(const struct http *h); /* with the real port */

/* Events to those who follow /events; a bounded number for each. True when somebody could have got more at
 * once. */
bool http_speak(struct http *h, int64_t now);

#endif
