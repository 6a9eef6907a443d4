/* Who does what: subjects across appositions, relative clauses, inversion, coordination, participles,
 * infinitives, passives. */
#include "tests/unit/workers/tagged.h"
#include "workers/statements/clause.h"
#include "workers/statements/quotes.h"

static struct arena *arena;
static struct doc *d;
static struct clauses *cs;

static void read_text(const char *marked)
{
    d = tagged_doc(arena, marked);
    quotes_find(d);
    cs = clauses_find(d);
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

static void test_subject(void **state)
{
    (void)state;
    static const struct {
        const char *text, *verb, *subject;
    } cases[] = {
        {"[ Iran/N ] rejected/d the/t plan/n _.", "rejected", "Iran"},
        {"On/p Monday/N [ Iran/N ] rejected/d the/t plan/n _.", "rejected", "Iran"},
        {"[ Iran/N ] on/p Monday/N rejected/d the/t plan/n _.", "rejected", "Iran"},
        {"Last/a week/n [ Iran/N ] has/x also/r rejected/d the/t plan/n _.", "rejected", "Iran"},
        {"The/t leader/n of/p the/t rebels/n in/p [ Mali/N ] fled/d _.", "fled", "The leader"},
        {"[ Mali/N ] _, a/t country/n in/p the/t west/n _, rejected/d the/t plan/n _.", "rejected", "Mali"},
        {"[ Mali/N ] _, which/o has/x no/t coast/n _, rejected/d it/o _.", "rejected", "Mali"},
        {"[ Mali/N ] _, officials/n said=say/d _, rejected/d it/o _.", "rejected", "Mali"},
        {"The/t plan/n made/d by/p [ Mali/N ] failed/d _.", "failed", "The plan"},
        {"[ Mali/N ] ( _the/t former/a colony/n _) rejected/d it/o _.", "rejected", "Mali"},
        {"[ Mali/N ] — a/t neighbour/n — rejected/d it/o _.", "rejected", "Mali"},
        {"[ Mali/N ] denounced/d [ Chad/N ] and/c rejected/d the/t plan/n _.", "rejected", "Mali"},
        {"[ Mali/N ] denounced/d [ Chad/N ] _, rejected/d the/t plan/n and/c left/d _.", "left", "Mali"},
        {"[ Mali/N ] rejected/d the/t plan/n _, but/c [ Chad/N ] accepted/d it/o _.", "accepted", "Chad"},
        {"[ Mali/N ] said=say/d [ Chad/N ] accepted/d it/o _.", "accepted", "Chad"},
        {"[ Mali/N ] said=say/d that/s [ Chad/N ] accepted/d it/o _, but/c noted/d a/t delay/n _.",
         "accepted", "Chad"},
        {"[ Mali/N ] rejected/d the/t plan/n _, suggesting/g that/s it/o failed/d _.", "suggesting", "Mali"},
        {"[ Mali/N ] accused=accuse/d [ Chad/N ] of/p shelling/g a/t town/n _.", "shelling", "Chad"},
        {"[ Mali/N ] angered=anger/d [ Chad/N ] by/p shelling/g a/t town/n _.", "shelling", "Mali"},
        {"with/p [ Mali/N ] planning/g talks/n and/c preparing/g a/t visit/n _.", "preparing", "Mali"},
        {"[ Mali/N ] _, who/o has/x been/x pushing/g for/p talks/n _, agreed/d _.", "pushing", "Mali"},
        {"[ Mali/N ] urged=urge/d [ Chad/N ] to/i sign/b it/o _.", "sign", "Chad"},
        {"[ Mali/N ] called=call/d on/p [ Chad/N ] to/i sign/b it/o _.", "sign", "Chad"},
        {"[ Mali/N ] plans/v to/i sign/b it/o _.", "sign", "Mali"},
        {"[ Mali/N ] is/x ready/a to/i sign/b it/o _.", "sign", "Mali"},
        {"[ Mali/N _'s/i ] offer/n to/i sign/b it/o failed/d _.", "sign", "Mali's"},
        {"“ _It/o failed/d _, _” said=say/d [ Mali/N ] _.", "said", "Mali"},
        {"The/t talks/n failed/d _, said=say/d [ Mali/N ] _.", "said", "Mali"},
        {"[ Mali/N ] said=say/d “ [ _we/o ] reject/v it/o _” _.", "reject", "we"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].text);
        read_text(cases[i].text);
        assert_phrase(clause_of(cases[i].verb)->subject, cases[i].subject);
    }
}

static void test_two_subjects(void **state)
{
    (void)state;
    read_text("[ Mali/N ] and/c [ Chad/N ] agreed/d _.");
    assert_phrase(clause_of("agreed")->subject, "Mali");
    assert_phrase(clause_of("agreed")->others[0], "Chad");
    read_text("Talks/n between/p [ Mali/N ] and/c [ Chad/N ] failed/d _.");
    assert_phrase(clause_of("failed")->subject, "Talks");
    read_text("[ Niger/N ] met/d [ Mali/N ] and/c [ Chad/N ] agreed/d _.");
    assert_phrase(clause_of("agreed")->subject, "Chad");
    assert_int_equal(clause_of("agreed")->n_others, 0);
    read_text("[ Niger/N ] _, [ Mali/N ] and/c [ Chad/N ] agreed/d _.");
    assert_phrase(clause_of("agreed")->subject, "Niger");
    assert_phrase(clause_of("agreed")->others[1], "Chad");
}

static void test_passive(void **state)
{
    (void)state;
    read_text("The/t plan/n was/x not/i rejected/d on/p Monday/N by/p [ Mali/N ] _.");
    assert_true(clause_of("rejected")->passive);
    assert_true(clause_of("rejected")->negated);
    assert_phrase(clause_of("rejected")->agent, "Mali");
    assert_phrase(clause_of("rejected")->subject, "The plan");
    read_text("the/t doubts/n expressed/d by/p [ both/t leaders/n ] grew/d _.");
    assert_int_equal(clause_of("expressed")->link, CLAUSE_REDUCED);
    assert_phrase(clause_of("expressed")->agent, "both leaders");
    assert_phrase(clause_of("grew")->subject, "the doubts");
    read_text("[ Mali/N ] has/x rejected/d it/o _.");
    assert_false(clause_of("rejected")->passive);
}

static void test_modal(void **state)
{
    (void)state;
    read_text("[ Mali/N ] will/x never/r accept/b it/o _.");
    assert_int_equal(clause_of("accept")->modal, 1);
    assert_true(clause_of("accept")->negated);
    assert_int_equal(clause_of("accept")->first, 1);
}

static void assert_end(const char *text, const char *from, const char *last)
{
    read_text(text);
    int32_t end = clause_end(d, cs, tagged_find(d, from, 0) + 1);
    assert_str(doc_token_text(d, end - 1), last);
}

static void test_end(void **state)
{
    (void)state;
    assert_end("[ Mali/N ] said=say/d the/t talks/n failed/d in/p May/N _.", "said", "May");
    assert_end("[ Mali/N ] said=say/d the/t talks/n failed/d _, but/c [ Chad/N ] hoped/d _.", "said",
               "failed");
    assert_end("[ Mali/N ] said=say/d it/o sold/d oil/n _, gas/n and/c gold/n _; [ Chad/N ] left/d _.",
               "said", "gold");
    assert_end("[ Mali/N ] rejected/d “ _oil/n _, but/c gas/n _” _.", "rejected", "”");
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
        cmocka_unit_test(test_subject), cmocka_unit_test(test_two_subjects), cmocka_unit_test(test_passive),
        cmocka_unit_test(test_modal),   cmocka_unit_test(test_end),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
