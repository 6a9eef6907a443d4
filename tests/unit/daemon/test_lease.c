#include "daemon/lease.h"
#include "tests/unit/unit.h"

static struct lease places[3][4];

static struct holder holder(int i, size_t n, size_t capacity, bool open)
{
    return (struct holder){.held = places[i], .n = n, .room = 4, .capacity = capacity, .open = open};
}

static void chooses_who_holds_fewest(void **state)
{
    (void)state;
    struct holder a = holder(0, 2, 4, true), b = holder(1, 1, 4, true), c = holder(2, 1, 4, true);
    struct holder *all[] = {&a, &b, &c};
    assert_int_equal(lease_choose(all, 3), 1); /* the first of equals */
    b.given = 100;
    c.given = 99;
    assert_int_equal(lease_choose(all, 3), 2); /* idle ones take turns */
    b.given = 0;
    b.open = false;
    assert_int_equal(lease_choose(all, 3), 2);
    c.capacity = 1;
    assert_int_equal(lease_choose(all, 3), 0);
    a.n = 4;
    assert_true(lease_choose(all, 3) == SIZE_MAX);
    assert_true(lease_choose(all, 0) == SIZE_MAX);
}

static void capacity_of_nothing_gets_nothing(void **state)
{
    (void)state;
    struct holder a = holder(0, 0, 0, true);
    struct holder *all[] = {&a};
    assert_true(lease_choose(all, 1) == SIZE_MAX);
    a.capacity = 100; /* more than it has room for */
    a.n = 4;
    assert_true(lease_choose(all, 1) == SIZE_MAX);
}

/* A worker with room for a thousand articles does not get a thousand of the longest. */
static void bytes_are_bounded_too(void **state)
{
    (void)state;
    struct holder a = holder(0, 0, 4, true);
    struct holder *all[] = {&a};
    struct lease out;
    lease_add(&a, (struct lease){.number = 1, .body_len = LEASE_BYTES_MAX - 1}, 0);
    assert_int_equal(lease_choose(all, 1), 0);
    lease_add(&a, (struct lease){.number = 2, .body_len = 1}, 0);
    assert_true(lease_choose(all, 1) == SIZE_MAX);
    assert_true(lease_remove(&a, 2, &out, 0));
    assert_int_equal(lease_choose(all, 1), 0);
    lease_clear(&a);
    assert_int_equal(a.n + a.bytes, 0);
}

static void deadline_runs_from_becoming_the_oldest(void **state)
{
    (void)state;
    struct holder w = holder(0, 0, 4, true);
    struct lease out;
    assert_false(lease_overdue(&w, 1000000, 10));
    lease_add(&w, (struct lease){.number = 7}, 100);
    lease_add(&w, (struct lease){.number = 8}, 150);
    assert_false(lease_overdue(&w, 200, 100));
    assert_true(lease_overdue(&w, 201, 100));
    assert_true(lease_remove(&w, 7, &out, 190));
    assert_int_equal(out.number, 7);
    assert_false(lease_overdue(&w, 290, 100)); /* 8 is the oldest since 190 */
    assert_true(lease_overdue(&w, 291, 100));
}

static void a_younger_one_done_leaves_the_deadline(void **state)
{
    (void)state;
    struct holder w = holder(0, 0, 4, true);
    struct lease out;
    for (int64_t i = 1; i <= 3; i++)
        lease_add(&w, (struct lease){.number = i}, i * 10);
    assert_true(lease_remove(&w, 2, &out, 500));
    assert_int_equal(w.oldest_since, 10);
    assert_int_equal(w.n, 2);
    assert_int_equal(w.held[0].number, 1);
    assert_int_equal(w.held[1].number, 3);
    assert_false(lease_remove(&w, 2, &out, 500)); /* not held any more */
}

