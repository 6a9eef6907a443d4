#include "daemon/bridge.h"

#include "proto/base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>
#include <zmq.h>

enum {
    FRAMES = BRIDGE_ENVELOPE + 1,
    SOCKETS_MAX = 8,
    HIGH_WATER = 10000, /* messages a peer may lag behind before we notice */
    LINGER_MS = 500,
    HEARTBEAT_MS = 5000,
    HEARTBEAT_TIMEOUT_MS = 15000,
    HANDSHAKE_MS = 10000,
    BACKLOG = 512
};

struct bridge_socket {
    void *zmq;
    enum bridge_kind kind;
    int fd;
    char endpoint[256];
    int64_t dropped;
    zmq_msg_t frames[FRAMES];
    size_t n_frames;
    struct inbound in;
};

struct bridge {
    void *context;
    struct bridge_socket *sockets[SOCKETS_MAX];
    size_t n;
};

struct bridge *bridge_new(void)
{
    struct bridge *b = calloc(1, sizeof *b);
    if (!b || !(b->context = zmq_ctx_new()))
        die(EX_OSERR, "ZeroMQ cannot be started: %s", strerror(errno));
    return b;
}

static void release(struct bridge_socket *s)
{
    for (size_t i = 0; i < s->n_frames; i++)
        zmq_msg_close(&s->frames[i]);
    s->n_frames = 0;
}

void bridge_free(struct bridge *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->n; i++) {
        release(b->sockets[i]);
        zmq_close(b->sockets[i]->zmq);
        free(b->sockets[i]);
    }
    while (zmq_ctx_term(b->context) != 0 && errno == EINTR)
        ;
    free(b);
}

static bool make_folders(const char *file, struct reason *why)
{
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    if (strlen(file) >= sizeof path)
        return reason_set(why, "ipc://%s: the path is longer than %zu bytes", file, sizeof path - 1);
    strcpy(path, file);
    for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (mkdir(path, 0750) != 0 && errno != EEXIST)
            return reason_set(why, "folder %s cannot be created: %s", path, strerror(errno));
        *slash = '/';
    }
    return true;
}

/* libzmq replaces the file of a socket without asking who listens there. */
static bool nobody_answers(const char *path, struct reason *why)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answered = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0)
        close(fd);
    return answered ? reason_set(why, "ipc://%s: another process listens there", path) : true;
}

static void set_options(void *zmq, enum bridge_kind kind, size_t max_message)
{
    const struct {
        int option, value;
    } options[] = {
        {ZMQ_LINGER, LINGER_MS},
        {ZMQ_SNDHWM, HIGH_WATER},
        {ZMQ_RCVHWM, HIGH_WATER},
        {ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS},
        {ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS},
        {ZMQ_HEARTBEAT_TTL, HEARTBEAT_TIMEOUT_MS},
        {ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS},
        {ZMQ_BACKLOG, BACKLOG},
        {kind == BRIDGE_ROUTER ? ZMQ_ROUTER_MANDATORY : ZMQ_XPUB_VERBOSER, 1},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (zmq_setsockopt(zmq, options[i].option, &options[i].value, sizeof(int)) != 0)
            BUG("ZeroMQ refuses option %d: %s", options[i].option, zmq_strerror(errno));
    int64_t most = (int64_t)max_message;
    if (zmq_setsockopt(zmq, ZMQ_MAXMSGSIZE, &most, sizeof most) != 0)
        BUG("ZeroMQ refuses a message size: %s", zmq_strerror(errno));
}

struct bridge_socket *bridge_bind(struct bridge *b, enum bridge_kind kind, const char *endpoint,
                                  size_t max_message, struct reason *why)
{
    if (b->n == SOCKETS_MAX)
        BUG("more than %d sockets", SOCKETS_MAX);
    const char *path = strncmp(endpoint, "ipc://", 6) == 0 ? endpoint + 6 : NULL;
    if (path && path[0] == '/' && (!make_folders(path, why) || !nobody_answers(path, why)))
        return NULL;
    struct bridge_socket *s = calloc(1, sizeof *s);
    if (!s || !(s->zmq = zmq_socket(b->context, kind == BRIDGE_ROUTER ? ZMQ_ROUTER : ZMQ_XPUB)))
        die(EX_OSERR, "no ZeroMQ socket for %s: %s", endpoint, strerror(errno));
    s->kind = kind;
    set_options(s->zmq, kind, max_message);
    size_t fd_size = sizeof s->fd, name_size = sizeof s->endpoint;
    if (zmq_bind(s->zmq, endpoint) != 0 || zmq_getsockopt(s->zmq, ZMQ_FD, &s->fd, &fd_size) != 0 ||
        zmq_getsockopt(s->zmq, ZMQ_LAST_ENDPOINT, s->endpoint, &name_size) != 0) {
        reason_set(why, "%s cannot be bound: %s", endpoint, zmq_strerror(errno));
        zmq_close(s->zmq);
        free(s);
        return NULL;
    }
    return b->sockets[b->n++] = s;
}

int bridge_fd(const struct bridge_socket *s)
{
    return s->fd;
}

const char *bridge_endpoint(const struct bridge_socket *s)
{
    return s->endpoint;
}

int64_t bridge_dropped(const struct bridge_socket *s)
{
    return s->dropped;
}

bool bridge_pending(struct bridge_socket *s)
{
    int events = 0;
    size_t size = sizeof events;
    while (zmq_getsockopt(s->zmq, ZMQ_EVENTS, &events, &size) != 0)
        if (errno != EINTR)
            BUG("ZeroMQ lost a socket: %s", zmq_strerror(errno));
    return events & ZMQ_POLLIN;
}

/* Receives one whole message; frames that do not fit are read and let go. 0: none; -1: dropped. */
static int recv_frames(struct bridge_socket *s)
{
    bool fits = true;
    for (bool more = true; more;) {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, s->zmq, ZMQ_DONTWAIT) < 0) {
            int error = errno;
            zmq_msg_close(&frame);
            if (error == EINTR)
                continue;
            return 0;
        }
        more = zmq_msg_more(&frame);
        /* the routing id may have 255 bytes; what the peer puts before its payload may not be longer than a
         * tag */
        fits = fits && s->n_frames < FRAMES &&
               (!more || s->n_frames == 0 || zmq_msg_size(&frame) <= BRIDGE_FRAME_MAX);
        if (fits) {
            zmq_msg_init(&s->frames[s->n_frames]);
            zmq_msg_move(&s->frames[s->n_frames++], &frame);
        }
        zmq_msg_close(&frame);
    }
    /* a ROUTER's message is a routing id and at least a payload */
    if (fits && (s->kind == BRIDGE_XPUB || s->n_frames >= 2))
        return 1;
    s->dropped++;
    return -1;
}

