#include "tests/unit/workers/small_lexicon.h"

static int32_t day(const char *date)
{
    int64_t wall;
    assert_true(clock_parse(str_from(date), &wall));
    return clock_day(wall);
}

/* The longest name at the first token of a text; its length in tokens in *n. */
static const struct name *first_name(struct small *s, const char *body, int32_t *n)
{
    *n = 0;
    small_text(s, body, strlen(body));
    s->doc.day = day("2026-01-01");
    text_run(&s->doc, s->lexicon, NULL);
    return lexicon_name(s->lexicon, &s->doc, 0, (int32_t)s->doc.n_tokens, n);
}

static void name_is(const char *body, const char *country, int32_t length)
{
    struct small s;
    int32_t n;
    const struct name *found = first_name(&s, body, &n);
    if (country) {
        assert_non_null(found);
        assert_str(found->country, country);
        assert_int_equal(n, length);
    } else {
        assert_null(found);
    }
    small_end(&s);
}

static void test_names(void **state)
{
    (void)state;
    name_is("Norway said", "NOR", 1);
    name_is("People's Republic of China said", "CHN", 5);
    name_is("People\u2019s Republic of China said", "CHN", 5);
    name_is("Republic of China said", "TWN", 3);
    name_is("US officials", "USA", 1);
    name_is("us officials", NULL, 0);
    name_is("turkey dinner", NULL, 0);
    name_is("NORWAY SAYS NO", "NOR", 1);
    name_is("UNITED STATES", "USA", 2);
    name_is("United front", NULL, 0);
    name_is("Soviet Union", "RUS", 2); /* gone by then, and still meant */
}

static void test_days(void **state)
{
    (void)state;
    struct lexicon *l = small_open();
    const struct name *chain = lexicon_lookup(l, STR("Harbour Front"));
    assert_str(lexicon_on_day(chain, day("2010-06-30"))->role, "REB");
    assert_str(lexicon_on_day(chain, day("2010-07-01"))->role, "PTY");
    assert_null(lexicon_on_day(chain, day("2000-12-31")));
    assert_str(lexicon_country(l, STR("NOR")), "Norway");
    assert_null(lexicon_country(l, STR("XXX")).p);
    assert_str(lexicon_country_of(l, STR("Norwegian"), 0), "NOR");
    assert_null(lexicon_country_of(l, STR("Bergen"), 0).p);
    lexicon_close(l);
}

static void test_holders(void **state)
{
    (void)state;
    struct lexicon *l = small_open();
    assert_str(lexicon_holder(l, STR("NOR"), STR("prime minister"), day("2019-06-01"))->display,
               "Astrid Holm");
    assert_str(lexicon_holder(l, STR("NOR"), STR("prime minister"), day("2020-01-01"))->display,
               "Knut Berge");
    assert_str(lexicon_holder(l, STR("European Union"), STR("president"), day("2026-01-01"))->display,
               "Paul Renard");
    assert_null(lexicon_holder(l, STR("NOR"), STR("prime minister"), day("2001-01-01")));
    assert_null(lexicon_holder(l, STR("TUR"), STR("prime minister"), day("2020-01-01")));
    lexicon_close(l);
}

static const struct name *surname(const struct lexicon *l, const char *word, const char *on,
                                  const char *country, const char *office, bool sure)
{
    return lexicon_surname(l, str_from(word), day(on), str_from(country), str_from(office), sure);
}

