#include "tests/unit/workers/small_lexicon.h"

#define ABSENT NULL

static void field(struct str got, const char *expected, const char *what, const char *body)
{
    if (expected ? !str_is(got, expected) : got.p != NULL)
        fail_msg("%s: %s '%.*s', expected '%s'", body, what, (int)got.n, got.p ? got.p : "",
                 expected ? expected : "absent");
}

/* The mention that covers the first token `word` of the text. */
static void check(const char *body, const char *word, const char *extent, enum mention_kind kind,
                  const char *name, const char *country, const char *role)
{
    struct small s;
    small_run(&s, body, "2026-01-01");
    const struct actor_mention *m = small_mention(&s.doc, word, 0);
    field(small_extent(&s.doc, m), extent, "extent", body);
    if (m->kind != kind)
        fail_msg("%s: kind %d, expected %d", body, m->kind, kind);
    field(m->ids->name, name, "name", body);
    field(m->ids->country, country, "country", body);
    field(m->ids->role, role, "role", body);
    small_end(&s);
}

static void test_countries(void **state)
{
    (void)state;
    check("Norway rejected it.", "Norway", "Norway", MENTION_COUNTRY, "Norway", "NOR", "GOV");
    check("The United States rejected it.", "States", "The United States", MENTION_COUNTRY, "United States",
          "USA", "GOV");
    check("Oslo rejected it.", "Oslo", "Oslo", MENTION_COUNTRY, "Norway", "NOR", "GOV");
    check("They met in Oslo.", "Oslo", "Oslo", MENTION_PLACE, "Norway", "NOR", ABSENT);
    check("They met in Bergen.", "Bergen", "Bergen", MENTION_PLACE, ABSENT, "NOR", ABSENT);
    check("OSLO, March 4 - Turkey said no.", "OSLO", "OSLO", MENTION_PLACE, "Norway", "NOR", ABSENT);
    check("The Pentagon said no.", "Pentagon", "The Pentagon", MENTION_COUNTRY, "Pentagon", "USA", "MIL");
    check("The European Union said no.", "Union", "The European Union", MENTION_ORG, "European Union", "IGO",
          "IGO");
    check("A Norwegian said no.", "Norwegian", "A Norwegian", MENTION_GENERIC, ABSENT, "NOR", "CVL");
}

static void test_possessives(void **state)
{
    (void)state;
    struct small s;
    small_run(&s, "Norway's plan failed. The Norwegian plan failed.", "2026-01-01");
    assert_int_equal(s.doc.n_mentions, 2);
    assert_true(s.doc.mentions[0].possessive && s.doc.mentions[1].possessive);
    assert_str(small_extent(&s.doc, &s.doc.mentions[0]), "Norway");
    assert_str(small_extent(&s.doc, &s.doc.mentions[1]), "Norwegian");
    small_end(&s);
}

static void test_offices(void **state)
{
    (void)state;
    /* As many papers write acronyms. */
    check("The minister told Nato officials.", "Nato", "Nato officials", MENTION_GENERIC, NULL, "IGO", "IGO");
    check("The Berge government said no.", "government", "The Berge government", MENTION_GENERIC, NULL, "NOR",
          "GOV");
    check("Norway's foreign minister said no.", "Norway", "Norway's foreign minister", MENTION_GENERIC,
          "Ingrid Moe", "NOR", "GOV");
    check("The Norwegian premier said no.", "premier", "The Norwegian premier", MENTION_GENERIC, "Knut Berge",
          "NOR", "GOV");
    check("The former Norwegian premier said no.", "premier", "The former Norwegian premier", MENTION_GENERIC,
          ABSENT, "NOR", "GOV");
    check("A Turkish foreign minister said no.", "minister", "A Turkish foreign minister", MENTION_GENERIC,
          ABSENT, "TUR", "GOV");
    check("The president of the European Union said no.", "president", "The president of the European Union",
          MENTION_GENERIC, "Paul Renard", "IGO", "IGO");
    check("A spokesman for the Turkish army said no.", "spokesman", "A spokesman for the Turkish army",
          MENTION_GENERIC, ABSENT, "TUR", "MIL");
    check("Pentagon spokesman Lee Ray said no.", "Ray", "Pentagon spokesman Lee Ray", MENTION_PERSON,
          "Lee Ray", "USA", "MIL");
    check("Rebels in Turkey said no.", "Rebels", "Rebels in Turkey", MENTION_GENERIC, ABSENT, "TUR", "REB");
    check("An EU official said no.", "official", "An EU official", MENTION_GENERIC, ABSENT, "IGO", "IGO");
    check("Officials in Ankara said no.", "Officials", "Officials in Ankara", MENTION_GENERIC, ABSENT, "TUR",
          "GOV");
    check("Rebel leaders in Norway said no.", "leaders", "Rebel leaders in Norway", MENTION_GENERIC, ABSENT,
          "NOR", "REB");
}

