#include "daemon/retain.h"
#include "tests/unit/unit.h"

static const int64_t DAY = 24 * 3600 * 1000, WALL = 1700000000000;

static void a_clock_is_believed_after_a_while(void **state)
{
    (void)state;
    struct retain_clock c = {0};
    assert_false(retain_believes(&c, 0, WALL));
    assert_false(retain_believes(&c, RETAIN_SETTLE_MS - 1, WALL + RETAIN_SETTLE_MS - 1));
    assert_true(
        retain_believes(&c, RETAIN_SETTLE_MS, WALL + RETAIN_SETTLE_MS + 50)); /* it is slewed a little */
}

static void a_jump_is_not_believed_in_either_direction(void **state)
{
    (void)state;
    struct retain_clock c = {0};
    int64_t now = 0;
    retain_believes(&c, now, WALL);
    now += RETAIN_SETTLE_MS;
    assert_true(retain_believes(&c, now, WALL + now));
    assert_false(retain_believes(&c, now + 1, WALL + now + 40 * DAY)); /* a month ahead, for a moment */
    assert_false(retain_believes(&c, now + 2000, WALL + now + 2000));  /* and back */
    now += 2000 + RETAIN_SETTLE_MS;
    assert_true(retain_believes(&c, now, WALL + now));
}

static void what_stays_is_believed_in_the_end(void **state)
{
    (void)state;
    struct retain_clock c = {0};
    retain_believes(&c, 0, WALL);
    assert_false(retain_believes(&c, 5, WALL + 40 * DAY));
    assert_true(retain_believes(&c, 5 + RETAIN_SETTLE_MS, WALL + 40 * DAY + RETAIN_SETTLE_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_is_believed_after_a_while),
        cmocka_unit_test(a_jump_is_not_believed_in_either_direction),
        cmocka_unit_test(what_stays_is_believed_in_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
