/* Negation, doubt, conditions and time. */
#include "tests/unit/workers/findings.h"

static void test_qualifiers(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cue;
        int polarity, certainty, time;
    } cases[] = {
        {"[ Iran/N ] attacked=attack/d [ Iraq/N ] _.", "attacked", POLARITY_POSITIVE, CERTAINTY_ASSERTED,
         ACT_PAST},
        {"[ Iran/N ] has/x attacked=attack/d [ Iraq/N ] _.", "attacked", POLARITY_POSITIVE,
         CERTAINTY_ASSERTED, ACT_PAST},
        {"[ Iran/N ] attacks=attack/v [ Iraq/N ] _.", "attacks", POLARITY_POSITIVE, CERTAINTY_ASSERTED,
         ACT_PRESENT},
        {"[ Iran/N ] is/x attacking=attack/g [ Iraq/N ] _.", "attacking", POLARITY_POSITIVE,
         CERTAINTY_ASSERTED, ACT_PRESENT},
        {"[ Iran/N ] will/x attack/v [ Iraq/N ] _.", "attack", POLARITY_POSITIVE, CERTAINTY_ASSERTED,
         ACT_FUTURE},
        {"[ Iran/N ] is/x due/a to/i meet/v [ Iraq/N ] _.", "meet", POLARITY_POSITIVE, CERTAINTY_ASSERTED,
         ACT_FUTURE},
        {"[ Iran/N ] did/x not/i attack/v [ Iraq/N ] _.", "attack", POLARITY_NEGATIVE, CERTAINTY_ASSERTED,
         ACT_PAST},
        {"[ Iran/N ] never/r attacked=attack/d [ Iraq/N ] _.", "attacked", POLARITY_NEGATIVE,
         CERTAINTY_ASSERTED, ACT_PAST},
        {"[ Iran/N ] failed=fail/d to/i meet/v [ Iraq/N ] _.", "meet", POLARITY_NEGATIVE, CERTAINTY_ASSERTED,
         ACT_PAST},
        {"[ Iran/N ] may/x attack/v [ Iraq/N ] _.", "attack", POLARITY_POSITIVE, CERTAINTY_POSSIBLE,
         ACT_FUTURE},
        {"[ Iran/N ] may/x have/x attacked=attack/d [ Iraq/N ] _.", "attacked", POLARITY_POSITIVE,
         CERTAINTY_POSSIBLE, ACT_PAST},
        {"[ Iran/N ] is/x considering=consider/g attacking=attack/g [ Iraq/N ] _.", "attacking",
         POLARITY_POSITIVE, CERTAINTY_POSSIBLE, ACT_PRESENT},
        {"[ Iran/N ] reportedly/r attacked=attack/d [ Iraq/N ] _.", "attacked", POLARITY_POSITIVE,
         CERTAINTY_POSSIBLE, ACT_PAST},
        {"[ Iran/N ] would/x attack/v [ Iraq/N ] if/s it/o moved=move/d _.", "attack", POLARITY_POSITIVE,
         CERTAINTY_CONDITIONAL, ACT_FUTURE},
        {"If/s [ Iran/N ] attacks=attack/v [ Iraq/N ] _, we/o leave/v _.", "attacks", POLARITY_POSITIVE,
         CERTAINTY_CONDITIONAL, ACT_PRESENT},
        {"[ Oman/N ] accused=accuse/d [ Iran/N ] of/p shelling=shell/g it/o _.", "shelling",
         POLARITY_POSITIVE, CERTAINTY_POSSIBLE, ACT_PAST},
        {"[ Iran/N ] said=say/d it/o would/x leave/v unless/s talks/n began=begin/d _.", "said",
         POLARITY_POSITIVE, CERTAINTY_ASSERTED, ACT_PAST},
        {"[ Iran/N ] agreed=agree/d to/i leave/v if/s talks/n began=begin/d _.", "agreed", POLARITY_POSITIVE,
         CERTAINTY_CONDITIONAL, ACT_PAST},
        {"[ Iran/N ] left=leave/d without/p attacking=attack/g [ Iraq/N ] _.", "attacking", POLARITY_NEGATIVE,
         CERTAINTY_ASSERTED, ACT_PAST},
        {"[ Iran/N ] stopped=stop/d short/r of/p attacking=attack/g [ Iraq/N ] _.", "attacking",
         POLARITY_NEGATIVE, CERTAINTY_ASSERTED, ACT_PAST},
        {"[ Iran/N ] is/x unlikely/a to/i attack/v [ Iraq/N ] _.", "attack", POLARITY_NEGATIVE,
         CERTAINTY_POSSIBLE, ACT_FUTURE},
        {"[ Iran/N ] denied=deny/d that/s [ Iraq/N ] attacked=attack/d [ Oman/N ] _.", "attacked",
         POLARITY_NEGATIVE, CERTAINTY_ASSERTED, ACT_PAST},
        {"[ Iran/N ] said=say/d that/s [ Theresa/N May/N ] attacked=attack/d [ Iraq/N ] _.", "attacked",
         POLARITY_POSITIVE, CERTAINTY_ASSERTED, ACT_PAST},
        {"[ Iran/N ] has/x not/i commented=comment/d on/p it/o _.", "commented", POLARITY_NEGATIVE,
         CERTAINTY_ASSERTED, ACT_PAST},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].text);
        const struct doc *d = read_text(cases[i].text);
        const struct finding *f = finding_of(d, cases[i].cue, 0);
        assert_int_equal(f->polarity, cases[i].polarity);
        assert_int_equal(f->certainty, cases[i].certainty);
        assert_int_equal(f->time, cases[i].time);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_qualifiers)};
    return cmocka_run_group_tests(tests, findings_setup, findings_teardown);
}
