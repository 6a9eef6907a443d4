#include "daemon/finish.h"
#include "daemon/follow.h"
#include "proto/base/log.h"
#include "proto/wire.h"
#include "tests/unit/unit.h"

#include <lmdb.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAP = 4 << 20 };
static const int64_t DAY = 24 * 3600 * 1000;

/* A store in a folder of its own, and what belongs to it. */
struct bench {
    char dir[64];
    struct store *s;
    struct metrics m;
    struct finisher f;
};

static struct store *open_at(struct bench *b)
{
    struct reason why = {""};
    b->s = b->f.store = store_open(b->dir, MAP, &why);
    if (!b->s)
        print_error("%s\n", why.text);
    return b->s;
}

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    strcpy(b->dir, "/tmp/stanced-store-XXXXXX");
    *state = b;
    b->f.metrics = &b->m;
    b->f.arena = arena_new(0);
    return mkdtemp(b->dir) && open_at(b) ? 0 : -1;
}

static int teardown(void **state)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "lock"};
    struct bench *b = *state;
    char path[128];
    store_close(b->s);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", b->dir, files[i]);
        unlink(path);
    }
    rmdir(b->dir);
    arena_free(b->f.arena);
    buf_free(&b->f.packed);
    free(b);
    return 0;
}

static void reopen(struct bench *b)
{
    store_close(b->s);
    assert_non_null(open_at(b));
}

static void commit(struct bench *b)
{
    struct reason why = {""};
    if (!store_commit(b->s, &why))
        fail_msg("%s", why.text);
}

/* Packs and accepts an article; returns its number. */
static int64_t accept_as(struct bench *b, const char *id, const char *body, const struct id_record *like,
                         int64_t wall)
{
    struct buf packed = BUF_INIT;
    struct article a = {.v = 1,
                        .id = str_from(id),
                        .body = str_from(body),
                        .title = STR("A title"),
                        .published = TIME_ABSENT,
                        .revision = like ? like->revision : -1,
                        .status = -1};
    struct id_record r = like ? *like : (struct id_record){0};
    r.state = ID_WAITING;
    wire_pack(&article_schema, &a, &packed);
    int64_t n =
        store_accept(b->s, store_key(a.id), &r, a.body.n, (struct str){packed.data, packed.len}, wall);
    buf_free(&packed);
    return n;
}

static struct actor somebody = {.text = {"x", 1}};
static struct act act = {.type = ACT_CONSULT, .cameo = {"036", 3}, .cue = {.text = {"", 0}}};

static bool finish(struct bench *b, int64_t number, const char *id, size_t n, int64_t wall)
{
    struct article_ref ref = {.id = str_from(id), .published = TIME_ABSENT, .revision = -1};
    struct event e[4];
    char ids[4][64];
    struct waiting w;
    for (size_t i = 0; i < n; i++) {
        snprintf(ids[i], sizeof ids[i], "%s#%zu", id, i);
        e[i] = (struct event){.v = 1,
                              .id = str_from(ids[i]),
                              .article = &ref,
                              .source = &somebody,
                              .act = &act,
                              .confidence = 0.5};
    }
    assert_true(store_waiting(b->s, number, &w));
    return finish_events(&b->f, number, &w, (struct event_list){e, n}, 300 * n, wall);
}

/* The next event of the log as an unpacked struct; its seq, 0 at the end. */
static int64_t read_event(struct bench *b, int64_t after, struct arena *a, struct event *e)
{
    struct str bytes;
    struct reason why;
    int64_t seq = store_read(b->s, after, NULL, &bytes);
    if (seq > 0)
        assert_true(wire_unpack(&event_schema, bytes.p, bytes.n, a, e, &why));
    return seq;
}

static void an_accepted_article_is_there_after_a_restart(void **state)
{
    struct bench *b = *state;
    struct waiting w;
    struct id_record r;
    assert_int_equal(accept_as(b, "a", "body one", NULL, 5), 1);
    assert_int_equal(accept_as(b, "b", "body two", NULL, 6), 2);
    commit(b);
    int64_t epoch = store_epoch(b->s);
    reopen(b);
    assert_int_equal(store_epoch(b->s), epoch + 1);
    assert_int_equal(store_stats(b->s)->waiting, 2);
    assert_true(store_waiting(b->s, 1, &w));
    assert_int_equal(w.wall, 5);
    assert_int_equal(w.body_len, 8);
    struct digest key = store_key(STR("a"));
    assert_memory_equal(w.key.b, key.b, sizeof key.b);
    assert_int_equal(store_waiting_next(b->s, 0), 1);
    assert_int_equal(store_waiting_next(b->s, 1), 2);
    assert_int_equal(store_waiting_next(b->s, 2), 0);
    assert_true(store_id(b->s, key, &r));
    assert_int_equal(r.number, 1);
    assert_int_equal(accept_as(b, "c", "body", NULL, 7), 3); /* numbers go on */
}

