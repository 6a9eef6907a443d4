/* Events as a table, and what must never reach a terminal. */
#include <stdlib.h>

#include "clients/cli.h"
#include "tests/unit/unit.h"

static void expect_text(const char *text, unsigned columns, const char *expected)
{
    struct buf out = BUF_INIT;
    show_text(&out, str_from(text), columns);
    buf_putc(&out, '\0');
    assert_string_equal(out.data, expected);
    buf_free(&out);
}

static void text_is_cut_by_characters_not_bytes(void **state)
{
    (void)state;
    expect_text("Bogotá", 6, "Bogotá");
    expect_text("Bogotá", 5, "Bogo…");
    expect_text("äöü", 2, "ä…");
    expect_text("abc", 1, "…");
    expect_text("abc", 0, "");
    assert_int_equal(show_columns(STR("Bogotá")), 6);
    assert_int_equal(show_columns((struct str){NULL, 0}), 0);
}

static void control_characters_do_not_act(void **state)
{
    (void)state;
    expect_text("a\033[31mb\tc\r\nd\177e\302\233f", 100, "a [31mb c  d e f");
    expect_text("a\342\200\256b", 100, "a b"); /* U+202E, right-to-left override */
    expect_text("a\377b", 100, "a\357\277\275b");
}

static void durations(void **state)
{
    (void)state;
    char out[32];
    assert_string_equal(show_duration(0, out), "0s");
    assert_string_equal(show_duration(59999, out), "59s");
    assert_string_equal(show_duration(200000, out), "3m 20s");
    assert_string_equal(show_duration(3 * 3600000 + 61000, out), "3h 1m");
    assert_string_equal(show_duration(INT64_C(86400000) * 2 + 4 * 3600000, out), "2d 4h");
}

/* One event through the table, as a pipe gets it. */
static char *table(const struct event *e, size_t times)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    struct show s = {.out = out, .width = 110};
    while (times-- > 0)
        show_event(&s, e);
    fclose(out);
    return text;
}

static struct span one[1] = {{0, 1}};

static void an_event_in_its_columns(void **state)
{
    (void)state;
    struct article_ref article = {.id = STR("n-7"), .title = STR("Talks"), .published = 1772618400000};
    struct actor source = {{one, 1}, STR("Norway's minister"), STR("Norway"), STR("NOR"), STR("GOV")};
    struct actor target = {{one, 1}, STR("both sides"), {NULL, 0}, {NULL, 0}, {NULL, 0}};
    struct mention content = {{one, 1}, STR("to talk")};
    struct statement statement = {MODE_INDIRECT, &content};
    struct stance stance = {STANCE_SUPPORT, 0.8, NULL, {NULL, 0}};
    struct act act = {ACT_REQUEST, STR("020"), QUAD_VERBAL_CONFLICT, 0, {{one, 1}, STR("urged")}};
    struct qualifiers q = {POLARITY_NEGATIVE, CERTAINTY_CONDITIONAL, ACT_FUTURE};
    struct event e = {.seq = 9,
                      .article = &article,
                      .source = &source,
                      .act = &act,
                      .target = &target,
                      .statement = &statement,
                      .stance = &stance};
    char *text = table(&e, 2);
    assert_string_equal(
        text,
        "\nTalks  2026-03-04\n"
        "     9 Norway NOR/GOV             REQUEST    both sides                 support  urged: to talk\n"
        "     9 Norway NOR/GOV             REQUEST    both sides                 support  urged: to talk\n");
    free(text);
    e.qualifiers = &q;
    text = table(&e, 1);
    assert_non_null(strstr(text, "[not] [if] [future] urged"));
    free(text);
    e.target = NULL;
    e.stance = NULL;
    source.name = STR("A name that is much too long for the column that it is given");
    text = table(&e, 1);
    assert_non_null(strstr(text, "… NOR/GOV REQUEST    -                          -        "));
    free(text);
}

static void a_retraction(void **state)
{
    (void)state;
    struct article_ref article = {.id = STR("n-7"), .published = TIME_ABSENT};
    struct retracts retracts = {3, 5};
    struct event e = {.seq = 9, .article = &article, .retracts = &retracts};
    char *text = table(&e, 1);
    assert_string_equal(text, "\nn-7  \n     9 events 3 to 5 are taken back\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_cut_by_characters_not_bytes),
        cmocka_unit_test(control_characters_do_not_act),
        cmocka_unit_test(durations),
        cmocka_unit_test(an_event_in_its_columns),
        cmocka_unit_test(a_retraction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
