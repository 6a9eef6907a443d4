#include "workers/task.h"

#include <errno.h>
#include <sysexits.h>
#include <unistd.h>
#include <zmq.h>

#include "proto/base/clock.h"
#include "proto/base/log.h"
#include "proto/wire.h"

#define HEARTBEAT_MS   5000
#define HELLO_AGAIN_MS 1000
#define FLUSH_MS       2000 /* for the last done and bye, when the daemon reads slowly */
#define ARENA_LIMIT                                                                                          \
    ((size_t)1 << 30)                  /* beyond that the worker ends, and the daemon takes the article back \
                                          */
#define MESSAGE_MAX ((size_t)60 << 20) /* the daemon takes 64 MiB */

struct task {
    const struct task_options *options;
    struct pipeline *pipeline;
    void *socket;
    struct arena *arena;  /* what an article needs */
    struct buf out;       /* the message that is being sent */
    int64_t say_hello_at; /* mono ms; INT64_MAX: has been said */
    bool done;            /* the daemon said bye */
};

static void send_message(struct task *t, const struct message *m)
{
    buf_clear(&t->out);
    message_pack(m, &t->out);
    if (t->out.failed)
        die(EX_OSERR, "out of memory for a message");
    /* Blocks while the daemon is away: there is nobody else to work for. A signal ends the wait. */
    while (zmq_send(t->socket, t->out.data, t->out.len, 0) < 0)
        if (zmq_errno() != EINTR || *t->options->stop) {
            log_warning("could not send %s: %s", op_name(m->op), zmq_strerror(zmq_errno()));
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
    zmq_pollitem_t item = {.socket = t->socket, .events = ZMQ_POLLIN};
    if (zmq_poll(&item, 1, (long)wait) <= 0)
        return false;
    return zmq_msg_recv(msg, t->socket, ZMQ_DONTWAIT) >= 0;
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
        int64_t now = clock_mono_ms();
        if (now >= t->say_hello_at) {
            say_hello(t);
            heard_of_us = now;
        } else if (now - heard_of_us >= HEARTBEAT_MS) {
            send_message(t, &(struct message){.op = OP_HEARTBEAT});
            heard_of_us = now;
        }
    }
    send_message(t, &(struct message){.op = OP_BYE});
    zmq_msg_close(&msg);
}

int task_run(const struct task_options *options, struct pipeline *p)
{
    struct task t = {.options = options, .pipeline = p, .out = BUF_INIT, .say_hello_at = INT64_MAX};
    void *context = zmq_ctx_new();
    int linger = FLUSH_MS, code = EX_OK;
    t.arena = arena_new(ARENA_LIMIT);
    t.socket = context ? zmq_socket(context, ZMQ_DEALER) : NULL;
    if (!t.arena || !t.socket)
        die(EX_OSERR, "no memory for a socket: %s", zmq_strerror(zmq_errno()));
    zmq_setsockopt(t.socket, ZMQ_LINGER, &linger, sizeof linger);
    if (zmq_connect(t.socket, options->endpoint) != 0) {
        log_error("%s: %s", options->endpoint, zmq_strerror(zmq_errno()));
        code = EX_USAGE;
    } else {
        say_hello(&t);
        serve(&t);
    }
    zmq_close(t.socket);
    zmq_ctx_term(context);
    pipeline_close(t.pipeline);
    arena_free(t.arena);
    buf_free(&t.out);
    return code;
}
