#include "daemon/store.h"

#include "proto/base/buf.h"
#include "proto/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum table { WAITING, ATTEMPTS, IDS, ARRIVALS, LOG, DEAD, SKETCHES, META, TABLES };
static const char *const table_names[TABLES] = {"waiting", "attempts", "ids",      "arrivals",
                                                "log",     "dead",     "sketches", "meta"};

enum { ARTICLE_PERCENT = 90, EVENTS_PER_ARTICLE = 3, EVENTS_PERCENT = 97 };

/* What the numbers go on from. */
struct counters {
    int64_t next_article, next_event;
    int64_t log_first;
};

struct store {
    MDB_env *env;
    MDB_dbi tables[TABLES];
    int lock_fd;
    size_t page;
    int64_t epoch;
    struct store_stats stats;

    MDB_txn *turn;
    bool dirty, failed, full; /* full: why it failed first */
    struct reason why;
    size_t used, waiting; /* bytes of all, of the waiting table: at the turn's beginning and promised since */
    int64_t commits;
    struct counters now, kept;

    MDB_txn *reader;
    MDB_cursor *at;
    bool reading;
    int64_t at_seq; /* where the cursor stands; 0: nowhere */
};

/* ---- bytes: numbers are big-endian, so that keys sort by number and files move between machines ---- */

static void put64(unsigned char *to, uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8)
        to[i] = (unsigned char)v;
}

static int64_t get64(const void *from)
{
    const unsigned char *p = from;
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return (int64_t)v;
}

struct key64 {
    unsigned char b[8];
};

static struct key64 key64(int64_t v)
{
    struct key64 k;
    put64(k.b, (uint64_t)v);
    return k;
}

static MDB_val val(const void *p, size_t n)
{
    return (MDB_val){n, (void *)(uintptr_t)p};
}

static struct str text(MDB_val v)
{
    return (struct str){v.mv_data, v.mv_size};
}

/* ---- the turn ---- */

static bool fail(struct store *s, const char *what, int rc)
{
    if (!s->failed) {
        reason_set(&s->why, "%s: %s", what, mdb_strerror(rc));
        s->full = rc == MDB_MAP_FULL;
    }
    s->failed = true;
    return false;
}

static size_t pages_in(MDB_txn *txn, MDB_dbi dbi)
{
    MDB_stat st;
    if (mdb_stat(txn, dbi, &st) != 0)
        return 0;
    return st.ms_branch_pages + st.ms_leaf_pages + st.ms_overflow_pages;
}

static size_t pages_used(struct store *s, MDB_txn *txn)
{
    /* tables 0 and 1 are LMDB's own: free pages and the list of tables; two pages are its heads */
    size_t pages = 2 + pages_in(txn, 0) + pages_in(txn, 1);
    for (int i = 0; i < TABLES; i++)
        pages += pages_in(txn, s->tables[i]);
    return pages;
}

static MDB_txn *turn(struct store *s)
{
    if (s->turn || s->failed)
        return s->turn;
    int rc = mdb_txn_begin(s->env, NULL, 0, &s->turn);
    if (rc != 0) {
        s->turn = NULL;
        fail(s, "no transaction", rc);
        return NULL;
    }
    s->dirty = false;
    s->kept = s->now;
    s->used = pages_used(s, s->turn) * s->page;
    s->waiting = pages_in(s->turn, s->tables[WAITING]) * s->page;
    return s->turn;
}

static bool get(struct store *s, enum table t, MDB_val key, MDB_val *out)
{
    if (!turn(s) || s->failed)
        return false;
    int rc = mdb_get(s->turn, s->tables[t], &key, out);
    return rc == 0 || (rc != MDB_NOTFOUND && fail(s, table_names[t], rc));
}

static bool put(struct store *s, enum table t, MDB_val key, MDB_val value, unsigned flags)
{
    if (!turn(s) || s->failed)
        return false;
    s->dirty = true;
    int rc = mdb_put(s->turn, s->tables[t], &key, &value, flags);
    return rc == 0 || fail(s, table_names[t], rc);
}

static void del(struct store *s, enum table t, MDB_val key)
{
    if (!turn(s) || s->failed)
        return;
    int rc = mdb_del(s->turn, s->tables[t], &key, NULL);
    if (rc == 0)
        s->dirty = true;
    else if (rc != MDB_NOTFOUND)
        fail(s, table_names[t], rc);
}

