/* For or against, toward what, on which issue; the file of issues and its errors. */
#include "tests/unit/workers/findings.h"
#include "workers/stances/scorer.h"
#include "workers/stances/stance.h"

static struct issues *issues_from(const char *text, struct reason *why)
{
    char dir[] = "/tmp/issues-XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    cuebook_file(dir, "issues.tsv", text);
    snprintf(path, sizeof path, "%s/issues.tsv", dir);
    struct issues *v = issues_open(path, why);
    unlink(path);
    rmdir(dir);
    return v;
}

static void test_stances(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cue;
        int label;
        const char *toward, *issue;
    } cases[] = {
        {"[ Iran/N ] backed=back/d the/t peace/n plan/n for/p Aden/N _.", "backed", STANCE_SUPPORT,
         "the peace plan for Aden", "peace"},
        {"[ Iran/N ] rejected=reject/d the/t plan/n _.", "rejected", STANCE_OPPOSE, "the plan", NULL},
        {"[ Iran/N ] did/x not/i back/v the/t plan/n _.", "back", STANCE_OPPOSE, "the plan", NULL},
        {"[ Iran/N ] urged=urge/d [ Iraq/N ] to/i sign/v a/t trade/n deal/n _.", "urged", STANCE_SUPPORT,
         "sign a trade deal", "trade"},
        {"Skepticism=skepticism/n about/p trade/n expressed=express/d by/p [ Iran/N ] grew=grow/d _.",
         "Skepticism / expressed", STANCE_OPPOSE, "trade", "trade"},
        {"[ Iran/N ] said=say/d that/s it/o failed=fail/d _.", "said", STANCE_NEUTRAL, NULL, NULL},
        {"[ Iran/N ] met=meet/d [ Iraq/N ] over/p the/t peace/n process/n _.", "met", STANCE_NEUTRAL, NULL,
         "process"},
    };
    struct reason why;
    struct issues *issues = issues_from("trade\ttrade\npeace\tpeace\nprocess\tpeace process\n", &why);
    assert_non_null(issues);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].text);
        struct doc *d = read_text(cases[i].text);
        stance_run(d, reading, issues);
        const struct finding *f = finding_of(d, cases[i].cue, 0);
        assert_int_equal(f->stance, cases[i].label);
        assert_true(cases[i].label == STANCE_NEUTRAL
                        ? f->stance_score == 0
                        : (f->stance_score > 0) == (cases[i].label == STANCE_SUPPORT));
        if (cases[i].toward)
            assert_string_equal(pieces_text(d, &f->toward), cases[i].toward);
        else
            assert_int_equal(f->toward.n, 0);
        if (cases[i].issue)
            assert_str(f->issue, cases[i].issue);
        else
            assert_null(f->issue.p);
    }
    issues_close(issues);
}

static void test_issue_errors(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"trade\ttrade\nwar\n", "issues.tsv:2: "},
        {"trade\tTrade\n", "issues.tsv:1: phrase 'Trade' must be lower-case"},
        {"# c\n\ntrade\t\n", "issues.tsv:3: "},
        {"trade\ta b c d e f g h i\n", "issues.tsv:1: a phrase has 1 to 8 words"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reason why = {""};
        assert_null(issues_from(cases[i][0], &why));
        assert_contains(why.text, cases[i][1]);
    }
    struct reason why;
    assert_null(issues_open("/nowhere/issues.tsv", &why));
    assert_contains(why.text, "/nowhere/issues.tsv");
}

/* With a verdict the nets may overrule the rules, when they are sure. */
static void test_verdicts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cue;
        float against, neither, support;
        int label;
        double score;
    } cases[] = {
        {"[ Iran/N ] said=say/d that/s it/o failed=fail/d _.", "said", 0.96f, 0.02f, 0.02f, STANCE_OPPOSE, -0.96},
        {"[ Iran/N ] said=say/d that/s it/o failed=fail/d _.", "said", 0.8f, 0.1f, 0.1f, STANCE_NEUTRAL, 0},
        {"[ Iran/N ] backed=back/d the/t plan/n _.", "backed", 0.1f, 0.6f, 0.3f, STANCE_SUPPORT, 0.3},
        {"[ Iran/N ] backed=back/d the/t plan/n _.", "backed", 0.02f, 0.97f, 0.01f, STANCE_NEUTRAL, 0},
        {"[ Iran/N ] may/x back/v the/t plan/n _.", "back", 0.1f, 0.1f, 0.8f, STANCE_SUPPORT, 0.5},
    };
    struct reason why;
    struct issues *issues = issues_from("trade\ttrade\n", &why);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *d = read_text(cases[i].text);
        struct finding *f = (struct finding *)(uintptr_t)finding_of(d, cases[i].cue, 0);
        struct verdict v = {.event_stances = {cases[i].against, cases[i].neither, cases[i].support}};
        f->verdict = &v;
        stance_run(d, reading, issues);
        assert_int_equal(f->stance, cases[i].label);
        assert_true(f->stance_score > cases[i].score - 1e-6 && f->stance_score < cases[i].score + 1e-6);
    }
    issues_close(issues);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_verdicts), cmocka_unit_test(test_stances),
                                       cmocka_unit_test(test_issue_errors)};
    return cmocka_run_group_tests(tests, findings_setup, findings_teardown);
}
