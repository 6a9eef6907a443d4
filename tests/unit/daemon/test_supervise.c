#include "daemon/supervise.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void legal_moves(void **state)
{
    (void)state;
    static const char *const expected[SLOT_STATES] = {
        /* for start, hello, stop, exit: the first letter of the next state's name, '.': not legal. sTarting,
           stoPping */
        [SLOT_IDLE] = "T...",
        [SLOT_STARTING] = ".RPB",
        [SLOT_READY] = ".RPB",
        [SLOT_STOPPING] = ".PPI",
        [SLOT_BACKOFF] = "T.I."};
    static const char letters[SLOT_STATES] = {'I', 'T', 'R', 'P', 'B'};
    for (int from = 0; from < SLOT_STATES; from++)
        for (int what = 0; what < SLOT_EVENTS; what++) {
            char want = expected[from][what];
            bool may = slot_may((enum slot_state)from, (enum slot_event)what);
            assert_int_equal(may, want != '.');
            if (may)
                assert_int_equal(letters[slot_move((enum slot_state)from, (enum slot_event)what)], want);
        }
}

static void backoff_doubles_up_to_a_minute(void **state)
{
    (void)state;
    const int64_t expected[] = {2000, 4000, 8000, 16000, 32000, 60000, 60000};
    int64_t b = 0;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_int_equal(b = supervise_backoff(b), expected[i]);
}

static void what_an_article_killed_starts_again_at_once(void **state)
{
    (void)state;
    assert_int_equal(supervise_delay(true, 1, 0), 0);
    assert_int_equal(supervise_delay(true, SUPERVISE_DEATHS, 0), 0);
    /* so many in a row: it is not the article */
    assert_int_equal(supervise_delay(true, SUPERVISE_DEATHS + 1, 0), SUPERVISE_BACKOFF_MIN_MS);
    assert_int_equal(supervise_delay(true, SUPERVISE_DEATHS + 2, 2000), 4000);
    /* it never came up */
    assert_int_equal(supervise_delay(false, 0, 0), SUPERVISE_BACKOFF_MIN_MS);
}

/* Ready workers that die in a row wait in the end; one finished article makes them start at once again. */
static void deaths_are_counted_until_a_success(void **state)
{
    (void)state;
    struct config c = {.workers = {.count = 1, .command = "/bin/false"}};
    struct metrics m = {0};
    struct supervise *s = supervise_new(&c, "ipc://nowhere", &m);
    struct slot_view v;
    struct child_end end;
    int status;
    for (int i = 0; i < SUPERVISE_DEATHS + 1; i++) {
        supervise_tick(s, 0, false);
        assert_true(supervise_slot(s, 0, &v));
        assert_int_equal(v.state, SLOT_STARTING);
        assert_int_equal(waitpid(v.pid, &status, 0), v.pid);
        assert_int_equal(supervise_hello(s, STR("local-0"), v.pid), SUPERVISE_OURS);
        if (i == 0)
            supervise_success(s, v.pid);
        assert_true(supervise_exited(s, v.pid, status, 0, &end));
    }
    supervise_tick(s, 1, false);
    supervise_slot(s, 0, &v);
    assert_int_equal(v.state, SLOT_BACKOFF);
    supervise_tick(s, SUPERVISE_BACKOFF_MIN_MS, false);
    supervise_slot(s, 0, &v);
    assert_int_equal(v.state, SLOT_STARTING);
    assert_int_equal(waitpid(v.pid, &status, 0), v.pid);
    assert_int_equal(supervise_hello(s, STR("local-0"), v.pid), SUPERVISE_OURS);
    supervise_success(s, v.pid);
    assert_true(supervise_exited(s, v.pid, status, 2000, &end));
    supervise_tick(s, 2000, false);
    supervise_slot(s, 0, &v);
    assert_int_equal(v.state, SLOT_STARTING);
    waitpid(v.pid, &status, 0);
    supervise_exited(s, v.pid, status, 2000, &end);
    supervise_free(s);
}