static void three_heartbeats_of_silence_are_death(void **state)
{
    (void)state;
    struct holder w = holder(0, 0, 4, true);
    w.heard = 1000;
    assert_false(lease_silent(&w, 1000 + 3 * LEASE_HEARTBEAT_MS));
    assert_true(lease_silent(&w, 1001 + 3 * LEASE_HEARTBEAT_MS));
    lease_add(&w, (struct lease){.number = 7}, 1000);
    assert_false(lease_silent(&w, 1001 + 3 * LEASE_HEARTBEAT_MS)); /* it may be at work: its deadline runs */
}

static void poison_after_so_many_attempts(void **state)
{
    (void)state;
    struct attempts a = {0};
    for (uint32_t i = 1; i <= 3; i++) {
        assert_int_equal(lease_take(&a, 5, 3), LEASE_HAND_OUT);
        assert_int_equal(a.taken, i);
        assert_int_equal(a.epoch, 5);
        assert_int_equal(lease_give_back(&a, true, 3), i < 3 ? LEASE_HAND_OUT : LEASE_POISON);
        assert_int_equal(a.epoch, 0);
    }
    assert_int_equal(lease_take(&a, 5, 3), LEASE_POISON); /* found so in the store */
}

static void the_blameless_get_their_attempt_back(void **state)
{
    (void)state;
    struct attempts a = {.taken = 2};
    assert_int_equal(lease_take(&a, 5, 3), LEASE_HAND_OUT);
    assert_int_equal(a.taken, 3);
    assert_int_equal(lease_give_back(&a, false, 3), LEASE_HAND_OUT);
    assert_int_equal(a.taken, 2);
}

static void to_blame_is_what_was_in_hand_or_else_the_oldest(void **state)
{
    (void)state;
    struct lease held[2];
    struct holder w = {.held = held, .room = 2};
    assert_int_equal(lease_blamed(&w, 7), SIZE_MAX);
    lease_add(&w, (struct lease){.number = 7}, 0);
    lease_add(&w, (struct lease){.number = 9}, 0);
    assert_int_equal(lease_blamed(&w, 0), 0);
    assert_int_equal(lease_blamed(&w, 9), 1);
    assert_int_equal(lease_blamed(&w, 5), 0); /* done since */
}

static void a_turn_undone_does_not_count(void **state)
{
    (void)state;
    /* our own epoch still on it: the store did not take what came of it */
    struct attempts a = {.taken = 3, .epoch = 5};
    assert_int_equal(lease_take(&a, 5, 3), LEASE_HAND_OUT);
    assert_int_equal(a.taken, 3);
    assert_int_equal(a.crashes, 0);
}

static void a_daemon_that_died_is_counted_apart(void **state)
{
    (void)state;
    struct attempts a = {.taken = 3, .epoch = 4};
    assert_int_equal(lease_take(&a, 5, 3), LEASE_HAND_OUT);
    assert_int_equal(a.taken, 3);
    assert_int_equal(a.crashes, 1);
    for (int64_t epoch = 6; a.crashes < LEASE_CRASHES_MAX - 1; epoch++)
        assert_int_equal(lease_take(&a, epoch, 3), LEASE_HAND_OUT);
    assert_int_equal(lease_take(&a, 100, 3), LEASE_POISON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses_who_holds_fewest),
        cmocka_unit_test(capacity_of_nothing_gets_nothing),
        cmocka_unit_test(bytes_are_bounded_too),
        cmocka_unit_test(deadline_runs_from_becoming_the_oldest),
        cmocka_unit_test(a_younger_one_done_leaves_the_deadline),
        cmocka_unit_test(three_heartbeats_of_silence_are_death),
        cmocka_unit_test(poison_after_so_many_attempts),
        cmocka_unit_test(the_blameless_get_their_attempt_back),
        cmocka_unit_test(to_blame_is_what_was_in_hand_or_else_the_oldest),
        cmocka_unit_test(a_turn_undone_does_not_count),
        cmocka_unit_test(a_daemon_that_died_is_counted_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
