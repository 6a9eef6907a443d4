/* link.h: one socket of libstance that notices when the daemon goes away, or does not want us. Private to the
 * library. */
#ifndef STANCED_LINK_H
#define STANCED_LINK_H

#include "clients/libstance.h"

/* ZeroMQ reconnects silently, but the daemon's new life knows nothing of ours: what was under way is gone. So
 * a monitor tells of each disconnect, and the owner opens the link anew and says again what has to be said. A
 * new socket also has a new identity, so that no answer to the old one can be mistaken. */
struct link;

enum link_kind { LINK_DEALER, LINK_SUB };

/* `endpoint` and `keys` (NULL: none) must outlive it. */
struct link *link_new(enum link_kind kind, const char *endpoint, const struct stance_keys *keys,
                      struct reason *why);
void link_free(struct link *l);
bool link_open(struct link *l, struct reason *why); /* opens anew */
const char *link_endpoint(const struct link *l);

/* Waits for at most so many ms. Returns a set of bits, 0 when the time is over. LOST (of a DEALER; SUB says its topics
 * again by itself) stays until link_open(): who reads first what came before may come back for it. DENIED is for ever: the
 * daemon does not take our key, and ZeroMQ does not try again. */
enum { LINK_READABLE = 1, LINK_LOST = 2, LINK_INTERRUPTED = 4, LINK_DENIED = 8 };
unsigned link_wait(struct link *l, int64_t ms);

/* After DENIED: STANCE_DENIED and why. */
enum stance_code link_denied(const struct link *l, struct reason *why);

/* What may be why nobody answers, as ": words"; else "". */
const char *link_trouble(const struct link *l);

/* Takes one whole message; false when none is there. Its frames live until the next. */
bool link_recv(struct link *l);
size_t link_frames(const struct link *l);
struct str link_first(struct link *l);
struct str link_payload(struct link *l); /* the last */

/* Queues a message; with no high-water mark on DEALER it only fails for lack of memory. */
bool link_send(struct link *l, const void *bytes, size_t n, bool more);
bool link_send_message(struct link *l, const struct message *m, struct reason *why);

bool link_subscribe(struct link *l, const char *topic);
void link_linger(struct link *l, int ms); /* how long closing waits for what is not sent yet */

#endif