static void test_persons(void **state)
{
    (void)state;
    check("Turkish Foreign Minister Ali Can said no.", "Can", "Turkish Foreign Minister Ali Can",
          MENTION_PERSON, "Ali Can", "TUR", "GOV");
    check("Astrid Holm said no.", "Holm", "Astrid Holm", MENTION_PERSON, "Astrid Holm", "NOR",
          ABSENT); /* out of office */
    check("Berge said no.", "Berge", "Berge", MENTION_PERSON, "Knut Berge", "NOR", "GOV");
    check("\"No,\" said Ali Can, a spokesman for the Turkish government.", "Can", "Ali Can", MENTION_PERSON,
          "Ali Can", "TUR", "GOV");
    check("The Turkish foreign minister, Ali Can, said no.", "minister", "The Turkish foreign minister",
          MENTION_GENERIC, "Ali Can", "TUR", "GOV");
    check("Prime Minister Berge said no.", "Berge", "Prime Minister Berge", MENTION_PERSON, "Knut Berge",
          "NOR", "GOV");
    check("They met. He said no.", "He", "He", MENTION_PRONOUN, ABSENT, ABSENT, ABSENT);
    check("Mr. Can said no.", "Can", "Mr. Can", MENTION_PERSON, "Can", ABSENT, ABSENT);
    check("They crossed the Blue Ridge. Holm said no.", "Holm", "Holm", MENTION_PERSON, "Astrid Holm", "NOR",
          ABSENT);
}

/* A surname is enough once the full name was given, also in the headline before it. */
static void test_surnames(void **state)
{
    (void)state;
    struct small s;
    small_run(&s,
              "Demir rejects plan\n\nForeign Minister Ali Demir of Turkey said no. Demir told reporters so.",
              "2026-01-01");
    for (int i = 0; i < 3; i++)
        assert_str(small_mention(&s.doc, "Demir", i)->ids->name, "Ali Demir");
    assert_ptr_equal(small_mention(&s.doc, "Demir", 0)->ids, small_mention(&s.doc, "Demir", 2)->ids);
    small_end(&s);
}

static void test_halves(void **state)
{
    (void)state;
    check("North and South Korea exchanged fire.", "North", "North", MENTION_COUNTRY, "North Korea", "PRK",
          "GOV");
    check("South Korea said no. The North rejected it.", "North", "The North", MENTION_COUNTRY, "North Korea",
          "PRK", "GOV");
}

static void test_non_actors(void **state)
{
    (void)state;
    struct small s;
    small_run(&s, "The plan for the Blue Ridge failed on Monday in March.", "2026-01-01");
    assert_int_equal(s.doc.n_mentions, 0);
    small_end(&s);
}

/* Mentions are in text order, do not overlap, and mention_at says the same. Noise does not break that. */
static void test_well_formed(void **state)
{
    (void)state;
    static const char *const words[] = {"Norway",  "'s",    "the", "rebels", ",",  "\"",   "of",
                                        "in",      "Ali",   "Can", "said",   ".",  "its",  "both",
                                        "leaders", "North", "and", "Mr.",    "it", "\n\n", "president",
                                        "\xFF",    "&amp;", "(",   "EU"};
    static char body[60000];
    struct small s;
    uint32_t seed = 12345;
    size_t n = 0;
    while (n < sizeof body - 20) {
        seed = seed * 1664525 + 1013904223;
        n += (size_t)snprintf(body + n, sizeof body - n, "%s%s", words[(seed >> 16) % 25],
                              seed >> 31 ? " " : "");
    }
    small_run(&s, body, "2026-01-01");
    assert_true(s.doc.n_mentions > 1000);
    int32_t end = 0;
    for (size_t i = 0; i < s.doc.n_mentions; i++) {
        const struct actor_mention *m = &s.doc.mentions[i];
        assert_true(m->first >= end && m->last > m->first && m->head >= m->first && m->head < m->last);
        assert_true(m->n_ids >= 1 && m->ids && m->antecedent < (int32_t)s.doc.n_mentions);
        assert_int_equal(m->sentence, s.doc.tokens[m->last - 1].sentence);
        for (int32_t k = m->first; k < m->last; k++)
            assert_int_equal(s.doc.mention_at[k], i);
        end = m->last;
    }
    small_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_countries),  cmocka_unit_test(test_possessives),
                                       cmocka_unit_test(test_offices),    cmocka_unit_test(test_persons),
                                       cmocka_unit_test(test_surnames),   cmocka_unit_test(test_halves),
                                       cmocka_unit_test(test_non_actors), cmocka_unit_test(test_well_formed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
