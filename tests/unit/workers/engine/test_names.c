/* Names from tags, trees and the lexicon. */
#include "tests/unit/workers/small_lexicon.h"
#include "workers/engine/names.h"
#include "workers/engine/relations.h"

/* A word of a sentence as the engine leaves it; head: number of its head from 1, 0: root. */
struct word {
    const char *form;
    uint8_t upos, name;
    int head;
    uint8_t deprel;
};

static void check(const struct word *words, size_t n, const struct lexicon *lexicon, const char *expected)
{
    struct given_word given[16];
    struct given_sentence sentence = {given, n, false};
    struct doc d = {.arena = arena_new(0)};
    char got[256] = "";
    for (size_t i = 0; i < n; i++)
        given[i] = (struct given_word){str_from(words[i].form), true, false};
    text_given(&d, &sentence, 1);
    for (size_t i = 0; i < n; i++) {
        d.tokens[i].upos = words[i].upos;
        d.tokens[i].name = words[i].name;
        d.tokens[i].head = words[i].head ? words[i].head - 1 : NONE;
        d.tokens[i].deprel = words[i].deprel;
    }
    names_run(&d, lexicon);
    for (size_t i = 0; i < n; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i ? " " : "",
                 name_tag_names[d.tokens[i].name]);
    assert_string_equal(got, expected);
    arena_free(d.arena);
}

#define CHECK(words, lexicon, expected) check(words, sizeof(words) / sizeof *(words), lexicon, expected)

/* The head's kind is that of the whole name, also of words that were taken for another kind or for none. */
static void test_tree(void **state)
{
    (void)state;
    static const struct word compound[] = {{"Baltic", UPOS_PROPN, TAG_B_PLACE, 3, REL_COMPOUND},
                                           {"Grain", UPOS_PROPN, TAG_NONE, 3, REL_COMPOUND},
                                           {"Board", UPOS_PROPN, TAG_B_ORGANISATION, 4, REL_NSUBJ},
                                           {"met", UPOS_VERB, TAG_NONE, 0, REL_ROOT}};
    CHECK(compound, NULL, "B-ORG I-ORG I-ORG O");
    static const struct word flat[] = {{"Moe", UPOS_PROPN, TAG_B_PERSON, 0, REL_ROOT},
                                       {"al", UPOS_PROPN, TAG_NONE, 1, REL_FLAT},
                                       {"-", UPOS_PUNCT, TAG_NONE, 4, REL_PUNCT},
                                       {"Roe", UPOS_PROPN, TAG_B_PLACE, 1, REL_FLAT}};
    CHECK(flat, NULL, "B-PER I-PER I-PER I-PER");
    static const struct word apart[] = {{"Oslo", UPOS_PROPN, TAG_B_PLACE, 2, REL_COMPOUND},
                                        {"talks", UPOS_NOUN, TAG_NONE, 0, REL_ROOT}};
    CHECK(apart, NULL, "B-LOC O");
}

static void test_of(void **state)
{
    (void)state;
    static const struct word bank[] = {{"Bank", UPOS_PROPN, TAG_B_ORGANISATION, 0, REL_ROOT},
                                       {"of", UPOS_ADP, TAG_NONE, 4, REL_CASE},
                                       {"the", UPOS_DET, TAG_NONE, 4, REL_DET},
                                       {"North", UPOS_PROPN, TAG_B_PLACE, 1, REL_NMOD}};
    CHECK(bank, NULL, "B-ORG I-ORG I-ORG I-ORG");
    /* a person of somewhere, and a place of no place, are two */
    static const struct word person[] = {{"Moe", UPOS_PROPN, TAG_B_PERSON, 0, REL_ROOT},
                                         {"of", UPOS_ADP, TAG_NONE, 3, REL_CASE},
                                         {"Oslo", UPOS_PROPN, TAG_B_PLACE, 1, REL_NMOD}};
    CHECK(person, NULL, "B-PER O B-LOC");
}

/* Two of a kind side by side are one name; of two kinds they are two. */
static void test_adjacent(void **state)
{
    (void)state;
    static const struct word same[] = {{"Port", UPOS_PROPN, TAG_B_PLACE, 0, REL_ROOT},
                                       {"Nowhere", UPOS_PROPN, TAG_B_PLACE, 1, REL_APPOS}};
    CHECK(same, NULL, "B-LOC I-LOC");
    static const struct word other[] = {{"Oslo", UPOS_PROPN, TAG_B_PLACE, 0, REL_ROOT},
                                        {"Moe", UPOS_PROPN, TAG_B_PERSON, 1, REL_APPOS}};
    CHECK(other, NULL, "B-LOC B-PER");
}

/* A word whose head stands before it, with other words between, is a name of its own and ends the walk. */
static void test_far_head(void **state)
{
    (void)state;
    static const struct word words[] = {{"Moe", UPOS_PROPN, TAG_B_PERSON, 0, REL_ROOT},
                                        {"who", UPOS_PRON, TAG_NONE, 3, REL_NSUBJ},
                                        {"left", UPOS_VERB, TAG_NONE, 1, REL_ACL_RELCL},
                                        {"Roe", UPOS_PROPN, TAG_B_PLACE, 1, REL_FLAT}};
    CHECK(words, NULL, "B-PER O O B-LOC");
}

/* The lexicon's names win over what was guessed of the same words, but not within a longer name. */
static void test_lexicon(void **state)
{
    (void)state;
    struct lexicon *l = small_open();
    static const struct word guessed[] = {{"European", UPOS_ADJ, TAG_NONE, 2, REL_AMOD},
                                          {"Union", UPOS_PROPN, TAG_B_PLACE, 0, REL_ROOT}};
    CHECK(guessed, l, "B-ORG I-ORG");
    static const struct word longer[] = {{"Norway", UPOS_PROPN, TAG_B_ORGANISATION, 2, REL_COMPOUND},
                                         {"Air", UPOS_PROPN, TAG_B_ORGANISATION, 0, REL_ROOT}};
    CHECK(longer, l, "B-ORG I-ORG");
    static const struct word unseen[] = {{"Norway", UPOS_PROPN, TAG_NONE, 2, REL_NSUBJ},
                                         {"left", UPOS_VERB, TAG_NONE, 0, REL_ROOT}};
    CHECK(unseen, l, "B-LOC O");
    lexicon_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tree), cmocka_unit_test(test_of),
                                       cmocka_unit_test(test_adjacent), cmocka_unit_test(test_far_head),
                                       cmocka_unit_test(test_lexicon)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
