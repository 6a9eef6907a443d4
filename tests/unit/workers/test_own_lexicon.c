#include "tests/unit/workers/small_lexicon.h"

static int32_t day(const char *date)
{
    int64_t wall;
    assert_true(clock_parse(str_from(date), &wall));
    return clock_day(wall);
}

/* A user's directory with one or two files. */
struct own {
    char dir[64], paths[2][160];
};

static struct own own_write(const char *const files[2][2])
{
    struct own own = {.dir = "/tmp/stanced-own-XXXXXX"};
    assert_non_null(mkdtemp(own.dir));
    for (size_t i = 0; i < 2 && files[i][0]; i++) {
        snprintf(own.paths[i], sizeof own.paths[i], "%s/%s", own.dir, files[i][0]);
        FILE *f = fopen(own.paths[i], "w");
        assert_non_null(f);
        fputs(files[i][1], f);
        assert_int_equal(fclose(f), 0);
    }
    return own;
}

static void own_remove(const struct own *own)
{
    for (size_t i = 0; i < 2; i++)
        if (own->paths[i][0])
            unlink(own->paths[i]);
    rmdir(own->dir);
}

/* The small lexicon with the user's files beside it; NULL with a reason. */
static struct lexicon *open_with(const char *a, const char *a_text, const char *b, const char *b_text,
                                 struct reason *why)
{
    char dir[64];
    small_write(dir, -1, NULL);
    struct own own = own_write((const char *const[2][2]){{a, a_text}, {b, b_text}});
    struct lexicon *l = lexicon_open_with(dir, own.dir, why);
    small_remove(dir);
    own_remove(&own);
    return l;
}

static struct lexicon *must_open(const char *a, const char *a_text, const char *b, const char *b_text)
{
    struct reason why = {""};
    struct lexicon *l = open_with(a, a_text, b, b_text, &why);
    if (!l)
        fail_msg("%s", why.text);
    return l;
}

static const struct role *role_at_start(const struct lexicon *l, const char *text, bool *plural)
{
    struct arena *arena = arena_new(0);
    struct article article = {.body = str_from(text)};
    struct doc doc = {.arena = arena, .article = &article};
    int32_t end;
    text_run(&doc, l, NULL);
    const struct role *r = lexicon_role(l, &doc, 0, (int32_t)doc.n_tokens, &end, plural);
    arena_free(arena);
    return r;
}

static void test_own_wins(void **state)
{
    (void)state;
    struct lexicon *l = must_open("people.tsv", "Liv Strand\t\tNOR\tGOV\tprime minister\t2021-01-01\n",
                                  "roles.tsv", "lawmaker\tPTY\tperson\nskipper\tMIL\tperson\n");
    struct str norway = STR("NOR"), office = STR("prime minister"), none = {NULL, 0};
    assert_str(lexicon_holder(l, norway, office, day("2020-06-01"))->display, "Knut Berge");
    assert_str(lexicon_holder(l, norway, office, day("2022-06-01"))->display, "Liv Strand");
    assert_str(lexicon_surname(l, STR("Strand"), day("2022-06-01"), none, none, false)->display,
               "Liv Strand");
    bool plural;
    assert_str(role_at_start(l, "lawmakers left", &plural)->role, "PTY");
    assert_true(plural);
    assert_str(role_at_start(l, "skipper left", &plural)->role, "MIL");
    lexicon_close(l);

    l = must_open("countries.tsv", "NOR\tcity\tTurkey\n", "cues.tsv", "reject\tv\t08\t-\tobj\tobj\t+\n");
    assert_str(lexicon_on_day(lexicon_lookup(l, STR("Turkey")), 0)->country, "NOR");
    assert_str(lexicon_cues(l, STR("reject")).v[0]->cameo, "08");
    assert_str(lexicon_country(l, STR("NOR")), "Norway");
    lexicon_close(l);
}

