#include "daemon/live.h"

#include "proto/base/log.h"
#include "proto/wire.h"

#include <stdlib.h>
#include <sysexits.h>

enum { EVENTS_A_TURN = 1024, MESSAGES_A_TURN = 1024 };

struct live {
    struct bridge_socket *socket;
    struct store *store;
    struct metrics *metrics;
    struct arena *scratch;
    struct buf topic;
    int64_t sent; /* sequence number */
};

struct live *live_new(struct bridge_socket *socket, struct store *s, struct metrics *m)
{
    struct live *l = calloc(1, sizeof *l);
    if (!l || !(l->scratch = arena_new((size_t)256 << 20)))
        die(EX_OSERR, "live: out of memory");
    l->socket = socket;
    l->store = s;
    l->metrics = m;
    l->sent = store_stats(s)->log_last;
    return l;
}

void live_free(struct live *l)
{
    if (!l)
        return;
    arena_free(l->scratch);
    buf_free(&l->topic);
    free(l);
}

static struct str country(const struct actor *a)
{
    return a && a->country.p ? a->country : STR("-");
}

void live_topic(const struct event *e, struct buf *out)
{
    buf_clear(out);
    if (e->retracts || !e->act) {
        buf_puts(out, "RETRACT/-/-/");
        return;
    }
    buf_puts(out, act_names[e->act->type]);
    buf_putc(out, '/');
    buf_str(out, country(e->source));
    buf_putc(out, '/');
    buf_str(out, country(e->target));
    buf_putc(out, '/');
}

/* XPUB hands up who subscribed: [1 or 0][topic]. */
static bool drain(struct live *l)
{
    for (int i = 0; i < MESSAGES_A_TURN; i++) {
        const struct inbound *in = bridge_recv(l->socket);
        if (!in)
            return false;
        if (in->payload.n > 0 && in->payload.p[0] == 1)
            l->metrics->live_subscriptions++;
        else if (in->payload.n > 0 && in->payload.p[0] == 0)
            l->metrics->live_subscriptions--;
    }
    return true;
}

static void publish(struct live *l, int64_t seq, struct str bytes)
{
    struct event e;
    struct reason why;
    arena_reset(l->scratch);
    if (!wire_unpack(&event_schema, bytes.p, bytes.n, l->scratch, &e, &why)) {
        log_error("event %lld of the log cannot be read: %s", (long long)seq, why.text);
        return;
    }
    live_topic(&e, &l->topic);
    if (!l->topic.failed && bridge_publish(l->socket, (struct str){l->topic.data, l->topic.len}, bytes))
        l->metrics->live_sent++;
}

bool live_speak(struct live *l)
{
    bool more = drain(l);
    int64_t last = store_stats(l->store)->log_last;
    if (l->metrics->live_subscriptions <= 0) {
        l->sent = last;
        return more;
    }
    for (int i = 0; l->sent < last; i++) {
        if (i == EVENTS_A_TURN) {
            more = true;
            break;
        }
        struct str bytes;
        int64_t seq = store_read(l->store, l->sent, NULL, &bytes);
        if (seq <= 0)
            break;
        publish(l, seq, bytes);
        l->sent = seq;
    }
    store_read_end(l->store);
    return more;
}
