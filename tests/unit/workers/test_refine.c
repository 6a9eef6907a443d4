/* What the words around change: refusals, requests, threats, accusations, a stance that is told. */
#include "tests/unit/workers/findings.h"
#include "workers/stances/refine.h"
#include "workers/stances/stance.h"

/* Country of a mention: its first two letters, so that Iran and Iraq differ. */
static struct doc *refined(const char *marked)
{
    struct doc *d = read_text(marked);
    for (size_t i = 0; i < d->n_mentions; i++)
        d->mentions[i].ids->country = doc_token_text(d, d->mentions[i].head);
    refine_run(d, reading);
    return d;
}

static void test_codes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cue, *cameo, *target;
    } cases[] = {
        {"[ Iran/N ] did/x not/i back/v the/t plan/n _.", "back", "120", "-"},
        {"[ Iran/N ] backed=back/d the/t plan/n _.", "backed", "051", "-"},
        {"[ Iran/N ] told=tell/d [ Iraq/N ] to/i leave/v _.", "told", "100", "Iraq"},
        {"[ Iran/N ] told=tell/d [ Iraq/N ] that/s talks/n failed=fail/d _.", "told", "010", "Iraq"},
        {"[ Iran/N ] said=say/d that/s [ Iraq/N ] shelled=shell/d a/t town/n _.", "said", "112", "Iraq"},
        {"[ Iran/N ] said=say/d that/s [ Iran/N ] will/x attack/v [ Iraq/N ] _.", "said", "138", "Iraq"},
        {"[ Iran/N ] said=say/d that/s [ Iran/N ] attacked=attack/d [ Iraq/N ] _.", "said", "010", "-"},
        {"[ Iran/N ] said=say/d that/s [ Iraq/N ] did/x not/i shell/v a/t town/n _.", "said", "010", "-"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].text);
        struct doc *d = refined(cases[i].text);
        const struct finding *f = finding_of(d, cases[i].cue, 0);
        assert_str(f->cameo, cases[i].cameo);
        assert_string_equal(mention_text(d, f->target), cases[i].target);
    }
}

static void test_told_stance(void **state)
{
    (void)state;
    struct doc *d = refined("[ Iran/N ] said=say/d that/s [ Iran/N ] backed=back/d the/t plan/n _.");
    for (size_t i = 0; i < d->n_findings; i++)
        if (d->findings[i].rule->stance > 0)
            d->findings[i].stance = STANCE_SUPPORT;
    refine_stances(d);
    assert_int_equal(finding_of(d, "said", 0)->stance, STANCE_SUPPORT);
    d = refined("[ Iran/N ] said=say/d that/s [ Iraq/N ] backed=back/d the/t plan/n _.");
    for (size_t i = 0; i < d->n_findings; i++)
        if (d->findings[i].rule->stance > 0)
            d->findings[i].stance = STANCE_SUPPORT;
    refine_stances(d);
    assert_int_equal(finding_of(d, "said", 0)->stance, STANCE_NEUTRAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_codes), cmocka_unit_test(test_told_stance)};
    return cmocka_run_group_tests(tests, findings_setup, findings_teardown);
}