static void an_aborted_turn_leaves_nothing(void **state)
{
    struct bench *b = *state;
    struct id_record r;
    accept_as(b, "a", "body", NULL, 5);
    assert_true(store_id(b->s, store_key(STR("a")), &r)); /* seen within the turn */
    store_abort(b->s);
    assert_false(store_id(b->s, store_key(STR("a")), &r));
    assert_int_equal(store_waiting_next(b->s, 0), 0);
    assert_int_equal(accept_as(b, "b", "body", NULL, 5), 1); /* the number is given again */
}

static void finishing_moves_from_waiting_to_the_log(void **state)
{
    struct bench *b = *state;
    struct arena *a = arena_new(0);
    struct event e;
    struct id_record r;
    struct attempts t = {.taken = 1, .epoch = 1};
    int64_t n = accept_as(b, "a", "body", NULL, 5);
    store_attempts_put(b->s, n, &t, STR("why"));
    commit(b);
    assert_true(finish(b, n, "a", 2, 9));
    struct str bytes;
    assert_int_equal(store_read(b->s, 0, NULL, &bytes), 0); /* readers see nothing before the commit */
    store_read_end(b->s);
    commit(b);
    reopen(b);
    assert_int_equal(store_stats(b->s)->waiting, 0);
    store_attempts(b->s, n, &t, NULL);
    assert_int_equal(t.taken, 0);
    assert_int_equal(read_event(b, 0, a, &e), 1);
    assert_int_equal(e.seq, 1);
    assert_true(str_is(e.id, "a#0"));
    assert_int_equal(read_event(b, 1, a, &e), 2);
    assert_int_equal(read_event(b, 2, a, &e), 0);
    store_read_end(b->s);
    assert_true(store_id(b->s, store_key(STR("a")), &r));
    assert_int_equal(r.state, ID_DONE);
    assert_int_equal(r.first, 1);
    assert_int_equal(r.last, 2);
    assert_int_equal(store_next_seq(b->s), 3);
    arena_free(a);
}

static void a_later_revision_retracts_first(void **state)
{
    struct bench *b = *state;
    struct arena *a = arena_new(0);
    struct event e;
    struct id_record r;
    finish(b, accept_as(b, "a", "body", NULL, 5), "a", 2, 9);
    commit(b);
    struct id_record next = {.revision = 1, .prior_first = 1, .prior_last = 2};
    finish(b, accept_as(b, "a", "body again", &next, 6), "a", 1, 9);
    commit(b);
    assert_int_equal(read_event(b, 2, a, &e), 3);
    assert_non_null(e.retracts);
    assert_int_equal(e.retracts->first, 1);
    assert_int_equal(e.retracts->last, 2);
    assert_true(str_is(e.article->id, "a"));
    assert_int_equal(read_event(b, 3, a, &e), 4);
    assert_null(e.retracts);
    store_read_end(b->s);
    assert_true(store_id(b->s, store_key(STR("a")), &r));
    assert_int_equal(r.first, 4);
    assert_int_equal(r.last, 4);
    assert_int_equal(r.prior_first, 0);
    arena_free(a);
}

static void canceling_retracts_once(void **state)
{
    struct bench *b = *state;
    struct id_record r;
    struct digest key = store_key(STR("a"));
    struct article a = {.id = STR("a"), .revision = -1, .status = ARTICLE_CANCELED};
    finish(b, accept_as(b, "a", "body", NULL, 5), "a", 2, 9);
    commit(b);
    assert_true(store_id(b->s, key, &r));
    finish_cancel(&b->f, key, &r, &a, 10);
    commit(b);
    assert_int_equal(store_stats(b->s)->log_last, 3);
    assert_true(store_id(b->s, key, &r));
    assert_int_equal(r.state, ID_CANCELED);
    assert_int_equal(r.first, 0);
    finish_cancel(&b->f, key, &r, &a, 10);
    commit(b);
    assert_int_equal(store_stats(b->s)->log_last, 3);
}

