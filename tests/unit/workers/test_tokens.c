#include "tests/unit/workers/small_lexicon.h"
#include "workers/text/words.h"

/* The tokens of a body, joined by spaces. */
static void check(const char *body, const char *expected)
{
    struct small s;
    char got[1024] = "";
    small_text(&s, body, strlen(body));
    text_run(&s.doc, s.lexicon);
    for (size_t i = 0; i < s.doc.n_tokens; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%.*s", i ? " " : "",
                 STR_ARGS(doc_token_text(&s.doc, (int32_t)i)));
    assert_string_equal(got, expected);
    small_end(&s);
}

static void test_words(void **state)
{
    (void)state;
    check("Oslo's army didn't go; we'll see, they can't.",
          "Oslo 's army did n't go ; we 'll see , they ca n't .");
    check("Oslo\u2019s \u201Cfirst\u201D offer wasn\u2019t",
          "Oslo \u2019s \u201C first \u201D offer was n\u2019t");
    check("the rebels' 30-day cease-fire - a \"truce\"", "the rebels ' 30-day cease-fire - a \" truce \"");
    check("O'Brien of AT&T in the U.S. cannot pay.", "O'Brien of AT&T in the U.S. can not pay .");
    check("Mr. Moe (left) paid $25.50, or 3,000%...", "Mr. Moe ( left ) paid $ 25.50 , or 3,000 % ...");
    check("See https://example.org/a?b=c. Write to a.b@example.org!",
          "See https://example.org/a?b=c . Write to a.b@example.org !");
}

static void test_fields(void **state)
{
    (void)state;
    struct small s;
    static const char body[] = "\u00C9tienne\u2019s caf\u00E9";
    small_text(&s, body, sizeof body - 1);
    text_run(&s.doc, s.lexicon);
    assert_int_equal(s.doc.n_tokens, 3);
    assert_str(s.doc.tokens[0].lower, "\u00E9tienne");
    assert_true(s.doc.tokens[0].capital);
    assert_false(s.doc.tokens[0].space_after);
    assert_str(s.doc.tokens[1].lower, "'s");
    assert_true(s.doc.tokens[1].space_after);
    assert_false(s.doc.tokens[2].capital);
    small_end(&s);
}

/* The word in brackets has this tag and lemma. */
static void tag(const char *body, const char *word, int nth, enum upos upos, const char *lemma)
{
    struct small s;
    small_text(&s, body, strlen(body));
    text_run(&s.doc, s.lexicon);
    const struct token *t = &s.doc.tokens[small_token(&s.doc, word, nth)];
    if (t->upos != upos)
        fail_msg("'%s' in '%s': tag %d, expected %d", word, body, t->upos, upos);
    assert_str(t->lemma, lemma);
    small_end(&s);
}

static void test_verbs(void **state)
{
    (void)state;
    tag("Norway strikes rebel camps", "strikes", 0, UPOS_VERB, "strike");
    tag("The strikes hit a town.", "strikes", 0, UPOS_NOUN, "strike");
    tag("Oslo calls for talks.", "calls", 0, UPOS_VERB, "call");
    tag("Oslo rejected the calls.", "calls", 0, UPOS_NOUN, "call");
    tag("It plans to leave.", "plans", 0, UPOS_VERB, "plan");
    tag("Its plans failed.", "plans", 0, UPOS_NOUN, "plan");
    tag("They want to report it.", "report", 0, UPOS_VERB, "report");
    tag("The government denies it.", "denies", 0, UPOS_VERB, "deny");
    tag("The army has withdrawn.", "withdrawn", 0, UPOS_VERB, "withdraw");
    tag("Rebels seized the disputed town.", "disputed", 0, UPOS_ADJ, "disputed");
    tag("Oslo was planning a meeting.", "planning", 0, UPOS_VERB, "plan");
    tag("Oslo was planning a meeting.", "meeting", 0, UPOS_NOUN, "meeting");
    tag("The cities signed.", "cities", 0, UPOS_NOUN, "city");
}

static void test_lemmas(void **state)
{
    (void)state;
    static const struct {
        const char *word, *lemma;
        enum verb_form form;
    } verbs[] = {{"said", "say", VERB_PAST},
                 {"signed", "sign", VERB_PAST},
                 {"denies", "deny", VERB_PRESENT},
                 {"planning", "plan", VERB_ING},
                 {"accused", "accuse", VERB_PAST},
                 {"agreed", "agree", VERB_PAST},
                 {"urging", "urge", VERB_ING},
                 {"escalated", "escalate", VERB_PAST},
                 {"calling", "call", VERB_ING},
                 {"putting", "put", VERB_ING},
                 {"discusses", "discuss", VERB_PRESENT},
                 {"reject", "reject", VERB_BASE}};
    struct lexicon *l = small_open();
    struct arena *arena = arena_new(0);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        enum verb_form form;
        assert_str(lemma_verb(l, arena, str_from(verbs[i].word), &form), verbs[i].lemma);
        assert_int_equal(form, verbs[i].form);
    }
    bool plural;
    assert_str(lemma_noun(l, arena, STR("women"), &plural), "woman");
    assert_true(plural);
    assert_str(lemma_noun(l, arena, STR("spokesmen"), &plural), "spokesman");
    assert_str(lemma_noun(l, arena, STR("crisis"), &plural), "crisis");
    assert_false(plural);
    arena_free(arena);
    lexicon_close(l);
}

/* The lists are searched by halves: words from their ends and middles are found, others are not. */
static void test_word_lists(void **state)
{
    (void)state;
    enum upos upos;
    assert_true(words_closed(STR("'s"), &upos) && upos == UPOS_PART);
    assert_true(words_closed(STR("the"), &upos) && upos == UPOS_DET);
    assert_true(words_closed(STR("yourselves"), &upos) || words_closed(STR("yourself"), &upos));
    assert_false(words_closed(STR("th"), &upos));
    assert_true(words_verb(STR("abandon")) && words_verb(STR("deny")) && words_verb(STR("write")));
    assert_false(words_verb(STR("zzz")));
    assert_true(words_verb_and_noun(STR("strike")));
    assert_true(words_thing(STR("meeting")));
    assert_true(words_in(STR("b"), "a b c"));
    assert_false(words_in(STR("ab"), "a b c"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words), cmocka_unit_test(test_fields),
                                       cmocka_unit_test(test_verbs), cmocka_unit_test(test_lemmas),
                                       cmocka_unit_test(test_word_lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
