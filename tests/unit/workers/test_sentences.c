#include "tests/unit/workers/small_lexicon.h"

/* The sentences of a body, joined by "|", headings marked with "#". */
static void check(const char *body, const char *expected)
{
    struct small s;
    char got[2048] = "";
    small_text(&s, body, strlen(body));
    normalise_run(&s.doc);
    tokens_run(&s.doc, s.lexicon);
    sentences_run(&s.doc, s.lexicon, NULL);
    for (size_t i = 0; i < s.doc.n_sentences; i++) {
        const struct sentence *x = &s.doc.sentences[i];
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s%.*s", i ? "|" : "", x->heading ? "#" : "",
                 (int)(x->end - x->begin), s.doc.text + x->begin);
    }
    assert_string_equal(got, expected);
    small_end(&s);
}

static void test_stops(void **state)
{
    (void)state;
    check("Oslo said no. Ankara agreed! Why? Nobody knows.",
          "Oslo said no.|Ankara agreed!|Why?|Nobody knows.");
    check("It rose 3.5 percent. It fell.", "It rose 3.5 percent.|It fell.");
    check("He waited... and left. Then... He came.", "He waited... and left.|Then...|He came.");
}

static void test_abbreviations(void **state)
{
    (void)state;
    check("Mr. Holm met Col. Berge on Sept. 3. They spoke.",
          "Mr. Holm met Col. Berge on Sept. 3.|They spoke.");
    check("The U.S. Senate met. It was in the U.S. The vote failed.",
          "The U.S. Senate met.|It was in the U.S.|The vote failed.");
    check("J. R. Moe bought Ship Inc. The price was low.", "J. R. Moe bought Ship Inc.|The price was low.");
    check("Rule No. 5 holds. So be it.", "Rule No. 5 holds.|So be it.");
}

static void test_datelines(void **state)
{
    (void)state;
    check("OSLO, Sept. 3 - Norway said no. It was late.", "OSLO, Sept. 3 -|Norway said no.|It was late.");
    check("NEW DELHI (Agency) \u2014 \u201CNo,\u201D Moe said.",
          "NEW DELHI (Agency) \u2014|\u201CNo,\u201D Moe said.");
    check("NATO - an alliance - said no.", "NATO - an alliance - said no.");
    check("Oslo - The city said no.", "Oslo - The city said no.");
    check("It met. OSLO - The city said no.", "It met.|OSLO - The city said no.");
}

static void test_quotations(void **state)
{
    (void)state;
    check("\"We will not go. We stay,\" he said. She left.",
          "\"We will not go.|We stay,\" he said.|She left.");
    check("\"Will you come?\" he asked. \"No!\" Moe replied.",
          "\"Will you come?\" he asked.|\"No!\" Moe replied.");
    check("\u201CWe stay.\u201D The army agreed.", "\u201CWe stay.\u201D|The army agreed.");
}

static void test_paragraphs(void **state)
{
    (void)state;
    check("Norway rejects plan\n\nOslo said no.", "#Norway rejects plan|Oslo said no.");
    check("What happens next?\nOslo said a long time ago that it would go on with this, whatever other "
          "governments may think of it, and it did.",
          "#What happens next?|Oslo said a long time ago that it would go on with this, whatever other "
          "governments may think of it, and it did.");
    check("This line was wrapped by somebody's old mail program\nwhich had only a few columns to write its "
          "words into.",
          "This line was wrapped by somebody's old mail program\nwhich had only a few columns to write its "
          "words into.");
}

/* A text all of whose lines are full was wrapped, also where a line happens to end with a stop or a word with a capital
 * comes next. Short lines are a list. */
static void test_wrapped(void **state)
{
    (void)state;
    check("Oslo said that it would think about the offer for some more weeks before\n"
          "Ankara is told what it wants. It asked both of its neighbours to be patient.\n"
          "Nobody there expects that to happen. A spokesman for the ministry of the sea\n"
          "said so.",
          "Oslo said that it would think about the offer for some more weeks before\n"
          "Ankara is told what it wants.|It asked both of its neighbours to be patient.|"
          "Nobody there expects that to happen.|A spokesman for the ministry of the sea\n"
          "said so.");
    check("Cod\nHaddock\nHerring\nSalmon", "#Cod|#Haddock|#Herring|#Salmon");
}

/* Whatever comes, sentences stay short and cover all words. */
static void test_caps(void **state)
{
    (void)state;
    static char body[100000];
    struct small s;
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = i < 50000 ? 'x' : i % 3 ? 'a' : ' ';
    small_text(&s, body, sizeof body);
    normalise_run(&s.doc);
    tokens_run(&s.doc, s.lexicon);
    sentences_run(&s.doc, s.lexicon, NULL);
    uint32_t at = 0;
    for (size_t i = 0; i < s.doc.n_sentences; i++) {
        const struct sentence *x = &s.doc.sentences[i];
        size_t spaces = 0;
        assert_true(x->begin - at <= 1 && x->end > x->begin && x->end - x->begin <= SENTENCE_BYTES);
        for (uint32_t k = x->begin; k < x->end; k++)
            spaces += s.doc.text[k] == ' ';
        assert_true(spaces < SENTENCE_WORDS);
        at = x->end;
    }
    assert_int_equal(at, s.doc.text_len);
    small_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stops),      cmocka_unit_test(test_abbreviations),
        cmocka_unit_test(test_datelines),  cmocka_unit_test(test_quotations),
        cmocka_unit_test(test_paragraphs), cmocka_unit_test(test_wrapped),
        cmocka_unit_test(test_caps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