static void canceling_the_undone_removes_it(void **state)
{
    struct bench *b = *state;
    struct id_record r;
    struct digest key = store_key(STR("a"));
    struct article a = {.id = STR("a"), .revision = -1, .status = ARTICLE_CANCELED};
    accept_as(b, "a", "body", NULL, 5);
    assert_true(store_id(b->s, key, &r));
    finish_cancel(&b->f, key, &r, &a, 10);
    commit(b);
    assert_int_equal(store_stats(b->s)->waiting, 0);
    assert_int_equal(store_stats(b->s)->log_last, 0);
}

static void quarantine_there_and_back(void **state)
{
    struct bench *b = *state;
    struct dead_entry entry;
    struct str bytes;
    struct waiting w;
    struct reason why;
    struct arena *a = arena_new(0);
    struct attempts t = {.taken = 3};
    int64_t n = accept_as(b, "a", "body", NULL, 5);
    store_attempts_put(b->s, n, &t, STR("boom"));
    finish_bury(&b->f, n, STR("boom"), STR("worker 1.0"), 3, 77);
    commit(b);
    reopen(b);
    assert_int_equal(store_stats(b->s)->waiting, 0);
    assert_int_equal(store_stats(b->s)->dead, 1);
    assert_int_equal(store_dead_next(b->s, 0, &bytes, &w), n);
    assert_true(wire_unpack(&dead_entry_schema, bytes.p, bytes.n, a, &entry, &why));
    assert_true(str_is(entry.id, "a"));
    assert_true(str_is(entry.title, "A title"));
    assert_true(str_is(entry.reason, "boom"));
    assert_true(str_is(entry.worker, "worker 1.0"));
    assert_int_equal(entry.attempts, 3);
    assert_int_equal(entry.when, 77);
    assert_int_equal(w.body_len, 4);
    assert_true(finish_retry(&b->f, n, &w, 88));
    commit(b);
    assert_int_equal(store_stats(b->s)->dead, 0);
    int64_t again = store_waiting_next(b->s, 0);
    assert_true(again > n);
    store_attempts(b->s, again, &t, NULL);
    assert_int_equal(t.taken, 0);
    struct id_record r;
    assert_true(store_id(b->s, store_key(STR("a")), &r));
    assert_int_equal(r.number, again);
    assert_int_equal(r.state, ID_WAITING);
    arena_free(a);
}

/* Fills the store without asking for room, until a turn fails; what was there before has to be there still,
 * and when some of it goes, writing works again. */
static void a_full_map_fails_the_turn_only(void **state)
{
    struct bench *b = *state;
    struct reason why = {""};
    char *body = calloc(1, 20001);
    memset(body, 'x', 20000);
    int64_t good = 0;
    while (good < 1000) {
        char id[32];
        snprintf(id, sizeof id, "a%d", (int)good);
        accept_as(b, id, body, NULL, 5);
        if (!store_commit(b->s, &why))
            break;
        good++;
    }
    assert_in_range(good, 50, 999);
    assert_non_null(strstr(why.text, "MDB_MAP_FULL"));
    assert_false(store_failed(b->s)); /* the next turn begins afresh */
    assert_int_equal(store_stats(b->s)->waiting, good);
    assert_int_equal(store_waiting_next(b->s, good), 0);
    assert_false(store_room_article(b->s, 100));
    for (int64_t i = 1; i <= 20; i++)
        store_waiting_remove(b->s, i);
    commit(b);
    /* freed pages are used again a commit or two later */
    bool again = false;
    for (int i = 0; !again && i < 3; i++) {
        accept_as(b, "later", body, NULL, 5);
        again = store_commit(b->s, &why);
    }
    assert_true(again);
    assert_int_equal(store_stats(b->s)->waiting, good - 19);
    reopen(b);
    assert_int_equal(store_stats(b->s)->waiting, good - 19);
    free(body);
}

static void articles_leave_room_for_their_events(void **state)
{
    struct bench *b = *state;
    size_t taken = 0;
    while (taken < MAP && store_room_article(b->s, 10000))
        taken += 10000;
    assert_in_range(taken, MAP / 8, MAP / 4);
    assert_true(store_room_events(b->s, 2 * taken)); /* counted within the turn, without a write */
    assert_false(store_room_events(b->s, MAP));
}