/* A small lexicon with namesakes: two Moes, of whom one is the foreign minister. */
static void test_surnames(void **state)
{
    (void)state;
    char dir[64];
    small_write(dir, 2,
                "Ingrid Moe\t\tNOR\tGOV\tforeign minister\t2019-01-01\t\t\tf\n"
                "Ola Moe\tOla van Moe\tNOR\tMIL\tgeneral\t2010-01-01\t\t\tm\n"
                "Ali Can\tHe\tTUR\tGOV\tpresident\t2000-01-01\t2018-01-01\t\tm\n"
                "Eva Can\t\tNOR\tGOV\tpresident\t2000-01-01\t2018-01-01\t\tf\n");
    struct lexicon *l = lexicon_open(dir, NULL);
    small_remove(dir);
    assert_non_null(l);
    assert_str(surname(l, "Moe", "2020-01-01", NULL, NULL, false)->display, "Ingrid Moe");
    assert_str(surname(l, "Moe", "2020-01-01", NULL, "general", true)->display, "Ola Moe");
    assert_str(surname(l, "Moe", "2015-01-01", NULL, NULL, true)->display, "Ola Moe");
    assert_null(surname(l, "Moe", "2015-01-01", NULL, NULL, false)); /* no high office then */
    assert_null(surname(l, "Can", "2010-01-01", NULL, NULL, true));  /* two of the same rank */
    assert_str(surname(l, "Can", "2010-01-01", "TUR", NULL, true)->display, "Ali Can");
    assert_null(surname(l, "Can", "2020-01-01", "TUR", NULL, false)); /* out of office */
    assert_str(surname(l, "He", "2020-01-01", NULL, NULL, true)->display, "Ali Can");
    assert_str(surname(l, "Can", "2040-01-01", "TUR", NULL, true)->display, "Ali Can");
    assert_null(surname(l, "Can", "2060-01-01", "TUR", NULL, true)); /* long forgotten */
    assert_null(surname(l, "Nobody", "2020-01-01", NULL, NULL, true));
    lexicon_close(l);
}

static void test_roles(void **state)
{
    (void)state;
    struct small s;
    int32_t n;
    bool plural;
    first_name(&s, "foreign ministers met women", &n);
    const struct role *r = lexicon_role(s.lexicon, &s.doc, 0, 4, &n, &plural);
    assert_non_null(r);
    assert_str(r->phrase, "foreign minister");
    assert_int_equal(n, 2);
    assert_true(plural);
    r = lexicon_role(s.lexicon, &s.doc, 3, 4, &n, &plural);
    assert_str(r->phrase, "woman");
    assert_null(lexicon_role(s.lexicon, &s.doc, 0, 1, &n, &plural));
    small_end(&s);
}

static void test_cues(void **state)
{
    (void)state;
    struct lexicon *l = small_open();
    struct cue_list list = lexicon_cues(l, STR("extend"));
    assert_int_equal(list.n, 1);
    assert_int_equal(list.v[0]->words.n, 3);
    assert_str(list.v[0]->words.v[1], CUE_GAP);
    assert_str(list.v[0]->cameo, "036");
    assert_int_equal(list.v[0]->stance, 1);
    assert_int_equal(lexicon_cues(l, STR("invitation")).n, 0);
    list = lexicon_cues(l, STR("say"));
    assert_int_equal(list.v[0]->says, SAYS_YES);
    assert_int_equal(list.v[0]->matter.n, 2);
    assert_str(list.v[0]->matter.v[1], "obj");
    list = lexicon_cues(l, STR("reject"));
    assert_int_equal(list.v[0]->stance, -1);
    assert_int_equal(list.v[0]->line, 3);
    assert_true(lexicon_is_cue(l, STR("strike"), CUE_NOUN));
    assert_false(lexicon_is_cue(l, STR("strike"), CUE_VERB));
    lexicon_close(l);
}

static void test_forms(void **state)
{
    (void)state;
    struct lexicon *l = small_open();
    assert_str(lexicon_form(l, STR("withdrew"), false)->lemma, "withdraw");
    assert_int_equal(lexicon_form(l, STR("withdrawn"), false)->form, VERB_PARTICIPLE);
    assert_int_equal(lexicon_form(l, STR("were"), false)->form, VERB_PAST);
    assert_null(lexicon_form(l, STR("women"), false));
    assert_str(lexicon_form(l, STR("women"), true)->lemma, "woman");
    assert_int_equal(lexicon_abbreviation(l, STR("Mr.")), ABBR_TITLE);
    assert_int_equal(lexicon_abbreviation(l, STR("Mr")), ABBR_NONE);
    lexicon_close(l);
}

