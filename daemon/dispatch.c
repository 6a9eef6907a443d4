#include "daemon/dispatch.h"

#include "daemon/lease.h"
#include "daemon/queue.h"
#include "daemon/roster.h"
#include "proto/base/log.h"
#include "proto/base/table.h"
#include "proto/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

enum { MESSAGES_A_TURN = 512, ASSIGN_A_TURN = 512, ASSIGN_BYTES = 8 << 20, REFUSALS = 64 };

struct handed {
    struct worker *worker;
    int64_t number;
    size_t at, len; /* the message, in `out` */
};

struct dispatch {
    struct bridge_socket *socket;
    struct finisher *f;
    struct supervise *supervise;
    const struct config *config;
    struct arena *message;
    struct buf out, small;
    struct roster roster;
    struct table *held; /* article number -> worker */
    struct queue queue;
    struct handed handed[ASSIGN_A_TURN];
    size_t n_handed;
    struct refusal {
        char id[256];
        size_t id_len;
        char reason[REASON_MAX];
    } refusals[REFUSALS];
    size_t n_refusals;
    bool full;
};

struct dispatch *dispatch_new(struct bridge_socket *socket, struct finisher *f, struct supervise *s,
                              const struct config *config)
{
    struct dispatch *d = calloc(1, sizeof *d);
    if (!d || !roster_init(&d->roster) || !(d->held = table_new()) ||
        !(d->message = arena_new((size_t)256 << 20)))
        die(EX_OSERR, "dispatch: out of memory");
    d->socket = socket;
    d->f = f;
    d->supervise = s;
    d->config = config;
    return d;
}

void dispatch_free(struct dispatch *d)
{
    if (!d)
        return;
    roster_free(&d->roster);
    table_free(d->held);
    arena_free(d->message);
    buf_free(&d->out);
    buf_free(&d->small);
    free(d);
}

/* ---- workers ---- */

static void copy(char *to, size_t room, struct str s)
{
    size_t n = s.n < room - 1 ? s.n : room - 1;
    if (n)
        memcpy(to, s.p, n);
    to[n] = '\0';
}

/* One article comes back: again into the queue, or to the quarantine. */
static void give_back(struct dispatch *d, const struct worker *w, const struct lease *l, bool blamed,
                      struct str reason, struct turn_time t)
{
    struct attempts a;
    struct waiting waits;
    struct str before;
    table_take(d->held, queue_key(&l->number));
    if (!store_waiting(d->f->store, l->number, &waits))
        return; /* canceled or superseded meanwhile */
    store_attempts(d->f->store, l->number, &a, &before);
    d->f->metrics->leases_returned++;
    if (lease_give_back(&a, blamed, (uint32_t)d->config->workers.attempts) == LEASE_POISON) {
        finish_bury(d->f, l->number, reason, str_from(w->build), a.taken, t.wall);
        return;
    }
    char kept[REASON_MAX];
    copy(kept, sizeof kept, blamed ? reason : before);
    store_attempts_put(d->f->store, l->number, &a, str_from(kept));
    queue_front(&d->queue, l->number);
}

/* All that it holds comes back. Blamed is at most the one it was busy with: `in_hand`, where that is known (else 0). */
static void release_at(struct dispatch *d, struct worker *w, bool blame, int64_t in_hand, const char *reason,
                       struct turn_time t)
{
    size_t busy = blame ? lease_blamed(&w->h, in_hand) : SIZE_MAX;
    for (size_t i = w->h.n; i-- > 0;) /* the oldest last: it ends in front of the queue */
        give_back(d, w, &w->h.held[i], i == busy, str_from(reason), t);
    lease_clear(&w->h);
}

static void release(struct dispatch *d, struct worker *w, bool blame, const char *reason, struct turn_time t)
{
    release_at(d, w, blame, 0, reason, t);
}

static void forget(struct dispatch *d, struct worker *w)
{
    /* work of this turn for it is not sent any more */
    for (size_t i = 0; i < d->n_handed; i++)
        if (d->handed[i].worker == w)
            d->handed[i].worker = NULL;
    roster_remove(&d->roster, w);
}

static void refuse(struct dispatch *d, struct str id, const char *reason)
{
    if (d->n_refusals == REFUSALS)
        return; /* whoever is not told finds out by our silence */
    struct refusal *r = &d->refusals[d->n_refusals++];
    r->id_len = id.n < sizeof r->id ? id.n : sizeof r->id;
    memcpy(r->id, id.p, r->id_len);
    copy(r->reason, sizeof r->reason, str_from(reason));
}

static void expel(struct dispatch *d, struct worker *w, const char *reason, struct turn_time t)
{
    log_warning("worker %s is refused: %s", w->name, reason);
    refuse(d, worker_id(w), reason);
    release(d, w, true, reason, t);
    if (w->pid)
        supervise_kill(d->supervise, w->pid, reason);
    forget(d, w);
}