static void retention_trims_and_never_renumbers(void **state)
{
    struct bench *b = *state;
    struct arena *a = arena_new(0);
    struct event e;
    struct id_record r;
    char id[32];
    for (int i = 0; i < 10; i++) {
        snprintf(id, sizeof id, "a%d", i);
        finish(b, accept_as(b, id, "body", NULL, i * DAY), id, 1, i * DAY);
    }
    accept_as(b, "undone", "body", NULL, 0);
    commit(b);
    assert_int_equal(store_trim(b->s, 10 * DAY, 0, 0, 100), 0);
    assert_int_equal(store_trim(b->s, 10 * DAY, 0, 8, 1), 1); /* no more than the limit */
    assert_int_equal(store_trim(b->s, 10 * DAY, 0, 8, 100), 1);
    commit(b);
    assert_int_equal(store_stats(b->s)->log_first, 3);
    assert_int_equal(read_event(b, 0, a, &e), 3);
    store_read_end(b->s);
    /* by age: events of the days 2 to 4, ids of the days 0 to 4 */
    assert_int_equal(store_trim(b->s, 10 * DAY, 5, 0, 100), 3 + 5);
    commit(b);
    reopen(b);
    assert_int_equal(store_stats(b->s)->log_first, 6);
    assert_int_equal(store_stats(b->s)->log_last, 10);
    assert_false(store_id(b->s, store_key(STR("a4")), &r));
    assert_true(store_id(b->s, store_key(STR("a5")), &r));
    store_trim(b->s, 100 * DAY, 5, 0, 100);
    commit(b);
    reopen(b);
    assert_int_equal(store_stats(b->s)->log_first, 11); /* empty */
    assert_int_equal(store_stats(b->s)->log_last, 10);
    assert_true(store_id(b->s, store_key(STR("undone")), &r)); /* it waits, so it is not forgotten */
    finish(b, r.number, "undone", 1, 100 * DAY);
    commit(b);
    assert_int_equal(read_event(b, 0, a, &e), 11);
    store_read_end(b->s);
    arena_free(a);
}

static void one_daemon_a_store(void **state)
{
    struct bench *b = *state;
    struct reason why;
    assert_null(store_open(b->dir, MAP, &why));
    assert_non_null(strstr(why.text, "another stanced is running on this store"));
}

static void another_format_is_refused(void **state)
{
    struct bench *b = *state;
    struct reason why;
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi meta;
    store_close(b->s);
    b->s = NULL;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 8), 0);
    assert_int_equal(mdb_env_open(env, b->dir, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "meta", 0, &meta), 0);
    MDB_val k = {6, (char[]){"format"}}, v = {8, (char[]){"\0\0\0\0\0\0\0\x63"}};
    assert_int_equal(mdb_put(txn, meta, &k, &v, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    assert_null(store_open(b->dir, MAP, &why));
    assert_string_equal(why.text, "format 99 of the store is not the 1 that this stanced reads");
}

/* Somebody else's database is not taken for an empty store, and nothing is written into it. */
static void another_database_is_refused(void **state)
{
    struct bench *b = *state;
    struct reason why;
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi root, other;
    MDB_stat st;
    char path[256];
    store_close(b->s);
    b->s = NULL;
    snprintf(path, sizeof path, "%s/data.mdb", b->dir);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 8), 0);
    assert_int_equal(mdb_env_open(env, b->dir, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "recipes", MDB_CREATE, &other), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    assert_null(store_open(b->dir, MAP, &why));
    assert_non_null(strstr(why.text, "it is no store of stanced"));
    assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &root), 0);
    assert_int_equal(mdb_stat(txn, root, &st), 0);
    assert_int_equal(st.ms_entries, 1);
    mdb_txn_abort(txn);
    mdb_env_close(env);
}

static void a_folder_that_cannot_be_says_so(void **state)
{
    (void)state;
    struct reason why;
    assert_null(store_open("/proc/nothing/here", MAP, &why));
    assert_non_null(strstr(why.text, "/proc/nothing/here cannot be created"));
}

/* ---- followers of the log ---- */

