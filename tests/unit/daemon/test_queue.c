#include "daemon/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static char dir[64];
static struct store *store;
static struct table *held;
static struct queue queue;

static void accept_articles(int n)
{
    for (int i = 0; i < n; i++) {
        char id[16];
        struct id_record r = {.state = ID_WAITING};
        snprintf(id, sizeof id, "a%d", i);
        store_accept(store, store_key(str_from(id)), &r, 1, STR("x"), 0);
    }
}

static int setup(void **state)
{
    (void)state;
    struct reason why;
    strcpy(dir, "/tmp/stanced-queue-XXXXXX");
    store = mkdtemp(dir) ? store_open(dir, 16 << 20, &why) : NULL;
    held = table_new();
    queue_forget(&queue);
    return store && held ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    static const char *const files[] = {"data.mdb", "lock.mdb", "lock"};
    store_close(store);
    table_free(held);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[96];
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        unlink(path);
    }
    return rmdir(dir);
}

static void gives_what_waits_in_the_order_it_came(void **state)
{
    (void)state;
    enum { N = QUEUE_ROOM + 10 }; /* more than the memory holds */
    assert_int_equal(queue_take(&queue, store, held), 0);
    accept_articles(N);
    for (int64_t i = 1; i <= N; i++)
        assert_int_equal(queue_take(&queue, store, held), i);
    assert_int_equal(queue_take(&queue, store, held), 0);
    accept_articles(1);
    assert_int_equal(queue_take(&queue, store, held), N + 1);
}

static void passes_over_what_is_held(void **state)
{
    (void)state;
    int64_t second = 2;
    accept_articles(3);
    assert_true(table_put(held, queue_key(&second), &second, NULL));
    assert_int_equal(queue_take(&queue, store, held), 1);
    assert_int_equal(queue_take(&queue, store, held), 3);
}

static void what_comes_back_goes_first_and_is_never_lost(void **state)
{
    (void)state;
    accept_articles(3);
    assert_int_equal(queue_take(&queue, store, held), 1);
    queue_front(&queue, 1);
    assert_int_equal(queue_take(&queue, store, held), 1);
    /* No room any more: it is read from the store again, perhaps behind numbers that are there twice. */
    for (int i = 0; i < QUEUE_ROOM; i++)
        queue_front(&queue, 2);
    queue_front(&queue, 1);
    bool seen = false;
    for (int64_t n; !seen && (n = queue_take(&queue, store, held)) != 0;)
        seen = n == 1;
    assert_true(seen);
}

static void reads_everything_again_after_it_forgot(void **state)
{
    (void)state;
    accept_articles(2);
    assert_int_equal(queue_take(&queue, store, held), 1);
    queue_forget(&queue);
    assert_int_equal(queue_take(&queue, store, held), 1);
    store_waiting_remove(store, 2);
    queue_forget(&queue);
    assert_int_equal(queue_take(&queue, store, held), 1);
    assert_int_equal(queue_take(&queue, store, held), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(gives_what_waits_in_the_order_it_came),
        TEST(passes_over_what_is_held),
        TEST(what_comes_back_goes_first_and_is_never_lost),
        TEST(reads_everything_again_after_it_forgot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
