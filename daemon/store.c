#include "daemon/store_turn.h"

#include "proto/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const table_names[TABLES] = {"waiting", "attempts", "ids",      "arrivals",
                                                "log",     "dead",     "sketches", "meta"};

enum { ARTICLE_PERCENT = 90, EVENTS_PER_ARTICLE = 3, EVENTS_PERCENT = 97 };

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

static MDB_val val(struct str s)
{
    return (MDB_val){s.n, (void *)(uintptr_t)s.p};
}

static struct str text(MDB_val v)
{
    return bytes(v.mv_data, v.mv_size);
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

static MDB_txn *begin(struct store *s)
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

bool turn_get(struct store *s, enum table t, struct str key, struct str *out)
{
    if (!begin(s) || s->failed)
        return false;
    MDB_val k = val(key), v;
    int rc = mdb_get(s->turn, s->tables[t], &k, &v);
    if (rc == 0)
        *out = text(v);
    return rc == 0 || (rc != MDB_NOTFOUND && fail(s, table_names[t], rc));
}

void turn_put(struct store *s, enum table t, struct str key, struct str value)
{
    if (!begin(s) || s->failed)
        return;
    s->dirty = true;
    MDB_val k = val(key), v = val(value);
    int rc = mdb_put(s->turn, s->tables[t], &k, &v, 0);
    if (rc != 0)
        fail(s, table_names[t], rc);
}

void *turn_reserve(struct store *s, enum table t, struct str key, size_t n)
{
    if (!begin(s) || s->failed)
        return NULL;
    s->dirty = true;
    MDB_val k = val(key), where = {n, NULL};
    int rc = mdb_put(s->turn, s->tables[t], &k, &where, MDB_RESERVE | MDB_APPEND);
    if (rc != 0)
        fail(s, table_names[t], rc);
    return rc == 0 ? where.mv_data : NULL;
}

void turn_del(struct store *s, enum table t, struct str key)
{
    if (!begin(s) || s->failed)
        return;
    MDB_val k = val(key);
    int rc = mdb_del(s->turn, s->tables[t], &k, NULL);
    if (rc == 0)
        s->dirty = true;
    else if (rc != MDB_NOTFOUND)
        fail(s, table_names[t], rc);
}

int64_t turn_next(struct store *s, enum table t, int64_t after, struct str *value)
{
    MDB_cursor *c;
    if (!begin(s) || s->failed)
        return 0;
    int rc = mdb_cursor_open(s->turn, s->tables[t], &c);
    if (rc != 0) {
        fail(s, table_names[t], rc);
        return 0;
    }
    struct key64 from = key64(after + 1);
    MDB_val key = val(bytes(&from, sizeof from)), v;
    rc = mdb_cursor_get(c, &key, &v, MDB_SET_RANGE);
    if (rc == 0)
        *value = text(v);
    int64_t number = rc == 0 && key.mv_size == 8 ? get64(key.mv_data) : 0;
    mdb_cursor_close(c);
    if (rc != 0 && rc != MDB_NOTFOUND)
        fail(s, table_names[t], rc);
    return number;
}

size_t turn_entries(struct store *s, enum table t)
{
    MDB_stat st;
    return begin(s) && !s->failed && mdb_stat(s->turn, s->tables[t], &st) == 0 ? st.ms_entries : 0;
}

void turn_damaged(struct store *s, const char *what)
{
    fail(s, what, MDB_CORRUPTED);
}

struct counters *turn_counters(struct store *s)
{
    return begin(s) && !s->failed ? &s->now : NULL;
}

static void put_counters(struct store *s)
{
    unsigned char b[16];
    put64(b, (uint64_t)s->now.next_article);
    put64(b + 8, (uint64_t)s->now.next_event);
    turn_put(s, META, STR("counters"), bytes(b, sizeof b));
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
    if (!begin(s))
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
    if (!begin(s) || s->failed ||
        s->used + cost + EVENTS_PER_ARTICLE * (s->waiting + cost) > percent(s, ARTICLE_PERCENT))
        return false;
    s->used += cost;
    s->waiting += cost;
    return true;
}

bool store_room_events(struct store *s, size_t bytes)
{
    size_t cost = cost_of(s, bytes);
    if (!begin(s) || s->failed || s->used + cost > percent(s, EVENTS_PERCENT))
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

int64_t store_next_seq(const struct store *s)
{
    return s->now.next_event;
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
    MDB_val key = val(STR("format")), v = {0};
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
    MDB_val key = val(STR("format")), format = val(bytes(b, sizeof b));
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
    struct str v;
    unsigned char b[8];
    s->now = (struct counters){1, 1, 1};
    if (turn_get(s, META, STR("counters"), &v)) {
        if (v.n != 16)
            return reason_set(why, "the store's counters are damaged");
        s->now.next_article = get64(v.p);
        s->now.next_event = get64(v.p + 8);
    }
    int64_t first = turn_next(s, LOG, 0, &v);
    s->now.log_first = first ? first : s->now.next_event;
    s->epoch = (turn_get(s, META, STR("epoch"), &v) && v.n == 8 ? get64(v.p) : 0) + 1;
    put64(b, (uint64_t)s->epoch);
    turn_put(s, META, STR("epoch"), bytes(b, sizeof b));
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
    MDB_val key = val(bytes(&from, sizeof from)), v;
    int rc = mdb_cursor_get(s->at, &key, &v, s->at_seq && s->at_seq == after ? MDB_NEXT : MDB_SET_RANGE);
    s->at_seq = rc == 0 ? get64(key.mv_data) : 0;
    if (rc == MDB_NOTFOUND)
        return 0;
    if (rc != 0 || v.mv_size < 8)
        return -1;
    if (wall)
        *wall = get64(v.mv_data);
    *event = bytes((char *)v.mv_data + 8, v.mv_size - 8);
    return s->at_seq;
}

void store_read_end(struct store *s)
{
    if (s->reading)
        mdb_txn_reset(s->reader);
    s->reading = false;
}