static void a_follower_moves_by_what_was_sent(void **state)
{
    struct bench *b = *state;
    struct arena *a = arena_new(0);
    struct follow f;
    struct follow_event e;
    int looks = 100;
    finish(b, accept_as(b, "a", "body", NULL, 5), "a", 3, 9);
    commit(b);
    assert_true(follow_begin(&f, 1, NULL, 1));
    assert_int_equal(follow_next(&f, b->s, a, false, &looks, &e), FOLLOW_EVENT);
    assert_int_equal(e.seq, 2);
    assert_int_equal(follow_next(&f, b->s, a, false, &looks, &e),
                     FOLLOW_EVENT); /* not sent: the same again */
    assert_int_equal(e.seq, 2);
    follow_sent(&f, 2, 0);
    assert_int_equal(follow_next(&f, b->s, a, false, &looks, &e), FOLLOW_NO_CREDIT);
    f.credit = 5;
    assert_int_equal(follow_next(&f, b->s, a, true, &looks, &e), FOLLOW_EVENT);
    assert_true(str_is(e.event.id, "a#2"));
    follow_sent(&f, 3, 0);
    assert_int_equal(follow_next(&f, b->s, a, false, &looks, &e), FOLLOW_AT_END);
    looks = 0;
    f.after = 0;
    assert_int_equal(follow_next(&f, b->s, a, false, &looks, &e), FOLLOW_PAUSE);
    store_read_end(b->s);
    follow_end(&f);
    arena_free(a);
}

static void a_filter_passes_over_the_rest(void **state)
{
    struct bench *b = *state;
    struct arena *a = arena_new(0);
    struct follow f;
    struct follow_event e;
    struct str asked = STR("REJECT");
    struct where w = {.act = {&asked, 1}, .confidence = NAN};
    int looks = 100;
    finish(b, accept_as(b, "a", "body", NULL, 5), "a", 3, 9); /* all of them CONSULT */
    commit(b);
    assert_true(follow_begin(&f, 0, &w, 0));
    assert_int_equal(follow_next(&f, b->s, a, false, &looks, &e), FOLLOW_AT_END);
    assert_int_equal(f.after, 3);
    assert_int_equal(looks, 97);
    store_read_end(b->s);
    follow_end(&f);
    arena_free(a);
}

static void a_gap_is_told_whatever_the_follower_asked_for(void **state)
{
    struct bench *b = *state;
    struct follow f;
    for (int i = 0; i < 5; i++) {
        char id[16];
        snprintf(id, sizeof id, "a%d", i);
        assert_true(finish(b, accept_as(b, id, "x", NULL, 0), id, 1, i));
    }
    assert_int_equal(store_trim(b->s, 0, 0, 2, 100), 3); /* events 1 to 3 */
    commit(b);
    follow_begin(&f, 0, NULL, 1);
    assert_int_equal(follow_gap(&f, b->s), 4);
    follow_skip(&f, 4, 0);
    assert_int_equal(f.after, 3);
    assert_int_equal(follow_gap(&f, b->s), 0);
    follow_end(&f);
    follow_begin(&f, INT64_MAX, NULL, 1); /* far behind the end */
    assert_int_equal(follow_gap(&f, b->s), 0);
    follow_end(&f);
}

static void watermarks_are_owed(void **state)
{
    (void)state;
    struct follow f;
    follow_begin(&f, 4, NULL, 1);
    assert_true(follow_owes_watermark(&f, FOLLOW_NO_CREDIT, 0)); /* the first answer */
    follow_watermark_sent(&f, 0);
    assert_false(follow_owes_watermark(&f, FOLLOW_AT_END, FOLLOW_IDLE_MS - 1));
    assert_true(follow_owes_watermark(&f, FOLLOW_AT_END, FOLLOW_IDLE_MS));
    follow_sent(&f, 5, 10);
    assert_false(follow_owes_watermark(&f, FOLLOW_PAUSE, 10 + FOLLOW_SEARCH_MS - 1));
    assert_true(follow_owes_watermark(&f, FOLLOW_PAUSE, 10 + FOLLOW_SEARCH_MS));
    assert_true(follow_owes_watermark(&f, FOLLOW_AT_END, 11));
    follow_end(&f);
}

int main(void)
{
    log_open("test", LOG_LEVEL_ERROR);
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_accepted_article_is_there_after_a_restart),
        TEST(an_aborted_turn_leaves_nothing),
        TEST(finishing_moves_from_waiting_to_the_log),
        TEST(a_later_revision_retracts_first),
        TEST(canceling_retracts_once),
        TEST(canceling_the_undone_removes_it),
        TEST(quarantine_there_and_back),
        TEST(a_full_map_fails_the_turn_only),
        TEST(articles_leave_room_for_their_events),
        TEST(retention_trims_and_never_renumbers),
        TEST(one_daemon_a_store),
        TEST(another_format_is_refused),
        TEST(another_database_is_refused),
        cmocka_unit_test(a_folder_that_cannot_be_says_so),
        TEST(a_follower_moves_by_what_was_sent),
        TEST(a_filter_passes_over_the_rest),
        TEST(a_gap_is_told_whatever_the_follower_asked_for),
        cmocka_unit_test(watermarks_are_owed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
