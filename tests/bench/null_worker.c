/* null_worker.c: speaks the work protocol and classifies nothing: each article gives one small event at once.
 * With it the daemon itself is measured. Takes the options that the daemon gives to its workers; ends with
 * its parent. */
#include <getopt.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>
#include <zmq.h>

#include "proto/base/log.h"
#include "proto/wire.h"

enum { CAPACITY = 256, HEARTBEAT_MS = 2000 };

static void say(void *socket, const struct message *m)
{
    struct buf b = BUF_INIT;
    message_pack(m, &b);
    if (b.failed || zmq_send(socket, b.data, b.len, 0) < 0)
        die(EX_UNAVAILABLE, "cannot send: %s", zmq_strerror(zmq_errno()));
    buf_free(&b);
}

static void hello(void *socket, const char *name)
{
    struct message m = {.op = OP_HELLO};
    m.u.hello = (struct msg_hello){.name = str_from(name),
                                   .version = STR("null 1"),
                                   .model = STR("null"),
                                   .capacity = CAPACITY,
                                   .pid = getpid()};
    say(socket, &m);
}

static void answer(void *socket, const struct msg_work *w, struct arena *a)
{
    struct article article;
    struct reason why;
    if (!wire_unpack(&article_schema, w->article.p, w->article.n, a, &article, &why))
        die(EX_DATAERR, "an article that the daemon let through: %s", why.text);
    struct span spans[1] = {{0, 1}};
    struct mention cue = {{spans, 1}, {article.body.p, 1}};
    struct actor source = {.spans = cue.spans, .text = cue.text};
    struct act act = {.type = ACT_STATE, .cameo = STR("01"), .quad = QUAD_STATEMENT, .cue = cue};
    struct article_ref ref = {.id = article.id,
                              .title = article.title,
                              .published = article.published,
                              .revision = article.revision};
    struct event event = {.v = PROTOCOL_VERSION,
                          .seq = -1,
                          .id = arena_printf(a, "%.*s#0", STR_ARGS(article.id)),
                          .article = &ref,
                          .source = &source,
                          .act = &act,
                          .confidence = 0,
                          .model = STR("null")};
    struct message m = {.op = OP_DONE};
    m.u.done = (struct msg_done){w->task, {&event, 1}};
    say(socket, &m);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"connect", required_argument, NULL, 'c'},
                                            {"name", required_argument, NULL, 'n'},
                                            {"supervised", required_argument, NULL, 's'},
                                            {"config", required_argument, NULL, 's'},
                                            {"lexicon", required_argument, NULL, 's'},
                                            {"model", required_argument, NULL, 's'},
                                            {NULL, 0, NULL, 0}};
    const char *endpoint = NULL, *name = "null";
    log_open("null_worker", LOG_LEVEL_INFO);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'c')
            endpoint = optarg;
        else if (c == 'n')
            name = optarg;
    }
    if (!endpoint)
        die(EX_USAGE, "--connect ENDPOINT is missing");
    void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_DEALER);
    if (zmq_connect(socket, endpoint) != 0)
        die(EX_UNAVAILABLE, "%s: %s", endpoint, zmq_strerror(zmq_errno()));
    struct arena *a = arena_new(0);
    zmq_msg_t msg;
    zmq_msg_init(&msg);
    hello(socket, name);
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    for (struct message m = {.op = OP_HEARTBEAT}; m.op != OP_BYE; arena_reset(a)) {
        struct reason why;
        if (zmq_poll(&item, 1, HEARTBEAT_MS) == 0 || zmq_msg_recv(&msg, socket, ZMQ_DONTWAIT) < 0)
            say(socket, &(struct message){.op = OP_HEARTBEAT});
        else if (!message_unpack(CH_WORK_DOWN, zmq_msg_data(&msg), zmq_msg_size(&msg), a, &m, &why))
            die(EX_PROTOCOL, "%s", why.text);
        else if (m.op == OP_WORK)
            answer(socket, &m.u.work, a);
        else if (m.op == OP_REFUSED)
            hello(socket, name);
    }
    zmq_msg_close(&msg);
    arena_free(a);
    zmq_close(socket);
    zmq_ctx_term(context);
    return EX_OK;
}
