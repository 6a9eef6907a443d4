/* What the nets see of a source and a target: each number of each word of small trees. */
#include "tests/unit/workers/findings.h"
#include "workers/engine/relations.h"
#include "workers/stances/pair.h"

static const char trees[] = "1 Today today NOUN _ 4 obl\n"
                            "2 , = PUNCT _ 4 punct\n"
                            "3 Iran = PROPN _ 4 nsubj\n"
                            "4 rejected reject VERB Tense=Past|VerbForm=Fin 0 root\n"
                            "5 a = DET _ 6 det\n"
                            "6 claim = NOUN _ 4 obj\n"
                            "7 by = ADP _ 8 case\n"
                            "8 Iraq = PROPN _ 6 nmod\n"
                            "9 ~. . PUNCT _ 4 punct\n\n"
                            "1 Iraq = PROPN _ 2 nsubj\n"
                            "2 left leave VERB Tense=Past|VerbForm=Fin 0 root\n"
                            "3 ~. . PUNCT _ 2 punct\n\n";

static struct reading *read_doc(struct doc **d)
{
    *d = trees_doc(arena, trees);
    quotes_find(*d);
    return cues_find(*d, lexicon);
}

static struct pieces at(int32_t first, int32_t last)
{
    struct pieces p = {ARENA_ARRAY(arena, struct piece, 1), first == NONE ? 0 : 1};
    p.v[0] = (struct piece){first, last};
    return p;
}

static struct pair_view look(const struct pair *p)
{
    struct doc *d;
    struct reading *r = read_doc(&d);
    struct pair_view v;
    pair_look(d, r, p, &v);
    for (size_t i = 0; i < v.n; i++)
        for (size_t f = 0; f < PAIR_FEATURES; f++)
            assert_true(v.words[i].is[f] < pair_sizes[f]);
    return v;
}

static void assert_numbers(const struct pair_view *v, enum pair_feature f, const char *expected)
{
    char got[256] = "";
    for (size_t i = 0; i < v->n; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%d", i ? " " : "", v->words[i].is[f]);
    assert_string_equal(got, expected);
}

static void test_words(void **state)
{
    (void)state;
    struct pair p = {at(2, 3), at(7, 8), at(3, 4)};
    struct pair_view v = look(&p);
    assert_int_equal(v.n, 9); /* the sentence, not the next one */
    assert_int_equal(v.source, 2);
    assert_int_equal(v.target, 7);
    assert_numbers(&v, PAIR_ROLE, "0 0 1 0 0 0 0 2 0");
    assert_numbers(&v, PAIR_SIDE, "0 0 4 8 8 8 8 9 10");
    /* source, what both hang on, down to the target; the words that hang on those, and on the words that do */
    assert_numbers(&v, PAIR_WHERE, "7 7 4 2 8 3 10 5 7");
    assert_numbers(&v, PAIR_MARKED, "0 0 0 1 0 0 0 0 0");
    assert_numbers(&v, PAIR_CUE, "0 0 0 12 0 34 0 0 0"); /* "reject * claim", its head and the rest of it */
    assert_numbers(&v, PAIR_SIGN, "0 0 0 1 0 1 0 0 0");
    assert_int_equal(v.words[3].is[PAIR_FORM], VERB_PAST);
    assert_int_equal(v.words[2].is[PAIR_RELATION], REL_NSUBJ);
    assert_int_equal(v.words[5].is[PAIR_UPOS], UPOS_NOUN);
}

static void test_one_side(void **state)
{
    (void)state;
    struct pair p = {at(NONE, NONE), at(9, 10), at(NONE, NONE)};
    struct pair_view v = look(&p);
    assert_int_equal(v.n, 3);
    assert_int_equal(v.words[0].token, 9);
    assert_int_equal(v.source, NONE);
    assert_int_equal(v.target, 0);
    assert_numbers(&v, PAIR_ROLE, "2 0 0");
    assert_numbers(&v, PAIR_SIDE, "13 14 14");
    assert_numbers(&v, PAIR_WHERE, "5 3 8");
}

static void test_two_sentences(void **state)
{
    (void)state;
    struct pair p = {at(2, 3), at(9, 10), at(NONE, NONE)};
    struct pair_view v = look(&p);
    assert_int_equal(v.n, 12);
    assert_int_equal(v.source, 2);
    assert_int_equal(v.target, 9);
    assert_int_equal(v.words[3].is[PAIR_WHERE], 1); /* no word that both hang on: each up to its root */
    assert_int_equal(v.words[10].is[PAIR_WHERE], 3);
}

/* A sentence of 300 words: those around the pair, and never more than there is room for. */
static void test_long(void **state)
{
    (void)state;
    static char lines[1 << 14];
    size_t n = 0;
    for (int i = 1; i <= 300; i++)
        n += (size_t)snprintf(lines + n, sizeof lines - n, "%d w = NOUN _ %d dep\n", i, i - 1);
    struct doc *d = trees_doc(arena, lines);
    quotes_find(d);
    struct reading *r = cues_find(d, lexicon);
    static const struct {
        int32_t source, target, first, n;
    } cases[] = {
        {0, 5, 0, PAIR_WORDS}, {150, 160, 111, PAIR_WORDS}, {295, 299, 253, 47}, {0, 299, 0, PAIR_WORDS}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pair p = {at(cases[i].source, cases[i].source + 1), at(cases[i].target, cases[i].target + 1),
                         at(NONE, NONE)};
        struct pair_view v;
        pair_look(d, r, &p, &v);
        assert_int_equal(v.words[0].token, cases[i].first);
        assert_int_equal(v.n, cases[i].n);
        assert_int_equal(v.words[v.source].token, cases[i].source);
        assert_int_equal(v.target == NONE, cases[i].target - cases[i].first >= PAIR_WORDS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words), cmocka_unit_test(test_one_side),
                                       cmocka_unit_test(test_two_sentences), cmocka_unit_test(test_long)};
    return cmocka_run_group_tests(tests, findings_setup, findings_teardown);
}