static void hello(struct dispatch *d, struct str id, struct worker *w, const struct msg_hello *m,
                  struct turn_time t)
{
    if (m->name.n == 0 || m->name.n > 64 || m->capacity > CAPACITY_MAX) {
        refuse(d, id, "hello: expected a name of 1 to 64 bytes and a capacity of 1 to 1024");
        return;
    }
    enum supervise_answer ours = supervise_hello(d->supervise, m->name, m->pid);
    if (ours == SUPERVISE_IMPOSTOR) {
        refuse(d, id, "hello: this name belongs to a worker that the daemon started itself");
        return;
    }
    /* The same process on the same connection (it has reloaded) keeps its work. Anybody else begins anew:
     * what was held under this or an earlier connection is lost to it. */
    struct worker *old = roster_by_name(&d->roster, m->name);
    if (w && (old != w || w->said_pid != m->pid))
        release(d, w, false, "it said hello again", t);
    if (old && old != w) {
        log_notice("worker %s is back on a new connection", old->name);
        release(d, old, old->said_pid != m->pid, "its worker was replaced", t);
        forget(d, old);
    }
    if (!w && !(w = roster_add(&d->roster, id))) {
        refuse(d, id, "hello: there are too many workers");
        return;
    }
    copy(w->name, sizeof w->name, m->name);
    copy(w->build, sizeof w->build, m->version);
    copy(w->model, sizeof w->model, m->model);
    w->h.capacity = (size_t)m->capacity;
    w->h.open = true;
    w->h.heard = t.mono;
    w->beat = t.mono;
    w->said_pid = m->pid;
    w->pid = ours == SUPERVISE_OURS ? (pid_t)m->pid : 0;
    log_info("worker %s is ready: %s, model %s, capacity %" PRId64, w->name, w->build, w->model, m->capacity);
}

/* ---- results ---- */

/* What is wrong with the events of this article; true: nothing. */
static bool events_good(const struct event_list *events, const struct lease *l, struct reason *why)
{
    for (size_t i = 0; i < events->n; i++) {
        const struct event *e = &events->v[i];
        if (!event_check(e, l->body_len, why))
            return false;
        struct digest key = store_key(e->article->id);
        if (memcmp(key.b, l->key.b, sizeof key.b) != 0)
            return reason_set(why, "event.article.id: is not that of the article");
        if (e->retracts)
            return reason_set(why, "event.retracts: a worker cannot retract");
    }
    return true;
}

static bool take_lease(struct dispatch *d, struct worker *w, int64_t number, struct lease *l,
                       struct turn_time t)
{
    if (lease_remove(&w->h, number, l, t.mono))
        return true;
    log_info("worker %s sent a result for article %" PRId64 ", which it does not hold", w->name, number);
    d->f->metrics->stray_results++;
    return false;
}

static void failed(struct dispatch *d, struct worker *w, const struct lease *l, struct str reason,
                   struct turn_time t)
{
    w->failed++;
    d->f->metrics->worker_failures++;
    log_notice("worker %s gave up article %" PRId64 ": %.*s", w->name, l->number, STR_ARGS(reason));
    give_back(d, w, l, true, reason, t);
}

static void done(struct dispatch *d, struct worker *w, const struct msg_done *m, size_t bytes,
                 struct turn_time t)
{
    struct lease l;
    struct reason why;
    struct waiting waits;
    if (!take_lease(d, w, m->task, &l, t))
        return;
    if (!events_good(&m->events, &l, &why)) {
        failed(d, w, &l, str_from(why.text), t);
        return;
    }
    if (!store_waiting(d->f->store, l.number, &waits)) {
        table_take(d->held, queue_key(&l.number));
        return; /* canceled or superseded meanwhile, or the turn has failed and will be undone */
    }
    if (!finish_events(d->f, l.number, &waits, m->events, bytes + 96 * m->events.n, t.wall)) {
        d->full = true;
        give_back(d, w, &l, false, (struct str){NULL, 0}, t);
        return;
    }
    table_take(d->held, queue_key(&l.number));
    w->done++;
    if (w->pid)
        supervise_success(d->supervise, w->pid);
}

static void known_worker(struct dispatch *d, struct worker *w, const struct message *m, size_t bytes,
                         struct turn_time t)
{
    struct lease l;
    w->h.heard = t.mono;
    switch (m->op) {
    case OP_CREDIT:
        w->h.capacity = m->u.credit.n < CAPACITY_MAX ? (size_t)m->u.credit.n : CAPACITY_MAX;
        break;
    case OP_DONE: done(d, w, &m->u.done, bytes, t); break;
    case OP_FAILED:
        if (take_lease(d, w, m->u.failed.task, &l, t))
            failed(d, w, &l, m->u.failed.reason, t);
        break;
    case OP_BYE:
        log_info("worker %s says bye", w->name);
        release(d, w, false, "its worker said bye", t);
        forget(d, w);
        break;
    default: break; /* heartbeat: it was heard */
    }
}

