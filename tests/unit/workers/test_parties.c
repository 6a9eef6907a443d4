/* Which acts are between parties: storms, games and people of whom only a trade is told have none. */
#include "tests/unit/workers/findings.h"
#include "workers/stances/parties.h"

/* How many findings a text keeps when its first mention is somebody of this kind. */
static size_t findings_with(const char *text, enum mention_kind kind, struct identity id)
{
    print_message("%s\n", text);
    struct doc *d = tagged_doc(arena, text);
    d->mentions[0].kind = kind;
    *d->mentions[0].ids = id;
    quotes_find(d);
    reading = cues_find(d, lexicon);
    link_run(d, reading, NULL);
    acts_run(d, reading);
    for (size_t h = 0; h < reading->n_hits; h++)
        assert_true(reading->hits[h].finding < (int32_t)d->n_findings);
    return d->n_findings;
}

static const struct identity baker = {.role = {"CVL", 3}, .office = {"baker", 5}};

static void test_persons(void **state)
{
    (void)state;
    const char *alone = "[ The/t baker/n ] attacked=attack/d a/t cake/n _.";
    struct identity his = baker, rebel = {.role = STR("REB")}, name = {.name = STR("Harbour Front")};
    assert_int_equal(findings_with(alone, MENTION_GENERIC, baker), 0);
    assert_int_equal(findings_with(alone, MENTION_GENERIC, rebel), 1);
    assert_int_equal(findings_with(alone, MENTION_ORG, name), 1);
    his.country = STR("IRN");
    assert_int_equal(findings_with(alone, MENTION_GENERIC, his), 1);
    /* Whom he does it to may be a party. */
    assert_int_equal(
        findings_with("[ The/t baker/n ] attacked=attack/d [ Iraq/N ] _.", MENTION_GENERIC, baker), 1);
    assert_int_equal(findings_with("[ The/t protesters=protester/n ] attacked=attack/d a/t cake/n _.",
                                   MENTION_GENERIC, baker),
                     1);
}

static void test_scores(void **state)
{
    (void)state;
    struct identity iran = {.name = STR("Iran"), .country = STR("IRN"), .role = STR("GOV")};
    static const struct {
        const char *text;
        size_t n;
    } rows[] = {
        {"[ Iran/N ] attacked=attack/d [ Iraq/N ] 2 _- 1 in/p Doha/N _.", 0},
        {"[ Iran/N ] attacked=attack/d 2 _- 3 towns=town/n of/p [ Iraq/N ] _.", 1},
        {"[ Iran/N ] attacked=attack/d [ Iraq/N ] on/p June/N 5 _- 7 _.", 1},
        {"[ Iran/N ] attacked=attack/d [ Iraq/N ] after/p a/t vote/n of/p 14 _- 1 _.", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(findings_with(rows[i].text, MENTION_COUNTRY, iran), rows[i].n);
}

static void test_words_stay(void **state)
{
    (void)state;
    assert_int_equal(
        findings_with("[ The/t baker/n ] refused=refuse/d to/i say/b more/r _.", MENTION_GENERIC, baker), 1);
}

static void test_nature_and_games(void **state)
{
    (void)state;
    struct identity iran = {.name = STR("Iran"), .country = STR("IRN"), .role = STR("GOV")};
    assert_int_equal(
        findings_with("[ Iran/N ] attacked=attack/d [ Iraq/N ] in/p the/t north/n _.", MENTION_COUNTRY, iran),
        1);
    assert_int_equal(findings_with("[ Iran/N ] attacked=attack/d [ Iraq/N ] in/p the/t semifinal/n _.",
                                   MENTION_COUNTRY, iran),
                     0);
    assert_int_equal(
        findings_with("[ Iran/N ] rejected=reject/d the/t tournament/n _.", MENTION_COUNTRY, iran), 1);
    struct identity traders = {.role = STR("BUS"), .country = STR("IRN"), .plural = true};
    assert_int_equal(
        findings_with("[ Traders/n ] attacked=attack/d the/t bonds=bond/n _.", MENTION_GENERIC, traders), 0);
    assert_int_equal(
        findings_with("[ Traders/n ] attacked=attack/d the/t town/n _.", MENTION_GENERIC, traders), 1);
    assert_int_equal(
        findings_with("[ The/t Iranian/a storm/n ] attacked=attack/d [ Iraq/N ] _.", MENTION_COUNTRY, iran),
        0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_persons), cmocka_unit_test(test_words_stay),
                                       cmocka_unit_test(test_scores),
                                       cmocka_unit_test(test_nature_and_games)};
    return cmocka_run_group_tests(tests, findings_setup, findings_teardown);
}
