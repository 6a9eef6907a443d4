/* What a verdict does to a finding's act. */
#include "tests/unit/workers/findings.h"
#include "workers/stances/judge.h"

/* The act of the rules stays unless another is likelier by more than they are worth. */
static void test_acts(void **state)
{
    (void)state;
    struct reason why;
    struct ontology *o = ontology_load("config/ontology.tsv", &why);
    assert_non_null(o);
    static const struct {
        float attack, aid;
        const char *cameo;
    } cases[] = {{0.5f, 0.4f, "190"}, {0.3f, 0.7f, "190"}, {0.1f, 0.7f, "070"}, {0, 0.45f, "190"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *d = found_in_tree(
            "1 Iran = PROPN _ 2 nsubj\n2 attacked attack VERB Tense=Past|VerbForm=Fin 0 root\n3 Iraq = PROPN _ 2 obj\n");
        struct verdict v = {.acts = {[ACT_ASSAULT] = cases[i].attack, [ACT_AID] = cases[i].aid}};
        assert_int_equal(d->n_findings, 1);
        judge_acts(d, o);
        assert_string_equal(d->findings[0].cameo.p, "190"); /* nobody said anything */
        d->findings[0].verdict = &v;
        judge_acts(d, o);
        assert_string_equal(d->findings[0].cameo.p, cases[i].cameo);
    }
    ontology_free(o);
}

/* No verdict makes an act of a game. */
static void test_game(void **state)
{
    (void)state;
    struct reason why;
    struct ontology *o = ontology_load("config/ontology.tsv", &why);
    assert_non_null(o);
    struct doc *d = found_in_tree(
        "1 Iran = PROPN _ 2 nsubj\n2 said say VERB Tense=Past|VerbForm=Fin 0 root\n3 Iraq = PROPN _ 4 nsubj\n"
        "4 left leave VERB Tense=Past|VerbForm=Fin 2 ccomp\n5 football = NOUN _ 4 obj\n");
    struct verdict v = {.acts = {[ACT_ASSAULT] = 1}};
    assert_int_equal(d->n_findings, 1);
    d->findings[0].verdict = &v;
    judge_acts(d, o);
    assert_string_equal(d->findings[0].cameo.p, "010");
    v = (struct verdict){.acts = {[ACT_AGREE] = 1}};
    judge_acts(d, o);
    assert_string_equal(d->findings[0].cameo.p, "030");
    ontology_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_acts), cmocka_unit_test(test_game)};
    return cmocka_run_group_tests(tests, findings_setup, findings_teardown);
}
