/* Every quotation style, apostrophes that are no marks, quotations over several paragraphs, marks that are
 * never closed. */
#include "tests/unit/workers/tagged.h"
#include "workers/statements/quotes.h"

static struct arena *arena;

static struct doc *quoted(const char *marked)
{
    struct doc *d = tagged_doc(arena, marked);
    quotes_find(d);
    return d;
}

static void assert_quote(const struct doc *d, size_t k, const char *text)
{
    assert_true(k < d->n_quotes);
    struct str s = {d->text + d->quotes[k].begin, d->quotes[k].end - d->quotes[k].begin};
    assert_str(s, text);
}

static void test_styles(void **state)
{
    (void)state;
    static const char *const marks[][2] = {{"\"", "\""}, {"“", "”"}, {"„", "“"}, {"„", "”"},
                                           {"«", "»"},   {"‘", "’"}, {"'", "'"}, {"``", "''"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        char text[200];
        snprintf(text, sizeof text, "%s _We/o will/x not/i move/v _, _%s she/o said=say/d _.", marks[i][0],
                 marks[i][1]);
        struct doc *d = quoted(text);
        assert_int_equal(d->n_quotes, 1);
        assert_quote(d, 0, "We will not move,");
        assert_true(d->quotes[0].speech);
        assert_false(d->quotes[0].open);
        assert_int_equal(d->quotes[0].outer_begin, 0);
        assert_int_equal(d->quotes[0].outer_end, d->quotes[0].end + strlen(marks[i][1]));
    }
}

static void test_apostrophes(void **state)
{
    (void)state;
    assert_int_equal(
        quoted("The/t workers/n _' union/n met=meet/d in/p the/t ' _90s/u and/c '_ em/o .")->n_quotes, 0);
    struct doc *d = quoted("He/o said=say/d ' _the/t workers/n _' union/n is/x weak/a _' today/r .");
    assert_int_equal(d->n_quotes, 1);
    assert_quote(d, 0, "the workers' union is weak");
}

static void test_paragraphs(void **state)
{
    (void)state;
    struct doc *d = quoted("“ _We/o waited=wait/d _, _” he/o said=say/d _. | “ _It/o rained=rain/d _. || “ "
                           "_Then/r it/o stopped=stop/d _. _” || “ _No/t _. _”");
    assert_int_equal(d->n_quotes, 4);
    assert_true(d->quotes[1].open);
    assert_int_equal(d->quotes[1].continues, NONE);
    assert_int_equal(d->quotes[2].continues, 1);
    assert_quote(d, 2, "Then it stopped.");
    assert_int_equal(d->quotes[3].continues, NONE);
}

static void test_never_closed(void **state)
{
    (void)state;
    struct doc *d = quoted("“ _We/o waited=wait/d _. | It/o rained=rain/d _. || Nothing/o came=come/d _.");
    assert_int_equal(d->n_quotes, 1);
    assert_quote(d, 0, "We waited.");
    assert_false(d->quotes[0].open);
    d = quoted("It/o rained=rain/d _. _”");
    assert_int_equal(d->n_quotes, 0);
    d = quoted("He/o said=say/d “ _A/n and/c “ _B/n _” .");
    assert_int_equal(d->n_quotes, 2);
    assert_quote(d, 1, "B");
    assert_int_equal(quoted("\"")->n_quotes, 0);
    assert_int_equal(quoted("“ _”")->n_quotes, 0);
}

static void test_scare_quotes(void **state)
{
    (void)state;
    struct doc *d = quoted("The/t \" _partners/n _\" met=meet/d in/p the/t film/n \" _Red/a Dust/n _\" _.");
    assert_int_equal(d->n_quotes, 2);
    assert_false(d->quotes[0].speech);
    assert_false(d->quotes[1].speech);
}

static void test_quotes_at(void **state)
{
    (void)state;
    struct doc *d = quoted("a/n “ _b/n c/n _” d/n");
    int32_t *at = quotes_at(d);
    static const int32_t expected[] = {NONE, 0, 0, 0, 0, NONE};
    assert_memory_equal(at, expected, sizeof expected);
}

static int setup(void **state)
{
    (void)state;
    return (arena = arena_new(0)) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_styles),       cmocka_unit_test(test_apostrophes),
        cmocka_unit_test(test_paragraphs),   cmocka_unit_test(test_never_closed),
        cmocka_unit_test(test_scare_quotes), cmocka_unit_test(test_quotes_at),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