/* Every kind of wrong line is refused with its file, its line and what was expected. */
static void test_errors(void **state)
{
    (void)state;
    static const struct {
        int file;
        const char *text, *where, *what;
    } wrong[] = {
        {0, "NOR\tname\tNorway\nNOR\ttown\tBergen\n",
         "countries.tsv:2: ", "unknown kind 'town', expected name"},
        {0, "# only a comment\n\nNorway\tname\tNorway\n", "countries.tsv:3: ", "expected ISO 3166-1 alpha-3"},
        {0, "NOR\tname\n", "countries.tsv:1: ", "2 columns"},
        {0, "NOR\tcapital\tOslo\n", "countries.tsv:1: ", "must be its name"},
        {0, "NOR\tname\tNorway\tKING\n", "countries.tsv:1: ", "unknown role 'KING'"},
        {0, "NOR\tname\tNorway\t\t2001-13-01\n",
         "countries.tsv:1: ", "bad date '2001-13-01', expected YYYY-MM-DD"},
        {0, "NOR\tname\tNorway\t\t2001\t2000\n", "countries.tsv:1: ", "before the beginning"},
        {1, "Club\t\tXYZ\tIGO\n", "organisations.tsv:1: ", "unknown country 'XYZ'"},
        {1, "Club\t\tIGO\tBAD\n", "organisations.tsv:1: ", "unknown role 'BAD'"},
        {2, "A B\t\tNOR\tGOV\tking\t\t\t\tx\n", "people.tsv:1: ", "unknown gender 'x'"},
        {2, "A B\t\tNOR\tGOV\tking\tyesterday\t\t\tm\n", "people.tsv:1: ", "bad date 'yesterday'"},
        {3, "king\tGOV\tperson\nqueen\tGOV\thuman\n",
         "roles.tsv:2: ", "unknown kind 'human', expected person"},
        {3, "king\tROYAL\tperson\n", "roles.tsv:1: ", "unknown role 'ROYAL'"},
        {4, "say\tx\t010\ty\t-\t-\t0\n", "cues.tsv:1: ", "unknown part of speech 'x'"},
        {4, "say\tv\tten\ty\t-\t-\t0\n", "cues.tsv:1: ", "bad CAMEO code 'ten'"},
        {4, "say\tv\t010\ty\t-\t-\t1\n", "cues.tsv:1: ", "unknown stance '1'"},
        {4, "say\tv\t010\ty\n", "cues.tsv:1: ", "4 columns"},
        {5, "a\tfast\tfaster\n", "irregular.tsv:1: ", "unknown kind 'a'"},
        {6, "Mr\ttitle\n", "abbreviations.tsv:1: ", "full stop"},
        {6, "Mr.\tsir\n", "abbreviations.tsv:1: ", "unknown kind 'sir'"},
        {6, "Mr.\ttitle\n\xFF.\ttitle\n", "abbreviations.tsv:2: ", "UTF-8"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char dir[64];
        struct reason why = {""};
        small_write(dir, wrong[i].file, wrong[i].text);
        struct lexicon *l = lexicon_open(dir, &why);
        small_remove(dir);
        if (l)
            fail_msg("accepted: %s", wrong[i].text);
        assert_contains(why.text, wrong[i].where);
        assert_contains(why.text, wrong[i].what);
    }
    struct reason why;
    assert_null(lexicon_open("/nonexistent/lexicon", &why));
    assert_contains(why.text, "/nonexistent/lexicon/");
}

/* The digest tells two lexicons apart, and not two copies of one. */
static void test_digest(void **state)
{
    (void)state;
    char dir[64];
    struct lexicon *a = small_open(), *b = small_open();
    small_write(dir, 6, "Mr.\ttitle\n");
    struct lexicon *c = lexicon_open(dir, NULL);
    small_remove(dir);
    assert_non_null(c);
    struct digest da = lexicon_digest(a), db = lexicon_digest(b), dc = lexicon_digest(c);
    assert_memory_equal(&da, &db, sizeof da);
    assert_memory_not_equal(&da, &dc, sizeof da);
    lexicon_close(a);
    lexicon_close(b);
    lexicon_close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),    cmocka_unit_test(test_days),   cmocka_unit_test(test_holders),
        cmocka_unit_test(test_surnames), cmocka_unit_test(test_roles),  cmocka_unit_test(test_cues),
        cmocka_unit_test(test_forms),    cmocka_unit_test(test_errors), cmocka_unit_test(test_digest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