/* The first entry of a table of numbers with a number > after: the number, 0 when there is none. */
static int64_t next(struct store *s, enum table t, int64_t after, MDB_val *value)
{
    MDB_cursor *c;
    if (!turn(s) || s->failed)
        return 0;
    int rc = mdb_cursor_open(s->turn, s->tables[t], &c);
    if (rc != 0) {
        fail(s, table_names[t], rc);
        return 0;
    }
    struct key64 from = key64(after + 1);
    MDB_val key = val(&from, sizeof from);
    rc = mdb_cursor_get(c, &key, value, MDB_SET_RANGE);
    int64_t number = rc == 0 && key.mv_size == 8 ? get64(key.mv_data) : 0;
    mdb_cursor_close(c);
    if (rc != 0 && rc != MDB_NOTFOUND)
        fail(s, table_names[t], rc);
    return number;
}

static void put_counters(struct store *s)
{
    unsigned char b[16];
    put64(b, (uint64_t)s->now.next_article);
    put64(b + 8, (uint64_t)s->now.next_event);
    put(s, META, val("counters", 8), val(b, sizeof b), 0);
}

static void count(struct store *s, MDB_txn *txn)
{
    MDB_stat waiting = {0}, dead = {0};
    MDB_envinfo info = {0};
    mdb_stat(txn, s->tables[WAITING], &waiting);
    mdb_stat(txn, s->tables[DEAD], &dead);
    mdb_env_info(s->env, &info);
    s->stats = (struct store_stats){.waiting = (int64_t)waiting.ms_entries,
                                    .dead = (int64_t)dead.ms_entries,
                                    .log_first = s->now.log_first,
                                    .log_last = s->now.next_event - 1,
                                    .bytes = (int64_t)(pages_used(s, txn) * s->page),
                                    .map_bytes = (int64_t)info.me_mapsize};
}

void store_abort(struct store *s)
{
    if (s->turn) {
        mdb_txn_abort(s->turn);
        s->now = s->kept;
    }
    s->turn = NULL;
    s->dirty = s->failed = false;
}

/* LMDB uses freed pages again only two commits later, so a full map whose turns all fail would stay full
 * although pages were freed: one small commit helps it on. */
static void nudge(struct store *s)
{
    if (!turn(s))
        return;
    put_counters(s);
    if (!s->failed) {
        mdb_txn_commit(s->turn); /* frees the transaction whatever comes of it */
        s->turn = NULL;
    }
    store_abort(s);
}

bool store_commit(struct store *s, struct reason *why)
{
    if (!s->failed && (!s->turn || !s->dirty)) {
        store_abort(s);
        return true;
    }
    if (!s->failed &&
        (s->now.next_article != s->kept.next_article || s->now.next_event != s->kept.next_event))
        put_counters(s);
    struct store_stats before = s->stats;
    if (!s->failed) {
        count(s, s->turn);
        int rc = mdb_txn_commit(s->turn);
        s->turn = NULL;
        if (rc != 0) {
            fail(s, "commit", rc);
            s->now = s->kept;
        }
    }
    if (!s->failed) {
        s->dirty = false;
        s->commits++;
        return true;
    }
    s->stats = before;
    if (why)
        *why = s->why;
    bool full = s->full;
    store_abort(s);
    if (full)
        nudge(s);
    return false;
}

void store_refuse(struct store *s, const char *what)
{
    fail(s, what, ENOMEM);
}

bool store_failed(const struct store *s)
{
    return s->failed;
}

/* A value of more than about half a page gets pages of its own. */
static size_t cost_of(const struct store *s, size_t bytes)
{
    return bytes > s->page / 2 ? (bytes + 16 + s->page) / s->page * s->page : bytes + 64;
}

static size_t percent(const struct store *s, size_t n)
{
    return (size_t)s->stats.map_bytes / 100 * n;
}

bool store_room_article(struct store *s, size_t bytes)
{
    size_t cost = cost_of(s, bytes);
    if (!turn(s) || s->failed ||
        s->used + cost + EVENTS_PER_ARTICLE * (s->waiting + cost) > percent(s, ARTICLE_PERCENT))
        return false;
    s->used += cost;
    s->waiting += cost;
    return true;
}

