/* Attributions: direct, mixed, indirect, split, free quotations, the first person, nested ones. */
#include "proto/base/buf.h"
#include "tests/unit/workers/findings.h"

static void test_content(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cue, *source, *content;
        int mode;
    } cases[] = {
        {"[ Iran/N ] said=say/d that/s talks/n failed=fail/d _.", "said", "Iran", "talks failed",
         MODE_INDIRECT},
        {"[ Iran/N ] said=say/d on/p Monday=monday/N that/s talks/n failed=fail/d _.", "said", "Iran",
         "talks failed", MODE_INDIRECT},
        {"[ Iran/N ] said=say/d talks/n failed=fail/d _.", "said", "Iran", "talks failed", MODE_INDIRECT},
        {"[ Iran/N ] said=say/d _, however/r _, that/s talks/n failed=fail/d _.", "said", "Iran",
         "talks failed", MODE_INDIRECT},
        {"[ Iran/N ] told=tell/d reporters/n the/t talks/n failed=fail/d _.", "told", "Iran",
         "the talks failed", MODE_INDIRECT},
        {"“ _Talks/n failed=fail/d _, _” [ Iran/N ] said=say/d _.", "said", "Iran", "Talks failed",
         MODE_DIRECT},
        {"“ _Talks/n failed=fail/d _, _” said=say/d [ Iran/N ] _.", "said", "Iran", "Talks failed",
         MODE_DIRECT},
        {"[ Iran/N ] said=say/d _: “ _Talks/n failed=fail/d _. _”", "said", "Iran", "Talks failed",
         MODE_DIRECT},
        {"[ Iran/N ] said=say/d _, “ _Talks/n failed=fail/d _. _”", "said", "Iran", "Talks failed",
         MODE_DIRECT},
        {"“ _Talks/n failed=fail/d _, _” said=say/d [ Iran/N ] _, “ _and/c we/o left=leave/d them/o _. _”",
         "said", "Iran", "Talks failed / and we left them", MODE_DIRECT},
        {"“ _Talks/n failed=fail/d _, _” [ Iran/N ] said=say/d _. | “ _We/o left=leave/d them/o _. _”",
         "said", "Iran", "Talks failed / We left them", MODE_DIRECT},
        {"[ Iran/N ] said=say/d that/s talks/n were/x “ _a/t waste/n _” _.", "said", "Iran",
         "talks were “a waste”", MODE_MIXED},
        {"Talks/n failed=fail/d _, [ Iran/N ] said=say/d _.", "said", "Iran", "Talks failed", MODE_INDIRECT},
        {"Talks/n _, [ Iran/N ] said=say/d _, had/x failed=fail/d _.", "said", "Iran", "Talks / had failed",
         MODE_INDIRECT},
        {"If/s talks/n failed=fail/d _, [ Iran/N ] said=say/d _, it/o would/x leave/b _.", "said", "Iran",
         "If talks failed / it would leave", MODE_INDIRECT},
        {"According/p to/p [ Iran/N ] _, talks/n failed=fail/d _.", "According to", "Iran", "talks failed",
         MODE_INDIRECT},
        {"Talks/n failed=fail/d _, according/p to/p [ Iran/N ] _.", "according to", "Iran", "Talks failed",
         MODE_INDIRECT},
        {"[ Iran/N ] accused=accuse/d [ Iraq/N ] of/p shelling=shell/g a/t town/n _.", "accused", "Iran",
         "shelling a town", MODE_INDIRECT},
        {"[ Iran/N ] urged=urge/d [ Iraq/N ] to/i sign/b it/o _.", "urged", "Iran", "sign it", MODE_INDIRECT},
        {"A/t study/n says=say/v that/s talks/n failed=fail/d _.", "says", "A study", "talks failed",
         MODE_INDIRECT},
        {"[ Iran/N ] dismissed=dismiss/d it/o _, suggesting=suggest/g that/s talks/n failed=fail/d _.",
         "suggesting", "Iran", "talks failed", MODE_INDIRECT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].text);
        const struct doc *d = read_text(cases[i].text);
        const struct finding *f = finding_of(d, cases[i].cue, 0);
        assert_true(f->is_statement);
        assert_string_equal(source_text(d, f), cases[i].source);
        assert_string_equal(pieces_text(d, &f->content), cases[i].content);
        assert_int_equal(f->mode, cases[i].mode);
    }
}

static void test_nothing_said(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "They/o said=say/d it/o _.",                             /* nobody known, nothing told */
        "[ Iran/N ] said=say/d ( of/p )",                        /* no noun where one is looked for */
        "Talks/n failed=fail/d _.",                              /* no cue */
        "It/o was/x said=say/d that/s talks/n failed=fail/d _.", /* no source */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct doc *d = read_text(cases[i]);
        assert_int_equal(d->n_findings, 0);
    }
}

static void test_first_person(void **state)
{
    (void)state;
    const struct doc *d = read_text("“ [ _We/o ] reject/v it/o _, _” said=say/d [ Iran/N ] _.");
    const struct finding *f = finding_of(d, "reject", 0);
    assert_str(d->mentions[f->source].ids[0].name, "Iran");
    assert_int_equal(d->mentions[f->source].antecedent, 1);
    assert_ptr_equal(&d->findings[f->reported_by], finding_of(d, "said", 0));
}

static void test_nested(void **state)
{
    (void)state;
    const struct doc *d = read_text(
        "[ Iran/N ] said=say/d that/s [ Iraq/N ] told=tell/d reporters/n that/s talks/n failed=fail/d _.");
    assert_ptr_equal(&d->findings[finding_of(d, "told", 0)->reported_by], finding_of(d, "said", 0));
    assert_int_equal(finding_of(d, "said", 0)->reported_by, NONE);
}

static void test_many_quotes(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    buf_puts(&b, "“ _Talks/n failed=fail/d _, _” [ Iran/N ] said=say/d _.");
    for (int i = 0; i < 20000; i++)
        buf_puts(&b, " | “ _We/o left=leave/d them/o _. _”");
    buf_putc(&b, 0);
    const struct doc *d = read_text(b.data);
    buf_free(&b);
    assert_int_equal(finding_of(d, "said", 0)->content.n, 20001);
    assert_true(arena_used(arena) < 200u << 20); /* not quadratic */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_content),      cmocka_unit_test(test_nothing_said),
        cmocka_unit_test(test_first_person), cmocka_unit_test(test_nested),
        cmocka_unit_test(test_many_quotes),
    };
    return cmocka_run_group_tests(tests, findings_setup, findings_teardown);
}
