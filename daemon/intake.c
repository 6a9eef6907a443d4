#include "daemon/intake.h"

#include "proto/base/log.h"
#include "proto/wire.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

enum {
    MESSAGES_A_TURN = 512,
    BYTES_A_TURN = 8 << 20,
    ROOM_EXTRA = 512 /* bytes that an article takes beside itself */
};

/* ---- decisions ---- */

struct digest intake_content(const struct article *a)
{
    char published[CLOCK_TEXT] = "";
    if (a->published != TIME_ABSENT)
        clock_format(a->published, published);
    struct str parts[] = {a->body, a->title, a->source, a->url, a->lang, str_from(published)};
    return digest_of(parts, sizeof parts / sizeof *parts);
}

const char *intake_id(const struct article *a, char out[DIGEST_HEX])
{
    struct str parts[] = {a->url, a->body};
    return digest_hex(digest_of(parts, 2), out);
}

static enum intake_verdict refuse(struct reason *why, const char *text)
{
    reason_set(why, "%s", text);
    return INTAKE_REFUSE;
}

static enum intake_verdict decide_cancel(const struct article *a, const struct id_record *known,
                                         struct reason *why)
{
    if (!known)
        return refuse(why, "nothing is known of this id, so there is nothing to cancel");
    if (a->revision >= 0 && a->revision < known->revision) {
        reason_set(why, "revision %" PRId64 " cannot cancel revision %" PRId64, a->revision, known->revision);
        return INTAKE_REFUSE;
    }
    return known->state == ID_CANCELED ? INTAKE_KNOWN : INTAKE_CANCEL;
}

enum intake_verdict intake_decide(const struct article *a, struct digest content,
                                  const struct id_record *known, struct reason *why)
{
    if (a->status == ARTICLE_CANCELED)
        return decide_cancel(a, known, why);
    if (!known)
        return INTAKE_NEW;
    int64_t revision = a->revision < 0 ? 0 : a->revision;
    if (revision > known->revision)
        return INTAKE_REVISION;
    bool same = memcmp(content.b, known->content.b, sizeof content.b) == 0;
    if (revision == known->revision && same)
        return INTAKE_KNOWN;
    reason_set(why,
               "this id is known with revision %" PRId64
               "%s; what changes it needs a higher revision than that, not %" PRId64,
               known->revision, same ? "" : " and other content", revision);
    return INTAKE_REFUSE;
}

/* ---- the endpoint ---- */

struct reply {
    struct envelope to;
    struct intake_reply r;
    bool stored; /* depends on the turn's commit */
};

struct intake {
    struct bridge_socket *socket;
    struct finisher *f;
    struct arena *turn; /* envelopes, ids and reasons of the replies */
    struct arena *message;
    struct reply *replies;
    size_t n;
    bool full;
    struct buf packed;
};

struct intake *intake_new(struct bridge_socket *socket, struct finisher *f)
{
    struct intake *in = calloc(1, sizeof *in);
    if (!in || !(in->replies = calloc(MESSAGES_A_TURN, sizeof *in->replies)) || !(in->turn = arena_new(0)) ||
        !(in->message = arena_new((size_t)256 << 20)))
        die(EX_OSERR, "intake: out of memory");
    in->socket = socket;
    in->f = f;
    return in;
}

void intake_free(struct intake *in)
{
    if (!in)
        return;
    arena_free(in->turn);
    arena_free(in->message);
    buf_free(&in->packed);
    free(in->replies);
    free(in);
}

static void answer(struct intake *in, struct reply *to, int status, const char *reason)
{
    to->r.status = status;
    if (reason)
        to->r.reason = arena_try_str(in->turn, str_from(reason));
}

/* Packs and stores a new article or revision; `known` NULL: new. */
static bool store(struct intake *in, struct article *a, struct digest key, struct digest content,
                  const struct id_record *known, int64_t wall, int64_t *number)
{
    struct store *s = in->f->store;
    buf_clear(&in->packed);
    wire_pack(&article_schema, a, &in->packed);
    if (in->packed.failed || !store_room_article(s, in->packed.len + ROOM_EXTRA))
        return false;
    struct id_record r = {
        .revision = a->revision < 0 ? 0 : a->revision, .content = content, .state = ID_WAITING};
    if (known) {
        r.prior_first = known->first ? known->first : known->prior_first;
        r.prior_last = known->first ? known->last : known->prior_last;
        if (known->state == ID_WAITING)
            store_waiting_remove(s, known->number);
        if (known->state == ID_DEAD)
            store_dead_remove(s, known->number);
    }
    *number = store_accept(s, key, &r, a->body.n, (struct str){in->packed.data, in->packed.len}, wall);
    return true;
}

