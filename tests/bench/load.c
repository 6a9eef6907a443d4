/* load.c: feeds articles and waits for what comes of each; says how many a second and how long one took.
 *
 *   load stanced INTAKE STREAM FILE COUNT RATE      articles to a daemon, events from its stream
 *   load raw     INTAKE LIVE   FILE COUNT RATE      the same articles to the skeleton, results from its PUB
 * FILE: JSON Lines, taken in turns under new ids. RATE 0: as fast as acknowledgements allow (256 under way);
 * else so many a second, evenly. Prints "ARTICLES_PER_SECOND P50_US P99_US": time from sending to the first
 * event of an article. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>
#include <zmq.h>

#include "proto/base/log.h"
#include "proto/json.h"

enum { WINDOW = 256, STORIES_MAX = 256, ID_DIGITS = 9, CREDIT = 100000, PATIENCE_US = 60000000 };
#define ID_PREFIX "bench-"
#define ID_LEN    (sizeof ID_PREFIX - 1 + ID_DIGITS)

struct load {
    bool raw;
    void *intake, *events;
    struct buf stories[STORIES_MAX]; /* packed, each with the id of zeros */
    size_t id_at[STORIES_MAX];       /* where in it the id stands */
    size_t n_stories;
    size_t count, sent, acked, finished, consumed;
    double rate;
    int64_t *sent_at, *took; /* microseconds; took -1: nothing came yet */
    int64_t heard;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void read_stories(struct load *l, const char *path)
{
    FILE *in = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    struct arena *a = arena_new(0);
    if (!in)
        die(EX_NOINPUT, "%s: %s", path, strerror(errno));
    for (ssize_t n; l->n_stories < STORIES_MAX && (n = getline(&line, &cap, in)) > 0; l->n_stories++) {
        struct article article;
        struct reason why;
        struct buf *b = &l->stories[l->n_stories];
        if (!json_read(&article_schema, line, (size_t)n, a, &article, &why))
            die(EX_DATAERR, "%s:%zu: %s", path, l->n_stories + 1, why.text);
        article.id = STR(ID_PREFIX "000000000");
        wire_pack(&article_schema, &article, b);
        l->id_at[l->n_stories] =
            (size_t)((char *)memmem(b->data, b->len, ID_PREFIX, sizeof ID_PREFIX - 1) - b->data);
    }
    if (l->n_stories == 0)
        die(EX_DATAERR, "%s: no articles", path);
    free(line);
    arena_free(a);
    fclose(in);
}

static void send_article(struct load *l)
{
    size_t story = l->sent % l->n_stories;
    struct buf *b = &l->stories[story];
    char digits[ID_DIGITS + 1];
    snprintf(digits, sizeof digits, "%0*zu", ID_DIGITS, l->sent % 1000000000);
    memcpy(b->data + l->id_at[story] + sizeof ID_PREFIX - 1, digits, ID_DIGITS);
    l->sent_at[l->sent++] = now_us();
    zmq_send(l->intake, "", 0, ZMQ_SNDMORE);
    if (zmq_send(l->intake, b->data, b->len, 0) < 0)
        die(EX_UNAVAILABLE, "cannot send: %s", zmq_strerror(zmq_errno()));
}

/* May another article go out now? */
static bool due(const struct load *l, int64_t begun)
{
    if (l->sent == l->count)
        return false;
    if (l->rate > 0)
        return (double)(now_us() - begun) * l->rate >= (double)l->sent * 1e6;
    return l->sent - l->acked < WINDOW;
}

/* Takes one message of several frames; its last one stays in *last. */
static bool take(void *socket, zmq_msg_t *last)
{
    do {
        if (zmq_msg_recv(last, socket, ZMQ_DONTWAIT) < 0)
            return false;
    } while (zmq_msg_more(last));
    return true;
}

static void take_acks(struct load *l, zmq_msg_t *msg)
{
    while (take(l->intake, msg)) {
        if (!l->raw && !memmem(zmq_msg_data(msg), zmq_msg_size(msg), "accepted", 8))
            die(EX_DATAERR, "an article was not accepted: %.*s", (int)zmq_msg_size(msg),
                (char *)zmq_msg_data(msg));
        l->acked++;
    }
}

static void give_credit(struct load *l)
{
    struct buf b = BUF_INIT;
    struct message m = {.op = OP_CREDIT, .u.credit.n = (int64_t)l->consumed};
    message_pack(&m, &b);
    zmq_send(l->events, b.data, b.len, 0);
    buf_free(&b);
    l->consumed = 0;
}

