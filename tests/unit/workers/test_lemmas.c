/* Lemmas of tagged words, with the project's own lexicon: spelling rules and irregular.tsv. */
#include "tests/unit/unit.h"
#include "workers/engine/feats.h"
#include "workers/engine/relations.h"
#include "workers/text/text.h"

static struct lexicon *lexicon;

static int open_lexicon(void **state)
{
    struct reason why;
    (void)state;
    lexicon = lexicon_open("config/lexicon", &why); /* unit tests start in the checkout */
    return lexicon ? 0 : -1;
}

static int close_lexicon(void **state)
{
    (void)state;
    lexicon_close(lexicon);
    return 0;
}

/* One sentence, a word a line: "form/UPOS/FEATS/expected lemma". */
static void check(const char *const *lines, size_t n)
{
    struct arena *arena = arena_new(0);
    struct given_word words[64];
    struct str columns[64][4];
    struct feats feats[64];
    assert_true(n <= 64);
    for (size_t i = 0; i < n; i++) {
        const char *p = lines[i];
        for (int k = 0; k < 4; k++) {
            columns[i][k] = (struct str){p, strcspn(p, "/")};
            p += columns[i][k].n + 1;
        }
        words[i] = (struct given_word){.form = columns[i][0], .space_after = true};
    }
    struct doc d = {.arena = arena};
    text_given(&d, &(struct given_sentence){words, n, false}, 1);
    for (size_t i = 0; i < n; i++) {
        d.tokens[i].upos = (uint8_t)upos_find(columns[i][1]);
        if (columns[i][2].n) {
            assert_true(feats_parse(columns[i][2], &feats[i]));
            d.tokens[i].feats = &feats[i];
        }
    }
    lemma_run(&d, lexicon);
    for (size_t i = 0; i < n; i++) {
        struct str got = lemma_cased(&d, (int32_t)i);
        if (!str_equal(got, columns[i][3]))
            fail_msg("%s: the lemma is '%.*s'", lines[i], STR_ARGS(got));
    }
    arena_free(arena);
}
#define CHECK(...)                                                                                           \
    do {                                                                                                     \
        static const char *const check_lines[] = {__VA_ARGS__};                                              \
        check(check_lines, sizeof check_lines / sizeof *check_lines);                                        \
    } while (0)

#define PAST "Mood=Ind|Tense=Past|VerbForm=Fin"
#define PART "Tense=Past|VerbForm=Part"
#define ING  "VerbForm=Ger"
#define S3   "Mood=Ind|Number=Sing|Person=3|Tense=Pres|VerbForm=Fin"
#define PLUR "Number=Plur"

static void test_verbs(void **state)
{
    (void)state;
    CHECK("escalated/VERB/" PAST "/escalate", "planned/VERB/" PAST "/plan", "lined/VERB/" PART "/line",
          "agreed/VERB/" PAST "/agree", "denied/VERB/" PAST "/deny", "withdrew/VERB/" PAST "/withdraw",
          "overthrown/VERB/" PART "/overthrow", "rebuilt/VERB/" PART "/rebuild",
          "travelled/VERB/" PAST "/travel", "called/VERB/" PAST "/call", "panicked/VERB/" PAST "/panic",
          "combined/VERB/" PART "/combine", "explained/VERB/" PAST "/explain", "visited/VERB/" PAST "/visit",
          "incited/VERB/" PART "/incite", "created/VERB/" PAST "/create", "repeated/VERB/" PAST "/repeat",
          "bothered/VERB/" PAST "/bother", "opened/VERB/" PAST "/open", "born/VERB/" PART "/bear",
          "staring/VERB/" ING "/stare", "bringing/VERB/" ING "/bring", "changing/VERB/" ING "/change",
          "lying/VERB/" ING "/lie", "goes/VERB/" S3 "/go", "focuses/VERB/" S3 "/focus",
          "accuses/VERB/" S3 "/accuse", "flies/VERB/" S3 "/fly", "watches/VERB/" S3 "/watch");
    CHECK("found/VERB/VerbForm=Inf/found", "found/VERB/" PAST "/find", "felled/VERB/" PAST "/fell",
          "Say/VERB/Mood=Imp|VerbForm=Fin/say", "saw/VERB/" PAST "/see",
          "put/VERB/Mood=Ind|Number=Plur|Person=3|Tense=Pres|VerbForm=Fin/put");
}

static void test_nouns(void **state)
{
    (void)state;
    CHECK("talks/NOUN/" PLUR "/talk", "viruses/NOUN/" PLUR "/virus", "houses/NOUN/" PLUR "/house",
          "countries/NOUN/" PLUR "/country", "women/NOUN/" PLUR "/woman", "gunmen/NOUN/" PLUR "/gunman",
          "crises/NOUN/" PLUR "/crisis", "1990s/NOUN/" PLUR "/1990s", "people/NOUN/" PLUR "/people",
          "news/NOUN/Number=Sing/news", "goods/NOUN/Number=Ptan/goods", "Rebels/NOUN/" PLUR "/rebel",
          "Americans/PROPN/" PLUR "/American", "States/PROPN/" PLUR "/State", "Paris/PROPN/Number=Sing/Paris",
          "NATO/PROPN/Number=Sing/NATO", "TEXAS/PROPN/Number=Sing/Texas",
          "\u00C9tienne/PROPN/Number=Sing/\u00C9tienne", "Sept./PROPN/Number=Sing/September",
          "O\u2019Brien/PROPN/Number=Sing/o'brien");
}

