#include "daemon/follow.h"
#include "proto/base/log.h"
#include "tests/unit/daemon/store_bench.h"

#include <math.h>

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
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_follower_moves_by_what_was_sent),
        STORE_TEST(a_filter_passes_over_the_rest),
        STORE_TEST(a_gap_is_told_whatever_the_follower_asked_for),
        cmocka_unit_test(watermarks_are_owed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
