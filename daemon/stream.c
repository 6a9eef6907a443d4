#include "daemon/stream.h"

#include "daemon/follow.h"
#include "proto/base/log.h"
#include "proto/base/table.h"
#include "proto/wire.h"

#include <stdlib.h>
#include <sysexits.h>

enum { MESSAGES_A_TURN = 256 };

struct follower {
    struct follow f;
    char id[256];
    size_t id_len;
    bool gone;
};

struct stream {
    struct bridge_socket *socket;
    struct store *store;
    const struct config *config;
    struct metrics *metrics;
    struct table *followers; /* routing id -> struct follower */
    struct arena *scratch;
    struct buf packed;
    bool swept; /* in this turn */
};

struct stream *stream_new(struct bridge_socket *socket, struct store *s, const struct config *config,
                          struct metrics *m)
{
    struct stream *st = calloc(1, sizeof *st);
    if (!st || !(st->followers = table_new()) || !(st->scratch = arena_new((size_t)256 << 20)))
        die(EX_OSERR, "stream: out of memory");
    st->socket = socket;
    st->store = s;
    st->config = config;
    st->metrics = m;
    return st;
}

static void drop(struct follower *f)
{
    follow_end(&f->f);
    free(f);
}

void stream_free(struct stream *st)
{
    void *f;
    struct str key;
    if (!st)
        return;
    for (size_t at = 0; table_next(st->followers, &at, &key, &f);)
        drop(f);
    table_free(st->followers);
    arena_free(st->scratch);
    buf_free(&st->packed);
    free(st);
}

static enum bridge_sent send_to(struct stream *st, struct str id, const struct message *m)
{
    struct envelope to = envelope_to(id);
    buf_clear(&st->packed);
    message_pack(m, &st->packed);
    if (st->packed.failed)
        return BRIDGE_WOULD_BLOCK;
    return bridge_send(st->socket, &to, (struct str){st->packed.data, st->packed.len});
}

static void refuse(struct stream *st, struct str id, const char *reason)
{
    struct message m = {.op = OP_REFUSED, .u.refused = {str_from(reason)}};
    send_to(st, id, &m);
}

static void remove_follower(struct stream *st, struct str id)
{
    struct follower *f = table_take(st->followers, id);
    if (f)
        drop(f);
}

static void watermark(struct stream *st, struct follower *f, int64_t now)
{
    struct message m = {.op = OP_WATERMARK, .u.watermark = {f->f.after, store_stats(st->store)->log_first}};
    switch (send_to(st, (struct str){f->id, f->id_len}, &m)) {
    case BRIDGE_SENT: follow_watermark_sent(&f->f, now); break;
    case BRIDGE_GONE: f->gone = true; break;
    case BRIDGE_WOULD_BLOCK: break;
    }
}

/* Those who went away without a word are found only by sending to them: before somebody is refused for their sake, at most
 * once a turn. */
static void sweep(struct stream *st, int64_t now)
{
    struct str key;
    void *v;
    if (st->swept)
        return;
    st->swept = true;
    for (size_t at = 0; table_next(st->followers, &at, &key, &v);) {
        struct follower *f = v;
        if (!follow_gap(&f->f, st->store))
            watermark(st, f, now);
        if (f->gone)
            remove_follower(st, key);
    }
}

/* A second subscribe replaces the first. */
static void subscribe(struct stream *st, struct str id, const struct msg_subscribe *m, int64_t now)
{
    remove_follower(st, id);
    if (table_count(st->followers) >= (size_t)st->config->limits.max_followers)
        sweep(st, now);
    if (table_count(st->followers) >= (size_t)st->config->limits.max_followers) {
        refuse(st, id, "there are too many followers");
        return;
    }
    struct follower *f = id.n <= sizeof f->id ? calloc(1, sizeof *f) : NULL;
    if (!f || !follow_begin(&f->f, m->after, m->where, m->credit)) {
        free(f);
        refuse(st, id, "out of memory");
        return;
    }
    memcpy(f->id, id.p, id.n);
    f->id_len = id.n;
    if (!table_put(st->followers, id, f, NULL)) {
        drop(f);
        refuse(st, id, "out of memory");
    }
}

