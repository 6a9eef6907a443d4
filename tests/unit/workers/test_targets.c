/* Who could be a finding's target, and which of them the nets' word makes it. */
#include "tests/unit/workers/cuebook.h"
#include "tests/unit/workers/trees.h"
#include "workers/stances/acts.h"
#include "workers/stances/targets.h"
#include "workers/statements/link.h"
#include "workers/statements/quotes.h"

static struct arena *arena;
static struct lexicon *lexicon;

static struct doc *found_in(const char *lines)
{
    struct doc *d = trees_doc(arena, lines);
    quotes_find(d);
    struct reading *r = cues_find(d, lexicon);
    link_run(d, r, NULL);
    acts_run(d, r);
    return d;
}

static const char attack[] =
    "1 Iran = PROPN _ 2 nsubj\n2 attacked attack VERB Tense=Past|VerbForm=Fin 0 root\n3 Iraq = PROPN _ 2 obj\n"
    "4 for for ADP _ 5 case\n5 Iran = PROPN _ 2 obl\n\n"
    "1 Iraq = PROPN _ 2 nsubj\n2 left leave VERB Tense=Past|VerbForm=Fin 0 root\n";

/* Neither the source, nor nobody that we know, nor those of other sentences. */
static void test_possible(void **state)
{
    (void)state;
    struct doc *d = found_in(attack);
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
    struct doc *d = found_in((const char *)lines.data);
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
                 {true, 0.3f, 0.6f, 0.1f, 4, 3},      {true, 0.3f, 0.6f, 0.7f, NONE, 3},
                 {false, 0.4f, 0.3f, 0.4f, NONE, 3},  {false, 0.5f, 0.3f, 0.4f, 2, 3},
                 {false, 0.01f, 0.02f, 0.9f, NONE, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *d = found_in(attack);
        struct finding *f = &d->findings[0];
        struct oracle o = {d, cases[i].iraq, cases[i].again, cases[i].nobody, 0};
        assert_int_equal(f->target, d->mention_at[2]);
        f->target = cases[i].found ? f->target : NONE;
        int32_t chosen = targets_choose(d, f, meant, &o);
        assert_int_equal(chosen == NONE ? NONE : d->mentions[chosen].first, cases[i].token);
        assert_int_equal(o.asked, cases[i].asked);
    }
}

/* Two who do it to one another stay with one another. */
static void test_one_another(void **state)
{
    (void)state;
    struct doc *d = found_in(attack);
    struct oracle o = {d, 0.9f, 0.1f, 0.9f, 0};
    struct finding *f = &d->findings[0];
    f->target = f->source;
    assert_int_equal(targets_choose(d, f, meant, &o), f->source);
    assert_int_equal(o.asked, 0);
}

static int setup(void **state)
{
    (void)state;
    arena = arena_new(0);
    lexicon = cuebook_open();
    return arena && lexicon ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    lexicon_close(lexicon);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_possible), cmocka_unit_test(test_many),
                                       cmocka_unit_test(test_choice), cmocka_unit_test(test_one_another)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
