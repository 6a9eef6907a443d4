/* libstance.c: see libstance.h. */
#include "clients/link.h"

#include <stdlib.h>

#include "proto/base/buf.h"
#include "proto/base/clock.h"
#include "proto/wire.h"

/* Milliseconds from now to `deadline`, at least 0. */
static int64_t left(int64_t deadline, int64_t now)
{
    return deadline > now ? deadline - now : 0;
}

/* ---- keys ---- */

bool stance_keys_load(struct stance_keys *out, const char *key_file, const char *server_file,
                      struct reason *why)
{
    struct named_key ours, server;
    bool ok = key_read_secret(key_file, &ours, why) && key_read_public(server_file, &server, why);
    if (ok)
        *out = (struct stance_keys){ours.key, server.key};
    key_wipe(&ours.key);
    return ok;
}

void stance_keys_wipe(struct stance_keys *keys)
{
    key_wipe(&keys->secret);
}

/* ---- feed ---- */

struct slot {
    uint64_t number; /* 0: free. Goes before the article as its own frame and comes back with the answer */
    struct buf bytes;
    void *tag;
    unsigned sent;
    int64_t due; /* to be sent at this time; INT64_MAX: sent, waiting for the answer */
};

struct stance_feed {
    struct stance_feed_options o;
    struct link *link;
    struct arena *arena;
    struct slot *slots;
    unsigned under_way;
    uint64_t last_number;
    int64_t heard;  /* when the daemon last answered, or when there was nothing to answer */
    int64_t opened; /* when the link was */
};

void stance_article_init(struct article *a)
{
    *a = (struct article){.v = PROTOCOL_VERSION, .published = TIME_ABSENT, .revision = -1, .status = -1};
}

struct stance_feed *stance_feed_open(const struct stance_feed_options *options, struct reason *why)
{
    struct stance_feed *f = calloc(1, sizeof *f);
    if (!f) {
        reason_set(why, "out of memory");
        return NULL;
    }
    f->o = *options;
    f->o.window = f->o.window ? f->o.window : 64;
    f->o.silence_ms = f->o.silence_ms ? f->o.silence_ms : 5000;
    f->heard = f->opened = clock_mono_ms();
    f->link = link_new(LINK_DEALER, f->o.endpoint, f->o.keys, why);
    bool ok = f->link != NULL;
    f->arena = arena_new(0);
    f->slots = calloc(f->o.window, sizeof *f->slots);
    if (ok && f->arena && f->slots)
        return f;
    if (ok)
        reason_set(why, "out of memory");
    stance_feed_close(f);
    return NULL;
}

void stance_feed_close(struct stance_feed *f)
{
    if (!f)
        return;
    link_free(f->link);
    for (unsigned i = 0; f->slots && i < f->o.window; i++) {
        if (f->slots[i].number && f->o.answer)
            f->o.answer(f->o.arg, f->slots[i].tag, NULL, f->slots[i].sent);
        buf_free(&f->slots[i].bytes);
    }
    free(f->slots);
    arena_free(f->arena);
    free(f);
}

/* The slot with this number (0: a free one), or NULL. */
static struct slot *find_slot(struct stance_feed *f, uint64_t number)
{
    for (unsigned i = 0; i < f->o.window; i++)
        if (f->slots[i].number == number)
            return &f->slots[i];
    return NULL;
}

/* Sends what is due, the oldest first so that a daemon that comes back gets them in their order. */
static void send_due(struct stance_feed *f, int64_t now)
{
    for (;;) {
        struct slot *next = NULL;
        for (unsigned i = 0; i < f->o.window; i++) {
            struct slot *s = &f->slots[i];
            if (s->number && s->due <= now && (!next || s->number < next->number))
                next = s;
        }
        if (!next)
            return;
        bool ok = link_send(f->link, &next->number, sizeof next->number, true) &&
                  link_send(f->link, "", 0, true) &&
                  link_send(f->link, next->bytes.data, next->bytes.len, false);
        next->sent++;
        next->due = ok ? INT64_MAX : now + f->o.silence_ms;
    }
}

static void take_answer(struct stance_feed *f)
{
    uint64_t number = 0;
    struct intake_reply reply;
    struct str payload = link_payload(f->link), first = link_first(f->link);
    if (link_frames(f->link) < 2 || first.n != sizeof number)
        return;
    memcpy(&number, first.p, sizeof number);
    struct slot *s = number ? find_slot(f, number) : NULL;
    arena_reset(f->arena);
    if (!s || !wire_unpack(&intake_reply_schema, payload.p, payload.n, f->arena, &reply, NULL))
        return;
    f->heard = clock_mono_ms();
    if (reply.status == INTAKE_BUSY) {
        int64_t wait = reply.retry_ms < 0 ? 1000 : reply.retry_ms;
        s->due = f->heard + (wait < 10 ? 10 : wait > 10000 ? 10000 : wait);
        return;
    }
    s->number = 0;
    f->under_way--;
    if (f->o.answer)
        f->o.answer(f->o.arg, s->tag, &reply, s->sent);
}