bool store_room_events(struct store *s, size_t bytes)
{
    size_t cost = cost_of(s, bytes);
    if (!turn(s) || s->failed || s->used + cost > percent(s, EVENTS_PERCENT))
        return false;
    s->used += cost;
    return true;
}

int64_t store_commits(const struct store *s)
{
    return s->commits;
}

const struct store_stats *store_stats(const struct store *s)
{
    return &s->stats;
}

int64_t store_epoch(const struct store *s)
{
    return s->epoch;
}

/* ---- opening ---- */

static bool lock(struct store *s, const char *dir, struct reason *why)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/lock", dir);
    s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (s->lock_fd < 0)
        return reason_set(why, "%s cannot be opened: %s", path, strerror(errno));
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return reason_set(why, "another stanced is running on this store (%s is locked)", path);
    return true;
}

/* Another format is refused before anything is written: whoever can read it shall find it as it was. */
static bool check_format(struct store *s, struct reason *why)
{
    int rc;
    MDB_txn *txn;
    MDB_dbi meta, root;
    MDB_stat st = {0};
    MDB_val key = val("format", 6), v = {0};
    if ((rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn)) != 0)
        return reason_set(why, "no transaction: %s", mdb_strerror(rc));
    if ((rc = mdb_dbi_open(txn, NULL, 0, &root)) == 0 && (rc = mdb_stat(txn, root, &st)) == 0 &&
        st.ms_entries > 0 && (rc = mdb_dbi_open(txn, table_names[META], 0, &meta)) == 0)
        rc = mdb_get(txn, meta, &key, &v);
    int64_t format = rc == 0 && v.mv_size == 8 ? get64(v.mv_data) : -1;
    mdb_txn_abort(txn);
    if (st.ms_entries == 0)
        return rc == 0 ? true : reason_set(why, "the format cannot be read: %s", mdb_strerror(rc));
    if (rc != 0)
        return reason_set(why, "data.mdb is there, but it is no store of stanced (no format: %s)",
                          mdb_strerror(rc));
    return format == STORE_FORMAT
               ? true
               : reason_set(why, "format %lld of the store is not the %d that this stanced reads",
                            (long long)format, STORE_FORMAT);
}

static bool open_tables(struct store *s, struct reason *why)
{
    int rc;
    MDB_txn *txn;
    if ((rc = mdb_txn_begin(s->env, NULL, 0, &txn)) != 0)
        return reason_set(why, "no transaction: %s", mdb_strerror(rc));
    for (int i = 0; i < TABLES; i++)
        if ((rc = mdb_dbi_open(txn, table_names[i], MDB_CREATE, &s->tables[i])) != 0) {
            mdb_txn_abort(txn);
            return reason_set(why, "table %s: %s", table_names[i], mdb_strerror(rc));
        }
    /* together with the tables: no cut leaves them without it */
    unsigned char b[8];
    MDB_val key = val("format", 6), format = val(b, sizeof b);
    put64(b, STORE_FORMAT);
    if ((rc = mdb_put(txn, s->tables[META], &key, &format, 0)) != 0)
        mdb_txn_abort(txn);
    else
        rc = mdb_txn_commit(txn);
    return rc == 0 ? true : reason_set(why, "tables: %s", mdb_strerror(rc));
}

/* Reads the counters, counts the opening. */
static bool take_up(struct store *s, struct reason *why)
{
    MDB_val v;
    unsigned char b[8];
    s->now = (struct counters){1, 1, 1};
    if (get(s, META, val("counters", 8), &v)) {
        if (v.mv_size != 16)
            return reason_set(why, "the store's counters are damaged");
        s->now.next_article = get64(v.mv_data);
        s->now.next_event = get64((char *)v.mv_data + 8);
    }
    int64_t first = next(s, LOG, 0, &v);
    s->now.log_first = first ? first : s->now.next_event;
    s->epoch = (get(s, META, val("epoch", 5), &v) && v.mv_size == 8 ? get64(v.mv_data) : 0) + 1;
    put64(b, (uint64_t)s->epoch);
    put(s, META, val("epoch", 5), val(b, 8), 0);
    s->kept = s->now;
    return store_commit(s, why);
}