static void take(struct dispatch *d, const struct inbound *in, struct turn_time t)
{
    struct str id = in->from.frame[0];
    struct worker *w = roster_find(&d->roster, id);
    struct message m;
    struct reason why = {"expected one frame"};
    arena_reset(d->message);
    if (!envelope_is_bare(&in->from) ||
        !message_unpack(CH_WORK_UP, in->payload.p, in->payload.n, d->message, &m, &why)) {
        if (w)
            expel(d, w, why.text, t);
        else
            refuse(d, id, why.text);
        return;
    }
    if (m.op == OP_HELLO)
        hello(d, id, w, &m.u.hello, t);
    else if (w)
        known_worker(d, w, &m, in->payload.n, t);
    else if (m.op != OP_BYE)
        refuse(d, id, "say hello first");
}

bool dispatch_drain(struct dispatch *d, struct turn_time t)
{
    d->full = false;
    for (int i = 0; i < MESSAGES_A_TURN; i++) {
        const struct inbound *in = bridge_recv(d->socket);
        if (!in)
            return false;
        take(d, in, t);
    }
    return true;
}

bool dispatch_was_full(const struct dispatch *d)
{
    return d->full;
}

void dispatch_check(struct dispatch *d, struct turn_time t)
{
    int64_t deadline = d->config->workers.deadline_ms;
    for (size_t i = d->roster.n; i-- > 0;) {
        struct worker *w = d->roster.workers[i];
        char reason[128];
        if (w->verdict[0]) {
            continue; /* killed; its end will be told */
        } else if (lease_overdue(&w->h, t.mono, deadline)) {
            snprintf(reason, sizeof reason, "no result within %" PRId64 " ms", deadline);
        } else if (w->gone) {
            snprintf(reason, sizeof reason, "its worker's connection is gone");
        } else if (lease_silent(&w->h, t.mono)) {
            snprintf(reason, sizeof reason, "its worker was silent for %d ms", LEASE_SILENCE_MS);
        } else {
            continue;
        }
        if (!w->pid) {
            expel(d, w, reason, t);
            continue;
        }
        w->h.open = false;
        copy(w->verdict, sizeof w->verdict, str_from(reason));
        supervise_kill(d->supervise, w->pid, reason);
    }
}

/* ---- handing out ---- */

static enum bridge_sent send_small(struct dispatch *d, struct str id, const struct message *m)
{
    struct envelope to = envelope_to(id);
    buf_clear(&d->small);
    message_pack(m, &d->small);
    if (d->small.failed)
        return BRIDGE_WOULD_BLOCK; /* no memory: half a message helps nobody */
    return bridge_send(d->socket, &to, (struct str){d->small.data, d->small.len});
}

/* Writes the attempt and prepares the message. False: no memory, try another time. */
static bool hand_out(struct dispatch *d, struct worker *w, int64_t number, struct turn_time t)
{
    struct waiting waits;
    struct attempts a;
    struct str reason;
    if (!store_waiting(d->f->store, number, &waits))
        return true;
    store_attempts(d->f->store, number, &a, &reason);
    char kept[REASON_MAX];
    copy(kept, sizeof kept, reason);
    if (lease_take(&a, store_epoch(d->f->store), (uint32_t)d->config->workers.attempts) == LEASE_POISON) {
        if (!kept[0])
            copy(kept, sizeof kept, STR("no result, and whoever worked on it left no word"));
        finish_bury(d->f, number, str_from(kept), (struct str){NULL, 0}, a.taken, t.wall);
        return true;
    }
    struct handed *h = &d->handed[d->n_handed];
    *h = (struct handed){w, number, d->out.len, 0};
    struct message m = {.op = OP_WORK};
    m.u.work = (struct msg_work){.task = number,
                                 .attempt = a.taken,
                                 .deadline_ms = d->config->workers.deadline_ms,
                                 .article = {waits.article.p, waits.article.n}};
    message_pack(&m, &d->out);
    struct lease l = {number, waits.key, waits.body_len};
    if (d->out.failed || !table_put(d->held, queue_key(&number), w, NULL)) {
        d->out.len = h->at;
        d->out.failed = false;
        return false;
    }
    h->len = d->out.len - h->at;
    store_attempts_put(d->f->store, number, &a, str_from(kept));
    lease_add(&w->h, l, t.mono);
    d->n_handed++;
    d->f->metrics->handed_out++;
    return true;
}

