/* bridge.h: ZeroMQ. The only file of the daemon that knows it; what hurts by default is set here once:
 * message size, high-water marks, heartbeats, handshake time, linger, ROUTER_MANDATORY.
 *
 * A socket's fd is only a hint that something may have changed (it is edge-triggered): after any send or
 * receive bridge_pending() has to be asked again before waiting. */
#ifndef STANCED_BRIDGE_H
#define STANCED_BRIDGE_H

#include "daemon/auth.h"
#include "proto/base/arena.h"
#include "proto/reason.h"

struct bridge;
struct bridge_socket;

enum bridge_kind { BRIDGE_ROUTER, BRIDGE_XPUB, BRIDGE_ZAP };
enum bridge_sent {
    BRIDGE_SENT,
    BRIDGE_WOULD_BLOCK, /* the peer does not read: nothing was sent */
    BRIDGE_GONE         /* there is no such peer any more */
};

/* At most a routing id, four frames of envelope (at most 64 bytes each) and the payload. Messages that are
 * longer are received, counted and dropped. */
enum { BRIDGE_ENVELOPE = 5, BRIDGE_FRAME_MAX = 64 };

/* Everything before the payload: the routing id, then what the peer put in front (REQ: one empty frame). A
 * reply repeats it. */
struct envelope {
    struct str frame[BRIDGE_ENVELOPE];
    size_t n;
};

/* Valid until the next bridge_recv() on the same socket. */
struct inbound {
    struct envelope from; /* empty on XPUB */
    struct str payload;
};

struct bridge *bridge_new(void); /* dies when there is no memory */
void bridge_free(
    struct bridge *b); /* closes all sockets; waits at most half a second for what is not sent yet */

/* From now on every tcp endpoint that is bound speaks CURVE, and `auth` (which must outlive the bridge) says who may
 * connect. Returns the socket on which ZeroMQ asks (ZAP, RFC 27), to be watched like the others. */
struct bridge_socket *bridge_guard(struct bridge *b, const struct auth *auth);

bool bridge_asked(struct bridge *b); /* a new peer waits to be let in */

/* Answers ZeroMQ's questions about new peers, a bounded number. True when it stopped at the bound. */
bool bridge_admit(struct bridge *b);

/* Ends the connections of those who are not allowed any more. Returns how many. */
size_t bridge_cut(struct bridge *b);

struct bridge_wish {
    enum bridge_kind kind;
    const char *name;     /* of the endpoint ("intake"), its ZAP domain */
    const char *endpoint; /* where to bind */
    const char *open;     /* an ipc endpoint besides, for those who need no key; NULL: none */
    size_t max_message;   /* bytes of a peer's message; a longer one ends its connection */
};

/* "ipc://" creates missing folders (0750) and refuses a socket on which another process answers. NULL with a reason. */
struct bridge_socket *bridge_bind(struct bridge *b, const struct bridge_wish *wish, struct reason *why);
int bridge_fd(const struct bridge_socket *s);
const char *bridge_endpoint(const struct bridge_socket *s); /* as bound, with the real port */
int64_t bridge_dropped(const struct bridge_socket *s);
bool bridge_is_guarded(const struct bridge_socket *s); /* tcp with CURVE */

/* Re-reads the socket's state: true when a message waits. Has to be called on idle XPUB sockets too, which
 * otherwise keep what peers left behind. */
bool bridge_pending(struct bridge_socket *s);

const struct inbound *bridge_recv(struct bridge_socket *s); /* NULL: nothing waits */

enum bridge_sent bridge_send(struct bridge_socket *s, const struct envelope *to, struct str payload);
/* To all who subscribed; those who do not read miss it. False: not sent, no memory. */
bool bridge_publish(struct bridge_socket *s, struct str topic, struct str payload);

/* A copy in the arena (NULL frame when it has no room: n is 0 then). */
struct envelope envelope_keep(struct arena *a, const struct envelope *e);
struct envelope envelope_to(struct str routing_id);

/* For the protocols with exactly one frame each way: true when there is nothing but the routing id and empty
 * frames. */
bool envelope_is_bare(const struct envelope *e);

#endif
