/* Where the lines of cues.tsv match in a tree. */
#include "tests/unit/workers/findings.h"
#include "workers/stances/cues.h"

/* The cues that were found, parted by ", ". */
static const char *cues_in(const char *lines)
{
    struct doc *d = trees_doc(arena, lines);
    quotes_find(d);
    const struct reading *r = cues_find(d, lexicon);
    struct str all = STR("");
    for (size_t i = 0; i < r->n_hits; i++)
        all =
            arena_printf(arena, "%.*s%s%.*s", STR_ARGS(all), i ? ", " : "", STR_ARGS(r->hits[i].rule->text));
    return all.p;
}

/* "have doubts" is in "has no doubts", but not in "has expressed doubts": there the verb is another one. */
static void test_auxiliary(void **state)
{
    (void)state;
    assert_string_equal(
        cues_in(
            "1 Iran = PROPN _ 2 nsubj\n2 has have VERB Tense=Pres|VerbForm=Fin 0 root\n3 grave = ADJ _ 4 amod\n"
            "4 doubts = NOUN _ 2 obj\n"),
        "have * doubts");
    assert_string_equal(cues_in("1 Iran = PROPN _ 3 nsubj\n2 has have AUX Tense=Pres|VerbForm=Fin 3 aux\n"
                                "3 seen see VERB Tense=Past|VerbForm=Part 0 root\n4 doubts = NOUN _ 3 obj\n"),
                        "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_auxiliary)};
    return cmocka_run_group_tests(tests, findings_setup, findings_teardown);
}
