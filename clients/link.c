/* link.c: see link.h. The only file of clients that knows ZeroMQ. */
#include "clients/link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include "proto/base/buf.h"
#include "proto/wire.h"

struct link {
    void *context, *socket, *monitor;
    int type, opened; /* opened: how often */
    const char *endpoint;
    const struct stance_keys *keys; /* NULL: none, or not for this kind of endpoint */
    zmq_msg_t first,
        last; /* of the message that link_recv took; equal to each other's frame when it had one */
    size_t frames;
    bool failed;        /* in the handshake: the disconnect that follows is no lost connection */
    bool lost;          /* since it was opened */
    const char *denied; /* why, or NULL */
    const char *trouble;
};

enum {
    RECV_MAX = 256 << 20, /* bytes of one message from the daemon */
    HANDSHAKE_MS = 10000,
    EVENTS = ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
             ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
};

static bool link_fail(const struct link *l, struct reason *why, const char *what)
{
    return reason_set(why, "%s: %s: %s", l->endpoint, what, zmq_strerror(zmq_errno()));
}

static void link_shut(struct link *l)
{
    if (l->socket) {
        zmq_socket_monitor(l->socket, NULL,
                           0); /* an event that finds nobody listening any more is never freed */
        zmq_close(l->socket);
    }
    if (l->monitor)
        zmq_close(l->monitor);
    l->socket = l->monitor = NULL;
}

static bool set_option(struct link *l, int option, int value)
{
    return zmq_setsockopt(l->socket, option, &value, sizeof value) == 0;
}

static bool set_keys(struct link *l)
{
    struct key public;
    if (!l->keys)
        return true;
    public = key_public_of(&l->keys->secret);
    return zmq_setsockopt(l->socket, ZMQ_CURVE_SERVERKEY, l->keys->server.b, KEY_BYTES) == 0 &&
           zmq_setsockopt(l->socket, ZMQ_CURVE_PUBLICKEY, public.b, KEY_BYTES) == 0 &&
           zmq_setsockopt(l->socket, ZMQ_CURVE_SECRETKEY, l->keys->secret.b, KEY_BYTES) == 0;
}

static bool link_options(struct link *l)
{
    int64_t most = RECV_MAX;
    return set_option(l, ZMQ_LINGER, 0) && set_option(l, ZMQ_RECONNECT_IVL, 50) &&
           set_option(l, ZMQ_RECONNECT_IVL_MAX, 1000) && set_option(l, ZMQ_HEARTBEAT_IVL, 5000) &&
           set_option(l, ZMQ_HEARTBEAT_TIMEOUT, 15000) && set_option(l, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS) &&
           zmq_setsockopt(l->socket, ZMQ_MAXMSGSIZE, &most, sizeof most) == 0 &&
           (l->type != ZMQ_DEALER || set_option(l, ZMQ_SNDHWM, 0)) && set_keys(l);
}

static bool link_watch(struct link *l)
{
    char name[64];
    snprintf(name, sizeof name, "inproc://monitor-%d", ++l->opened); /* ZeroMQ frees it only later */
    if (zmq_socket_monitor(l->socket, name, EVENTS) != 0)
        return false;
    l->monitor = zmq_socket(l->context, ZMQ_PAIR);
    return l->monitor && zmq_connect(l->monitor, name) == 0;
}

bool link_open(struct link *l, struct reason *why)
{
    link_shut(l);
    l->failed = l->lost = false;
    l->socket = zmq_socket(l->context, l->type);
    if (!l->socket || !link_options(l) || !link_watch(l) || zmq_connect(l->socket, l->endpoint) != 0)
        return link_fail(l, why, "cannot connect");
    return true;
}

struct link *link_new(enum link_kind kind, const char *endpoint, const struct stance_keys *keys,
                      struct reason *why)
{
    struct link *l = endpoint ? calloc(1, sizeof *l) : NULL;
    if (!l) {
        reason_set(why, endpoint ? "out of memory" : "no endpoint given");
        return NULL;
    }
    l->type = kind == LINK_SUB ? ZMQ_SUB : ZMQ_DEALER;
    l->endpoint = endpoint;
    /* who may use an ipc endpoint is said by its file's rights: no keys there */
    l->keys = strncmp(endpoint, "tcp://", 6) == 0 ? keys : NULL;
    zmq_msg_init(&l->first);
    zmq_msg_init(&l->last);
    l->context = zmq_ctx_new();
    if (!l->context)
        link_fail(l, why, "cannot start ZeroMQ");
    else if (link_open(l, why))
        return l;
    link_free(l);
    return NULL;
}

