/* Acts: source and target by place, passives, both sides of a meeting, nouns, and what is no act. */
#include "tests/unit/workers/findings.h"

static void test_parties(void **state)
{
    (void)state;
    static const struct {
        const char *text, *cue, *source, *target;
    } cases[] = {
        {"[ Iran/N ] attacked=attack/d [ Iraq/N ] _.", "attacked", "Iran", "Iraq"},
        {"[ Iran/N ] attacked=attack/d a/t town/n in/p [ Iraq/N ] _.", "attacked", "Iran", "Iraq"},
        {"[ Iraq/N ] was/x attacked=attack/d by/p [ Iran/N ] _.", "attacked", "Iran", "Iraq"},
        {"[ Iran/N ] rejected=reject/d [ Iraq/N _'s/i ] plan/n _.", "rejected", "Iran", "Iraq's"},
        {"[ Iran/N ] rejected=reject/d [ Iraq/N _'s/i ] claim/n _.", "rejected / claim", "Iran", "Iraq's"},
        {"[ Iran/N ] rejected=reject/d a/t plan/n by/p [ Iraq/N ] _.", "rejected", "Iran", "Iraq"},
        {"[ Iran/N ] rejected=reject/d the/t plan/n _.", "rejected", "Iran", "-"},
        {"[ Iran/N ] extended=extend/d an/t invitation/n to/p [ Iraq/N ] for/p talks/n _.",
         "extended / invitation", "Iran", "Iraq"},
        {"[ Iran/N _'s/i ] offer/n to/p [ Iraq/N ] stands=stand/v _.", "offer", "Iran's", "Iraq"},
        {"An/t offer/n by/p [ Iran/N ] to/p [ Iraq/N ] stands=stand/v _.", "offer", "Iran", "Iraq"},
        {"[ Iran/N ] accused=accuse/d [ Iraq/N ] of/p shelling=shell/g a/t town/n _.", "shelling", "Iraq",
         "-"},
        {"Skepticism=skepticism/n expressed=express/d by/p [ Iran/N ] grew=grow/d _.", "Skepticism expressed",
         "Iran", "-"},
        /* Whom the words are about. */
        {"[ Iran/N ] alleged=allege/d that/s [ Iraq/N ] left=leave/d them/o _.", "alleged", "Iran", "Iraq"},
        {"[ Iran/N ] said=say/d that/s [ Iraq/N ] left=leave/d them/o _.", "said", "Iran", "-"},
        /* Whom it reaches, though no place of the line leads there. */
        {"[ Iran/N ] dismissed=dismiss/d a/t ban/n on/p trade/n with/p [ Iraq/N ] _.", "dismissed", "Iran",
         "Iraq"},
        {"[ Iran/N ] dismissed=dismiss/d the/t news/n that/s [ Iraq/N ] was/x ready/a _.", "dismissed",
         "Iran", "-"},
        {"[ Iran/N ] dismissed=dismiss/d it/o and/c attacked=attack/d [ Iraq/N ] _.", "attacked", "Iran",
         "Iraq"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].text);
        const struct doc *d = read_text(cases[i].text);
        const struct finding *f = finding_of(d, cases[i].cue, 0);
        assert_string_equal(source_text(d, f), cases[i].source);
        assert_string_equal(mention_text(d, f->target), cases[i].target);
    }
}

/* An act in words, whose line has no place for whom: the first of another country that they name. */
static void test_named(void **state)
{
    (void)state;
    const char *text =
        "[ Iran/N ] plans=plan/v to/i thank/b [ Oman/N ] and/c that/s [ Mali/N ] left=leave/d _.";
    for (int other = 0; other < 2; other++) {
        struct doc *d = tagged_doc(arena, text);
        if (other)
            d->mentions[1].ids->country = STR("YYY");
        quotes_find(d);
        reading = cues_find(d, lexicon);
        link_run(d, reading, NULL);
        d->findings[0].content.v[0].first = d->mentions[1].first; /* past what find_receiver() sees */
        reading->hits[0].behind = (int32_t)d->n_tokens - 1;
        acts_run(d, reading);
        assert_string_equal(mention_text(d, finding_of(d, "plans", 0)->target), other ? "Oman" : "-");
    }
}

static void test_both_ways(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"[ Iran/N ] met=meet/d [ Iraq/N ] _.", "met"},
        {"[ Iran/N ] met=meet/d with/p [ Iraq/N ] _.", "met"},
        {"[ Iran/N ] and/c [ Iraq/N ] met=meet/d _.", "met"},
        {"[ Iran/N ] and/c [ Iraq/N ] agreed=agree/d _.", "agreed"},
        {"[ Iran/N ] and/c [ Iraq/N ] agreed=agree/d to/i sign/b it/o _.",
         "agreed"}, /* it tells words, too */
        {"[ Iran/N ] and/c [ Iraq/N ] exchanged=exchange/d heavy/a fire/n _.", "exchanged / fire"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i][0]);
        const struct doc *d = read_text(cases[i][0]);
        assert_int_equal(d->n_findings, 2);
        for (int k = 0; k < 2; k++) {
            const struct finding *f = finding_of(d, cases[i][1], k);
            assert_string_equal(source_text(d, f), k ? "Iraq" : "Iran");
            assert_string_equal(mention_text(d, f->target), k ? "Iran" : "Iraq");
        }
    }
    const struct doc *d = read_text("[ Iran/N ] and/c [ Iraq/N ] attacked=attack/d [ Oman/N ] _.");
    assert_int_equal(d->n_findings, 2);
    assert_string_equal(mention_text(d, finding_of(d, "attacked", 1)->target), "Oman");
}

static void test_no_act(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "A/t storm/n attacked=attack/d [ Iraq/N ] _.",           /* cannot act */
        "[ Iran/N ] agreed=agree/d to/i attack/v [ Iraq/N ] _.", /* promised, not done */
        "The/t offer/n stands=stand/v _.",                       /* nobody's */
        "[ Iraq/N ] was/x attacked=attack/d _.",                 /* by whom? */
    };
    static const size_t findings[] = {0, 1, 0, 0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i]);
        assert_int_equal(read_text(cases[i])->n_findings, findings[i]);
    }
    struct doc *d = tagged_doc(arena, "[ Iraq/N ] attacked=attack/d [ Iran/N ] _.");
    d->mentions[0].kind = MENTION_PLACE;
    quotes_find(d);
    struct reading *r = cues_find(d, lexicon);
    link_run(d, r, NULL);
    acts_run(d, r);
    assert_int_equal(d->n_findings, 0);
}

static void test_longest_cue(void **state)
{
    (void)state;
    read_text("[ Iran/N ] extended=extend/d a/t formal/a invitation/n _.");
    assert_int_equal(reading->n_hits, 1);
    assert_str(reading->hits[0].rule->text, "extend * invitation");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parties), cmocka_unit_test(test_named),       cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_no_act),  cmocka_unit_test(test_longest_cue),
    };
    return cmocka_run_group_tests(tests, findings_setup, findings_teardown);
}
