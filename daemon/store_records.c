#include "daemon/store_turn.h"

#include "proto/base/buf.h"

/* ---- ids ---- */

enum { ID_RECORD = 6 * 8 + DIGEST_BYTES + 1 };

struct digest store_key(struct str id)
{
    return digest_of(&id, 1);
}

bool store_id(struct store *s, struct digest key, struct id_record *out)
{
    struct str v;
    if (!turn_get(s, IDS, bytes(key.b, sizeof key.b), &v) || v.n != ID_RECORD)
        return false;
    const char *p = v.p;
    *out = (struct id_record){.number = get64(p),
                              .revision = get64(p + 8),
                              .first = get64(p + 16),
                              .last = get64(p + 24),
                              .prior_first = get64(p + 32),
                              .prior_last = get64(p + 40),
                              .state = (unsigned char)p[48 + DIGEST_BYTES]};
    memcpy(out->content.b, p + 48, DIGEST_BYTES);
    return true;
}

void store_id_put(struct store *s, struct digest key, const struct id_record *r)
{
    unsigned char p[ID_RECORD];
    const int64_t numbers[6] = {r->number, r->revision, r->first, r->last, r->prior_first, r->prior_last};
    for (int i = 0; i < 6; i++)
        put64(p + (size_t)i * 8, (uint64_t)numbers[i]);
    memcpy(p + 48, r->content.b, DIGEST_BYTES);
    p[48 + DIGEST_BYTES] = (unsigned char)r->state;
    turn_put(s, IDS, bytes(key.b, sizeof key.b), bytes(p, sizeof p));
}

/* ---- articles ---- */

enum { WAITING_HEAD = 8 + DIGEST_BYTES + 8 };

static bool read_waiting(struct str v, struct waiting *out)
{
    const char *p = v.p;
    if (v.n < WAITING_HEAD)
        return false;
    out->wall = get64(p);
    memcpy(out->key.b, p + 8, DIGEST_BYTES);
    out->body_len = (size_t)get64(p + 8 + DIGEST_BYTES);
    out->article = (struct str){p + WAITING_HEAD, v.n - WAITING_HEAD};
    return true;
}

int64_t store_accept(struct store *s, struct digest key, struct id_record *r, size_t body_len,
                     struct str article, int64_t wall)
{
    struct counters *c = turn_counters(s);
    if (!c)
        return 0;
    int64_t number = r->number = c->next_article++;
    struct key64 k = key64(number);
    unsigned char *where = turn_reserve(s, WAITING, bytes(&k, sizeof k), WAITING_HEAD + article.n);
    if (!where)
        return 0;
    put64(where, (uint64_t)wall);
    memcpy(where + 8, key.b, DIGEST_BYTES);
    put64(where + 8 + DIGEST_BYTES, body_len);
    memcpy(where + WAITING_HEAD, article.p, article.n);
    unsigned char *arrival = turn_reserve(s, ARRIVALS, bytes(&k, sizeof k), 8 + DIGEST_BYTES);
    if (arrival) {
        put64(arrival, (uint64_t)wall);
        memcpy(arrival + 8, key.b, DIGEST_BYTES);
    }
    store_id_put(s, key, r);
    return number;
}

bool store_waiting(struct store *s, int64_t number, struct waiting *out)
{
    struct str v;
    struct key64 k = key64(number);
    return turn_get(s, WAITING, bytes(&k, sizeof k), &v) && read_waiting(v, out);
}

int64_t store_waiting_next(struct store *s, int64_t after)
{
    struct str v;
    return turn_next(s, WAITING, after, &v);
}

void store_waiting_remove(struct store *s, int64_t number)
{
    struct key64 k = key64(number);
    turn_del(s, WAITING, bytes(&k, sizeof k));
    turn_del(s, ATTEMPTS, bytes(&k, sizeof k));
}

void store_attempts(struct store *s, int64_t number, struct attempts *out, struct str *reason)
{
    struct str v;
    struct key64 k = key64(number);
    *out = (struct attempts){0};
    if (reason)
        *reason = (struct str){NULL, 0};
    if (!turn_get(s, ATTEMPTS, bytes(&k, sizeof k), &v) || v.n < 24)
        return;
    const char *p = v.p;
    *out = (struct attempts){(uint32_t)get64(p), (uint32_t)get64(p + 8), get64(p + 16)};
    if (reason && v.n > 24)
        *reason = (struct str){p + 24, v.n - 24};
}

void store_attempts_put(struct store *s, int64_t number, const struct attempts *a, struct str reason)
{
    struct key64 k = key64(number);
    unsigned char b[24 + REASON_MAX];
    size_t n = reason.n < REASON_MAX ? reason.n : REASON_MAX;
    put64(b, a->taken);
    put64(b + 8, a->crashes);
    put64(b + 16, (uint64_t)a->epoch);
    if (n)
        memcpy(b + 24, reason.p, n);
    turn_put(s, ATTEMPTS, bytes(&k, sizeof k), bytes(b, 24 + n));
}

/* ---- quarantine: [length of the entry, 8 bytes][entry][waiting record] ---- */

static bool read_dead(struct str v, struct str *entry, struct waiting *w)
{
    const char *p = v.p;
    size_t n = v.n >= 8 ? (size_t)get64(p) : SIZE_MAX;
    if (v.n < 8 || n > v.n - 8)
        return false;
    *entry = (struct str){p + 8, n};
    return read_waiting(bytes(p + 8 + n, v.n - 8 - n), w);
}

