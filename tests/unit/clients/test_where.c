/* The filter as people write it. */
#include <math.h>

#include "clients/cli.h"
#include "tests/unit/unit.h"

static struct arena *arena;
static struct reason why;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(0);
    return arena ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void empty_lets_everything_pass(void **state)
{
    (void)state;
    struct where w;
    assert_true(cli_where_parse(" \t ", arena, &w, &why));
    assert_null(w.act.v);
    assert_true(isnan(w.confidence));
}

static void values_are_split_and_capitals_set(void **state)
{
    (void)state;
    struct where w;
    assert_true(cli_where_parse(
        "act=reject,ACCUSE  source=rus stance=Oppose quad=verbal-conflict confidence=0.25", arena, &w, &why));
    assert_int_equal(w.act.n, 2);
    assert_true(str_is(w.act.v[0], "REJECT"));
    assert_true(str_is(w.act.v[1], "ACCUSE"));
    assert_true(str_is(w.source.v[0], "RUS"));
    assert_true(str_is(w.stance.v[0], "oppose"));
    assert_true(str_is(w.quad.v[0], "verbal-conflict"));
    assert_true(w.confidence == 0.25);
}

static void a_key_given_twice_adds_its_values(void **state)
{
    (void)state;
    struct where w;
    assert_true(cli_where_parse("target=UKR target=POL,IGO", arena, &w, &why));
    assert_int_equal(w.target.n, 3);
    assert_true(str_is(w.target.v[2], "IGO"));
}

static void many_values(void **state)
{
    (void)state;
    struct where w;
    struct buf text = BUF_INIT;
    buf_puts(&text, "issue=a");
    for (int i = 0; i < 100; i++)
        buf_printf(&text, ",i%d", i);
    buf_putc(&text, '\0');
    assert_true(cli_where_parse(text.data, arena, &w, &why));
    assert_int_equal(w.issue.n, 101);
    assert_true(str_is(w.issue.v[100], "i99"));
    buf_free(&text);
}

static void refused(const char *text, const char *word)
{
    struct where w;
    assert_false(cli_where_parse(text, arena, &w, &why));
    if (!strstr(why.text, word))
        fail_msg("'%s' gives '%s', which does not say '%s'", text, why.text, word);
}

static void mistakes_are_named_with_what_there_is(void **state)
{
    (void)state;
    refused("colour=red", "source_role");
    refused("act=SHOUT", "ASSAULT");
    refused("stance=angry", "neutral");
    refused("source=Russia", "three letters");
    refused("source_role=CHEF", "GOV");
    refused("act", "KEY=VALUE");
    refused("act=", "missing");
    refused("act=REJECT,,AID", "missing");
    refused("confidence=high", "0 to 1");
    refused("confidence=1.5", "0 to 1");
    refused("confidence=nan", "0 to 1");
    refused("confidence=", "0 to 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(empty_lets_everything_pass, setup, teardown),
        cmocka_unit_test_setup_teardown(values_are_split_and_capitals_set, setup, teardown),
        cmocka_unit_test_setup_teardown(a_key_given_twice_adds_its_values, setup, teardown),
        cmocka_unit_test_setup_teardown(many_values, setup, teardown),
        cmocka_unit_test_setup_teardown(mistakes_are_named_with_what_there_is, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
