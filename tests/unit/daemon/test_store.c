#include "proto/base/log.h"
#include "tests/unit/daemon/store_bench.h"

#include <lmdb.h>

static const int64_t DAY = 24 * 3600 * 1000;

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

int main(void)
{
    log_open("test", LOG_LEVEL_ERROR);
    const struct CMUnitTest tests[] = {
        STORE_TEST(an_accepted_article_is_there_after_a_restart),
        STORE_TEST(an_aborted_turn_leaves_nothing),
        STORE_TEST(a_full_map_fails_the_turn_only),
        STORE_TEST(articles_leave_room_for_their_events),
        STORE_TEST(retention_trims_and_never_renumbers),
        STORE_TEST(one_daemon_a_store),
        STORE_TEST(another_format_is_refused),
        STORE_TEST(another_database_is_refused),
        cmocka_unit_test(a_folder_that_cannot_be_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
