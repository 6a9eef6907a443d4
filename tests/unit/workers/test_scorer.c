/* The nets that ship against an independent computation of the same: workers/train/pairs_reference.py, in numpy, wrote
 * tests/data/golden.pairs from the words of golden.conllu. What a pair's words are numbered with follows from their places, so that
 * no lexicon matters. Then what a verdict comes down to, and models whose nets are no good. */
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/workers/engine/small_model.h"
#include "workers/conllu.h"
#include "workers/stances/scorer.h"

#define GOLDEN "tests/data/golden.conllu"
#define PAIRS  "tests/data/golden.pairs"
#define NEAR   0.03 /* of probabilities: a step of int8 where rounding falls to the other side */

static void complain(void *who, size_t line, const char *what)
{
    (void)who;
    fail_msg(GOLDEN ":%zu: %s", line, what);
}

static uint8_t number(size_t word, size_t feature, size_t words)
{
    if (feature == PAIR_ROLE)
        return word == 1 ? 1 : word == words - 2 ? 2 : 0;
    return (uint8_t)((7 * word + 3 * feature + word * feature % 5) % pair_sizes[feature]);
}

static struct pair_view view_of(const struct sentence *s)
{
    struct pair_view v = {.n = (size_t)(s->last - s->first), .source = 1};
    v.target = (int32_t)v.n - 2;
    for (size_t i = 0; i < v.n; i++) {
        v.words[i].token = s->first + (int32_t)i;
        v.words[i].lemma = 1000 * (uint32_t)i + 7;
        for (size_t f = 0; f < PAIR_FEATURES; f++)
            v.words[i].is[f] = number(i, f, v.n);
    }
    return v;
}

static void compare_numbers(const float *got, size_t n, FILE *golden)
{
    for (size_t i = 0; i < n; i++) {
        double expected;
        assert_int_equal(fscanf(golden, "%lf", &expected), 1);
        if (!(fabs((double)got[i] - expected) < NEAR))
            fail_msg("number %zu of %zu: %.4f, expected %.4f", i, n, (double)got[i], expected);
    }
}

static void compare(const struct scorer *s, const struct doc *d, FILE *golden, size_t *pairs)
{
    struct scorer_doc *sd = scorer_begin(s, d);
    for (size_t i = 0; i < d->n_sentences; i++) {
        struct pair_view v;
        struct verdict got;
        if (d->sentences[i].last - d->sentences[i].first <= 3)
            continue;
        v = view_of(&d->sentences[i]);
        scorer_judge(sd, &v, true, &got);
        compare_numbers(got.acts, ACT_COUNT, golden);
        compare_numbers(got.stances, STANCES, golden);
        compare_numbers(got.event_stances, STANCES, golden);
        compare_numbers(&got.main, 1, golden);
        compare_numbers(&got.event, 1, golden);
        float meant = scorer_meant(sd, &v);
        if (scorer_knows_targets(s))
            compare_numbers(&meant, 1, golden);
        else
            assert_true(meant == 0);
        ++*pairs;
    }
}

static void test_golden(void **state)
{
    (void)state;
    glob_t found;
    struct reason why;
    struct conllu document;
    struct scorer *s = NULL;
    FILE *in = fopen(GOLDEN, "r"), *golden = fopen(PAIRS, "r");
    size_t pairs = 0;
    assert_true(in && golden);
    assert_int_equal(glob("workers/model/*.stm", 0, NULL, &found), 0);
    struct engine *e = engine_open(found.gl_pathv[found.gl_pathc - 1], &why);
    if (!e || !scorer_open(e, &s, &why))
        fail_msg("%s", why.text);
    globfree(&found);
    assert_non_null(s);
    struct conllu_reader *reader = conllu_open(in, complain, NULL);
    struct arena *arena = arena_new(0);
    while (conllu_read(reader, arena, false, &document)) {
        document.doc->keeps_states = true;
        engine_run(e, document.doc);
        compare(s, document.doc, golden, &pairs);
        arena_reset(arena);
    }
    assert_true(pairs > 3);
    arena_free(arena);
    conllu_close(reader);
    fclose(in);
    fclose(golden);
    scorer_close(s);
    engine_close(e);
}

