#include "daemon/copies.h"
#include "proto/wire.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char story[] =
    "The foreign minister of Norway said on Monday that her government would not take part in the talks unless both sides "
    "agreed to a ceasefire first. She told reporters in Oslo that the offer made last week had come too late and asked for "
    "too much. Officials in the capital expect a new proposal before the end of the month, after the parliament has voted on "
    "the budget and the envoy has come back from his journey to the region.";
static const char edited[] =
    "OSLO - The foreign minister of Norway said on Monday that her government would not take part in the talks unless both "
    "sides agreed to a ceasefire first. She told journalists in Oslo that the offer made last week had come too late and asked "
    "for too much. Officials expect a new proposal before the end of the month.";
static const char other[] =
    "Norway stays away from the negotiations as long as there is no truce, its top diplomat declared at the start of the week. "
    "In her view what was put on the table seven days ago came late and went far beyond what could be accepted. A fresh plan "
    "may follow within weeks, people close to the cabinet believe, once lawmakers have passed the spending bill.";

static void sketch_likeness(void **state)
{
    (void)state;
    struct sketch a, b, c, short_one;
    assert_true(copies_sketch(str_from(story), &a));
    assert_true(copies_sketch(str_from(edited), &b));
    assert_true(copies_sketch(str_from(other), &c));
    assert_int_equal(copies_alike(&a, &a), COPIES_BINS);
    assert_in_range(copies_alike(&a, &b), COPIES_ALIKE, COPIES_BINS - 1);
    assert_in_range(copies_alike(&a, &c), 0, COPIES_ALIKE / 2);
    assert_false(copies_sketch(STR("Norway said no."), &short_one));
    assert_false(copies_sketch(STR(""), &short_one));
    assert_int_equal(copies_alike(&short_one, &short_one), 0);
}

struct bench {
    char dir[32];
    struct store *s;
    struct copies *c;
    char out[ARTICLE_ID_MAX];
};

static struct store *open_store(struct bench *b)
{
    struct reason why = {""};
    struct store *s = store_open(b->dir, (size_t)64 << 20, &why);
    if (!s)
        fail_msg("%s", why.text);
    return s;
}

static void begin(struct bench *b)
{
    strcpy(b->dir, "/tmp/stanced-u-XXXXXX");
    assert_non_null(mkdtemp(b->dir));
    b->s = open_store(b);
    b->c = copies_new(b->s);
    assert_non_null(b->c);
}

static void end(struct bench *b)
{
    char command[64];
    copies_free(b->c);
    store_close(b->s);
    snprintf(command, sizeof command, "rm -r %s", b->dir);
    assert_int_equal(system(command), 0);
}

static void the_first_one_names_the_cluster(void **state)
{
    (void)state;
    struct bench b;
    struct reason why;
    begin(&b);
    assert_str(copies_cluster(b.c, 1, STR("a"), str_from(story), b.out), "a");
    assert_str(copies_cluster(b.c, 2, STR("b"), str_from(other), b.out), "b");
    assert_str(copies_cluster(b.c, 3, STR("c"), str_from(edited), b.out), "a");
    assert_str(copies_cluster(b.c, 4, STR("d"), STR("Too short to tell."), b.out), "d");
    assert_true(store_commit(b.s, &why));
    copies_free(b.c); /* a restart */
    store_close(b.s);
    b.s = open_store(&b);
    b.c = copies_new(b.s);
    assert_str(copies_cluster(b.c, 5, STR("e"), str_from(story), b.out), "a");
    end(&b);
}

static void a_turn_undone_is_forgotten(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    assert_str(copies_cluster(b.c, 1, STR("a"), str_from(story), b.out), "a");
    store_abort(b.s);
    copies_undo(b.c);
    assert_str(copies_cluster(b.c, 2, STR("b"), str_from(edited), b.out), "b");
    end(&b);
}

/* More articles than are remembered: the oldest are not looked at any more, in memory and in the store. */
static void the_oldest_are_forgotten(void **state)
{
    (void)state;
    struct bench b;
    struct str record;
    struct reason why;
    char text[512];
    begin(&b);
    assert_str(copies_cluster(b.c, 1, STR("a"), str_from(story), b.out), "a");
    for (int64_t n = 2; n <= COPIES_MAX + 1; n++) {
        int len = 0;
        for (int w = 0; w < 30; w++)
            len += snprintf(text + len, sizeof text - (size_t)len, "w%lld%d ", (long long)n, w);
        copies_cluster(b.c, n, STR("x"), (struct str){text, (size_t)len}, b.out);
    }
    assert_int_equal(store_sketch_next(b.s, 0, &record), 2);
    assert_str(copies_cluster(b.c, COPIES_MAX + 2, STR("z"), str_from(story), b.out), "z");
    assert_true(store_commit(b.s, &why));
    end(&b);
}

/* Thousands that print one story are one cluster, more of them than the index remembers, and another story is none of it. */
static void a_story_that_all_print(void **state)
{
    (void)state;
    struct bench b;
    struct reason why;
    char text[1024];
    begin(&b);
    for (int64_t n = 1; n <= COPIES_MAX + 100; n++) { /* each with an end of its own */
        int len = snprintf(text, sizeof text, "%s Ends number%lld.", story, (long long)n);
        struct str id = n == 1 ? STR("first") : STR("x");
        assert_str(copies_cluster(b.c, n, id, (struct str){text, (size_t)len}, b.out), "first");
    }
    assert_str(copies_cluster(b.c, COPIES_MAX + 101, STR("z"), str_from(other), b.out), "z");
    assert_true(store_commit(b.s, &why));
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sketch_likeness),
        cmocka_unit_test(the_first_one_names_the_cluster),
        cmocka_unit_test(a_turn_undone_is_forgotten),
        cmocka_unit_test(the_oldest_are_forgotten),
        cmocka_unit_test(a_story_that_all_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
