/* The small shared basics: text, memory, time, tables. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proto/base/arena.h"
#include "proto/base/buf.h"
#include "proto/base/clock.h"
#include "proto/base/hash.h"
#include "proto/base/table.h"
#include "proto/base/tsv.h"
#include "proto/base/utf8.h"
#include "tests/unit/unit.h"

static void utf8_takes_what_rfc3629_takes(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "plain ascii, longer than eight",
                                       "\xC2\x80",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF"};
    static const char *const bad[] = {"\x80",
                                      "\xC0\xAF",
                                      "\xC1\xBF",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "\xE2\x82",
                                      "\xC3"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(utf8_valid_prefix(good[i], strlen(good[i])), strlen(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(utf8_valid_prefix(bad[i], strlen(bad[i])), 0);
    assert_int_equal(utf8_valid_prefix("abcdefghij\xFFk", 12), 10);
}

static void utf8_survives_a_round_trip_of_every_code_point(void **state)
{
    (void)state;
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        char bytes[4];
        uint32_t back;
        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        unsigned n = utf8_encode(cp, bytes);
        assert_int_equal(utf8_decode(bytes, bytes + n, &back), n);
        assert_int_equal(back, cp);
        assert_int_equal(utf8_valid_prefix(bytes, n), n);
    }
}

static void utf8_replaces_maximal_invalid_parts(void **state)
{
    (void)state;
    /* The example of the Unicode Standard, table 3-8. */
    const char *p = "\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64", *end = p + 13;
    static const uint32_t expected[] = {'a', 0xFFFD, 0xFFFD, 0xFFFD, 'b', 0xFFFD, 'c', 0xFFFD, 0xFFFD, 'd'};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        uint32_t cp;
        p += utf8_decode(p, end, &cp);
        assert_int_equal(cp, expected[i]);
    }
    assert_ptr_equal(p, end);
}

static void clock_reads_rfc3339(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {{"1970-01-01T00:00:00Z", 0},
                {"2026-03-04T10:20:30Z", 1772619630000},
                {"2026-03-04T12:20:30.25+02:00", 1772619630250},
                {"1969-12-31T23:59:59.999Z", -1},
                {"2024-02-29", 1709164800000},
                {"0001-01-01T00:00:00Z", -62135596800000},
                {"9999-12-31t23:59:59z", 253402300799000}};
    static const char *const bad[] = {"",
                                      "2026",
                                      "2026-3-4",
                                      "2026-02-29",
                                      "2026-13-01",
                                      "2026-01-00",
                                      "2026-01-01T",
                                      "2026-01-01T25:00:00Z",
                                      "2026-01-01T10:00:00",
                                      "2026-01-01T10:00:00+2:00",
                                      "2026-01-01T10:00:00.Z",
                                      "2026-01-01T10:00:00Zx",
                                      "0000-01-01"};
    int64_t ms;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(clock_parse(str_from(good[i].text), &ms));
        assert_int_equal(ms, good[i].ms);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (clock_parse(str_from(bad[i]), &ms))
            fail_msg("'%s' was taken for a time", bad[i]);
}

static void clock_writes_what_it_reads(void **state)
{
    (void)state;
    char text[CLOCK_TEXT];
    assert_string_equal(clock_format(1772619630000, text), "2026-03-04T10:20:30Z");
    assert_string_equal(clock_format(-1, text), "1969-12-31T23:59:59.999Z");
    for (int64_t t = -62135596800000; t < 253402300799000; t += 86399999 * 37ll) {
        int64_t back;
        assert_true(clock_parse(str_from(clock_format(t, text)), &back));
        assert_int_equal(back, t);
    }
    assert_int_equal(clock_day(-1), -1);
    assert_int_equal(clock_day(86400000), 1);
}

static void digests_tell_parts_apart(void **state)
{
    (void)state;
    char a[DIGEST_HEX], b[DIGEST_HEX];
    struct str one[] = {STR("ab"), STR("c")}, two[] = {STR("a"), STR("bc")}, absent[] = {{NULL, 0}, STR("")},
               empty[] = {STR(""), STR("")};
    assert_string_not_equal(digest_hex(digest_of(one, 2), a), digest_hex(digest_of(two, 2), b));
    assert_string_not_equal(digest_hex(digest_of(absent, 2), a), digest_hex(digest_of(empty, 2), b));
    assert_string_equal(digest_hex(digest_of(one, 2), a), digest_hex(digest_of(one, 2), b));
    /* Stored and sent: it must be the same for ever. */
    assert_string_equal(digest_hex(digest_of(one, 2), a), "4826ed043ab3cdec576d8541fa5d5a80");
    uint8_t plain[DIGEST_PLAIN_BYTES];
    digest_plain("abc", 3, plain); /* what b2sum -l 256 says */
    assert_memory_equal(plain, "\xbd\xdd\x81\x3c\x63\x42\x39\x72\x31\x71\xef\x3f\xee\x98\x57\x9b", 16);
}

