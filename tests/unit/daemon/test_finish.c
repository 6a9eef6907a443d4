#include "proto/base/log.h"
#include "tests/unit/daemon/store_bench.h"

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

int main(void)
{
    log_open("test", LOG_LEVEL_ERROR);
    const struct CMUnitTest tests[] = {
        STORE_TEST(finishing_moves_from_waiting_to_the_log),
        STORE_TEST(a_later_revision_retracts_first),
        STORE_TEST(canceling_retracts_once),
        STORE_TEST(canceling_the_undone_removes_it),
        STORE_TEST(quarantine_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
