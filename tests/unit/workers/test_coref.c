#include "tests/unit/workers/small_lexicon.h"

/* The nth `word` stands for these names (NULL: unresolved), in any order. */
static void check(const char *body, const char *word, int nth, const char *name, const char *second)
{
    struct small s;
    small_run(&s, body, "2026-01-01");
    const struct actor_mention *m = small_mention(&s.doc, word, nth);
    const char *names[2] = {name, second};
    size_t wanted = second ? 2 : 1;
    if (m->n_ids != wanted)
        fail_msg("%s: %zu identities, expected %zu", body, m->n_ids, wanted);
    for (size_t i = 0; i < wanted; i++) {
        bool found = false;
        for (size_t k = 0; k < wanted; k++)
            found |= names[i] ? str_is(m->ids[k].name, names[i]) : !m->ids[k].name.p;
        if (!found)
            fail_msg("%s: '%s' is '%.*s', expected '%s'", body, word, (int)m->ids[0].name.n,
                     m->ids[0].name.p ? m->ids[0].name.p : "", names[i] ? names[i] : "nobody");
    }
    small_end(&s);
}

static void test_persons(void **state)
{
    (void)state;
    check("Knut Berge rejected the plan. He said no.", "He", 0, "Knut Berge", NULL);
    check("Knut Berge met Ingrid Moe. She said no.", "She", 0, "Ingrid Moe", NULL);
    check("Ingrid Moe met Knut Berge. He said no.", "He", 0, "Knut Berge", NULL);
    check("Ingrid Moe said no. He said yes.", "He", 0, NULL, NULL);
    check("Ali Can, who said no, left.", "who", 0, "Ali Can", NULL);
    check("Foreign Minister Ali Can of Turkey said no. The minister left.", "minister", 0, "Ali Can", NULL);
}

static void test_states(void **state)
{
    (void)state;
    check("Norway rejected the plan. It said no.", "It", 0, "Norway", NULL);
    check("Turkey said it rejected the plan.", "it", 0, "Turkey", NULL);
    check("Turkey said it was likely that the plan failed.", "it", 0, NULL, NULL);
    check("Knut Berge rejected it.", "it", 0, NULL, NULL);
    check("Russia and Turkey met. They said no.", "They", 0, "Russia", "Turkey");
}

static void test_groups(void **state)
{
    (void)state;
    check("Knut Berge met Ali Can of Turkey, a spokesman for the Turkish army. Both leaders said no.",
          "leaders", 0, "Knut Berge", "Ali Can");
    check("Norway met Turkey. The two countries said no.", "countries", 0, "Norway", "Turkey");
    check("The two countries said no.", "countries", 0, NULL, NULL);
}

/* The country of somebody's somebody. */
static void country(const char *body, const char *word, int nth, const char *expected)
{
    struct small s;
    small_run(&s, body, "2026-01-01");
    struct str got = small_mention(&s.doc, word, nth)->ids->country;
    if (expected ? !str_is(got, expected) : got.p != NULL)
        fail_msg("%s: '%s' is of '%.*s'", body, word, (int)got.n, got.p ? got.p : "");
    small_end(&s);
}

static void test_countries(void **state)
{
    (void)state;
    country("Norway accused its neighbour. Turkey accused its neighbour.", "neighbour", 1, "NOR");
    country("Mona Lund told the Turkish president.", "Lund", 0, "TUR"); /* the only one that is told */
    country("Mona Lund told the Turkish president in Oslo.", "Lund", 0, NULL);
    country("Turkey said no. The foreign minister left.", "minister", 0, "TUR");
    country("Turkey said no. Its army moved.", "army", 0, "TUR");
    country("Turkey said no, its foreign minister, Ali Can, said.", "Can", 0, "TUR");
    country("Ali Can, the Turkish foreign minister, met his Norwegian counterpart.", "counterpart", 0, "NOR");
    country("Turkey said no. The country's army moved.", "army", 0, "TUR");
    country("OSLO, March 4 - The government said no.", "government", 0, "NOR");
    country("Several Western officials said no.", "officials", 0, NULL);
    country("The army moved.", "army", 0, NULL);
}

/* Within a quotation "he" is not who stands outside and speaks; first persons wait for their speaker. */
static void test_quotations(void **state)
{
    (void)state;
    check("Knut Berge met them. \"Now he has gone away from us for ever,\" Ali Can said.", "he", 0,
          "Knut Berge", NULL);
    check("\"We have now made up our minds about it,\" Ali Can said.", "We", 0, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_persons), cmocka_unit_test(test_states),
                                       cmocka_unit_test(test_groups), cmocka_unit_test(test_countries),
                                       cmocka_unit_test(test_quotations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
