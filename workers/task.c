#include "workers/task.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>
#include <zmq.h>

#include "proto/base/clock.h"
#include "proto/base/log.h"
#include "proto/wire.h"
#include "workers/confine.h"

#define HEARTBEAT_MS   5000
#define HELLO_AGAIN_MS 1000
#define DENIED_MS      5000 /* until the next try, after the daemon did not let us in */
#define SEND_MS        1000 /* a send that waits looks so often whether it is worth it */
#define FLUSH_MS       2000 /* for the last done and bye, when the daemon reads slowly */
#define ARENA_LIMIT                                                                                          \
    ((size_t)1 << 30)                  /* beyond that the worker ends, and the daemon takes the article back \
                                          */
#define MESSAGE_MAX ((size_t)60 << 20) /* the daemon takes 64 MiB */

enum {
    HANDSHAKE_MS = 10000,
    EVENTS = ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
             ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
};

struct task {
    const struct task_options *options;
    struct pipeline *pipeline;
    void *context, *socket, *monitor;
    struct arena *arena;  /* what an article needs */
    struct buf out;       /* the message that is being sent */
    int64_t say_hello_at; /* mono ms; INT64_MAX: has been said */
    bool done;            /* the daemon said bye */
    bool denied;          /* it does not let us in, and ZeroMQ will not try again */
    bool confined;        /* calls are forbidden */
    bool lost;            /* the one connection that we may have */
    bool complained;      /* that the handshake fails, since it last went well */
};

/* ---- the connection ---- */

static void set_options(struct task *t)
{
    const struct {
        int option, value;
    } options[] = {{ZMQ_LINGER, FLUSH_MS},           {ZMQ_SNDTIMEO, SEND_MS},
                   {ZMQ_RECONNECT_IVL, 100},         {ZMQ_RECONNECT_IVL_MAX, 2000},
                   {ZMQ_HEARTBEAT_IVL, 5000},        {ZMQ_HEARTBEAT_TIMEOUT, 15000},
                   {ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS}};
    int64_t most = MESSAGE_MAX;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        zmq_setsockopt(t->socket, options[i].option, &options[i].value, sizeof(int));
    zmq_setsockopt(t->socket, ZMQ_MAXMSGSIZE, &most, sizeof most);
    const struct task_keys *keys = t->options->keys;
    if (!keys || strncmp(t->options->endpoint, "tcp://", 6) != 0)
        return;
    struct key public = key_public_of(&keys->secret);
    if (zmq_setsockopt(t->socket, ZMQ_CURVE_SERVERKEY, keys->server.b, KEY_BYTES) != 0 ||
        zmq_setsockopt(t->socket, ZMQ_CURVE_PUBLICKEY, public.b, KEY_BYTES) != 0 ||
        zmq_setsockopt(t->socket, ZMQ_CURVE_SECRETKEY, keys->secret.b, KEY_BYTES) != 0)
        die(EX_OSERR, "this ZeroMQ has no CURVE: %s", zmq_strerror(zmq_errno()));
}

static void shut(struct task *t)
{
    if (t->socket) {
        zmq_socket_monitor(t->socket, NULL,
                           0); /* an event that finds nobody listening any more is never freed */
        zmq_close(t->socket);
    }
    if (t->monitor)
        zmq_close(t->monitor);
    t->socket = t->monitor = NULL;
}

/* Opens, or opens anew. False: the endpoint is none. */
static bool connect_anew(struct task *t)
{
    char name[64];
    int none = 0;
    shut(t);
    t->denied = false;
    t->socket = zmq_socket(t->context, ZMQ_DEALER);
    if (!t->socket)
        die(EX_OSERR, "no memory for a socket: %s", zmq_strerror(zmq_errno()));
    set_options(t);
    snprintf(name, sizeof name, "inproc://monitor-%p", t->socket);
    if (zmq_socket_monitor(t->socket, name, EVENTS) != 0 ||
        !(t->monitor = zmq_socket(t->context, ZMQ_PAIR)) ||
        zmq_setsockopt(t->monitor, ZMQ_LINGER, &none, sizeof none) != 0 || zmq_connect(t->monitor, name) != 0)
        die(EX_OSERR, "no monitor for a socket: %s", zmq_strerror(zmq_errno()));
    if (zmq_connect(t->socket, t->options->endpoint) == 0)
        return true;
    log_error("%s: %s", t->options->endpoint, zmq_strerror(zmq_errno()));
    return false;
}