static bool feed_reopen(struct stance_feed *f, struct reason *why)
{
    if (!link_open(f->link, why))
        return false;
    f->opened = clock_mono_ms();
    for (unsigned i = 0; i < f->o.window; i++)
        if (f->slots[i].number && f->slots[i].due == INT64_MAX)
            f->slots[i].due = f->opened;
    return true;
}

/* When feed_turn has to look again even if nothing comes. */
static int64_t next_look(const struct stance_feed *f)
{
    int64_t at = (f->heard > f->opened ? f->heard : f->opened) + f->o.silence_ms;
    if (f->o.timeout_ms > 0 && f->heard + f->o.timeout_ms < at)
        at = f->heard + f->o.timeout_ms;
    for (unsigned i = 0; i < f->o.window; i++)
        if (f->slots[i].number && f->slots[i].due < at)
            at = f->slots[i].due;
    return at;
}

/* Sends what is due, waits once, takes all answers that are there. */
static enum stance_code feed_turn(struct stance_feed *f, struct reason *why)
{
    int64_t now = clock_mono_ms();
    if (f->o.timeout_ms > 0 && now - f->heard >= f->o.timeout_ms) {
        reason_set(why, "%s: no answer for %d ms%s", f->o.endpoint, f->o.timeout_ms, link_trouble(f->link));
        return STANCE_TIMEOUT;
    }
    if (now - (f->heard > f->opened ? f->heard : f->opened) >= f->o.silence_ms && !feed_reopen(f, why))
        return STANCE_FAILED;
    send_due(f, now);
    unsigned ready = link_wait(f->link, left(next_look(f), now));
    if (ready & LINK_INTERRUPTED) {
        reason_set(why, "interrupted");
        return STANCE_INTERRUPTED;
    }
    while (link_recv(f->link))
        take_answer(f);
    if (ready & LINK_DENIED)
        return link_denied(f->link, why);
    if ((ready & LINK_LOST) && !feed_reopen(f, why))
        return STANCE_FAILED;
    return STANCE_OK;
}

enum stance_code stance_feed_send_packed(struct stance_feed *f, const void *bytes, size_t n, void *tag,
                                         struct reason *why)
{
    while (f->under_way == f->o.window) {
        enum stance_code code = feed_turn(f, why);
        if (code != STANCE_OK)
            return code;
    }
    struct slot *s = find_slot(f, 0);
    buf_clear(&s->bytes);
    buf_append(&s->bytes, bytes, n);
    if (s->bytes.failed) {
        reason_set(why, "out of memory");
        return STANCE_FAILED;
    }
    int64_t now = clock_mono_ms();
    if (f->under_way++ == 0)
        f->heard = now;
    s->number = ++f->last_number;
    s->tag = tag;
    s->sent = 0;
    s->due = now;
    send_due(f, now);
    while (link_recv(f->link)) /* answers that are here already: the caller hears of them early */
        take_answer(f);
    return STANCE_OK;
}

enum stance_code stance_feed_send(struct stance_feed *f, const struct article *a, void *tag,
                                  struct reason *why)
{
    struct buf b = BUF_INIT;
    enum stance_code code = STANCE_FAILED;
    wire_pack(&article_schema, a, &b);
    if (b.failed)
        reason_set(why, "out of memory");
    else
        code = stance_feed_send_packed(f, b.data, b.len, tag, why);
    buf_free(&b);
    return code;
}

enum stance_code stance_feed_drain(struct stance_feed *f, struct reason *why)
{
    enum stance_code code = STANCE_OK;
    while (code == STANCE_OK && f->under_way > 0)
        code = feed_turn(f, why);
    return code;
}

/* ---- what follow and live share: unpacking an event ---- */

static bool take_event(struct str bytes, struct arena *a, struct event *event, struct stance_item *out,
                       struct reason *why)
{
    if (!wire_unpack(&event_schema, bytes.p, bytes.n, a, event, why))
        return false;
    *out = (struct stance_item){STANCE_EVENT, event->seq, -1, event, {bytes.p, bytes.n}};
    return true;
}