bool dispatch_assign(struct dispatch *d, struct turn_time t)
{
    for (int i = 0; i < ASSIGN_A_TURN && d->n_handed < ASSIGN_A_TURN && d->out.len < ASSIGN_BYTES; i++) {
        size_t who = lease_choose(d->roster.holders, d->roster.n);
        int64_t number = who == SIZE_MAX ? 0 : queue_take(&d->queue, d->f->store, d->held);
        if (number == 0)
            return false;
        if (!table_get(d->held, queue_key(&number)) && !hand_out(d, d->roster.workers[who], number, t)) {
            queue_front(&d->queue, number);
            return false;
        }
    }
    return true;
}

static void send_refusals(struct dispatch *d)
{
    for (size_t i = 0; i < d->n_refusals; i++) {
        const struct refusal *r = &d->refusals[i];
        struct message m = {.op = OP_REFUSED, .u.refused = {str_from(r->reason)}};
        send_small(d, (struct str){r->id, r->id_len}, &m);
    }
    d->n_refusals = 0;
}

static enum bridge_sent tell(struct dispatch *d, const struct worker *w, enum op op)
{
    struct message m = {.op = op};
    return send_small(d, worker_id(w), &m);
}

void dispatch_speak(struct dispatch *d, struct turn_time t)
{
    for (size_t i = 0; i < d->n_handed; i++) {
        const struct handed *h = &d->handed[i];
        if (!h->worker)
            continue;
        struct envelope to = envelope_to(worker_id(h->worker));
        if (bridge_send(d->socket, &to, (struct str){d->out.data + h->at, h->len}) == BRIDGE_SENT)
            continue;
        /* it never left: no attempt (lease_take sees our own epoch); the worker is found silent or dead in
         * time */
        struct lease l;
        lease_remove(&h->worker->h, h->number, &l, t.mono);
        table_take(d->held, queue_key(&h->number));
        h->worker->h.open = false;
        queue_front(&d->queue, h->number);
    }
    d->n_handed = 0;
    buf_clear(&d->out);
    send_refusals(d);
    for (size_t i = 0; i < d->roster.n; i++) {
        struct worker *w = d->roster.workers[i];
        if (t.mono - w->beat < LEASE_HEARTBEAT_MS)
            continue;
        w->beat = t.mono;
        enum bridge_sent sent = tell(d, w, OP_HEARTBEAT);
        if (sent == BRIDGE_GONE)
            w->gone = true;
        else if (sent == BRIDGE_SENT && !w->verdict[0])
            w->h.open = true;
    }
}

void dispatch_undo(struct dispatch *d, struct turn_time t)
{
    for (size_t i = 0; i < d->n_handed; i++) {
        struct lease l;
        if (d->handed[i].worker) {
            lease_remove(&d->handed[i].worker->h, d->handed[i].number, &l, t.mono);
            table_take(d->held, queue_key(&d->handed[i].number));
        }
    }
    d->n_handed = 0;
    buf_clear(&d->out);
    /* what came back or was finished in this turn waits in the store still: look for it from the beginning */
    queue_forget(&d->queue);
    send_refusals(d);
}

/* ---- ends ---- */

void dispatch_child_gone(struct dispatch *d, pid_t pid, const struct child_end *end, struct turn_time t)
{
    struct worker *w = roster_by_pid(&d->roster, pid);
    if (!w)
        return;
    char reason[256];
    snprintf(reason, sizeof reason, "%s%s", w->verdict[0] ? "" : "its worker ",
             w->verdict[0] ? w->verdict : end->how);
    release_at(d, w, true, end->in_hand, reason, t);
    forget(d, w);
}

static void bye(struct dispatch *d, struct worker *w, struct turn_time t)
{
    tell(d, w, OP_BYE);
    release(d, w, false, "its worker was stopped", t);
    forget(d, w);
}

void dispatch_bye(struct dispatch *d, const pid_t *pids, size_t n, struct turn_time t)
{
    for (size_t i = 0; i < n; i++) {
        struct worker *w = roster_by_pid(&d->roster, pids[i]);
        if (w)
            bye(d, w, t);
    }
}

void dispatch_bye_all(struct dispatch *d, struct turn_time t)
{
    while (d->roster.n > 0)
        bye(d, d->roster.workers[d->roster.n - 1], t);
}

void dispatch_reload(struct dispatch *d)
{
    for (size_t i = 0; i < d->roster.n; i++)
        tell(d, d->roster.workers[i], OP_RELOAD);
}

size_t dispatch_in_work(const struct dispatch *d)
{
    return table_count(d->held);
}

size_t dispatch_workers(const struct dispatch *d)
{
    return d->roster.n;
}

struct worker_status_list dispatch_status(const struct dispatch *d, struct arena *a)
{
    return roster_status(&d->roster, d->supervise, a);
}