/* Once connected, and so before the first article: connecting needs more calls than working. */
static void confine(struct task *t)
{
    int family = strncmp(t->options->endpoint, "ipc://", 6) == 0 ? AF_UNIX : AF_INET;
    if (!t->confined)
        confine_calls(t->options->files, t->options->strict ? -1 : family);
    t->confined = true;
}

/* How the handshakes went, and whether the connection is still there. */
static void look_at_connection(struct task *t)
{
    unsigned char event[6];
    char address[256];
    const char *where = t->options->endpoint;
    while (zmq_recv(t->monitor, event, sizeof event, ZMQ_DONTWAIT) == (int)sizeof event) {
        uint16_t what;
        memcpy(&what, event, sizeof what);
        zmq_recv(t->monitor, address, sizeof address, ZMQ_DONTWAIT);
        if (what == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
            t->complained = false;
            confine(t);
            continue;
        }
        if (what == ZMQ_EVENT_DISCONNECTED) {
            t->lost = t->options->strict && t->confined;
            continue;
        }
        t->denied = t->denied || what != ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;
        if (t->complained)
            continue;
        t->complained = true;
        if (what == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
            log_warning("%s: the daemon does not allow our key here; trying again every %d s", where,
                        DENIED_MS / 1000);
        else if (t->options->keys)
            log_warning("%s: the handshake fails: is --server-key that of this daemon?", where);
        else
            log_warning("%s: the handshake fails: the daemon may want keys (--key, --server-key)", where);
    }
}

static void send_message(struct task *t, const struct message *m)
{
    buf_clear(&t->out);
    message_pack(m, &t->out);
    if (t->out.failed)
        die(EX_OSERR, "out of memory for a message");
    /* Waits while the daemon is away: there is nobody else to work for. A signal ends that, or the daemon's no. */
    while (zmq_send(t->socket, t->out.data, t->out.len, 0) < 0) {
        int error = zmq_errno();
        look_at_connection(t);
        if ((error == EINTR || error == EAGAIN) && !*t->options->stop && !t->denied && !t->lost)
            continue;
        if (!t->denied && !t->lost)
            log_warning("could not send %s: %s", op_name(m->op), zmq_strerror(error));
        return;
    }
}

static void say_hello(struct task *t)
{
    struct message m = {.op = OP_HELLO};
    m.u.hello = (struct msg_hello){.name = str_from(t->options->name),
                                   .version = STR("stance-worker " STANCED_VERSION),
                                   .model = str_from(pipeline_model(t->pipeline)),
                                   .lexicon = str_from(pipeline_lexicon(t->pipeline)),
                                   .capacity = t->options->capacity,
                                   .pid = getpid()};
    send_message(t, &m);
    t->say_hello_at = INT64_MAX;
}

static void send_failed(struct task *t, int64_t task, const char *reason)
{
    struct message m = {.op = OP_FAILED};
    m.u.failed = (struct msg_failed){task, str_from(reason)};
    send_message(t, &m);
}

static void work(struct task *t, const struct msg_work *w)
{
    struct article article;
    struct reason why;
    if (t->options->in_hand)
        *t->options->in_hand = w->task;
    if (!wire_unpack(&article_schema, w->article.p, w->article.n, t->arena, &article, &why)) {
        send_failed(t, w->task, why.text);
        return;
    }
    struct message m = {.op = OP_DONE};
    m.u.done.task = w->task;
    pipeline_run(t->pipeline, &article, t->arena, &m.u.done.events);
    buf_clear(&t->out);
    message_pack(&m, &t->out);
    if (t->out.len > MESSAGE_MAX) {
        reason_set(&why, "%zu events of %zu MiB are more than one message holds", m.u.done.events.n,
                   t->out.len >> 20);
        send_failed(t, w->task, why.text);
        return;
    }
    send_message(t, &m);
}

static void reload(struct task *t)
{
    struct reason why;
    struct pipeline *p = pipeline_open(t->options->config_dir, t->options->lexicon_dir, t->options->own_dir,
                                       t->options->model, &why);
    if (!p) {
        log_error("reload: %s; the old lexicon stays", why.text);
        return;
    }
    pipeline_close(t->pipeline);
    t->pipeline = p;
    say_hello(t);
    log_info("reloaded, lexicon %s", pipeline_lexicon(p));
}

static void handle(struct task *t, const void *bytes, size_t n)
{
    struct message m;
    struct reason why;
    if (!message_unpack(CH_WORK_DOWN, bytes, n, t->arena, &m, &why)) {
        log_warning("a message from the daemon: %s", why.text);
        return;
    }
    switch (m.op) {
    case OP_WORK: work(t, &m.u.work); break;
    case OP_RELOAD: reload(t); break;
    case OP_BYE: t->done = true; break;
    case OP_REFUSED:
        /* After its restart the daemon does not know us any more; and a full name table may have room later.
         */
        log_info("refused: %.*s", STR_ARGS(m.u.refused.reason));
        t->say_hello_at = clock_mono_ms() + HELLO_AGAIN_MS;
        break;
    default: break; /* heartbeat */
    }
}

/* Waits for a message or until something is due. False: nothing came. */
static bool receive(struct task *t, zmq_msg_t *msg)
{
    int64_t now = clock_mono_ms(), wait = HEARTBEAT_MS;
    if (t->say_hello_at - now < wait)
        wait = t->say_hello_at > now ? t->say_hello_at - now : 0;
    zmq_pollitem_t items[2] = {{.socket = t->socket, .events = ZMQ_POLLIN},
                               {.socket = t->monitor, .events = ZMQ_POLLIN}};
    if (zmq_poll(items, 2, (long)wait) <= 0)
        return false;
    /* always: whoever has sent us something has been connected before */
    look_at_connection(t);
    return items[0].revents && zmq_msg_recv(msg, t->socket, ZMQ_DONTWAIT) >= 0;
}

/* The daemon may have been told of our key meanwhile. */
static void try_again(struct task *t)
{
    int64_t until = clock_mono_ms() + DENIED_MS;
    for (int64_t now; !*t->options->stop && (now = clock_mono_ms()) < until;)
        zmq_poll(NULL, 0, (long)(until - now));
    if (*t->options->stop)
        return;
    connect_anew(t);
    say_hello(t);
}

static void serve(struct task *t)
{
    zmq_msg_t msg;
    zmq_msg_init(&msg);
    int64_t heard_of_us = clock_mono_ms();
    while (!*t->options->stop && !t->done) {
        bool got = receive(t, &msg);
        if (*t->options->stop)
            break; /* what has come but is not begun goes back to the daemon */
        if (got && zmq_msg_size(&msg) > 0)
            handle(t, zmq_msg_data(&msg), zmq_msg_size(&msg));
        arena_reset(t->arena);
        if (t->denied)
            try_again(t);
        if (t->lost) {
            log_notice("the daemon is gone, and without sockets there is no other way to it: ending");
            break;
        }
        int64_t now = clock_mono_ms();
        if (now >= t->say_hello_at) {
            say_hello(t);
            heard_of_us = now;
        } else if (now - heard_of_us >= HEARTBEAT_MS) {
            send_message(t, &(struct message){.op = OP_HEARTBEAT});
            heard_of_us = now;
        }
    }
    if (!t->lost)
        send_message(t, &(struct message){.op = OP_BYE});
    zmq_msg_close(&msg);
}

int task_run(const struct task_options *options, struct pipeline *p)
{
    struct task t = {.options = options, .pipeline = p, .out = BUF_INIT, .say_hello_at = INT64_MAX};
    int code = EX_OK;
    t.arena = arena_new(ARENA_LIMIT);
    t.context = zmq_ctx_new();
    if (!t.arena || !t.context)
        die(EX_OSERR, "out of memory");
    if (connect_anew(&t)) {
        say_hello(&t);
        serve(&t);
        code = t.lost ? EX_UNAVAILABLE : EX_OK;
    } else {
        code = EX_USAGE;
    }
    shut(&t);
    zmq_ctx_term(t.context);
    pipeline_close(t.pipeline);
    arena_free(t.arena);
    buf_free(&t.out);
    return code;
}