void link_free(struct link *l)
{
    if (!l)
        return;
    link_shut(l);
    zmq_msg_close(&l->first);
    zmq_msg_close(&l->last);
    if (l->context)
        zmq_ctx_term(l->context);
    free(l);
}

const char *link_endpoint(const struct link *l)
{
    return l->endpoint;
}

/* One event of the monitor: its number; 0: none waits. */
static unsigned next_event(struct link *l)
{
    struct {
        uint16_t event;
        uint32_t value;
    } __attribute__((packed)) e;
    char address[256];
    if (zmq_recv(l->monitor, &e, sizeof e, ZMQ_DONTWAIT) != sizeof e)
        return 0;
    zmq_recv(l->monitor, address, sizeof address, ZMQ_DONTWAIT);
    return e.event;
}

/* What has happened to the connection. */
static void news(struct link *l)
{
    for (unsigned event; (event = next_event(l));) {
        switch (event) {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
            l->failed = false;
            l->trouble = NULL;
            break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: l->denied = "the daemon does not allow our key here"; break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
            l->denied = l->keys ? "whoever listens there takes no keys, or is no daemon"
                                : "the daemon there wants keys, and we have none";
            break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: /* or the daemon ended just then: ZeroMQ tries again */
            l->failed = true;
            l->trouble = l->keys ? ": the handshake fails: is our server key that of this daemon?" : "";
            break;
        case ZMQ_EVENT_DISCONNECTED:
            l->lost = l->lost || (!l->failed && l->type == ZMQ_DEALER);
            l->failed = false;
            break;
        default: break;
        }
    }
}

unsigned link_wait(struct link *l, int64_t ms)
{
    zmq_pollitem_t items[2] = {{.socket = l->socket, .events = ZMQ_POLLIN},
                               {.socket = l->monitor, .events = ZMQ_POLLIN}};
    int got = zmq_poll(items, 2, l->lost || l->denied ? 0 : ms < 0 ? -1 : (long)ms);
    if (got < 0)
        return errno == EINTR ? LINK_INTERRUPTED : LINK_LOST;
    if (items[1].revents)
        news(l);
    return (items[0].revents ? LINK_READABLE : 0u) | (l->denied ? LINK_DENIED : l->lost ? LINK_LOST : 0u);
}

enum stance_code link_denied(const struct link *l, struct reason *why)
{
    reason_set(why, "%s: %s", l->endpoint, l->denied);
    return STANCE_DENIED;
}

const char *link_trouble(const struct link *l)
{
    return l->trouble ? l->trouble : "";
}

bool link_recv(struct link *l)
{
    l->frames = 0;
    for (;;) {
        zmq_msg_t *to = l->frames == 0 ? &l->first : &l->last;
        if (zmq_msg_recv(to, l->socket, ZMQ_DONTWAIT) < 0)
            return false;
        l->frames++;
        if (!zmq_msg_more(to))
            return true;
    }
}

size_t link_frames(const struct link *l)
{
    return l->frames;
}

struct str link_first(struct link *l)
{
    return (struct str){zmq_msg_data(&l->first), zmq_msg_size(&l->first)};
}

struct str link_payload(struct link *l)
{
    zmq_msg_t *m = l->frames == 1 ? &l->first : &l->last;
    return (struct str){zmq_msg_data(m), zmq_msg_size(m)};
}

bool link_send(struct link *l, const void *bytes, size_t n, bool more)
{
    return zmq_send(l->socket, bytes, n, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) >= 0;
}

bool link_send_message(struct link *l, const struct message *m, struct reason *why)
{
    struct buf b = BUF_INIT;
    message_pack(m, &b);
    bool ok = !b.failed && link_send(l, b.data, b.len, false);
    buf_free(&b);
    return ok || reason_set(why, "%s: cannot send: out of memory", l->endpoint);
}

bool link_subscribe(struct link *l, const char *topic)
{
    return zmq_setsockopt(l->socket, ZMQ_SUBSCRIBE, topic, strlen(topic)) == 0;
}

void link_linger(struct link *l, int ms)
{
    set_option(l, ZMQ_LINGER, ms);
}
