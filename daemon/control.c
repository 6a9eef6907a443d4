#include "daemon/control.h"

#include "proto/base/log.h"
#include "proto/wire.h"

#include <stdlib.h>
#include <sysexits.h>

enum { MESSAGES_A_TURN = 32, LIST_DEFAULT = 100, LIST_MAX = 1000 };

struct reply {
    struct envelope to;
    size_t at, len; /* in `out` */
    bool stored;    /* depends on the turn's commit */
};

struct control {
    struct bridge_socket *socket;
    struct finisher *f;
    const struct dispatch *dispatch;
    struct arena *turn, *scratch;
    struct buf out;
    struct reply replies[MESSAGES_A_TURN];
    size_t n;
    const char *state;
    int64_t uptime_ms;
};

struct control *control_new(struct bridge_socket *socket, struct finisher *f, const struct dispatch *d)
{
    struct control *c = calloc(1, sizeof *c);
    if (!c || !(c->turn = arena_new(0)) || !(c->scratch = arena_new((size_t)256 << 20)))
        die(EX_OSERR, "control: out of memory");
    c->socket = socket;
    c->f = f;
    c->dispatch = d;
    c->state = "serving";
    return c;
}

void control_free(struct control *c)
{
    if (!c)
        return;
    arena_free(c->turn);
    arena_free(c->scratch);
    buf_free(&c->out);
    free(c);
}

void control_set_state(struct control *c, const char *state, int64_t uptime_ms)
{
    c->state = state;
    c->uptime_ms = uptime_ms;
}

static void status(struct control *c, struct message *out)
{
    const struct metrics *m = c->f->metrics;
    const struct store_stats *s = store_stats(c->f->store);
    out->op = OP_STATUS_REPLY;
    out->u.status_reply = (struct msg_status_reply){.version = STR(STANCED_VERSION),
                                                    .state = str_from(c->state),
                                                    .uptime_ms = c->uptime_ms,
                                                    .waiting = s->waiting,
                                                    .in_work = (int64_t)dispatch_in_work(c->dispatch),
                                                    .dead = s->dead,
                                                    .accepted = m->accepted,
                                                    .duplicates = m->duplicates,
                                                    .rejected = m->rejected,
                                                    .busy = m->busy,
                                                    .classified = m->classified,
                                                    .log_first = s->log_first,
                                                    .log_last = s->log_last,
                                                    .followers = m->followers,
                                                    .live_sent = m->live_sent,
                                                    .store_bytes = s->bytes,
                                                    .store_map_bytes = s->map_bytes,
                                                    .workers = dispatch_status(c->dispatch, c->scratch)};
}

static void refuse(struct message *out, const char *reason)
{
    out->op = OP_REFUSED;
    out->u.refused.reason = str_from(reason);
}

static bool unpack_entry(struct control *c, struct str bytes, struct dead_entry *out)
{
    struct reason why;
    if (wire_unpack(&dead_entry_schema, bytes.p, bytes.n, c->scratch, out, &why))
        return true;
    log_error("an entry of the quarantine cannot be read: %s", why.text);
    return false;
}

static void dead_list(struct control *c, const struct msg_dead_query *q, struct message *out)
{
    int64_t limit = q->limit < 0 ? LIST_DEFAULT : q->limit > LIST_MAX ? LIST_MAX : q->limit;
    struct dead_entry *v = arena_try(c->scratch, ((size_t)limit + 1) * sizeof *v);
    size_t n = 0;
    struct str entry;
    struct waiting w;
    for (int64_t at = q->after < 0 ? 0 : q->after; v && (int64_t)n < limit;) {
        if ((at = store_dead_next(c->f->store, at, &entry, &w)) == 0)
            break;
        n += unpack_entry(c, entry, &v[n]);
    }
    out->op = OP_DEAD_LIST_REPLY;
    out->u.dead_list_reply = (struct msg_dead_list_reply){{v, n}, store_stats(c->f->store)->dead};
}

/* The quarantined article with this id: its number, 0 when there is none. */
static int64_t find_dead(struct control *c, struct str id, struct str *entry, struct waiting *w)
{
    struct id_record r;
    if (!store_id(c->f->store, store_key(id), &r) || r.state != ID_DEAD)
        return 0;
    return store_dead(c->f->store, r.number, entry, w) ? r.number : 0;
}