static enum stance_code timeout_code(unsigned ready, struct reason *why)
{
    reason_set(why, ready & LINK_INTERRUPTED ? "interrupted" : "nothing came in time");
    return ready & LINK_INTERRUPTED ? STANCE_INTERRUPTED : STANCE_TIMEOUT;
}

/* ---- follow ---- */

struct stance_follow {
    struct stance_follow_options o;
    struct link *link;
    struct arena *arena;
    struct event event;
    int64_t last;      /* the log was seen up to here: where a new subscription begins */
    unsigned consumed; /* events taken since credit was last given */
    int64_t heard;
    bool welcome; /* the daemon answered this subscription */
};

static bool subscribe(struct stance_follow *f, struct reason *why)
{
    struct message m = {.op = OP_SUBSCRIBE};
    m.u.subscribe = (struct msg_subscribe){f->last, (struct where *)f->o.where, f->o.credit};
    f->consumed = 0;
    f->welcome = false;
    f->heard = clock_mono_ms();
    return link_send_message(f->link, &m, why);
}

struct stance_follow *stance_follow_open(const struct stance_follow_options *options, struct reason *why)
{
    struct stance_follow *f = calloc(1, sizeof *f);
    if (!f) {
        reason_set(why, "out of memory");
        return NULL;
    }
    f->o = *options;
    f->o.credit = f->o.credit ? f->o.credit : 1000;
    f->o.silence_ms = f->o.silence_ms ? f->o.silence_ms : 15000;
    f->last = f->o.after;
    f->link = link_new(LINK_DEALER, f->o.endpoint, f->o.keys, why);
    bool ok = f->link != NULL;
    f->arena = arena_new(0);
    if (ok && !f->arena)
        ok = reason_set(why, "out of memory");
    if (ok && subscribe(f, why))
        return f;
    stance_follow_close(f);
    return NULL;
}

void stance_follow_close(struct stance_follow *f)
{
    if (!f)
        return;
    /* So that the daemon need not find out by itself; worth a moment, not more. */
    if (f->link) {
        link_linger(f->link, 100);
        link_send_message(f->link, &(struct message){.op = OP_BYE}, NULL);
    }
    link_free(f->link);
    arena_free(f->arena);
    free(f);
}

static bool follow_reopen(struct stance_follow *f, struct reason *why)
{
    return link_open(f->link, why) && subscribe(f, why);
}

/* Gives back the credit of the events taken, half a window at a time. */
static void refill(struct stance_follow *f)
{
    struct message m = {.op = OP_CREDIT, .u.credit.n = f->consumed};
    if (f->consumed * 2 >= f->o.credit && link_send_message(f->link, &m, NULL))
        f->consumed = 0;
}

/* One message of the daemon. STANCE_OK: *out is set. STANCE_TIMEOUT: it was nothing for the caller. */
static enum stance_code follow_take(struct stance_follow *f, struct stance_item *out, struct reason *why)
{
    struct message m;
    struct str payload = link_payload(f->link);
    arena_reset(f->arena);
    if (!message_unpack(CH_STREAM_DOWN, payload.p, payload.n, f->arena, &m, why))
        return STANCE_FAILED;
    f->heard = clock_mono_ms();
    if (m.op == OP_REFUSED) {
        if (f->welcome) /* not this filter is wrong: the daemon has forgotten us */
            return follow_reopen(f, why) ? STANCE_TIMEOUT : STANCE_FAILED;
        reason_set(why, "%.*s", STR_ARGS(m.u.refused.reason));
        return STANCE_REFUSED;
    }
    f->welcome = true;
    if (m.op == OP_WATERMARK) {
        *out =
            (struct stance_item){STANCE_WATERMARK, m.u.watermark.seq, m.u.watermark.first, NULL, {NULL, 0}};
    } else {
        f->consumed++;
        refill(f);
        if (!take_event((struct str){m.u.event.event.p, m.u.event.event.n}, f->arena, &f->event, out, why))
            return STANCE_FAILED;
        if (out->seq <= f->last)
            return STANCE_TIMEOUT;
    }
    if (out->seq > f->last)
        f->last = out->seq;
    return STANCE_OK;
}

