#include "tests/unit/workers/small_lexicon.h"
#include "workers/text/words.h"

/* The tokens of a body, joined by spaces. */
static void check(const char *body, const char *expected)
{
    struct small s;
    char got[1024] = "";
    small_text(&s, body, strlen(body));
    text_run(&s.doc, s.lexicon, NULL);
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
    check("the rebels' 30-day cease-fire - a \"truce\"",
          "the rebels ' 30 - day cease - fire - a \" truce \"");
    check("O'Brien of AT&T in the U.S. cannot pay.", "O'Brien of AT&T in the U.S. can not pay .");
    check("Mr. Moe (left) paid $25.50, or 3,000%...", "Mr. Moe ( left ) paid $ 25.50 , or 3,000 % ...");
    check("See https://example.org/a?b=c. Write to a.b@example.org!",
          "See https://example.org/a?b=c . Write to a.b@example.org !");
}

/* Hyphens part words, but for prefixes and some endings. */
static void test_hyphens(void **state)
{
    (void)state;
    check("a U.S.-led co-operation of anti-war groups", "a U.S. - led co-operation of anti-war groups");
    check("UN-led talks, an e-mail, Mujahedin-e-Khalq", "UN - led talks , an e-mail , Mujahedin - e - Khalq");
    check("He spoke clockwise- and money-wise.", "He spoke clockwise - and money-wise .");
    check("Call 713-555-0100 or 555-0199, 5-10 or 500-1000 of 1990-1995.",
          "Call 713-555-0100 or 555-0199 , 5 - 10 or 500 - 1000 of 1990 - 1995 .");
}

static void test_numbers(void **state)
{
    (void)state;
    check("At 7:30pm on 9/11, 12/27/2001, 1/2 of 5kg", "At 7:30 pm on 9/11 , 12/27/2001 , 1 / 2 of 5 kg");
    check("the 5th of 1980s, '98, .5 and +47 or 2+3", "the 5th of 1980s , '98 , .5 and +47 or 2 + 3");
    check("1,250,000 as in [13,14] by 5:00-8:30", "1,250,000 as in [ 13 , 14 ] by 5:00 - 8:30");
    check("US$5 and #1 but #peace @moe", "US$ 5 and # 1 but #peace @moe");
}

static void test_signs(void **state)
{
    (void)state;
    check("What?! Well... yes :) -- or --> no ;-)", "What ?! Well ... yes :) -- or --> no ;-)");
    check("''Go,'' he said (see: map).", "'' Go , '' he said ( see : map ) .");
    check("example.org and plan.doc, the end.The next", "example.org and plan.doc , the end . The next");
    check("www.example.org/a?b) ftp://example.org.", "www.example.org/a?b ) ftp://example.org .");
}

/* A stop stays with an abbreviation, but not with the last word of a sentence. */
static void test_stops(void **state)
{
    (void)state;
    check("No. 5 said no. The others said No.", "No. 5 said no . The others said No .");
    check("Mr. B. Moe of Ship Inc. in the U.S.", "Mr. B. Moe of Ship Inc. in the U.S.");
    check("It ends at 5 p.m. (and late) etc.", "It ends at 5 p.m. ( and late ) etc .");
    check("So did I. The plan B. The end", "So did I . The plan B . The end");
}

/* The words of a body with those of one surface token joined by "+". */
static void check_joined(const char *body, const char *expected)
{
    struct small s;
    char got[1024] = "";
    small_text(&s, body, strlen(body));
    text_run(&s.doc, s.lexicon, NULL);
    for (size_t i = 0; i < s.doc.n_tokens; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%.*s",
                 i == 0                   ? ""
                 : s.doc.tokens[i].joined ? "+"
                                          : " ",
                 STR_ARGS(doc_token_text(&s.doc, (int32_t)i)));
    assert_string_equal(got, expected);
    small_end(&s);
}

static void test_joined(void **state)
{
    (void)state;
    check_joined("Oslo's men can't; we cannot, I'm gonna", "Oslo+'s men ca+n't ; we can+not , I+'m gon+na");
    check_joined("They dont know; im here, Im Sung", "They do+nt know ; i+m here , Im Sung");
    check_joined("the rebels' camp and the 'new rules' of it",
                 "the rebels+' camp and the ' new rules ' of it");
    check_joined("cease-fire (it)'s in the 1980's", "cease - fire ( it ) 's in the 1980's");
}

/* Tokens are bounded and cover everything but the space, whatever comes. */
static void test_bounds(void **state)
{
    (void)state;
    static const char *const pieces[] = {"x", "http://", "a.",     "'", "1-",  "1,",
                                         ".", "w@",      "\u00E9", "-", "\xFF"};
    static char body[40000];
    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
        size_t n = 0, m = strlen(pieces[k]);
        for (; n + m <= sizeof body; n += m)
            memcpy(body + n, pieces[k], m);
        struct small s;
        small_text(&s, body, n);
        text_run(&s.doc, s.lexicon, NULL);
        uint32_t at = 0;
        for (size_t i = 0; i < s.doc.n_tokens; i++) {
            const struct token *t = &s.doc.tokens[i];
            assert_int_equal(t->begin, at);
            assert_true(t->end > at && t->end - at <= 512 &&
                        ((unsigned char)s.doc.text[t->end] & 0xC0) != 0x80);
            at = t->end;
        }
        assert_int_equal(at, s.doc.text_len);
        small_end(&s);
    }
}

static void test_fields(void **state)
{
    (void)state;
    struct small s;
    static const char body[] = "\u00C9tienne\u2019s caf\u00E9";
    small_text(&s, body, sizeof body - 1);
    text_run(&s.doc, s.lexicon, NULL);
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
    text_run(&s.doc, s.lexicon, NULL);
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
    assert_false(words_in(STR("b c"), "a b c"));
    assert_false(words_in(STR(""), "a b c"));
    assert_true(words_in(STR("c"), "a b c"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),  cmocka_unit_test(test_hyphens),   cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_signs),  cmocka_unit_test(test_stops),     cmocka_unit_test(test_joined),
        cmocka_unit_test(test_bounds), cmocka_unit_test(test_fields),    cmocka_unit_test(test_verbs),
        cmocka_unit_test(test_lemmas), cmocka_unit_test(test_word_lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