static void test_own_errors(void **state)
{
    (void)state;
    static const char *const wrong[][4] = {
        {"people.tsv", "Liv Strand\t\tNRO\tGOV\n", "/people.tsv:1: ", "unknown country 'NRO'"},
        {"organisations.tsv", "A\t\tNOR\tGOV\nB\t\tNOR\tGVO\n",
         "/organisations.tsv:2: ", "unknown role 'GVO'"},
        {"person.tsv", "Liv Strand\t\tNOR\tGOV\n", "/person.tsv: ", "people.tsv"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct reason why = {""};
        assert_null(open_with(wrong[i][0], wrong[i][1], NULL, NULL, &why));
        assert_contains(why.text, wrong[i][2]);
        assert_contains(why.text, wrong[i][3]);
    }
    struct reason why = {""};
    char dir[64];
    small_write(dir, -1, NULL);
    assert_null(lexicon_open_with(dir, "/nonexistent/own", &why));
    small_remove(dir);
    assert_contains(why.text, "/nonexistent/own");
    /* Notes are nobody's mistake. */
    lexicon_close(must_open("README.md", "mine\n", "people.tsv~", "half a li"));
}

static const char actors[] = "# a comment\n"
                             "NORWAY_  [NOR]\n"
                             "+STAVANGER_\n"
                             "\n"
                             "NORTHERN_COAST_GUARD_ [NORMIL]\n"
                             "OLA_TEST-MCFINN_  ; a note\n"
                             "+OLA_O'TEST_\n"
                             "\t[NORGOVHLH 050101-091231] # health\n"
                             "\t[NORELI >20100101]\n"
                             "\t[NORGOV 0501-0512]\n"
                             "\t[QQQGOV 050101-091231]\n"
                             "ASTRID_HOLM_\n"
                             "\t[TURMIL <20300101]\n"
                             "NOBODY_\n";

static void test_actors(void **state)
{
    (void)state;
    struct lexicon *l = must_open("mine.actors.txt", actors, NULL, NULL);
    assert_str(lexicon_on_day(lexicon_lookup(l, STR("Stavanger")), 0)->country, "NOR");
    const struct name *guard = lexicon_lookup(l, STR("Northern Coast Guard"));
    assert_int_equal(guard->kind, NAME_ORG);
    assert_str(guard->role, "MIL");
    const struct name *ola = lexicon_lookup(l, STR("Ola Test-McFinn"));
    assert_int_equal(ola->kind, NAME_PERSON);
    assert_str(lexicon_on_day(ola, day("2005-01-01"))->role, "GOV");
    assert_str(lexicon_on_day(ola, day("2009-12-31"))->role, "GOV");
    assert_null(lexicon_on_day(ola, day("2004-12-31")));
    assert_null(lexicon_on_day(ola, day("2012-01-01"))->role.p); /* no role of ours */
    assert_int_equal(ola->line, 6);
    assert_non_null(lexicon_lookup(l, STR("Ola O'Test")));
    /* Ours first: here she is Norway's all the time. */
    assert_str(lexicon_on_day(lexicon_lookup(l, STR("Astrid Holm")), day("2016-01-01"))->country, "NOR");
    assert_str(lexicon_on_day(lexicon_lookup(l, STR("Astrid Holm")), day("2012-01-01"))->country, "TUR");
    assert_null(lexicon_lookup(l, STR("Nobody")));
    lexicon_close(l);
}

static void test_agents(void **state)
{
    (void)state;
    struct lexicon *l = must_open("mine.agents.txt",
                                  "!PERSON! = MAN, MEN, PERSON\n"
                                  "HARPOON!PERSON! [~MIL]\n"
                                  "WHALER [~AGR]\n"
                                  "GUILD_OF_WHALERS {GUILDS_OF_WHALERS} [~MUSLAB]\n"
                                  "LAWMAKER [~CRM]\n"
                                  "\xFF [~CRM]\n"
                                  "BROKEN [CRM]\n",
                                  NULL, NULL);
    bool plural;
    assert_str(role_at_start(l, "harpoonman left", &plural)->role, "MIL");
    assert_str(role_at_start(l, "harpoonmen left", &plural)->role, "MIL");
    assert_true(plural);
    assert_str(role_at_start(l, "harpoonperson left", &plural)->role, "MIL");
    assert_str(role_at_start(l, "whaler left", &plural)->role, "CVL");
    assert_str(role_at_start(l, "guild of whalers left", &plural)->role, "LAB");
    assert_int_equal(role_at_start(l, "guilds of whalers left", &plural)->kind, ROLE_GROUP);
    assert_str(role_at_start(l, "lawmaker left", &plural)->role, "LEG"); /* ours first */
    assert_null(role_at_start(l, "broken left", &plural));
    lexicon_close(l);
}

/* Events name the lexicon that they were made with: other lines, other digest. */
static void test_own_digest(void **state)
{
    (void)state;
    struct lexicon *all[] = {small_open(), must_open("roles.tsv", "skipper\tMIL\tperson\n", NULL, NULL),
                             must_open("a.agents.txt", "SKIPPER [~MIL]\n", NULL, NULL)};
    struct digest d[3];
    for (size_t i = 0; i < 3; i++) {
        d[i] = lexicon_digest(all[i]);
        lexicon_close(all[i]);
    }
    assert_memory_not_equal(&d[0], &d[1], sizeof d[0]);
    assert_memory_not_equal(&d[1], &d[2], sizeof d[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_own_wins), cmocka_unit_test(test_own_errors),
                                       cmocka_unit_test(test_actors), cmocka_unit_test(test_agents),
                                       cmocka_unit_test(test_own_digest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
