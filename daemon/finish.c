#include "daemon/finish.h"

#include "daemon/copies.h"
#include "proto/base/log.h"
#include "proto/wire.h"

#include <math.h>
#include <stdio.h>

/* Packs into f->packed. Without memory the turn is given up: half a record must not get into the store. */
static void pack(struct finisher *f, const struct schema *schema, const void *record)
{
    buf_clear(&f->packed);
    wire_pack(schema, record, &f->packed);
    if (f->packed.failed)
        store_refuse(f->store, "record");
}

static void append(struct finisher *f, struct event *e, int64_t wall)
{
    e->v = PROTOCOL_VERSION;
    e->seq = store_next_seq(f->store);
    pack(f, &event_schema, e);
    store_log_append(f->store, (struct str){f->packed.data, f->packed.len}, wall);
}

/* Takes events back, if the log still has any of them. */
static void retract(struct finisher *f, struct str article_id, int64_t first, int64_t last, int64_t wall)
{
    if (first <= 0 || last < store_stats(f->store)->log_first)
        return;
    struct article_ref article = {.id = article_id, .published = TIME_ABSENT, .revision = -1};
    struct retracts range = {first, last};
    char id[ARTICLE_ID_MAX + 16];
    int n = snprintf(id, sizeof id, "%.*s#retract", STR_ARGS(article_id));
    struct event e = {.id = {id, (size_t)n}, .article = &article, .retracts = &range, .confidence = NAN};
    append(f, &e, wall);
    f->metrics->retractions++;
}

static bool article_of(struct finisher *f, const struct waiting *w, struct article *out)
{
    struct reason why;
    arena_reset(f->arena);
    if (wire_unpack(&article_schema, w->article.p, w->article.n, f->arena, out, &why))
        return true;
    log_error("a stored article cannot be read: %s", why.text);
    return false;
}

/* What the events need to know of their article, kept apart: the store's bytes move with its first change. */
struct story {
    char id[ARTICLE_ID_MAX], cluster_text[ARTICLE_ID_MAX];
    struct str name, cluster;
};

static bool story_of(struct finisher *f, int64_t number, const struct waiting *w, struct story *out)
{
    struct article a;
    if (!article_of(f, w, &a) || a.id.n > sizeof out->id)
        return false;
    memcpy(out->id, a.id.p, a.id.n);
    out->name = (struct str){out->id, a.id.n};
    out->cluster = (struct str){NULL, 0};
    if (f->copies)
        out->cluster = copies_cluster(f->copies, number, out->name, a.body, out->cluster_text);
    return true;
}

bool finish_events(struct finisher *f, int64_t number, const struct waiting *w, struct event_list events,
                   size_t bytes, int64_t wall)
{
    struct id_record r;
    struct story story;
    if (!store_room_events(f->store, bytes + events.n * (ARTICLE_ID_MAX / 4)))
        return false;
    struct digest key = w->key;
    bool known = store_id(f->store, key, &r) && r.number == number;
    if (!story_of(f, number, w, &story)) {
        store_refuse(f->store, "article"); /* for lack of memory: another time */
        return true;
    }
    if (known && r.prior_first)
        retract(f, story.name, r.prior_first, r.prior_last, wall);
    int64_t first = store_next_seq(f->store);
    for (size_t i = 0; i < events.n; i++) {
        events.v[i].article->cluster = story.cluster;
        append(f, &events.v[i], wall);
    }
    if (known) {
        r.first = events.n ? first : 0;
        r.last = events.n ? store_next_seq(f->store) - 1 : 0;
        r.prior_first = r.prior_last = 0;
        r.state = ID_DONE;
        store_id_put(f->store, key, &r);
    }
    store_waiting_remove(f->store, number);
    f->metrics->classified++;
    f->metrics->events += (int64_t)events.n;
    return true;
}

void finish_cancel(struct finisher *f, struct digest key, struct id_record *r, const struct article *a,
                   int64_t wall)
{
    if (r->state == ID_WAITING)
        store_waiting_remove(f->store, r->number);
    if (r->state == ID_DEAD)
        store_dead_remove(f->store, r->number);
    if (r->first)
        retract(f, a->id, r->first, r->last, wall);
    else if (r->prior_first)
        retract(f, a->id, r->prior_first, r->prior_last, wall);
    r->first = r->last = r->prior_first = r->prior_last = 0;
    if (a->revision > r->revision)
        r->revision = a->revision;
    r->state = ID_CANCELED;
    store_id_put(f->store, key, r);
    f->metrics->canceled++;
}

static void set_state(struct finisher *f, struct digest key, int64_t number, enum id_state state)
{
    struct id_record r;
    if (!store_id(f->store, key, &r) || r.number != number)
        return;
    r.state = state;
    store_id_put(f->store, key, &r);
}

void finish_bury(struct finisher *f, int64_t number, struct str reason, struct str worker, int64_t attempts,
                 int64_t wall)
{
    struct waiting w;
    if (!store_waiting(f->store, number, &w))
        return;
    struct article a = {.id = STR("?")};
    article_of(f, &w, &a);
    struct digest key = w.key;
    struct dead_entry entry = {.article = number,
                               .id = a.id,
                               .title = a.title,
                               .reason = reason,
                               .worker = worker,
                               .attempts = attempts,
                               .when = wall};
    log_warning("article %.*s goes to the quarantine after %lld attempts: %.*s", STR_ARGS(a.id),
                (long long)attempts, STR_ARGS(reason));
    pack(f, &dead_entry_schema, &entry);
    if (store_bury(f->store, number, (struct str){f->packed.data, f->packed.len}))
        set_state(f, key, number, ID_DEAD);
    f->metrics->quarantined++;
}

bool finish_retry(struct finisher *f, int64_t number, const struct waiting *w, int64_t wall)
{
    struct id_record r;
    struct digest key = w->key;
    if (!store_room_events(f->store, w->article.n))
        return false;
    /* the article's bytes belong to the transaction: kept apart while it changes */
    buf_clear(&f->packed);
    buf_str(&f->packed, w->article);
    if (f->packed.failed)
        return false;
    if (!store_id(f->store, key, &r) || r.number != number)
        r = (struct id_record){0};
    r.state = ID_WAITING;
    store_accept(f->store, key, &r, w->body_len, (struct str){f->packed.data, f->packed.len}, wall);
    store_dead_remove(f->store, number);
    return true;
}

void finish_drop(struct finisher *f, int64_t number, const struct waiting *w)
{
    set_state(f, w->key, number, ID_DROPPED);
    store_dead_remove(f->store, number);
}