static bool open_all(struct store *s, const char *dir, size_t map_size, struct reason *why)
{
    if (mkdir(dir, 0750) != 0 && errno != EEXIST)
        return reason_set(why, "folder %s cannot be created: %s", dir, strerror(errno));
    if (!lock(s, dir, why))
        return false;
    int rc;
    if ((rc = mdb_env_create(&s->env)) != 0 || (rc = mdb_env_set_maxdbs(s->env, TABLES)) != 0 ||
        (rc = mdb_env_set_mapsize(s->env, map_size)) != 0)
        return reason_set(why, "%s", mdb_strerror(rc));
    /* NOTLS: a reader beside the turn in this one thread */
    if ((rc = mdb_env_open(s->env, dir, MDB_NOTLS, 0640)) != 0)
        return reason_set(why, "%s/data.mdb cannot be opened: %s", dir, mdb_strerror(rc));
    int stale;
    mdb_reader_check(s->env, &stale);
    MDB_stat st;
    mdb_env_stat(s->env, &st);
    s->page = st.ms_psize;
    return check_format(s, why) && open_tables(s, why) && take_up(s, why);
}

struct store *store_open(const char *dir, size_t map_size, struct reason *why)
{
    struct store *s = calloc(1, sizeof *s);
    if (!s) {
        reason_set(why, "out of memory");
        return NULL;
    }
    s->lock_fd = -1;
    if (open_all(s, dir, map_size, why))
        return s;
    store_close(s);
    return NULL;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    store_abort(s);
    if (s->reader) {
        mdb_cursor_close(s->at);
        mdb_txn_abort(s->reader);
    }
    if (s->env)
        mdb_env_close(s->env);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    free(s);
}

/* ---- ids ---- */

enum { ID_RECORD = 6 * 8 + DIGEST_BYTES + 1 };

struct digest store_key(struct str id)
{
    return digest_of(&id, 1);
}

bool store_id(struct store *s, struct digest key, struct id_record *out)
{
    MDB_val v;
    if (!get(s, IDS, val(key.b, sizeof key.b), &v) || v.mv_size != ID_RECORD)
        return false;
    const unsigned char *p = v.mv_data;
    *out = (struct id_record){.number = get64(p),
                              .revision = get64(p + 8),
                              .first = get64(p + 16),
                              .last = get64(p + 24),
                              .prior_first = get64(p + 32),
                              .prior_last = get64(p + 40),
                              .state = p[48 + DIGEST_BYTES]};
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
    put(s, IDS, val(key.b, sizeof key.b), val(p, sizeof p), 0);
}

/* ---- articles ---- */

enum { WAITING_HEAD = 8 + DIGEST_BYTES + 8 };

static bool read_waiting(MDB_val v, struct waiting *out)
{
    const char *p = v.mv_data;
    if (v.mv_size < WAITING_HEAD)
        return false;
    out->wall = get64(p);
    memcpy(out->key.b, p + 8, DIGEST_BYTES);
    out->body_len = (size_t)get64(p + 8 + DIGEST_BYTES);
    out->article = (struct str){p + WAITING_HEAD, v.mv_size - WAITING_HEAD};
    return true;
}

int64_t store_accept(struct store *s, struct digest key, struct id_record *r, size_t body_len,
                     struct str article, int64_t wall)
{
    if (!turn(s) || s->failed)
        return 0;
    int64_t number = r->number = s->now.next_article++;
    struct key64 k = key64(number);
    unsigned char head[WAITING_HEAD];
    put64(head, (uint64_t)wall);
    memcpy(head + 8, key.b, DIGEST_BYTES);
    put64(head + 8 + DIGEST_BYTES, body_len);
    /* MDB_RESERVE gives the place to write into: no copy of the article on the way */
    MDB_val where = val(NULL, WAITING_HEAD + article.n), id = val(&k, sizeof k);
    s->dirty = true;
    int rc = mdb_put(s->turn, s->tables[WAITING], &id, &where, MDB_RESERVE | MDB_APPEND);
    if (rc != 0) {
        fail(s, "waiting", rc);
        return 0;
    }
    memcpy(where.mv_data, head, WAITING_HEAD);
    memcpy((char *)where.mv_data + WAITING_HEAD, article.p, article.n);
    put(s, ARRIVALS, val(&k, sizeof k), val(head, 8 + DIGEST_BYTES), MDB_APPEND);
    store_id_put(s, key, r);
    return number;
}

