/* Where the daemon is. */
#include <stdlib.h>
#include <unistd.h>

#include "clients/cli.h"
#include "tests/unit/unit.h"

static bool load(const char *content, struct endpoints *e, struct reason *why)
{
    char path[] = "/tmp/stanced-endpoints-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    close(fd);
    bool ok = endpoints_load(e, path, why);
    unlink(path);
    return ok;
}

static void what_the_file_does_not_say_is_the_default(void **state)
{
    (void)state;
    struct endpoints e;
    struct reason why;
    assert_true(load("[store]\nintake = not-this\n[endpoints]\nlive = ipc:///x/live\nhttp = 127.0.0.1:1\n",
                     &e, &why));
    assert_string_equal(e.live, "ipc:///x/live");
    assert_string_equal(e.intake, "ipc:///run/stanced/intake.sock");
    assert_string_equal(e.control, "ipc:///run/stanced/control.sock");
}

static void an_address_for_all_is_reached_by_the_loopback(void **state)
{
    (void)state;
    struct endpoints e;
    struct reason why;
    assert_true(
        load("[endpoints]\nintake = tcp://*:5501\nstream = tcp://0.0.0.0:5502\nlive = tcp://10.0.0.7:5503\n",
             &e, &why));
    assert_string_equal(e.intake, "tcp://127.0.0.1:5501");
    assert_string_equal(e.stream, "tcp://127.0.0.1:5502");
    assert_string_equal(e.live, "tcp://10.0.0.7:5503");
}

static void mistakes_are_named(void **state)
{
    (void)state;
    struct endpoints e;
    struct reason why;
    assert_false(load("[endpoints]\nthis is no setting\n", &e, &why));
    assert_non_null(strstr(why.text, ":2:"));
    assert_false(endpoints_load(&e, "/nowhere/at.all", &why));
    assert_non_null(strstr(why.text, "/nowhere/at.all"));
}

static void numbers(void **state)
{
    (void)state;
    int64_t n = 7;
    assert_true(cli_number("12", 0, 12, &n));
    assert_int_equal(n, 12);
    assert_false(cli_number("13", 0, 12, &n));
    assert_false(cli_number("-1", 0, 12, &n));
    assert_false(cli_number("1x", 0, 12, &n));
    assert_false(cli_number("", 0, 12, &n));
    assert_false(cli_number("99999999999999999999", 0, INT64_MAX, &n));
    assert_int_equal(n, 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_file_does_not_say_is_the_default),
        cmocka_unit_test(an_address_for_all_is_reached_by_the_loopback),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
