/* Who does what, read from trees: subjects, control, passives, quotations; how far a phrase reaches. */
#include "tests/unit/workers/trees.h"
#include "workers/statements/clause.h"
#include "workers/statements/quotes.h"

static struct arena *arena;
static struct doc *d;
static struct clauses *cs;

#define FIN  "Tense=Past|VerbForm=Fin"
#define PART "Tense=Past|VerbForm=Part"
#define ING  "VerbForm=Ger"
#define INF  "VerbForm=Inf"

static void read_tree(const char *lines)
{
    d = trees_doc(arena, lines);
    quotes_find(d);
    cs = clauses_find(d);
    assert_non_null(cs->tree);
}

static const struct clause *clause_of(const char *verb)
{
    int32_t k = cs->at[tagged_find(d, verb, 0)];
    if (k == NONE)
        fail_msg("'%s' is no verb", verb);
    return &cs->v[k];
}

static void assert_phrase(struct np n, const char *text)
{
    if (!np_some(n))
        fail_msg("nothing found where '%s' was expected", text);
    struct str s = {d->text + d->tokens[n.first].begin, d->tokens[n.last - 1].end - d->tokens[n.first].begin};
    assert_str(s, text);
}

/* A subject far from its verb, with a clause of its own between: word order alone would say "the port". */
static void test_far_subject(void **state)
{
    (void)state;
    read_tree("1 The = DET _ 3 det\n"
              "2 old = ADJ _ 3 amod\n"
              "3 general = NOUN _ 10 nsubj\n"
              "4 who = PRON PronType=Rel 5 nsubj\n"
              "5 led lead VERB " FIN " 3 acl:relcl\n"
              "6 Mali = PROPN _ 5 obj\n"
              "7 near = ADP _ 9 case\n"
              "8 the = DET _ 9 det\n"
              "9 port = NOUN _ 5 obl\n"
              "10 left leave VERB " FIN " 0 root\n"
              "11 and = CCONJ _ 12 cc\n"
              "12 died die VERB " FIN " 10 conj\n");
    assert_phrase(clause_of("left")->subject, "The old general");
    assert_int_equal(clause_of("led")->link, CLAUSE_RELATIVE);
    assert_phrase(clause_of("led")->subject, "The old general");
    assert_int_equal(clause_of("led")->relative, 3);
    assert_phrase(clause_of("died")->subject, "The old general");
    assert_true(clause_of("died")->shared);
    assert_true(&cs->v[clause_of("died")->governor] == clause_of("left"));
}

static void test_list(void **state)
{
    (void)state;
    read_tree("1 Mali = PROPN _ 6 nsubj\n"
              "2 ~, = PUNCT _ 3 punct\n"
              "3 Chad = PROPN _ 1 conj\n"
              "4 and = CCONJ _ 5 cc\n"
              "5 Niger = PROPN _ 1 conj\n"
              "6 agreed agree VERB " FIN " 0 root\n"
              "7 to = PART _ 8 mark\n"
              "8 talk = VERB " INF " 6 xcomp\n");
    assert_phrase(clause_of("agreed")->subject, "Mali");
    assert_int_equal(clause_of("agreed")->n_others, 2);
    assert_phrase(clause_of("agreed")->others[0], "Chad");
    assert_phrase(clause_of("agreed")->others[1], "Niger");
    assert_int_equal(clause_of("talk")->link, CLAUSE_INFINITIVE);
    assert_phrase(clause_of("talk")->subject, "Mali");
    assert_int_equal(clause_of("talk")->n_others, 2);
    assert_int_equal(clause_of("talk")->first, 6);
}

static void test_chain(void **state)
{
    (void)state;
    read_tree(
        "1 Mali = PROPN _ 6 nsubj\n2 ~, = PUNCT _ 3 punct\n3 Chad = PROPN _ 1 conj\n4 and = CCONJ _ 5 cc\n"
        "5 Niger = PROPN _ 3 conj\n6 agreed agree VERB " FIN " 0 root\n");
    assert_int_equal(clause_of("agreed")->n_others, 2);
    assert_phrase(clause_of("agreed")->others[1], "Niger");
    read_tree(
        "1 North = PROPN _ 4 compound\n2 and = CCONJ _ 3 cc\n3 South = PROPN _ 1 conj\n4 Yemen = PROPN _ 5 nsubj\n"
        "5 agreed agree VERB " FIN " 0 root\n");
    assert_phrase(clause_of("agreed")->subject, "North");
    assert_int_equal(clause_of("agreed")->n_others, 1);
    assert_phrase(clause_of("agreed")->others[0], "South Yemen");
}

/* "A, X said, failed": both are subjects of one verb to a parser. */
static void test_nearest(void **state)
{
    (void)state;
    read_tree(
        "1 Talks talk NOUN _ 4 nsubj\n2 ~, = PUNCT _ 1 punct\n3 Mali = PROPN _ 4 nsubj\n4 said say VERB " FIN
        " 0 root\n5 ~, = PUNCT _ 4 punct\n6 failed fail VERB " FIN " 4 ccomp\n");
    assert_phrase(clause_of("said")->subject, "Mali");
    assert_phrase(clause_of("failed")->subject, "Talks");
}

