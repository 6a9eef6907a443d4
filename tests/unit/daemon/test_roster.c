#include "daemon/roster.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

static int setup(void **state)
{
    struct roster *r = *state = calloc(1, sizeof *r);
    return r && roster_init(r) ? 0 : -1;
}

static int teardown(void **state)
{
    roster_free(*state);
    free(*state);
    return 0;
}

static struct worker *add(struct roster *r, const char *id, const char *name, pid_t pid)
{
    struct worker *w = roster_add(r, str_from(id));
    assert_non_null(w);
    snprintf(w->name, sizeof w->name, "%s", name);
    w->pid = pid;
    return w;
}

static void a_worker_is_found_by_id_name_and_pid(void **state)
{
    struct roster *r = *state;
    struct worker *a = add(r, "id-a", "vienna", 0), *b = add(r, "id-b", "local-0", 12);
    assert_str(worker_id(b), "id-b");
    assert_ptr_equal(roster_find(r, STR("id-a")), a);
    assert_ptr_equal(roster_by_name(r, STR("local-0")), b);
    assert_ptr_equal(roster_by_pid(r, 12), b);
    assert_null(roster_find(r, STR("id")));
    assert_null(roster_by_name(r, STR("local")));
    assert_null(roster_by_pid(r, 13));
    assert_int_equal(a->h.n, 0);
    assert_int_equal(a->h.room, CAPACITY_MAX);
}

/* Who is left keeps its holder at its own place: lease_choose() answers with an index into both. */
static void the_others_stay_when_one_goes(void **state)
{
    struct roster *r = *state;
    struct worker *a = add(r, "a", "a", 1), *b = add(r, "b", "b", 2), *c = add(r, "c", "c", 3);
    roster_remove(r, a);
    assert_int_equal(r->n, 2);
    assert_null(roster_find(r, STR("a")));
    assert_null(roster_by_pid(r, 1));
    assert_ptr_equal(roster_find(r, STR("b")), b);
    assert_ptr_equal(roster_by_name(r, STR("c")), c);
    for (size_t i = 0; i < r->n; i++)
        assert_ptr_equal(r->holders[i], &r->workers[i]->h);
    add(r, "a", "again", 0);
    assert_non_null(roster_by_name(r, STR("again")));
}

static void too_many_or_too_long_is_nobody(void **state)
{
    struct roster *r = *state;
    char id[300];
    memset(id, 'x', sizeof id);
    assert_null(roster_add(r, (struct str){id, 257}));
    assert_non_null(roster_add(r, (struct str){id, 256}));
    for (int i = 1; i < WORKERS_MAX; i++) {
        snprintf(id, sizeof id, "w%d", i);
        assert_non_null(roster_add(r, str_from(id)));
    }
    assert_null(roster_add(r, STR("one more")));
    assert_null(roster_find(r, STR("one more")));
    assert_int_equal(r->n, WORKERS_MAX);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_worker_is_found_by_id_name_and_pid),
        TEST(the_others_stay_when_one_goes),
        TEST(too_many_or_too_long_is_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