static void add_credit(struct follower *f, int64_t n)
{
    if (__builtin_add_overflow(f->f.credit, n, &f->f.credit) || f->f.credit == INT64_MAX)
        f->f.credit = INT64_MAX - 1;
}

static void take(struct stream *st, const struct inbound *in, int64_t now)
{
    struct str id = in->from.frame[0];
    struct follower *f = table_get(st->followers, id);
    struct message m;
    struct reason why = {"expected one frame"};
    arena_reset(st->scratch);
    if (!envelope_is_bare(&in->from) ||
        !message_unpack(CH_STREAM_UP, in->payload.p, in->payload.n, st->scratch, &m, &why)) {
        refuse(st, id, why.text);
        remove_follower(st, id);
    } else if (m.op == OP_SUBSCRIBE) {
        subscribe(st, id, &m.u.subscribe, now);
    } else if (m.op == OP_BYE) {
        remove_follower(st, id);
    } else if (f) {
        add_credit(f, m.u.credit.n);
    } else {
        refuse(st, id, "subscribe first");
    }
}

bool stream_drain(struct stream *st, int64_t now)
{
    st->swept = false;
    for (int i = 0; i < MESSAGES_A_TURN; i++) {
        const struct inbound *in = bridge_recv(st->socket);
        if (!in)
            return false;
        take(st, in, now);
    }
    return true;
}

/* How far one follower gets in this turn. */
static enum follow_step serve(struct stream *st, struct follower *f, int64_t now)
{
    struct str id = {f->id, f->id_len};
    int looks = FOLLOW_LOOKS_A_TURN;
    struct follow_event e;
    for (int sent = 0;; sent++) {
        enum follow_step step = sent < FOLLOW_EVENTS_A_TURN
                                    ? follow_next(&f->f, st->store, st->scratch, false, &looks, &e)
                                    : FOLLOW_PAUSE;
        if (step != FOLLOW_EVENT)
            return step;
        struct message m = {.op = OP_EVENT, .u.event = {{e.bytes.p, e.bytes.n}}};
        enum bridge_sent how = send_to(st, id, &m);
        if (how == BRIDGE_WOULD_BLOCK)
            return FOLLOW_NO_CREDIT; /* it does not read: as if it had no credit */
        if (how == BRIDGE_GONE) {
            f->gone = true;
            return FOLLOW_NO_CREDIT;
        }
        follow_sent(&f->f, e.seq, now);
        st->metrics->stream_sent++;
    }
}

/* False when it could not be told yet. */
static bool tell_gap(struct stream *st, struct follower *f, int64_t now)
{
    int64_t first = follow_gap(&f->f, st->store);
    struct message m = {.op = OP_WATERMARK, .u.watermark = {first - 1, first}};
    if (first == 0)
        return true;
    switch (send_to(st, (struct str){f->id, f->id_len}, &m)) {
    case BRIDGE_SENT: follow_skip(&f->f, first, now); return true;
    case BRIDGE_GONE: f->gone = true; break;
    case BRIDGE_WOULD_BLOCK: break;
    }
    return false;
}

bool stream_speak(struct stream *st, int64_t now)
{
    bool more = false;
    struct str key;
    void *v;
    for (size_t at = 0; table_next(st->followers, &at, &key, &v);) {
        struct follower *f = v;
        enum follow_step step = tell_gap(st, f, now) ? serve(st, f, now) : FOLLOW_NO_CREDIT;
        more = more || step == FOLLOW_PAUSE;
        if (!f->gone && !follow_gap(&f->f, st->store) && follow_owes_watermark(&f->f, step, now))
            watermark(st, f, now);
        if (f->gone)
            remove_follower(st, key);
    }
    store_read_end(st->store);
    return more;
}

size_t stream_followers(const struct stream *st)
{
    return table_count(st->followers);
}