bool store_waiting(struct store *s, int64_t number, struct waiting *out)
{
    MDB_val v;
    struct key64 k = key64(number);
    return get(s, WAITING, val(&k, sizeof k), &v) && read_waiting(v, out);
}

int64_t store_waiting_next(struct store *s, int64_t after)
{
    MDB_val v;
    return next(s, WAITING, after, &v);
}

void store_waiting_remove(struct store *s, int64_t number)
{
    struct key64 k = key64(number);
    del(s, WAITING, val(&k, sizeof k));
    del(s, ATTEMPTS, val(&k, sizeof k));
}

void store_attempts(struct store *s, int64_t number, struct attempts *out, struct str *reason)
{
    MDB_val v;
    struct key64 k = key64(number);
    *out = (struct attempts){0};
    if (reason)
        *reason = (struct str){NULL, 0};
    if (!get(s, ATTEMPTS, val(&k, sizeof k), &v) || v.mv_size < 24)
        return;
    const char *p = v.mv_data;
    *out = (struct attempts){(uint32_t)get64(p), (uint32_t)get64(p + 8), get64(p + 16)};
    if (reason && v.mv_size > 24)
        *reason = (struct str){p + 24, v.mv_size - 24};
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
    put(s, ATTEMPTS, val(&k, sizeof k), val(b, 24 + n), 0);
}

/* ---- quarantine: [length of the entry, 8 bytes][entry][waiting record] ---- */

static bool read_dead(MDB_val v, struct str *entry, struct waiting *w)
{
    const char *p = v.mv_data;
    size_t n = v.mv_size >= 8 ? (size_t)get64(p) : SIZE_MAX;
    if (v.mv_size < 8 || n > v.mv_size - 8)
        return false;
    *entry = (struct str){p + 8, n};
    return read_waiting(val(p + 8 + n, v.mv_size - 8 - n), w);
}

bool store_bury(struct store *s, int64_t number, struct str entry)
{
    MDB_val v;
    struct key64 k = key64(number);
    if (!get(s, WAITING, val(&k, sizeof k), &v))
        return false;
    struct buf b = BUF_INIT;
    unsigned char n[8];
    put64(n, entry.n);
    buf_append(&b, n, 8);
    buf_str(&b, entry);
    buf_append(&b, v.mv_data, v.mv_size);
    if (b.failed)
        fail(s, "quarantine", ENOMEM);
    else
        put(s, DEAD, val(&k, sizeof k), val(b.data, b.len), 0);
    buf_free(&b);
    store_waiting_remove(s, number);
    return !s->failed;
}

int64_t store_dead_next(struct store *s, int64_t after, struct str *entry, struct waiting *w)
{
    MDB_val v;
    int64_t number = next(s, DEAD, after, &v);
    if (number && !read_dead(v, entry, w)) {
        fail(s, "quarantine", MDB_CORRUPTED);
        return 0;
    }
    return number;
}

bool store_dead(struct store *s, int64_t number, struct str *entry, struct waiting *w)
{
    MDB_val v;
    struct key64 k = key64(number);
    return get(s, DEAD, val(&k, sizeof k), &v) && read_dead(v, entry, w);
}

void store_dead_remove(struct store *s, int64_t number)
{
    struct key64 k = key64(number);
    del(s, DEAD, val(&k, sizeof k));
}

/* ---- sketches ---- */

int64_t store_sketch_next(struct store *s, int64_t after, struct str *record)
{
    MDB_val v;
    int64_t number = next(s, SKETCHES, after, &v);
    if (number)
        *record = text(v);
    return number;
}

bool store_sketch(struct store *s, int64_t number, struct str *record)
{
    MDB_val v;
    struct key64 k = key64(number);
    if (!get(s, SKETCHES, val(&k, sizeof k), &v))
        return false;
    *record = text(v);
    return true;
}

void store_sketch_put(struct store *s, int64_t number, struct str sketch, struct str cluster, size_t keep)
{
    struct buf b = BUF_INIT;
    struct key64 k = key64(number);
    MDB_stat st;
    MDB_val v;
    buf_str(&b, sketch);
    buf_str(&b, cluster);
    if (b.failed)
        fail(s, "sketch", ENOMEM);
    else
        put(s, SKETCHES, val(&k, sizeof k), val(b.data, b.len), 0);
    buf_free(&b);
    if (s->failed || mdb_stat(s->turn, s->tables[SKETCHES], &st) != 0)
        return;
    for (size_t n = st.ms_entries; n > keep; n--) {
        k = key64(next(s, SKETCHES, 0, &v));
        del(s, SKETCHES, val(&k, sizeof k));
    }
}

