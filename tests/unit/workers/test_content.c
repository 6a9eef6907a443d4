/* Whose words which ones are, read from trees; and what only punctuation gives to somebody. */
#include "tests/unit/workers/findings.h"

#define FIN  "Tense=Past|VerbForm=Fin"
#define PART "Tense=Past|VerbForm=Part"
#define ING  "VerbForm=Ger"
#define INF  "VerbForm=Inf"

static void check(const char *lines, const char *cue, const char *source, const char *content)
{
    const struct doc *d = linked_tree(lines);
    const struct finding *f = finding_of(d, cue, 0);
    assert_true(f->is_statement);
    assert_string_equal(pieces_text(d, &f->cue), cue);
    assert_string_equal(source_text(d, f), source);
    assert_string_equal(pieces_text(d, &f->content), content);
}

/* What is said goes on behind a comma that word order would stop at, and ends where the speaker goes on. */
static void test_behind(void **state)
{
    (void)state;
    check("1 Mali = PROPN _ 2 nsubj\n2 said say VERB " FIN
          " 0 root\n3 that = SCONJ _ 5 mark\n4 talks talk NOUN _ 5 nsubj\n"
          "5 failed fail VERB " FIN
          " 2 ccomp\n6 ~, = PUNCT _ 10 punct\n7 while = SCONJ _ 10 mark\n8 Chad = PROPN _ 10 nsubj\n"
          "9 had have AUX " FIN " 10 aux\n10 left leave VERB " PART " 5 advcl\n11 ~, = PUNCT _ 12 punct\n"
          "12 adding add VERB " ING
          " 2 advcl\n13 that = SCONJ _ 15 mark\n14 it = PRON PronType=Prs 15 nsubj\n"
          "15 waited wait VERB " FIN " 12 ccomp\n",
          "said", "Mali", "talks failed, while Chad had left");
    const struct doc *d =
        linked_tree("1 As = SCONJ _ 3 mark\n2 Mali = PROPN _ 3 nsubj\n3 said say VERB " FIN
                    " 7 advcl\n4 talks talk NOUN _ 5 nsubj\n5 failed fail VERB " FIN
                    " 3 ccomp\n6 Chad = PROPN _ 7 nsubj\n7 left leave VERB " FIN " 0 root\n");
    assert_string_equal(pieces_text(d, &finding_of(d, "said", 0)->content), "talks failed");
}

static void test_before(void **state)
{
    (void)state;
    check("1 Talks talk NOUN _ 2 nsubj\n2 failed fail VERB " FIN
          " 9 ccomp\n3 ~, = PUNCT _ 2 punct\n4 the = DET _ 5 det\n"
          "5 head = NOUN _ 9 nsubj\n6 of = ADP _ 8 case\n7 the = DET _ 8 det\n8 union = NOUN _ 5 nmod\n"
          "9 said say VERB " FIN " 0 root\n",
          "said", "the head of the union", "Talks failed");
    check(
        "1 Talks talk NOUN _ 4 nsubj\n2 ~, = PUNCT _ 1 punct\n3 Mali = PROPN _ 4 nsubj\n4 said say VERB " FIN
        " 0 root\n5 ~, = PUNCT _ 8 punct\n6 were be AUX " FIN
        " 8 cop\n7 a = DET _ 8 det\n8 waste = NOUN _ 4 ccomp\n",
        "said", "Mali", "Talks / were a waste");
    check("1 Talks talk NOUN _ 2 nsubj\n2 failed fail VERB " FIN
          " 0 root\n3 ~, = PUNCT _ 7 punct\n4 as = SCONJ _ 7 mark\n"
          "5 Mali = PROPN _ 7 nsubj\n6 has have AUX Tense=Pres|VerbForm=Fin 7 aux\n7 said say VERB " PART
          " 2 advcl\n",
          "has said", "Mali", "Talks failed");
}

static void test_matter(void **state)
{
    (void)state;
    check("1 Mali = PROPN _ 2 nsubj\n2 urged urge VERB " FIN
          " 0 root\n3 Chad = PROPN _ 2 obj\n4 to = PART _ 5 mark\n"
          "5 sign = VERB " INF " 2 xcomp\n6 it = PRON PronType=Prs 5 obj\n",
          "urged", "Mali", "sign it");
    check("1 Mali = PROPN _ 2 nsubj\n2 suggested suggest VERB " FIN
          " 0 root\n3 talks talk NOUN _ 2 obj\n4 with = ADP _ 5 case\n"
          "5 Chad = PROPN _ 3 nmod\n6 ~, = PUNCT _ 8 punct\n7 which = PRON PronType=Rel 8 nsubj\n"
          "8 failed fail VERB " FIN " 3 acl:relcl\n",
          "suggested", "Mali", "talks with Chad");
}