/* A speaker goes on although the tree gives the second verb to what was said. */
static void test_speaker(void **state)
{
    (void)state;
    read_tree("1 Mali = PROPN _ 2 nsubj\n2 said say VERB " FIN
              " 0 root\n3 the = DET _ 4 det\n4 step = NOUN _ 5 nsubj\n"
              "5 failed fail VERB " FIN " 2 ccomp\n6 and = CCONJ _ 7 cc\n7 denied deny VERB " FIN " 5 conj\n"
              "8 ~, = PUNCT _ 9 punct\n9 adding add VERB " ING " 5 advcl\n");
    assert_phrase(clause_of("denied")->subject, "Mali");
    assert_phrase(clause_of("adding")->subject, "Mali");
    read_tree("1 Mali = PROPN _ 2 nsubj\n2 said say VERB " FIN " 0 root\n3 Chad = PROPN _ 4 nsubj\n"
              "4 failed fail VERB " FIN " 2 ccomp\n5 and = CCONJ _ 6 cc\n6 denied deny VERB " FIN
              " 4 conj\n");
    assert_phrase(clause_of("denied")->subject, "Chad");
}

/* "The visit of Moe, who left": nobody but Moe can have left. */
static void test_antecedent(void **state)
{
    (void)state;
    const char *lines =
        "1 The = DET _ 2 det\n2 visit = NOUN _ 8 nsubj\n3 of = ADP _ 4 case\n4 Moe = PROPN _ 2 nmod\n"
        "5 ~, = PUNCT _ 7 punct\n6 who = PRON PronType=Rel 7 nsubj\n7 left leave VERB " FIN
        " 2 acl:relcl\n8 ended end VERB " FIN " 0 root\n";
    d = trees_doc(arena, lines);
    d->mentions[0].kind = MENTION_PERSON;
    quotes_find(d);
    cs = clauses_find(d);
    assert_phrase(clause_of("left")->subject, "Moe");
    d->mentions[0].kind = MENTION_PLACE;
    cs = clauses_find(d);
    assert_phrase(clause_of("left")->subject, "The visit");
}

/* "Mali urged Chad to sign and leave": the object does; "Mali promised Chad to sign": the subject. */
static void test_control(void **state)
{
    (void)state;
    static const char *const lemmas[] = {"urge", "promise"}, *const who[] = {"Chad", "Mali"};
    for (int i = 0; i < 2; i++) {
        char lines[500];
        snprintf(lines, sizeof lines,
                 "1 Mali = PROPN _ 2 nsubj\n2 told %s VERB " FIN " 0 root\n3 Chad = PROPN _ 2 obj\n"
                 "4 to = PART _ 5 mark\n5 sign = VERB " INF " 2 xcomp\n6 and = CCONJ _ 7 cc\n"
                 "7 leave = VERB " INF " 5 conj\n",
                 lemmas[i]);
        read_tree(lines);
        assert_phrase(clause_of("sign")->subject, who[i]);
        assert_phrase(clause_of("leave")->subject, who[i]);
        assert_int_equal(clause_of("leave")->link, CLAUSE_INFINITIVE);
        assert_true(&cs->v[clause_of("leave")->governor] == clause_of("told"));
    }
    read_tree("1 Mali = PROPN _ 2 nsubj\n2 called call VERB " FIN " 0 root\n3 on = ADP _ 4 case\n"
              "4 Chad = PROPN _ 2 obl\n5 to = PART _ 6 mark\n6 sign = VERB " INF " 2 advcl\n");
    assert_phrase(clause_of("sign")->subject, "Chad");
    read_tree("1 Mali = PROPN _ 2 nsubj\n2 accused accuse VERB " FIN " 0 root\n3 Chad = PROPN _ 2 obj\n"
              "4 of = SCONJ _ 5 mark\n5 shelling shell VERB " ING
              " 2 advcl\n6 it = PRON PronType=Prs 5 obj\n");
    assert_phrase(clause_of("shelling")->subject, "Chad");
    assert_int_equal(clause_of("shelling")->link, CLAUSE_PARTICIPLE);
}

/* "After meeting X, Mali left." "Mali's offer to mediate failed." */
static void test_borrowed(void **state)
{
    (void)state;
    read_tree("1 After = SCONJ _ 2 mark\n2 meeting meet VERB " ING " 6 advcl\n3 Chad = PROPN _ 2 obj\n"
              "4 ~, = PUNCT _ 2 punct\n5 Mali = PROPN _ 6 nsubj\n6 left leave VERB " FIN " 0 root\n");
    assert_phrase(clause_of("meeting")->subject, "Mali");
    read_tree("1 Mali = PROPN _ 3 nmod:poss\n2 ~'s = PART _ 1 case\n3 offer = NOUN _ 6 nsubj\n"
              "4 to = PART _ 5 mark\n5 mediate = VERB " INF " 3 acl\n6 failed fail VERB " FIN " 0 root\n");
    assert_phrase(clause_of("mediate")->subject, "Mali's");
    assert_phrase(clause_of("failed")->subject, "Mali's offer");
}