static void test_decisions(void **state)
{
    (void)state;
    struct verdict v = {.acts = {[ACT_STATE] = 0.4f, [ACT_ACCUSE] = 0.3f, [ACT_REJECT] = 0.2f}};
    assert_int_equal(scorer_act(&v), ACT_ACCUSE); /* all acts together are likelier than none */
    v.acts[ACT_STATE] = 0.55f;
    assert_int_equal(scorer_act(&v), ACT_STATE);
    v = (struct verdict){.acts = {[ACT_AID] = 0.3f, [ACT_CONCEDE] = 0.15f, [ACT_RETREAT] = 0.2f}};
    assert_int_equal(scorer_act(&v), ACT_RETREAT);
    v.acts[ACT_AID] = 0.4f;
    assert_int_equal(scorer_act(&v), ACT_AID);
    v = (struct verdict){.stances = {0.5f, 0.3f, 0.2f}};
    assert_int_equal(scorer_stance(&v), STANCE_OPPOSE);
    v = (struct verdict){.stances = {0.2f, 0.3f, 0.5f}};
    assert_int_equal(scorer_stance(&v), STANCE_SUPPORT);
    v = (struct verdict){.stances = {0.3f, 0.4f, 0.3f}};
    assert_int_equal(scorer_stance(&v), STANCE_NEUTRAL);
}

static void add_floats(struct small_model *m, const char *name, uint32_t rank, uint32_t a, uint32_t b,
                       uint32_t c)
{
    small_floats(m, name, rank, a, b * c, 0.3f);
    m->v[m->n - 1].dims[1] = b;
    m->v[m->n - 1].dims[2] = c;
}

/* Two nets of 8 channels over a small engine's 64. */
static void small_nets(struct small_model *m)
{
    uint32_t numbers = 0;
    for (size_t f = 0; f < PAIR_FEATURES; f++)
        numbers += pair_sizes[f];
    small_engine(m, 3);
    small_matrix(m, "pairs.state", 16, 64, 1.0f);
    small_matrix(m, "pairs.word", 16, 64, 1.0f);
    add_floats(m, "pairs.votes", 2, 2, 5, 1);
    add_floats(m, "pairs.number", 3, 2, numbers, 8);
    add_floats(m, "pairs.heed_number", 3, 2, numbers, 3);
    add_floats(m, "pairs.heed_word", 3, 2, 8, 3);
    add_floats(m, "pairs.none", 3, 2, 2, 8);
    add_floats(m, "pairs.in", 3, 2, 5 * 8, 6);
    add_floats(m, "pairs.in_bias", 2, 2, 6, 1);
    add_floats(m, "pairs.out", 3, 2, 6, 25);
    add_floats(m, "pairs.out_bias", 2, 2, 25, 1);
    small_bytes(m, "pairs.slots", PAIR_SLOTS, 3);
    add_floats(m, "pairs.slot_scale", 1, 1, 1, 1);
    add_floats(m, "pairs.slot_bias", 1, 3, 1, 1);
    add_floats(m, "pairs.slot_votes", 1, 1, 1, 1);
    add_floats(m, "pairs.meant", 2, 2, 6, 1);
    add_floats(m, "pairs.meant_bias", 1, 2, 1, 1);
    add_floats(m, "pairs.meant_votes", 1, 2, 1, 1);
}

static void test_bad_models(void **state)
{
    (void)state;
    static const struct {
        const char *tensor;
        uint32_t dim, is;
        const char *reason;
    } cases[] = {{"pairs.in", 1, 39, "pairs.in"},
                 {"pairs.number", 1, 7, "pairs.number"},
                 {"pairs.out", 2, 20, "pairs.out"},
                 {"pairs.votes", 1, 3, "pairs.votes"},
                 {"pairs.in", 1, 16, "pairs.in"},
                 {"pairs.slots", 0, 9, "pairs.slots"},
                 {"pairs.meant", 1, 5, "pairs.meant"},
                 {"pairs.meant_votes", 0, 1, "pairs.meant_votes"},
                 {NULL, 0, 0, NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct small_model m;
        struct reason why = {""};
        struct scorer *s;
        small_nets(&m);
        if (cases[i].tensor) {
            struct small_tensor *t = small_find(&m, cases[i].tensor);
            t->bytes = t->bytes / t->dims[cases[i].dim] * cases[i].is;
            t->dims[cases[i].dim] = cases[i].is;
        }
        small_write(&m);
        struct engine *e = engine_open(m.path, &why);
        assert_non_null(e);
        assert_int_equal(scorer_open(e, &s, &why), cases[i].tensor == NULL);
        assert_int_equal(s != NULL, cases[i].tensor == NULL);
        assert_true(!s || scorer_knows_targets(s));
        if (cases[i].reason && !strstr(why.text, cases[i].reason))
            fail_msg("case %zu: %s", i, why.text);
        scorer_close(s);
        engine_close(e);
        small_free(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_golden), cmocka_unit_test(test_decisions),
                                       cmocka_unit_test(test_bad_models)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