/* The words of a source are those of its clause: "who", resolved to whom it stands for. */
static void test_who(void **state)
{
    (void)state;
    const char *lines =
        "1 Chad = PROPN _ 7 nsubj\n2 who = PRON PronType=Rel 3 nsubj\n3 said say VERB " FIN
        " 1 acl:relcl\n4 that = SCONJ _ 6 mark\n5 talks talk NOUN _ 6 nsubj\n6 failed fail VERB " FIN
        " 3 ccomp\n7 left leave VERB " FIN " 0 root\n";
    check(lines, "said", "who", "talks failed");
    const struct doc *d = linked_tree(lines);
    assert_string_equal(mention_text(d, finding_of(d, "said", 0)->source), "Chad");
}

/* '"A," X said, adding "B"': B is what was added. */
static void test_adding(void **state)
{
    (void)state;
    const char *lines =
        "1 \" = PUNCT _ 3 punct\n2 ~Talks talk NOUN _ 3 nsubj\n3 failed fail VERB " FIN
        " 7 ccomp\n4 ~, = PUNCT _ 3 punct\n5 ~\" = PUNCT _ 3 punct\n6 Mali = PROPN _ 7 nsubj\n"
        "7 said say VERB " FIN " 0 root\n8 ~, = PUNCT _ 9 punct\n9 adding add VERB " ING " 3 advcl\n"
        "10 that = SCONJ _ 15 mark\n11 \" = PUNCT _ 15 punct\n12 ~some = DET _ 15 nsubj\n13 of = ADP _ 14 case\n"
        "14 them = PRON PronType=Prs 12 nmod\n15 left leave VERB " FIN " 9 ccomp\n16 the = DET _ 17 det\n"
        "17 port = NOUN _ 15 obj\n18 at = ADP _ 19 case\n19 dawn = NOUN _ 15 obl\n20 ~\" = PUNCT _ 15 punct\n";
    check(lines, "said", "Mali", "Talks failed");
    check(lines, "adding", "Mali", "some of them left the port at dawn");
}

/* The clause behind "adding" is what was added, whatever the parser hangs it on. */
static void test_not_its_own(void **state)
{
    (void)state;
    const char *lines =
        "1 Talks talk NOUN _ 2 nsubj\n2 failed fail VERB " FIN " 5 parataxis\n3 ~, = PUNCT _ 2 punct\n"
        "4 Mali = PROPN _ 5 nsubj\n5 said say VERB " FIN " 0 root\n6 ~, = PUNCT _ 7 punct\n"
        "7 adding add VERB " ING " 5 advcl\n8 that = SCONJ _ 10 mark\n9 Chad = PROPN _ 10 nsubj\n"
        "10 left leave VERB " FIN " 5 ccomp\n";
    check(lines, "said", "Mali", "Talks failed");
    check(lines, "adding", "Mali", "Chad left");
}

static void test_marks(void **state)
{
    (void)state;
    const struct doc *d =
        read_text("MOE/N _: I/o think/v so/r _. | We/o waited=wait/d _. || She/o left=leave/d _.");
    assert_int_equal(d->n_findings, 1);
    assert_string_equal(source_text(d, &d->findings[0]), "MOE");
    assert_string_equal(pieces_text(d, &d->findings[0].content), "I think so. We waited");
    assert_int_equal(d->findings[0].mode, MODE_DIRECT);
    d = read_text("“ _They/o have/x left/e us/o with/p nothing/o at/p all/o _. _” ―/ Jo/N Moe/N");
    assert_int_equal(d->n_findings, 1);
    assert_string_equal(source_text(d, &d->findings[0]), "Jo Moe");
    assert_string_equal(pieces_text(d, &d->findings[0].content), "They have left us with nothing at all");
    assert_int_equal(
        read_text("“ _They/o have/x left/e us/o with/p nothing/o at/p all/o _. _” ―/ a/t loss/n")->n_findings,
        0);
    assert_int_equal(read_text("ITEMS/n _: tea/n _.|")->n_findings, 1);
    assert_int_equal(read_text("He/o saw=see/d MOE/N _: she/o left=leave/d _.")->n_findings, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_behind), cmocka_unit_test(test_before), cmocka_unit_test(test_matter),
        cmocka_unit_test(test_who),    cmocka_unit_test(test_adding), cmocka_unit_test(test_not_its_own),
        cmocka_unit_test(test_marks),
    };
    return cmocka_run_group_tests(tests, findings_setup, findings_teardown);
}
