/* Clauses that no cue makes an event of. */
#include "tests/unit/workers/findings.h"
#include "workers/stances/guess.h"

static const char *words(const struct doc *d, int32_t first, int32_t last)
{
    return arena_str(arena, d->text + d->tokens[first].begin,
                     d->tokens[last - 1].end - d->tokens[first].begin)
        .p;
}

/* "source | cue | target", '-' for no target; "" when there is no guess. */
static const char *only_guess(const struct doc *d)
{
    size_t n;
    const struct guess *g = guesses_find(d, reading, &n);
    assert_true(n <= 1);
    if (n == 0)
        return "";
    const struct actor_mention *t = g->target == NONE ? NULL : &d->mentions[g->target];
    return arena_printf(arena, "%s | %s | %s", words(d, g->source.first, g->source.last),
                        words(d, g->cue.v[0].first, g->cue.v[g->cue.n - 1].last),
                        t ? words(d, t->first, t->last) : "-")
        .p;
}

static void test_guesses(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *guess;
    } cases[] = {
        {"1 Iran = PROPN _ 3 nsubj\n2 has have AUX VerbForm=Fin 3 aux\n3 sent send VERB Tense=Past|VerbForm=Part 0 root\n"
         "4 food = NOUN _ 3 obj\n5 to = ADP _ 6 case\n6 Iraq = PROPN _ 3 obl\n",
         "Iran | has sent | Iraq"},
        {"1 A a DET _ 2 det\n2 bomb = NOUN _ 3 nsubj\n3 hurt = VERB Tense=Past|VerbForm=Fin 0 root\n4 workers worker NOUN _ 3 obj\n",
         "A bomb | hurt | -"},
        /* the agent of a passive acts, its subject is the target; without one nobody does */
        {"1 Iran = PROPN _ 3 nsubj:pass\n2 was be AUX VerbForm=Fin 3 aux:pass\n3 hit = VERB Tense=Past|VerbForm=Part|Voice=Pass 0 root\n"
         "4 by = ADP _ 5 case\n5 Iraq = PROPN _ 3 obl:agent\n",
         "Iraq | was hit | Iran"},
        {"1 Iran = PROPN _ 3 nsubj:pass\n2 was be AUX VerbForm=Fin 3 aux:pass\n3 hit = VERB Tense=Past|VerbForm=Part|Voice=Pass 0 root\n",
         ""},
        {"1 It it PRON _ 2 nsubj\n2 rained rain VERB Tense=Past|VerbForm=Fin 0 root\n", ""},
        {"1 The the DET _ 2 det\n2 situation = NOUN _ 3 nsubj\n3 worsened worsen VERB Tense=Past|VerbForm=Fin 0 root\n",
         ""},
        /* what a cue tells is no guess any more */
        {"1 Iran = PROPN _ 2 nsubj\n2 attacked attack VERB Tense=Past|VerbForm=Fin 0 root\n3 Iraq = PROPN _ 2 obj\n",
         ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(only_guess(found_in_tree(cases[i].lines)), cases[i].guess);
}

static void test_take_and_drop(void **state)
{
    (void)state;
    struct doc *d = found_in_tree(
        "1 Workers worker NOUN _ 2 nsubj\n2 attacked attack VERB Tense=Past|VerbForm=Fin 0 root\n3 Iraq = PROPN _ 2 obj\n");
    size_t n;
    const struct guess *g = guesses_find(d, reading, &n);
    assert_int_equal(n, 1); /* the cue is there, but nobody knows the workers */
    assert_int_equal(d->n_findings, 0);
    int32_t id = guess_take(d, reading, g);
    assert_string_equal(d->findings[id].cameo.p, "190");
    assert_int_equal(d->findings[id].source, NONE);
    assert_int_equal(d->findings[id].source_pieces.n, 1);
    assert_string_equal(
        words(d, d->mentions[d->findings[id].target].first, d->mentions[d->findings[id].target].last),
        "Iraq");
    guesses_find(d, reading, &n);
    assert_int_equal(n, 0);
    guess_drop(d, reading, id);
    guesses_find(d, reading, &n);
    assert_int_equal(n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_guesses), cmocka_unit_test(test_take_and_drop)};
    return cmocka_run_group_tests(tests, findings_setup, findings_teardown);
}