static void take(struct intake *in, struct article *a, const struct intake_rules *rules, struct reply *to)
{
    struct digest key = store_key(a->id), content = intake_content(a);
    struct id_record known;
    bool is_known = store_id(in->f->store, key, &known);
    struct reason why;
    to->stored = true;
    switch (intake_decide(a, content, is_known ? &known : NULL, &why)) {
    case INTAKE_REFUSE: answer(in, to, INTAKE_REJECTED, why.text); break;
    case INTAKE_KNOWN:
        answer(in, to, INTAKE_DUPLICATE, NULL);
        to->r.seq = known.number;
        break;
    case INTAKE_CANCEL:
        finish_cancel(in->f, key, &known, a, rules->wall);
        answer(in, to, INTAKE_ACCEPTED, NULL);
        to->r.seq = known.number;
        break;
    case INTAKE_NEW:
    case INTAKE_REVISION:
        answer(in, to, INTAKE_ACCEPTED, NULL);
        if (!store(in, a, key, content, is_known ? &known : NULL, rules->wall, &to->r.seq)) {
            in->full = true;
            answer(in, to, INTAKE_BUSY, "the store is full");
            to->r.retry_ms = rules->retry_ms;
        }
        break;
    }
}

/* One message: checked, decided, stored; the reply waits for the commit. */
static void accept(struct intake *in, const struct inbound *m, const struct intake_rules *rules)
{
    struct reply *to = &in->replies[in->n];
    struct article a;
    struct reason why;
    char id[DIGEST_HEX];
    *to = (struct reply){.to = envelope_keep(in->turn, &m->from),
                         .r = {.v = PROTOCOL_VERSION, .seq = -1, .retry_ms = -1}};
    if (to->to.n == 0)
        return; /* no memory even for the envelope: silence makes the feeder come again */
    in->n++;
    arena_reset(in->message);
    if (!wire_unpack(&article_schema, m->payload.p, m->payload.n, in->message, &a, &why)) {
        answer(in, to, INTAKE_REJECTED, why.text);
        return;
    }
    to->r.id = arena_try_str(in->turn, a.id);
    if (!article_check(&a, rules->max_body, &why)) {
        answer(in, to, INTAKE_REJECTED, why.text);
        return;
    }
    if (!a.id.p) {
        a.id = str_from(intake_id(&a, id));
        to->r.id = arena_try_str(in->turn, a.id);
    }
    if (rules->busy) {
        answer(in, to, INTAKE_BUSY, rules->busy);
        to->r.retry_ms = rules->retry_ms;
        return;
    }
    take(in, &a, rules, to);
}

bool intake_drain(struct intake *in, const struct intake_rules *rules)
{
    size_t bytes = 0;
    in->full = false;
    while (in->n < MESSAGES_A_TURN && bytes < BYTES_A_TURN) {
        const struct inbound *m = bridge_recv(in->socket);
        if (!m)
            return false;
        bytes += m->payload.n;
        accept(in, m, rules);
    }
    return true;
}

bool intake_was_full(const struct intake *in)
{
    return in->full;
}

static void speak_one(struct intake *in, const struct reply *to)
{
    struct metrics *m = in->f->metrics;
    int64_t *const counts[] = {&m->accepted, &m->duplicates, &m->busy, &m->rejected};
    ++*counts[to->r.status];
    buf_clear(&in->packed);
    wire_pack(&intake_reply_schema, &to->r, &in->packed);
    if (in->packed.failed ||
        bridge_send(in->socket, &to->to, (struct str){in->packed.data, in->packed.len}) != BRIDGE_SENT)
        m->replies_lost++;
}

void intake_speak(struct intake *in, bool committed, int64_t retry_ms)
{
    for (size_t i = 0; i < in->n; i++) {
        struct reply *to = &in->replies[i];
        if (to->stored && !committed) {
            to->r.seq = -1;
            to->r.retry_ms = retry_ms;
            answer(in, to, INTAKE_BUSY, "the store could not write");
        }
        speak_one(in, to);
    }
    in->n = 0;
    arena_reset(in->turn);
}
