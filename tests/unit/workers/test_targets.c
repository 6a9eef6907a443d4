/* Who could be a finding's target, and which of them the nets' word makes it. */
#include "tests/unit/workers/findings.h"
#include "workers/stances/targets.h"

static const char attack[] =
    "1 Iran = PROPN _ 2 nsubj\n2 attacked attack VERB Tense=Past|VerbForm=Fin 0 root\n3 Iraq = PROPN _ 2 obj\n"
    "4 for for ADP _ 5 case\n5 Iran = PROPN _ 2 obl\n\n"
    "1 Iraq = PROPN _ 2 nsubj\n2 left leave VERB Tense=Past|VerbForm=Fin 0 root\n";

/* Neither the source, nor nobody that we know, nor those of other sentences. */
static void test_possible(void **state)
{
    (void)state;
    struct doc *d = found_in_tree(attack);
    int32_t all[TARGETS_MAX], iraq = d->mention_at[2], again = d->mention_at[4];
    assert_int_equal(d->n_findings, 1);
    assert_int_equal(targets_possible(d, &d->findings[0], all), 2);
    assert_true(all[0] == iraq && all[1] == again);
    d->mentions[again].antecedent = d->findings[0].source;
    assert_int_equal(targets_possible(d, &d->findings[0], all), 1);
    d->mentions[iraq].n_ids = 0;
    assert_int_equal(targets_possible(d, &d->findings[0], all), 0);
    struct finding silent = d->findings[0];
    silent.cue.n = 0;
    assert_int_equal(targets_possible(d, &silent, all), 0);
}

/* Of many those that are nearest to the cue, in text order. */
static void test_many(void **state)
{
    (void)state;
    struct buf lines = BUF_INIT;
    buf_printf(&lines, "1 Iran = PROPN _ 2 nsubj\n2 attacked attack VERB Tense=Past|VerbForm=Fin 0 root\n");
    for (int i = 0; i < 12; i++)
        buf_printf(&lines, "%d Iraq = PROPN _ 2 obj\n%d , = PUNCT _ 2 punct\n", 3 + 2 * i, 4 + 2 * i);
    buf_putc(&lines, 0);
    struct doc *d = found_in_tree((const char *)lines.data);
    int32_t all[TARGETS_MAX];
    assert_int_equal(targets_possible(d, &d->findings[0], all), TARGETS_MAX);
    for (int i = 0; i < TARGETS_MAX; i++)
        assert_int_equal(d->mentions[all[i]].first, 2 + 2 * i);
    buf_free(&lines);
}

struct oracle {
    const struct doc *d;
    float iraq, again, nobody; /* how likely each is */
    int asked;
};

static float meant(void *who, int32_t target)
{
    struct oracle *o = who;
    o->asked++;
    return target == NONE ? o->nobody : o->d->mentions[target].first == 2 ? o->iraq : o->again;
}

static void test_choice(void **state)
{
    (void)state;
    static const struct {
        bool found; /* by the tree: Iraq, token 2 */
        float iraq, again, nobody;
        int32_t token; /* of who is chosen, or NONE */
        int asked;
    } cases[] = {{true, 0.5f, 0.9f, 0.9f, 2, 1}, /* likely: who else is not asked */
                 {true, 0.3f, 0.4f, 0.1f, 2, 3}, /* the tree's counts more than others */
                 {true, 0.3f, 0.6f, 0.1f, 4, 3},      {true, 0.3f, 0.6f, 0.8f, NONE, 3},
                 {true, 0.3f, 0.6f, 0.65f, 4, 3}, /* nobody must be likely */

                 {false, 0.4f, 0.3f, 0.4f, NONE, 3},  {false, 0.5f, 0.3f, 0.4f, 2, 3},
                 {false, 0.01f, 0.02f, 0.9f, NONE, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *d = found_in_tree(attack);
        struct finding *f = &d->findings[0];
        struct oracle o = {d, cases[i].iraq, cases[i].again, cases[i].nobody, 0};
        assert_int_equal(f->target, d->mention_at[2]);
        f->target = cases[i].found ? f->target : NONE;
        int32_t chosen = targets_choose(d, f, meant, &o);
        assert_int_equal(chosen == NONE ? NONE : d->mentions[chosen].first, cases[i].token);
        assert_int_equal(o.asked, cases[i].asked);
    }
}

/* In an article nobody is added, but a target may be another one. */
static void test_article(void **state)
{
    (void)state;
    char lines[1024];
    snprintf(lines, sizeof lines,
             "%s\n1 Iraq = PROPN _ 2 nsubj\n2 left leave VERB Tense=Past|VerbForm=Fin 0 root\n", attack);
    struct doc *d = found_in_tree(lines);
    struct oracle o = {d, 0.1f, 0.9f, 0.1f, 0};
    struct finding *f = &d->findings[0];
    assert_int_equal(d->n_sentences, 3);
    assert_int_equal(d->mentions[targets_choose(d, f, meant, &o)].first, 4);
    f->target = NONE;
    assert_int_equal(targets_choose(d, f, meant, &o), NONE);
    assert_int_equal(o.asked, 3);
}

/* Two who attack together do not attack one another, and whom nobody knows is not added. */
static void test_together(void **state)
{
    (void)state;
    struct doc *d = found_in_tree(
        "1 Iran = PROPN _ 4 nsubj\n2 and = CCONJ _ 3 cc\n3 Iraq = PROPN _ 1 conj\n"
        "4 attacked attack VERB Tense=Past|VerbForm=Fin 0 root\n5 near near ADP _ 6 case\n6 Iraq = PROPN _ 4 obl\n");
    struct oracle o = {d, 0.9f, 0.8f, 0.1f, 0};
    assert_int_equal(d->n_findings, 2);
    for (int i = 0; i < 2; i++)
        d->findings[i].target = NONE;
    int32_t other = d->mention_at[5];
    assert_int_equal(targets_choose(d, &d->findings[0], meant, &o), other);
    struct identity nobody = {.role = STR("MIL")};
    d->mentions[other].ids = &nobody;
    assert_int_equal(targets_choose(d, &d->findings[0], meant, &o), NONE);
    assert_int_equal(d->findings[0].hit, d->findings[1].hit);
}

/* Whoever tells of an attack is not whom it reaches. */
static void test_teller(void **state)
{
    (void)state;
    struct doc *d = found_in_tree(attack);
    struct oracle o = {d, 0.1f, 0.9f, 0.1f, 0};
    struct finding *f = &d->findings[0];
    f->target = NONE;
    assert_int_equal(targets_choose(d, f, meant, &o), d->mention_at[4]);
    int32_t told = finding_new(d, 0); /* may move the others */
    d->findings[told].source = d->mention_at[4];
    f = &d->findings[0];
    f->reported_by = told;
    assert_int_equal(targets_choose(d, f, meant, &o), NONE);
}

/* Two who do it to one another stay with one another. */
static void test_one_another(void **state)
{
    (void)state;
    struct doc *d = found_in_tree(attack);
    struct oracle o = {d, 0.9f, 0.1f, 0.9f, 0};
    struct finding *f = &d->findings[0];
    f->target = f->source;
    assert_int_equal(targets_choose(d, f, meant, &o), f->source);
    assert_int_equal(o.asked, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_possible),   cmocka_unit_test(test_many),
                                       cmocka_unit_test(test_choice),     cmocka_unit_test(test_article),
                                       cmocka_unit_test(test_together),   cmocka_unit_test(test_teller),
                                       cmocka_unit_test(test_one_another)};
    return cmocka_run_group_tests(tests, findings_setup, findings_teardown);
}