/* A worker that exits at once, under a clock of our own. */
static void restarts_wait_for_the_backoff(void **state)
{
    (void)state;
    struct config c = {.workers = {.count = 1, .command = "/bin/false"}};
    struct metrics m = {0};
    struct supervise *s = supervise_new(&c, "ipc://nowhere", &m);
    struct slot_view v;
    struct child_end end;
    int status;
    int64_t now = 1000;
    for (int64_t wait = 2000; wait <= 8000; wait *= 2) {
        supervise_tick(s, now, false);
        assert_true(supervise_slot(s, 0, &v));
        assert_int_equal(v.state, SLOT_STARTING);
        assert_int_equal(waitpid(v.pid, &status, 0), v.pid);
        assert_true(supervise_exited(s, v.pid, status, now, &end));
        assert_string_equal(end.how, "exited with code 1");
        supervise_tick(s, now + wait - 1, false);
        supervise_slot(s, 0, &v);
        assert_int_equal(v.state, SLOT_BACKOFF);
        assert_int_equal(v.pid, 0);
        now += wait;
    }
    assert_int_equal(m.worker_starts, 3);
    c.workers.count = 0;
    supervise_tick(s, now, false);
    supervise_slot(s, 0, &v);
    assert_int_equal(v.state, SLOT_IDLE);
    supervise_free(s);
}

static char script[] = "/tmp/stanced-worker-XXXXXX";

/* Workers that never say anything, whatever their arguments. */
static struct config sleepers(int64_t count)
{
    struct config c = {.workers = {.count = count}};
    strcpy(c.workers.command, script);
    return c;
}

static void no_hello_is_killed(void **state)
{
    (void)state;
    struct config c = sleepers(1);
    struct metrics m = {0};
    struct slot_view v;
    struct child_end end;
    int status;
    struct supervise *s = supervise_new(&c, "ipc://nowhere", &m);
    supervise_tick(s, 0, false);
    supervise_slot(s, 0, &v);
    assert_int_equal(v.state, SLOT_STARTING);
    assert_int_equal(supervise_hello(s, STR("local-0"), v.pid + 1), SUPERVISE_IMPOSTOR);
    assert_int_equal(supervise_hello(s, STR("far-away-1"), v.pid), SUPERVISE_REMOTE);
    supervise_tick(s, SUPERVISE_HELLO_MS + 1, false);
    assert_int_equal(waitpid(v.pid, &status, 0), v.pid);
    assert_true(supervise_exited(s, v.pid, status, 40000, &end));
    assert_string_equal(end.how, "was killed by signal 9 (Killed)");
    supervise_free(s);
}

static void hello_stop_exit(void **state)
{
    (void)state;
    struct config c = sleepers(2);
    struct metrics m = {0};
    struct slot_view v, other;
    struct child_end end;
    int status;
    pid_t tell[4];
    struct supervise *s = supervise_new(&c, "ipc://nowhere", &m);
    supervise_tick(s, 0, false);
    supervise_slot(s, 0, &v);
    supervise_slot(s, 1, &other);
    assert_int_equal(supervise_running(s), 2);
    assert_int_equal(supervise_hello(s, STR("local-1"), other.pid), SUPERVISE_OURS);
    supervise_slot(s, 1, &other);
    assert_int_equal(other.state, SLOT_READY);
    c.workers.count = 1; /* a reload: the last one has to go */
    assert_int_equal(supervise_stop(s, false, 0, tell, 4), 1);
    assert_int_equal(tell[0], other.pid);
    supervise_tick(s, SUPERVISE_STOP_MS, false);
    assert_int_equal(waitpid(other.pid, &status, WNOHANG), 0); /* it has its time */
    supervise_tick(s, SUPERVISE_STOP_MS + 1, false);
    assert_int_equal(waitpid(other.pid, &status, 0), other.pid);
    assert_true(supervise_exited(s, other.pid, status, 6000, &end));
    supervise_slot(s, 1, &other);
    assert_int_equal(other.state, SLOT_IDLE); /* asked to go: no backoff */
    assert_false(supervise_exited(s, 1, 0, 6000, &end));
    supervise_free(s);
}

int main(void)
{
    static const char text[] = "#!/bin/sh\nexec sleep 1000\n";
    int fd = mkstemp(script);
    if (fd < 0 || write(fd, text, sizeof text - 1) < 0 || fchmod(fd, 0700) != 0 || close(fd) != 0)
        return 1;
    log_open("test", LOG_LEVEL_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(legal_moves),
        cmocka_unit_test(backoff_doubles_up_to_a_minute),
        cmocka_unit_test(what_an_article_killed_starts_again_at_once),
        cmocka_unit_test(deaths_are_counted_until_a_success),
        cmocka_unit_test(restarts_wait_for_the_backoff),
        cmocka_unit_test(no_hello_is_killed),
        cmocka_unit_test(hello_stop_exit),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(script);
    return failed;
}