bool store_bury(struct store *s, int64_t number, struct str entry)
{
    struct str v;
    struct key64 k = key64(number);
    if (!turn_get(s, WAITING, bytes(&k, sizeof k), &v))
        return false;
    struct buf b = BUF_INIT;
    unsigned char n[8];
    put64(n, entry.n);
    buf_append(&b, n, 8);
    buf_str(&b, entry);
    buf_append(&b, v.p, v.n);
    if (b.failed)
        store_refuse(s, "quarantine");
    else
        turn_put(s, DEAD, bytes(&k, sizeof k), bytes(b.data, b.len));
    buf_free(&b);
    store_waiting_remove(s, number);
    return !store_failed(s);
}

int64_t store_dead_next(struct store *s, int64_t after, struct str *entry, struct waiting *w)
{
    struct str v;
    int64_t number = turn_next(s, DEAD, after, &v);
    if (number && !read_dead(v, entry, w)) {
        turn_damaged(s, "quarantine");
        return 0;
    }
    return number;
}

bool store_dead(struct store *s, int64_t number, struct str *entry, struct waiting *w)
{
    struct str v;
    struct key64 k = key64(number);
    return turn_get(s, DEAD, bytes(&k, sizeof k), &v) && read_dead(v, entry, w);
}

void store_dead_remove(struct store *s, int64_t number)
{
    struct key64 k = key64(number);
    turn_del(s, DEAD, bytes(&k, sizeof k));
}

/* ---- sketches ---- */

int64_t store_sketch_next(struct store *s, int64_t after, struct str *record)
{
    struct str v;
    int64_t number = turn_next(s, SKETCHES, after, &v);
    if (number)
        *record = v;
    return number;
}

bool store_sketch(struct store *s, int64_t number, struct str *record)
{
    struct str v;
    struct key64 k = key64(number);
    if (!turn_get(s, SKETCHES, bytes(&k, sizeof k), &v))
        return false;
    *record = v;
    return true;
}

void store_sketch_put(struct store *s, int64_t number, struct str sketch, struct str cluster, size_t keep)
{
    struct buf b = BUF_INIT;
    struct key64 k = key64(number);
    struct str v;
    buf_str(&b, sketch);
    buf_str(&b, cluster);
    if (b.failed)
        store_refuse(s, "sketch");
    else
        turn_put(s, SKETCHES, bytes(&k, sizeof k), bytes(b.data, b.len));
    buf_free(&b);
    for (size_t n = turn_entries(s, SKETCHES); n > keep; n--) {
        k = key64(turn_next(s, SKETCHES, 0, &v));
        turn_del(s, SKETCHES, bytes(&k, sizeof k));
    }
}

/* ---- event log ---- */

void store_log_append(struct store *s, struct str event, int64_t wall)
{
    struct counters *c = turn_counters(s);
    if (!c)
        return;
    struct key64 k = key64(c->next_event++);
    unsigned char *where = turn_reserve(s, LOG, bytes(&k, sizeof k), 8 + event.n);
    if (!where)
        return;
    put64(where, (uint64_t)wall);
    memcpy(where + 8, event.p, event.n);
}

static size_t trim_log(struct store *s, int64_t before, int64_t retain_events, size_t limit)
{
    size_t gone = 0;
    struct str v;
    struct counters *c = turn_counters(s);
    for (int64_t seq; c && gone < limit && (seq = turn_next(s, LOG, 0, &v)) != 0; gone++) {
        bool many = retain_events > 0 && c->next_event - seq > retain_events;
        if (v.n >= 8 && !many && get64(v.p) >= before)
            break;
        struct key64 k = key64(seq);
        turn_del(s, LOG, bytes(&k, sizeof k));
        c->log_first = seq + 1;
    }
    return gone;
}

/* An id is forgotten by age once nothing of its article waits; one in the quarantine goes with it
 * (dead_drop). */
static size_t trim_ids(struct store *s, int64_t before, size_t limit)
{
    size_t gone = 0;
    struct str v;
    for (int64_t number; gone < limit && (number = turn_next(s, ARRIVALS, 0, &v)) != 0; gone++) {
        struct digest key;
        struct id_record r;
        if (v.n != 8 + DIGEST_BYTES || get64(v.p) >= before)
            break;
        memcpy(key.b, v.p + 8, DIGEST_BYTES);
        struct key64 k = key64(number);
        if (store_id(s, key, &r) && r.number == number) {
            if (r.state == ID_WAITING)
                break;
            if (r.state != ID_DEAD)
                turn_del(s, IDS, bytes(key.b, sizeof key.b));
        }
        turn_del(s, ARRIVALS, bytes(&k, sizeof k));
        turn_del(s, SKETCHES, bytes(&k, sizeof k));
    }
    return gone;
}

size_t store_trim(struct store *s, int64_t now_wall, int64_t retain_days, int64_t retain_events, size_t limit)
{
    int64_t before = retain_days > 0 ? now_wall - retain_days * 24 * 3600 * 1000 : INT64_MIN;
    size_t gone = 0;
    if (retain_days > 0 || retain_events > 0)
        gone += trim_log(s, before, retain_events, limit);
    if (retain_days > 0)
        gone += trim_ids(s, before, limit);
    return gone;
}