static void test_short_words(void **state)
{
    (void)state;
    CHECK("I/PRON//I", "him/PRON//he", "her/PRON/Case=Acc|Gender=Fem/she", "her/PRON/Case=Gen|Poss=Yes/her",
          "These/DET//this", "an/DET//a", "n't/PART//not", "\u2019/PART//'s", "'s/PART//'s", "'ll/AUX//will",
          "wo/AUX//will", "ca/AUX//can", "could/AUX/VerbForm=Fin/could", "Is/AUX/" S3 "/be",
          "been/AUX/" PART "/be", "\u2013/PUNCT//-", "\u201C/PUNCT//\"", "200,000/NUM//200000", "II/NUM//II",
          "seven/NUM//seven");
    CHECK("He/PRON//he", "'s/AUX/" S3 "/have", "already/ADV//already", "left/VERB/" PART "/leave");
    CHECK("He/PRON//he", "'s/AUX/" S3 "/be", "leaving/VERB/Tense=Pres|VerbForm=Part/leave");
    CHECK("He/PRON//he", "'s/AUX/" S3 "/be", "accused/VERB/" PART "|Voice=Pass/accuse");
    CHECK("He/PRON//he", "'d/AUX/VerbForm=Fin/would", "go/VERB/VerbForm=Inf/go");
    CHECK("He/PRON//he", "'d/AUX/" PAST "/have", "gone/VERB/" PART "/go");
}

static void test_degrees(void **state)
{
    (void)state;
#define CMP "Degree=Cmp"
#define SUP "Degree=Sup"
    CHECK("better/ADJ/" CMP "/good", "best/ADV/" SUP "/well", "worst/ADJ/" SUP "/bad",
          "larger/ADJ/" CMP "/large", "bigger/ADJ/" CMP "/big", "earlier/ADV/" CMP "/early",
          "later/ADV/" CMP "/late", "greatest/ADJ/" SUP "/great", "weaker/ADJ/" CMP "/weak",
          "poorest/ADJ/" SUP "/poor", "closer/ADV/" CMP "/close", "other/ADJ/Degree=Pos/other",
          "honest/ADJ/Degree=Pos/honest");
    CHECK("the/DET//the", "Dutch/ADJ/Degree=Pos/Dutch", "offer/NOUN/Number=Sing/offer",
          "anti-American/ADJ//anti-American");
    CHECK("Fresh/ADJ/Degree=Pos/fresh", "talks/NOUN/" PLUR "/talk", "OPEN/ADJ//open", "now/ADV//now");
    CHECK("Big/ADJ/Degree=Pos/big", "Red/ADJ//red", "Cars/NOUN/" PLUR "/car", "Sell/VERB//sell");
}

/* What the features say is also the verb's form for the stages behind. */
static void test_forms(void **state)
{
    (void)state;
    static const struct {
        const char *form, *feats;
        enum verb_form expected;
    } cases[] = {
        {"said", PAST, VERB_PAST},
        {"said", PART, VERB_PARTICIPLE},
        {"saying", ING, VERB_ING},
        {"says", S3, VERB_PRESENT},
        {"say", "VerbForm=Inf", VERB_BASE},
        {"say", "Mood=Imp|VerbForm=Fin", VERB_BASE},
        {"would", "VerbForm=Fin", VERB_PAST},
        {"will", "VerbForm=Fin", VERB_PRESENT},
        {"being", "Tense=Pres|VerbForm=Part", VERB_ING},
    };
    struct arena *arena = arena_new(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc d = {.arena = arena};
        struct feats f;
        struct given_word word = {.form = str_from(cases[i].form)};
        text_given(&d, &(struct given_sentence){&word, 1, false}, 1);
        assert_true(feats_parse(str_from(cases[i].feats), &f));
        d.tokens[0].upos = UPOS_VERB;
        d.tokens[0].feats = &f;
        lemma_run(&d, lexicon);
        assert_int_equal(d.tokens[0].form, cases[i].expected);
    }
    arena_free(arena);
}

static void test_goeswith(void **state)
{
    (void)state;
    struct arena *arena = arena_new(0);
    struct doc d = {.arena = arena, .has_tree = true};
    struct given_word word = {.form = STR("out")};
    text_given(&d, &(struct given_sentence){&word, 1, false}, 1);
    d.tokens[0].deprel = REL_GOESWITH;
    lemma_run(&d, lexicon);
    assert_str(lemma_cased(&d, 0), "_");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verbs),   cmocka_unit_test(test_nouns), cmocka_unit_test(test_short_words),
        cmocka_unit_test(test_degrees), cmocka_unit_test(test_forms), cmocka_unit_test(test_goeswith),
    };
    return cmocka_run_group_tests(tests, open_lexicon, close_lexicon);
}