static void table_keeps_what_is_put(void **state)
{
    (void)state;
    enum { N = 5000 };
    static int values[N];
    struct table *t = table_new();
    char key[16];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < N; i++) {
            int n = snprintf(key, sizeof key, "k%d", i);
            assert_true(table_put(t, (struct str){key, (size_t)n}, &values[i], NULL));
        }
        assert_int_equal(table_count(t), N);
        for (int i = 0; i < N; i += 2) {
            int n = snprintf(key, sizeof key, "k%d", i);
            assert_ptr_equal(table_take(t, (struct str){key, (size_t)n}), &values[i]);
            assert_null(table_get(t, (struct str){key, (size_t)n}));
        }
        assert_int_equal(table_count(t), N / 2);
        assert_ptr_equal(table_get(t, STR("k1")), &values[1]);
    }
    size_t at = 0, seen = 0;
    struct str k;
    void *v;
    while (table_next(t, &at, &k, &v)) {
        assert_ptr_equal(table_take(t, k), v);
        seen++;
    }
    assert_int_equal(seen, N / 2);
    assert_int_equal(table_count(t), 0);
    void *old;
    assert_true(table_put(t, STR(""), &values[0], &old));
    assert_null(old);
    assert_true(table_put(t, STR(""), &values[1], &old));
    assert_ptr_equal(old, &values[0]);
    table_free(t);
}

static void arena_gives_zeroed_memory_up_to_its_limit(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    for (int round = 0; round < 3; round++) {
        char *small = arena_try(a, 10), *large = arena_try(a, 300000);
        for (int i = 0; i < 300000; i++)
            assert_int_equal(large[i], 0);
        memset(small, 1, 10);
        memset(large, 1, 300000);
        assert_null(arena_try(a, 1 << 20));
        assert_null(arena_try(a, SIZE_MAX));
        assert_non_null(arena_try(a, 0));
        assert_true(arena_used(a) >= 300010);
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
    }
    int *v = NULL;
    size_t cap = 0;
    for (int i = 0; i < 1000; i++) {
        ARENA_GROW(a, v, (size_t)i, cap);
        v[i] = i;
    }
    assert_int_equal(v[999], 999);
    assert_str(arena_printf(a, "%d-%s", 7, "x"), "7-x");
    arena_free(a);
}

static void buf_grows(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    for (int i = 0; i < 1000; i++)
        buf_printf(&b, "%d,", i);
    buf_putc(&b, '.');
    assert_int_equal(b.len, 3891);
    assert_memory_equal(b.data + b.len - 5, "999,.", 5);
    assert_false(b.failed);
    buf_free(&b);
}

static struct tsv *open_text(const char *text, char *path)
{
    strcpy(path, "/tmp/stanced-tsv-XXXXXX");
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    struct reason why;
    struct tsv *t = tsv_open(path, &why);
    unlink(path);
    if (!t)
        fail_msg("%s", why.text);
    return t;
}

static void tsv_reads_facts(void **state)
{
    (void)state;
    char path[64];
    struct str c[3];
    struct reason why = {""};
    struct tsv *t = open_text("# a comment\n\nRUS\t name \tRussia\r\n \nUKR\tname\nlast\n", path);
    assert_int_equal(tsv_next(t, c, 2, 3, &why), 1);
    assert_str(c[1], "name");
    assert_str(c[2], "Russia");
    assert_int_equal(tsv_line(t), 3);
    assert_int_equal(tsv_next(t, c, 2, 3, &why), 1);
    assert_str(c[2], "");
    assert_false(tsv_fail(t, &why, "no such %s", "thing"));
    assert_contains(why.text, ":5: no such thing");
    assert_int_equal(tsv_next(t, c, 2, 3, &why), -1);
    assert_contains(why.text, ":6: 1 columns, expected 2 to 3");
    assert_int_equal(tsv_next(t, c, 2, 3, &why), 0);
    tsv_close(t);
}

static void tsv_says_what_it_cannot_read(void **state)
{
    (void)state;
    struct reason why;
    assert_null(tsv_open("/nonexistent/x.tsv", &why));
    assert_contains(why.text, "/nonexistent/x.tsv: No such file");
    char path[] = "/tmp/stanced-tsv-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd,
                           "good\nb\xFF"
                           "d\n",
                           9),
                     9);
    close(fd);
    assert_null(tsv_open(path, &why));
    assert_contains(why.text, ":2: is not UTF-8");
    unlink(path);
}

static void reasons_are_printable(void **state)
{
    (void)state;
    struct reason why;
    assert_false(reason_set(&why, "a%cb%sc", 27, "\xFF\xE2\x80\xA8"));
    assert_string_equal(why.text, "a?b????c");
    char large[1000];
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = 0;
    reason_set(&why, "%s", large);
    assert_int_equal(strlen(why.text), REASON_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_takes_what_rfc3629_takes),
        cmocka_unit_test(utf8_survives_a_round_trip_of_every_code_point),
        cmocka_unit_test(utf8_replaces_maximal_invalid_parts),
        cmocka_unit_test(clock_reads_rfc3339),
        cmocka_unit_test(clock_writes_what_it_reads),
        cmocka_unit_test(digests_tell_parts_apart),
        cmocka_unit_test(table_keeps_what_is_put),
        cmocka_unit_test(arena_gives_zeroed_memory_up_to_its_limit),
        cmocka_unit_test(buf_grows),
        cmocka_unit_test(tsv_reads_facts),
        cmocka_unit_test(tsv_says_what_it_cannot_read),
        cmocka_unit_test(reasons_are_printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