/* ---- event log ---- */

int64_t store_next_seq(const struct store *s)
{
    return s->now.next_event;
}

void store_log_append(struct store *s, struct str event, int64_t wall)
{
    if (!turn(s) || s->failed)
        return;
    struct key64 k = key64(s->now.next_event++);
    MDB_val where = val(NULL, 8 + event.n), key = val(&k, sizeof k);
    s->dirty = true;
    int rc = mdb_put(s->turn, s->tables[LOG], &key, &where, MDB_RESERVE | MDB_APPEND);
    if (rc != 0) {
        fail(s, "log", rc);
        return;
    }
    put64(where.mv_data, (uint64_t)wall);
    memcpy((char *)where.mv_data + 8, event.p, event.n);
}

static size_t trim_log(struct store *s, int64_t before, int64_t retain_events, size_t limit)
{
    size_t gone = 0;
    MDB_val v;
    for (int64_t seq; gone < limit && (seq = next(s, LOG, 0, &v)) != 0; gone++) {
        bool many = retain_events > 0 && s->now.next_event - seq > retain_events;
        if (v.mv_size >= 8 && !many && get64(v.mv_data) >= before)
            break;
        struct key64 k = key64(seq);
        del(s, LOG, val(&k, sizeof k));
        s->now.log_first = seq + 1;
    }
    return gone;
}

/* An id is forgotten by age once nothing of its article waits; one in the quarantine goes with it
 * (dead_drop). */
static size_t trim_ids(struct store *s, int64_t before, size_t limit)
{
    size_t gone = 0;
    MDB_val v;
    for (int64_t number; gone < limit && (number = next(s, ARRIVALS, 0, &v)) != 0; gone++) {
        struct digest key;
        struct id_record r;
        if (v.mv_size != 8 + DIGEST_BYTES || get64(v.mv_data) >= before)
            break;
        memcpy(key.b, (char *)v.mv_data + 8, DIGEST_BYTES);
        struct key64 k = key64(number);
        if (store_id(s, key, &r) && r.number == number) {
            if (r.state == ID_WAITING)
                break;
            if (r.state != ID_DEAD)
                del(s, IDS, val(key.b, sizeof key.b));
        }
        del(s, ARRIVALS, val(&k, sizeof k));
        del(s, SKETCHES, val(&k, sizeof k));
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

/* ---- reading apart from the turn ---- */

static bool read_begin(struct store *s)
{
    int rc;
    if (s->reading)
        return true;
    if (!s->reader) {
        rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &s->reader);
        if (rc == 0 && (rc = mdb_cursor_open(s->reader, s->tables[LOG], &s->at)) != 0) {
            mdb_txn_abort(s->reader);
            s->reader = NULL;
        }
    } else if ((rc = mdb_txn_renew(s->reader)) == 0) {
        rc = mdb_cursor_renew(s->reader, s->at);
    }
    if (rc != 0)
        log_error("the event log cannot be read: %s", mdb_strerror(rc));
    s->reading = rc == 0;
    s->at_seq = 0;
    return s->reading;
}

int64_t store_read(struct store *s, int64_t after, int64_t *wall, struct str *event)
{
    if (!read_begin(s))
        return -1;
    struct key64 from = key64(after + 1);
    MDB_val key = val(&from, sizeof from), v;
    int rc = mdb_cursor_get(s->at, &key, &v, s->at_seq && s->at_seq == after ? MDB_NEXT : MDB_SET_RANGE);
    s->at_seq = rc == 0 ? get64(key.mv_data) : 0;
    if (rc == MDB_NOTFOUND)
        return 0;
    if (rc != 0 || v.mv_size < 8)
        return -1;
    if (wall)
        *wall = get64(v.mv_data);
    *event = text(val((char *)v.mv_data + 8, v.mv_size - 8));
    return s->at_seq;
}

void store_read_end(struct store *s)
{
    if (s->reading)
        mdb_txn_reset(s->reader);
    s->reading = false;
}