static struct str frame_text(zmq_msg_t *frame)
{
    /* an empty frame is there: not an absent text */
    size_t n = zmq_msg_size(frame);
    return (struct str){n ? zmq_msg_data(frame) : "", n};
}

const struct inbound *bridge_recv(struct bridge_socket *s)
{
    int got;
    do {
        release(s);
        got = recv_frames(s);
    } while (got < 0);
    if (got == 0)
        return NULL;
    s->in.from.n = s->n_frames - 1;
    for (size_t i = 0; i + 1 < s->n_frames; i++)
        s->in.from.frame[i] = frame_text(&s->frames[i]);
    s->in.payload = frame_text(&s->frames[s->n_frames - 1]);
    return &s->in;
}

static int send_frame(struct bridge_socket *s, struct str frame, int flags)
{
    int rc;
    do
        rc = zmq_send(s->zmq, frame.p, frame.n, flags | ZMQ_DONTWAIT);
    while (rc < 0 && errno == EINTR);
    return rc < 0 ? errno : 0;
}

enum bridge_sent bridge_send(struct bridge_socket *s, const struct envelope *to, struct str payload)
{
    for (size_t i = 0; i < to->n; i++) {
        int error = send_frame(s, to->frame[i], ZMQ_SNDMORE);
        if (error == EAGAIN)
            return BRIDGE_WOULD_BLOCK;
        if (error)
            return BRIDGE_GONE;
    }
    return send_frame(s, payload, 0) == 0 ? BRIDGE_SENT : BRIDGE_GONE;
}

bool bridge_publish(struct bridge_socket *s, struct str topic, struct str payload)
{
    return send_frame(s, topic, ZMQ_SNDMORE) == 0 && send_frame(s, payload, 0) == 0;
}

struct envelope envelope_keep(struct arena *a, const struct envelope *e)
{
    struct envelope kept = {.n = e->n};
    for (size_t i = 0; i < e->n; i++) {
        kept.frame[i] = arena_try_str(a, e->frame[i]);
        if (!kept.frame[i].p)
            return (struct envelope){.n = 0};
    }
    return kept;
}

struct envelope envelope_to(struct str routing_id)
{
    return (struct envelope){.frame = {routing_id}, .n = 1};
}

bool envelope_is_bare(const struct envelope *e)
{
    for (size_t i = 1; i < e->n; i++)
        if (e->frame[i].n != 0)
            return false;
    return true;
}