static void test_passive(void **state)
{
    (void)state;
    read_tree("1 The = DET _ 2 det\n2 plan = NOUN _ 5 nsubj:pass\n3 was be AUX " FIN " 5 aux:pass\n"
              "4 not = PART _ 5 advmod\n5 rejected reject VERB " PART " 0 root\n6 by = ADP _ 7 case\n"
              "7 Mali = PROPN _ 5 obl:agent\n8 in = ADP _ 9 case\n9 talks talk NOUN _ 5 obl\n"
              "10 held hold VERB " PART " 9 acl\n11 by = ADP _ 12 case\n12 Chad = PROPN _ 10 obl:agent\n");
    assert_true(clause_of("rejected")->passive);
    assert_true(clause_of("rejected")->negated);
    assert_phrase(clause_of("rejected")->agent, "Mali");
    assert_phrase(clause_of("rejected")->subject, "The plan");
    assert_int_equal(clause_of("rejected")->first, 2);
    assert_int_equal(clause_of("held")->link, CLAUSE_REDUCED);
    assert_phrase(clause_of("held")->subject, "talks");
    assert_phrase(clause_of("held")->agent, "Chad");
}

/* The copula is the verb, what it links has the dependents. */
static void test_copula(void **state)
{
    (void)state;
    read_tree("1 Mali = PROPN _ 5 nsubj\n2 would = AUX VerbForm=Fin 5 aux\n3 never = ADV _ 5 advmod\n"
              "4 be = AUX " INF " 5 cop\n5 ready = ADJ _ 0 root\n6 to = PART _ 7 mark\n"
              "7 sign = VERB " INF " 5 xcomp\n");
    const struct clause *be = clause_of("be");
    assert_phrase(be->subject, "Mali");
    assert_int_equal(be->node, 4);
    assert_int_equal(be->modal, 1);
    assert_int_equal(be->first, 1);
    assert_true(be->negated);
    assert_phrase(clause_of("sign")->subject, "Mali");
    assert_int_equal(cs->at[tagged_find(d, "would", 0)], NONE);
}

/* What somebody says has no subject outside of its marks, whatever the parser thinks. */
static void test_quotation(void **state)
{
    (void)state;
    read_tree(
        "1 \" = PUNCT _ 2 punct\n2 Leave = VERB " INF " 0 root\n3 the = DET _ 4 det\n4 port = NOUN _ 2 obj\n"
        "5 at = ADP _ 6 case\n6 once = ADV _ 2 advmod\n7 and = CCONJ _ 8 cc\n8 go = VERB " INF " 2 conj\n"
        "9 ~, = PUNCT _ 2 punct\n10 ~\" = PUNCT _ 2 punct\n11 said say VERB " FIN " 2 parataxis\n"
        "12 Mali = PROPN _ 2 nsubj\n");
    assert_false(np_some(clause_of("Leave")->subject));
    assert_phrase(clause_of("said")->subject, "Mali"); /* from word order: the tree names none */
    assert_true(clause_of("said")->inverted);
}

static void test_branches(void **state)
{
    (void)state;
    read_tree(
        "1 about = ADV _ 2 advmod\n2 ten = NUM _ 3 nummod\n3 envoys envoy NOUN _ 7 nsubj\n4 of = ADP _ 6 case\n"
        "5 the = DET _ 6 det\n6 union = NOUN _ 3 nmod\n7 left leave VERB " FIN " 0 root\n\n"
        "1 Mali = PROPN _ 2 nsubj\n2 slept sleep VERB " FIN " 0 root\n");
    const struct branches *b = cs->tree;
    assert_int_equal(b->first[2], 0);
    assert_int_equal(b->last[2], 6);
    assert_int_equal(b->last[6], 7);
    assert_int_equal(b->first[8], 7);
    assert_phrase(branch_np(d, b, 2), "about ten envoys");
    assert_int_equal(branch_word(d, b, 5, REL_CASE, "of"), 3);
    assert_int_equal(branch_word(d, b, 5, REL_CASE, "by"), NONE);
    assert_int_equal(branch_child(d, b, 6, REL_NSUBJ, 3), NONE);
    struct piece all = branch_phrase(d, b, branch_np(d, b, 2));
    assert_int_equal(all.first, 0);
    assert_int_equal(all.last, 6);
}

static int setup(void **state)
{
    (void)state;
    return (arena = arena_new(0)) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_far_subject), cmocka_unit_test(test_list),      cmocka_unit_test(test_control),
        cmocka_unit_test(test_chain),       cmocka_unit_test(test_nearest),   cmocka_unit_test(test_speaker),
        cmocka_unit_test(test_antecedent),  cmocka_unit_test(test_borrowed),  cmocka_unit_test(test_passive),
        cmocka_unit_test(test_copula),      cmocka_unit_test(test_quotation), cmocka_unit_test(test_branches),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