enum stance_code stance_follow_next(struct stance_follow *f, struct stance_item *out, int timeout_ms,
                                    struct reason *why)
{
    int64_t start = clock_mono_ms(), deadline = timeout_ms < 0 ? INT64_MAX : start + timeout_ms;
    for (;;) {
        while (link_recv(f->link)) {
            enum stance_code code = follow_take(f, out, why);
            if (code != STANCE_TIMEOUT)
                return code;
        }
        int64_t now = clock_mono_ms(), silent = f->heard + f->o.silence_ms;
        if (now >= silent) {
            if (!follow_reopen(f, why))
                return STANCE_FAILED;
            silent = f->heard + f->o.silence_ms;
        }
        unsigned ready = link_wait(f->link, left(deadline < silent ? deadline : silent, now));
        if (ready & LINK_READABLE)
            continue; /* what came before the link was lost still counts */
        if (ready & LINK_DENIED)
            return link_denied(f->link, why);
        if ((ready & LINK_LOST) && !follow_reopen(f, why))
            return STANCE_FAILED;
        if ((ready & LINK_INTERRUPTED) || clock_mono_ms() >= deadline)
            return timeout_code(ready, why);
    }
}

/* ---- live ---- */

struct stance_live {
    struct link *link; /* SUB says its topics again by itself: a lost connection is no news */
    struct arena *arena;
    struct event event;
};

struct stance_live *stance_live_open(const char *endpoint, const struct stance_keys *keys,
                                     const char *const *topics, size_t n, struct reason *why)
{
    struct stance_live *l = calloc(1, sizeof *l);
    if (!l) {
        reason_set(why, "out of memory");
        return NULL;
    }
    l->link = link_new(LINK_SUB, endpoint, keys, why);
    bool ok = l->link != NULL;
    l->arena = arena_new(0);
    if (ok && !l->arena)
        ok = reason_set(why, "out of memory");
    if (ok && n == 0)
        ok = link_subscribe(l->link, "");
    for (size_t i = 0; ok && i < n; i++)
        ok = link_subscribe(l->link, topics[i]);
    if (ok)
        return l;
    stance_live_close(l);
    return NULL;
}

void stance_live_close(struct stance_live *l)
{
    if (!l)
        return;
    link_free(l->link);
    arena_free(l->arena);
    free(l);
}

enum stance_code stance_live_next(struct stance_live *l, struct stance_item *out, int timeout_ms,
                                  struct reason *why)
{
    int64_t now = clock_mono_ms(), deadline = timeout_ms < 0 ? INT64_MAX : now + timeout_ms;
    while (!link_recv(l->link)) {
        unsigned ready = link_wait(l->link, left(deadline, now));
        if (ready & LINK_READABLE)
            continue;
        if (ready & LINK_DENIED)
            return link_denied(l->link, why);
        now = clock_mono_ms();
        if ((ready & LINK_INTERRUPTED) || now >= deadline)
            return timeout_code(ready, why);
    }
    arena_reset(l->arena);
    return take_event(link_payload(l->link), l->arena, &l->event, out, why) ? STANCE_OK : STANCE_FAILED;
}

/* ---- control ---- */

static enum stance_code ask_on(struct link *l, const struct message *request, int timeout_ms,
                               struct arena *arena, struct message *reply, struct reason *why)
{
    int64_t deadline = clock_mono_ms() + timeout_ms;
    if (!link_send_message(l, request, why))
        return STANCE_FAILED;
    while (!link_recv(l)) {
        int64_t now = clock_mono_ms();
        if (now >= deadline) {
            reason_set(why, "%s: no answer for %d ms%s", link_endpoint(l), timeout_ms, link_trouble(l));
            return STANCE_TIMEOUT;
        }
        unsigned ready = link_wait(l, left(deadline, now));
        if (ready & LINK_INTERRUPTED)
            return timeout_code(ready, why);
        if (ready & LINK_DENIED)
            return link_denied(l, why);
        if ((ready & LINK_LOST) && !(ready & LINK_READABLE) &&
            (!link_open(l, why) || !link_send_message(l, request, why)))
            return STANCE_FAILED;
    }
    struct str payload = link_payload(l), copy = arena_str(arena, payload.p, payload.n);
    if (!message_unpack(CH_CONTROL_DOWN, copy.p, copy.n, arena, reply, why))
        return STANCE_FAILED;
    if (reply->op != OP_REFUSED)
        return STANCE_OK;
    reason_set(why, "%.*s", STR_ARGS(reply->u.refused.reason));
    return STANCE_REFUSED;
}

enum stance_code stance_ask(const char *endpoint, const struct stance_keys *keys,
                            const struct message *request, int timeout_ms, struct arena *arena,
                            struct message *reply, struct reason *why)
{
    struct link *l = link_new(LINK_DEALER, endpoint, keys, why);
    enum stance_code code = l ? ask_on(l, request, timeout_ms, arena, reply, why) : STANCE_FAILED;
    link_free(l);
    return code;
}