static void dead_show(struct control *c, const struct msg_dead_ids *q, struct message *out)
{
    struct str entry;
    struct waiting w;
    struct dead_entry *e = arena_try(c->scratch, sizeof *e);
    if (q->ids.n != 1)
        refuse(out, "dead_show: expected one id");
    else if (!e || !find_dead(c, q->ids.v[0], &entry, &w) || !unpack_entry(c, entry, e))
        refuse(out, "no article with this id is in the quarantine");
    else {
        out->op = OP_DEAD_SHOW_REPLY;
        out->u.dead_show_reply = (struct msg_dead_show_reply){e, {w.article.p, w.article.n}};
    }
}

/* One article out of the quarantine: again into the queue, or away. */
static bool change(struct control *c, bool retry, int64_t number, const struct waiting *w, int64_t wall)
{
    if (retry)
        return finish_retry(c->f, number, w, wall);
    finish_drop(c->f, number, w);
    return true;
}

static void dead_change(struct control *c, bool retry, const struct msg_dead_ids *q, int64_t wall,
                        struct message *out)
{
    struct str entry;
    struct waiting w;
    int64_t n = 0;
    if (q->ids.v) {
        for (size_t i = 0; i < q->ids.n; i++) {
            int64_t number = find_dead(c, q->ids.v[i], &entry, &w);
            n += number && change(c, retry, number, &w, wall);
        }
    } else {
        for (int64_t at = 0; (at = store_dead_next(c->f->store, at, &entry, &w)) != 0;) {
            if (!change(c, retry, at, &w, wall))
                break;
            n++;
        }
    }
    log_notice("%lld articles of the quarantine were %s", (long long)n,
               retry ? "put back into the queue" : "dropped");
    out->op = OP_CHANGED;
    out->u.changed.n = n;
}

static void decide(struct control *c, const struct message *m, int64_t wall, struct message *out)
{
    switch (m->op) {
    case OP_STATUS: status(c, out); break;
    case OP_DEAD_LIST: dead_list(c, &m->u.dead_query, out); break;
    case OP_DEAD_SHOW: dead_show(c, &m->u.dead_ids, out); break;
    case OP_DEAD_RETRY:
    case OP_DEAD_DROP: dead_change(c, m->op == OP_DEAD_RETRY, &m->u.dead_ids, wall, out); break;
    default: refuse(out, "not a request"); break;
    }
}

static void take(struct control *c, const struct inbound *in, int64_t wall)
{
    struct reply *to = &c->replies[c->n];
    struct message m, out = {.v = PROTOCOL_VERSION};
    struct reason why;
    *to = (struct reply){.to = envelope_keep(c->turn, &in->from), .at = c->out.len};
    if (to->to.n == 0)
        return;
    arena_reset(c->scratch);
    if (message_unpack(CH_CONTROL_UP, in->payload.p, in->payload.n, c->scratch, &m, &why)) {
        to->stored = m.op != OP_STATUS;
        decide(c, &m, wall, &out);
    } else {
        refuse(&out, why.text);
    }
    message_pack(&out, &c->out);
    to->len = c->out.len - to->at;
    c->n++;
}

bool control_drain(struct control *c, int64_t wall)
{
    while (c->n < MESSAGES_A_TURN) {
        const struct inbound *in = bridge_recv(c->socket);
        if (!in)
            return false;
        take(c, in, wall);
    }
    return true;
}

void control_speak(struct control *c, bool committed)
{
    struct buf sorry = BUF_INIT;
    struct message m;
    refuse(&m, "the store could not write, try again");
    message_pack(&m, &sorry);
    for (size_t i = 0; i < c->n; i++) {
        const struct reply *r = &c->replies[i];
        struct str text = {c->out.data + r->at, r->len};
        if (c->out.failed || (r->stored && !committed))
            text = (struct str){sorry.data, sorry.failed ? 0 : sorry.len};
        if (text.n)
            bridge_send(c->socket, &r->to, text);
    }
    buf_free(&sorry);
    c->n = 0;
    buf_clear(&c->out);
    arena_reset(c->turn);
}