static void take_events(struct load *l, zmq_msg_t *msg)
{
    while (take(l->events, msg)) {
        const char *id = memmem(zmq_msg_data(msg), zmq_msg_size(msg), ID_PREFIX, sizeof ID_PREFIX - 1);
        if (!id) /* a watermark */
            continue;
        char digits[ID_DIGITS + 1] = "";
        memcpy(digits, id + sizeof ID_PREFIX - 1, ID_DIGITS);
        size_t n = strtoul(digits, NULL, 10);
        l->heard = now_us();
        if (n < l->sent && l->took[n] < 0) {
            l->took[n] = l->heard - l->sent_at[n];
            l->finished++;
        }
        if (++l->consumed >= CREDIT / 2 && !l->raw)
            give_credit(l);
    }
}

static void subscribe(struct load *l)
{
    struct buf b = BUF_INIT;
    struct message m = {.op = OP_SUBSCRIBE, .u.subscribe = {.after = 0, .where = NULL, .credit = CREDIT}};
    message_pack(&m, &b);
    zmq_send(l->events, b.data, b.len, 0);
    buf_free(&b);
}

static void connect_all(struct load *l, void *context, const char *intake, const char *events)
{
    int none = 0;
    l->intake = zmq_socket(context, ZMQ_DEALER);
    l->events = zmq_socket(context, l->raw ? ZMQ_SUB : ZMQ_DEALER);
    zmq_setsockopt(l->events, ZMQ_RCVHWM, &none, sizeof none);
    zmq_setsockopt(l->intake, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(l->events, ZMQ_LINGER, &none, sizeof none);
    if (l->raw)
        zmq_setsockopt(l->events, ZMQ_SUBSCRIBE, "", 0);
    if (zmq_connect(l->intake, intake) != 0 || zmq_connect(l->events, events) != 0)
        die(EX_UNAVAILABLE, "cannot connect: %s", zmq_strerror(zmq_errno()));
    if (!l->raw)
        subscribe(l);
    zmq_msg_t msg; /* wait for the first word: the skeleton's greeting, the daemon's watermark */
    zmq_msg_init(&msg);
    if (zmq_msg_recv(&msg, l->events, 0) < 0)
        die(EX_UNAVAILABLE, "nothing to follow: %s", zmq_strerror(zmq_errno()));
    while (zmq_msg_more(&msg))
        zmq_msg_recv(&msg, l->events, 0);
    zmq_msg_close(&msg);
}

/* Returns microseconds from the first article to the last event. */
static int64_t run(struct load *l)
{
    zmq_msg_t msg;
    zmq_msg_init(&msg);
    zmq_pollitem_t items[2] = {{.socket = l->intake, .events = ZMQ_POLLIN},
                               {.socket = l->events, .events = ZMQ_POLLIN}};
    int64_t begun = l->heard = now_us();
    while (l->finished < l->count) {
        for (unsigned burst = 0; burst < 64 && due(l, begun); burst++)
            send_article(l);
        zmq_poll(items, 2, due(l, begun) ? 0 : l->rate > 0 && l->sent < l->count ? 1 : 100);
        take_acks(l, &msg);
        take_events(l, &msg);
        if (now_us() - l->heard > PATIENCE_US)
            die(EX_UNAVAILABLE, "nothing came for a minute: %zu sent, %zu acknowledged, %zu finished",
                l->sent, l->acked, l->finished);
    }
    zmq_msg_close(&msg);
    return l->heard - begun;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    log_open("load", LOG_LEVEL_INFO);
    if (argc != 7)
        die(EX_USAGE, "usage: load stanced|raw INTAKE EVENTS FILE COUNT RATE");
    struct load l = {.raw = strcmp(argv[1], "raw") == 0,
                     .count = strtoul(argv[5], NULL, 10),
                     .rate = strtod(argv[6], NULL)};
    if (l.count == 0 || l.count > 100000000)
        die(EX_USAGE, "COUNT: 1 to 100000000");
    l.sent_at = calloc(l.count, sizeof *l.sent_at);
    l.took = malloc(l.count * sizeof *l.took);
    if (!l.sent_at || !l.took)
        die(EX_OSERR, "out of memory");
    for (size_t i = 0; i < l.count; i++)
        l.took[i] = -1;
    read_stories(&l, argv[4]);
    void *context = zmq_ctx_new();
    connect_all(&l, context, argv[2], argv[3]);
    int64_t us = run(&l);
    qsort(l.took, l.count, sizeof *l.took, by_value);
    printf("%.0f %" PRId64 " %" PRId64 "\n", (double)l.count * 1e6 / (double)us, l.took[l.count / 2],
           l.took[l.count * 99 / 100]);
    zmq_close(l.intake);
    zmq_close(l.events);
    zmq_ctx_term(context);
    for (size_t i = 0; i < l.n_stories; i++)
        buf_free(&l.stories[i]);
    free(l.sent_at);
    free(l.took);
    return EX_OK;
}
