#include "proto/guard.h"
#include "tests/unit/unit.h"

static void refuse(const char *bytes, size_t n, const char *reason)
{
    struct reason why = {""};
    if (guard_check(bytes, n, &why))
        fail_msg("%zu bytes passed, expected: %s", n, reason);
    assert_contains(why.text, reason);
}

#define REFUSE(bytes, reason) refuse((bytes), sizeof(bytes) - 1, (reason))
#define PASS(bytes)           assert_true(guard_check((bytes), sizeof(bytes) - 1, NULL))

static void passes_every_kind_of_value(void **state)
{
    (void)state;
    PASS("\x00");
    PASS("\xFF");
    PASS("\xC0");
    PASS("\xC3");
    PASS("\xCA\x00\x00\x00\x00");
    PASS("\xCB\x00\x00\x00\x00\x00\x00\x00\x00");
    PASS("\xCF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
    PASS("\xD3\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
    PASS("\xA3"
         "abc");
    PASS("\xD9\x01"
         "a");
    PASS("\xDA\x00\x01"
         "a");
    PASS("\xDB\x00\x00\x00\x01"
         "a");
    PASS("\xC4\x01\xFF");
    PASS("\xC6\x00\x00\x00\x01\xFF");
    PASS("\xD6\xFF\x00\x00\x00\x00");                                     /* timestamp 32 */
    PASS("\xD7\xFF\x00\x00\x00\x00\x00\x00\x00\x00");                     /* timestamp 64 */
    PASS("\xC7\x0C\xFF\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"); /* timestamp 96 */
    PASS("\x92\x01\x81\xA1"
         "a\x90");
    PASS("\xDC\x00\x01\x01");
    PASS("\xDE\x00\x01\xA1"
         "a\x01");
}

static void refuses_what_is_not_one_whole_value(void **state)
{
    (void)state;
    refuse("", 0, "empty");
    REFUSE("\xC1", "0xc1");
    REFUSE("\x01\x02", "1 bytes behind");
    REFUSE("\xA3"
           "ab",
           "a value of 3 bytes where 2 are left");
    REFUSE("\xD9", "end within a value");
    REFUSE("\xDB\x00\x00", "end within a value");
    REFUSE("\x92\x01", "2 elements where 1 bytes");
}

static void refuses_counts_that_the_bytes_cannot_hold(void **state)
{
    (void)state;
    REFUSE("\xDD\xFF\xFF\xFF\xFF\x01", "4294967295 elements where 1 bytes are left");
    REFUSE("\xDF\x00\x00\x00\x02\xA1"
           "a\x01",
           "2 elements where 3 bytes are left");
    REFUSE("\xC6\xFF\xFF\xFF\xFF", "4294967295 bytes where 0 are left");
    /* The bomb that made msgpack-c claim gigabytes: nested headers, each with a large count. */
    char bomb[155];
    for (size_t i = 0; i < sizeof bomb; i += 5)
        memcpy(bomb + i, "\xDD\x00\x00\x00\x01", 5);
    refuse(bomb, sizeof bomb, "nested deeper than 16");
    for (size_t i = 0; i < sizeof bomb; i += 5)
        memcpy(bomb + i, "\xDD\x10\x00\x00\x00", 5);
    refuse(bomb, sizeof bomb, "elements where");
}

static void refuses_deep_nesting_but_not_the_allowed_depth(void **state)
{
    (void)state;
    char deep[GUARD_DEPTH + 2];
    memset(deep, '\x91', sizeof deep);
    deep[GUARD_DEPTH] = '\x01';
    assert_true(guard_check(deep, GUARD_DEPTH + 1, NULL));
    deep[GUARD_DEPTH] = '\x91';
    deep[GUARD_DEPTH + 1] = '\x01';
    refuse(deep, GUARD_DEPTH + 2, "nested deeper");
}

static void refuses_text_and_types_that_no_field_has(void **state)
{
    (void)state;
    REFUSE("\xA2\xC3\x28", "a string is not UTF-8");
    REFUSE("\x81\x01\x01", "a map key is not a string");
    REFUSE("\xD4\x05\x00", "an ext value of type 5");
    REFUSE("\xD4\xFF\x00", "a timestamp of 1 bytes");
}

static void refuses_too_many_values(void **state)
{
    (void)state;
    static char many[GUARD_ITEMS + 8] = "\xDD\x00\x40\x00\x00"; /* with the array itself one too many */
    refuse(many, GUARD_ITEMS + 5, "more than 4194304 values");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes_every_kind_of_value),
        cmocka_unit_test(refuses_what_is_not_one_whole_value),
        cmocka_unit_test(refuses_counts_that_the_bytes_cannot_hold),
        cmocka_unit_test(refuses_deep_nesting_but_not_the_allowed_depth),
        cmocka_unit_test(refuses_text_and_types_that_no_field_has),
        cmocka_unit_test(refuses_too_many_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
