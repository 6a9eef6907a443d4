/* skeleton.c: the shape of stanced in raw ZeroMQ, nothing classified, nothing stored: what the wheel could
 * cost at least.
 *
 *   skeleton INTAKE WORK RESULTS LIVE      DEALER -> ROUTER -> PUSH -> 2 worker processes -> PULL -> PUB ->
 * SUB Each article is acknowledged when it was read; a worker answers with 512 bytes that begin with the
 * article's. Greets on LIVE until the first article comes, so that a subscriber knows that it is served. Ends
 * with its parent. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <zmq.h>

enum { WORKERS = 2, RESULT = 512, BATCH = 256, GREET_MS = 10 };

static void *open_socket(void *context, int type, const char *endpoint, bool binds)
{
    int none = 0;
    void *s = zmq_socket(context, type);
    zmq_setsockopt(s, ZMQ_SNDHWM, &none, sizeof none);
    zmq_setsockopt(s, ZMQ_RCVHWM, &none, sizeof none);
    if ((binds ? zmq_bind(s, endpoint) : zmq_connect(s, endpoint)) != 0) {
        perror(endpoint);
        _exit(1);
    }
    return s;
}

static void work(const char *from, const char *to)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    void *context = zmq_ctx_new();
    void *in = open_socket(context, ZMQ_PULL, from, false), *out = open_socket(context, ZMQ_PUSH, to, false);
    char result[RESULT] = {0};
    zmq_msg_t article;
    zmq_msg_init(&article);
    while (zmq_msg_recv(&article, in, 0) >= 0) {
        size_t n = zmq_msg_size(&article) < RESULT ? zmq_msg_size(&article) : RESULT;
        memcpy(result, zmq_msg_data(&article), n);
        zmq_send(out, result, RESULT, 0);
    }
    _exit(0);
}

/* One article: [peer] [""] [bytes]. The bytes go on, the rest goes back with "ok". */
static bool take_article(void *intake, void *push)
{
    zmq_msg_t peer, frame;
    zmq_msg_init(&peer);
    zmq_msg_init(&frame);
    bool got = zmq_msg_recv(&peer, intake, ZMQ_DONTWAIT) >= 0;
    if (got) {
        zmq_msg_recv(&frame, intake, 0);
        zmq_msg_recv(&frame, intake, 0);
        zmq_msg_send(&frame, push, 0);
        zmq_msg_send(&peer, intake, ZMQ_SNDMORE);
        zmq_send(intake, "", 0, ZMQ_SNDMORE);
        zmq_send(intake, "ok", 2, 0);
    }
    zmq_msg_close(&peer);
    zmq_msg_close(&frame);
    return got;
}

static bool take_result(void *pull, void *publish)
{
    zmq_msg_t m;
    zmq_msg_init(&m);
    bool got = zmq_msg_recv(&m, pull, ZMQ_DONTWAIT) >= 0;
    if (got) {
        zmq_send(publish, "STATE/-/-/", 10, ZMQ_SNDMORE);
        zmq_msg_send(&m, publish, 0);
    }
    zmq_msg_close(&m);
    return got;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 64;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int i = 0; i < WORKERS; i++) /* before there is a context: it does not survive a fork */
        if (fork() == 0)
            work(argv[2], argv[3]);
    void *context = zmq_ctx_new();
    void *intake = open_socket(context, ZMQ_ROUTER, argv[1], true),
         *push = open_socket(context, ZMQ_PUSH, argv[2], true);
    void *pull = open_socket(context, ZMQ_PULL, argv[3], true),
         *publish = open_socket(context, ZMQ_PUB, argv[4], true);
    zmq_pollitem_t items[2] = {{.socket = intake, .events = ZMQ_POLLIN},
                               {.socket = pull, .events = ZMQ_POLLIN}};
    bool begun = false;
    for (;;) {
        int ready = zmq_poll(items, 2, begun ? -1 : GREET_MS);
        if (ready == 0)
            zmq_send(publish, "hello", 5, 0);
        for (int i = 0; i < BATCH && take_article(intake, push); i++)
            begun = true;
        for (int i = 0; i < BATCH && take_result(pull, publish); i++)
            continue;
    }
}
