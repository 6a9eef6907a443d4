#include "daemon/bridge.h"

#include "daemon/peers.h"
#include "proto/base/clock.h"
#include "proto/base/log.h"

#include <errno.h>
#include <stdio.h>
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
    ADMIT_A_TURN = 64,
    ZAP_FRAMES = 9, /* routing id, empty, version, request, domain, address, identity, mechanism, key */
    REFUSED_EVERY_MS = 1000,
    SEND_HIGH = 2000,  /* messages a peer may lag behind before we notice */
    RECEIVE_HIGH = 32, /* that wait for us, of one peer; the others wait with it: some KiB or some MiB each */
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
    char name[16];
    const struct auth *auth; /* of a tcp endpoint with CURVE, as is `peers`; else NULL */
    struct peers *peers;
};

struct bridge {
    void *context;
    struct bridge_socket *sockets[SOCKETS_MAX];
    size_t n;
    const struct auth *auth; /* NULL: tcp is not encrypted */
    struct bridge_socket *zap;
    int64_t refused_said, refused; /* when we last logged one; how many since */
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
    /* the last first: without the ZAP socket, which is the first, ZeroMQ would let in any key */
    for (size_t i = b->n; i-- > 0;) {
        release(b->sockets[i]);
        zmq_close(b->sockets[i]->zmq);
        peers_free(b->sockets[i]->peers);
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
        {ZMQ_SNDHWM, SEND_HIGH},
        {ZMQ_RCVHWM, RECEIVE_HIGH},
        {ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS},
        {ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS},
        {ZMQ_HEARTBEAT_TTL, HEARTBEAT_TIMEOUT_MS},
        {ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS},
        {ZMQ_BACKLOG, BACKLOG},
        {kind == BRIDGE_XPUB ? ZMQ_XPUB_VERBOSER : ZMQ_ROUTER_MANDATORY, 1},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (zmq_setsockopt(zmq, options[i].option, &options[i].value, sizeof(int)) != 0)
            BUG("ZeroMQ refuses option %d: %s", options[i].option, zmq_strerror(errno));
    int64_t most = (int64_t)max_message;
    if (zmq_setsockopt(zmq, ZMQ_MAXMSGSIZE, &most, sizeof most) != 0)
        BUG("ZeroMQ refuses a message size: %s", zmq_strerror(errno));
}

static void set_bytes(struct bridge_socket *s, int option, const void *value, size_t n)
{
    if (zmq_setsockopt(s->zmq, option, value, n) != 0)
        BUG("ZeroMQ refuses option %d: %s", option, zmq_strerror(errno));
}

/* Whoever connects at what is bound from now on has to show a key, and ZAP is asked about it. A socket's domain cannot be
 * taken back, so that what shall be open is bound before. */
static bool set_guard(struct bridge_socket *s, const struct auth *auth)
{
    int on = 1;
    s->auth = auth;
    set_bytes(s, ZMQ_CURVE_SERVER, &on, sizeof on);
    set_bytes(s, ZMQ_CURVE_SECRETKEY, auth_secret(auth)->b, KEY_BYTES);
    set_bytes(s, ZMQ_ZAP_DOMAIN, s->name, strlen(s->name));
    return (s->peers = peers_new()) != NULL;
}

static struct bridge_socket *new_socket(struct bridge *b, enum bridge_kind kind, const char *name,
                                        size_t max_message)
{
    if (b->n == SOCKETS_MAX)
        BUG("more than %d sockets", SOCKETS_MAX);
    struct bridge_socket *s = calloc(1, sizeof *s);
    if (!s || !(s->zmq = zmq_socket(b->context, kind == BRIDGE_XPUB ? ZMQ_XPUB : ZMQ_ROUTER)))
        die(EX_OSERR, "no ZeroMQ socket for %s: %s", name, strerror(errno));
    s->kind = kind;
    snprintf(s->name, sizeof s->name, "%s", name);
    set_options(s->zmq, kind, max_message);
    return s;
}

/* The path of an ipc endpoint, made ready. False with a reason. */
static bool ready_for(const char *endpoint, struct reason *why)
{
    const char *path = strncmp(endpoint, "ipc://", 6) == 0 ? endpoint + 6 : NULL;
    return !path || path[0] != '/' || (make_folders(path, why) && nobody_answers(path, why));
}

static bool bind_it(struct bridge_socket *s, const char *endpoint, struct reason *why)
{
    size_t fd_size = sizeof s->fd, name_size = sizeof s->endpoint;
    if (zmq_bind(s->zmq, endpoint) == 0 && zmq_getsockopt(s->zmq, ZMQ_FD, &s->fd, &fd_size) == 0 &&
        zmq_getsockopt(s->zmq, ZMQ_LAST_ENDPOINT, s->endpoint, &name_size) == 0)
        return true;
    return reason_set(why, "%s cannot be bound: %s", endpoint,
                      errno == ENAMETOOLONG ? "the path is longer than a socket's may be"
                                            : zmq_strerror(errno));
}

struct bridge_socket *bridge_bind(struct bridge *b, const struct bridge_wish *wish, struct reason *why)
{
    struct bridge_socket *s = new_socket(b, wish->kind, wish->name, wish->max_message);
    bool guarded = b->auth && strncmp(wish->endpoint, "tcp://", 6) == 0;
    bool ok = (!wish->open || (ready_for(wish->open, why) && bind_it(s, wish->open, why))) &&
              ready_for(wish->endpoint, why);
    if (ok && guarded && !set_guard(s, b->auth))
        die(EX_OSERR, "out of memory");
    if (ok && bind_it(s, wish->endpoint, why))
        return b->sockets[b->n++] = s;
    zmq_close(s->zmq);
    peers_free(s->peers);
    free(s);
    return NULL;
}

bool bridge_is_guarded(const struct bridge_socket *s)
{
    return s->auth != NULL;
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

/* Messages of a peer that was revoked may still wait in a queue of ours: not any more. Peers at an ipc endpoint of the
 * same socket have no key. */
static bool may_speak(struct bridge_socket *s, zmq_msg_t *frame)
{
    const char *key = s->auth ? zmq_msg_gets(frame, "User-Id") : NULL;
    if (!key)
        return true;
    peers_note(s->peers, zmq_msg_get(frame, ZMQ_SRCFD), key);
    return auth_still(s->auth, s->name, key);
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
        fits = fits && (more || may_speak(s, &frame));
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

/* A message that stops in its middle would take the next one's frames for its own, and they would go to the wrong peer. So
 * the last frame, the one that is big, has its memory before the first is sent. */
static bool make_last(zmq_msg_t *last, struct str payload)
{
    if (zmq_msg_init_size(last, payload.n) != 0)
        return false;
    if (payload.n)
        memcpy(zmq_msg_data(last), payload.p, payload.n);
    return true;
}

static bool send_last(struct bridge_socket *s, zmq_msg_t *last)
{
    int rc;
    do
        rc = zmq_msg_send(last, s->zmq, ZMQ_DONTWAIT);
    while (rc < 0 && errno == EINTR);
    if (rc < 0)
        zmq_msg_close(last);
    return rc >= 0;
}

enum bridge_sent bridge_send(struct bridge_socket *s, const struct envelope *to, struct str payload)
{
    zmq_msg_t last;
    if (!make_last(&last, payload))
        return BRIDGE_WOULD_BLOCK;
    for (size_t i = 0; i < to->n; i++) {
        int error = send_frame(s, to->frame[i], ZMQ_SNDMORE);
        if (error && i > 0)
            send_last(s, &last); /* ends it, so that the next begins anew */
        else if (error)
            zmq_msg_close(&last);
        if (error)
            return error == EAGAIN && i == 0 ? BRIDGE_WOULD_BLOCK : BRIDGE_GONE;
    }
    return send_last(s, &last) ? BRIDGE_SENT : BRIDGE_GONE;
}

bool bridge_publish(struct bridge_socket *s, struct str topic, struct str payload)
{
    zmq_msg_t last;
    if (!make_last(&last, payload))
        return false;
    if (send_frame(s, topic, ZMQ_SNDMORE) == 0)
        return send_last(s, &last);
    zmq_msg_close(&last);
    return false;
}

/* ---- ZAP: ZeroMQ asks about each new peer ---- */

struct bridge_socket *bridge_guard(struct bridge *b, const struct auth *auth)
{
    struct reason why;
    b->auth = auth;
    b->zap = new_socket(b, BRIDGE_ZAP, "zap", 4096);
    if (!bind_it(b->zap, "inproc://zeromq.zap.01", &why))
        die(EX_OSERR, "%s", why.text);
    return b->sockets[b->n++] = b->zap;
}

/* One line a second at most: whoever is refused may come again as often as he likes. */
static void log_refused(struct bridge *b, const struct auth_peer *peer, struct str address, const char *why)
{
    int64_t now = clock_mono_ms();
    b->refused++;
    if (b->refused_said && now - b->refused_said < REFUSED_EVERY_MS)
        return;
    char more[64] = "";
    if (b->refused > 1)
        snprintf(more, sizeof more, " (and %lld before it)", (long long)b->refused - 1);
    log_notice("%.*s: a peer from %.*s is refused: %s%s", STR_ARGS(peer->endpoint), STR_ARGS(address), why,
               more);
    b->refused_said = now;
    b->refused = 0;
}

/* The frames of a request into the answer to it. */
static void judge(struct bridge *b, zmq_msg_t frame[ZAP_FRAMES])
{
    struct auth_peer peer = {frame_text(&frame[4]), frame_text(&frame[7]), frame_text(&frame[8])};
    struct reason why;
    char user[KEY_TEXT] = "";
    const struct named_key *known = auth_decide(auth_lists(b->auth), &peer, &why);
    if (known)
        key_text(&known->key, user);
    else
        log_refused(b, &peer, frame_text(&frame[5]), why.text);
    if (known)
        log_info("%.*s: %s connects from %.*s", STR_ARGS(peer.endpoint), known->name,
                 STR_ARGS(frame_text(&frame[5])));
    const struct str answer[] = {frame_text(&frame[0]),
                                 {"", 0},
                                 STR("1.0"),
                                 frame_text(&frame[3]),
                                 known ? STR("200") : STR("400"),
                                 known ? STR("OK") : STR("not allowed here"),
                                 str_from(user),
                                 {"", 0}}; /* metadata */
    size_t n = sizeof answer / sizeof *answer;
    for (size_t i = 0; i < n; i++)
        if (send_frame(b->zap, answer[i], i + 1 < n ? ZMQ_SNDMORE : 0) != 0)
            return; /* that connection has ended meanwhile */
}

/* False: nothing waits. */
static bool admit_one(struct bridge *b)
{
    zmq_msg_t frame[ZAP_FRAMES];
    size_t n = 0, all = 0;
    for (bool more = true; more; all++) {
        zmq_msg_t next;
        zmq_msg_init(&next);
        if (zmq_msg_recv(&next, b->zap->zmq, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&next);
            if (errno == EINTR)
                continue;
            break;
        }
        more = zmq_msg_more(&next);
        if (n < ZAP_FRAMES) {
            zmq_msg_init(&frame[n]);
            zmq_msg_move(&frame[n++], &next);
        }
        zmq_msg_close(&next);
    }
    /* other mechanisms have other frames: no answer, and the handshake's time runs out */
    if (n == ZAP_FRAMES && all == n)
        judge(b, frame);
    for (size_t i = 0; i < n; i++)
        zmq_msg_close(&frame[i]);
    return n > 0;
}

bool bridge_asked(struct bridge *b)
{
    return b->zap && bridge_pending(b->zap);
}

bool bridge_admit(struct bridge *b)
{
    if (!b->zap)
        return false;
    for (int i = 0; i < ADMIT_A_TURN; i++)
        if (!admit_one(b))
            return false;
    return true;
}

static bool may_stay(void *arg, const char *key)
{
    const struct bridge_socket *s = arg;
    return auth_still(s->auth, s->name, key);
}

size_t bridge_cut(struct bridge *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        struct bridge_socket *s = b->sockets[i];
        const char *colon = strrchr(s->endpoint, ':');
        if (s->peers && colon)
            n += peers_cut(s->peers, atoi(colon + 1), may_stay, s);
    }
    return n;
}

/* ---- envelopes ---- */

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
