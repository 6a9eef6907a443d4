/* What becomes of the model's attributions: whose they are, whole quotations, cues that are taken, acts without words. */
#include "tests/unit/workers/findings.h"

/* Token ranges, written as first and last words: "Iran", "talks failed". */
static struct piece words(const struct doc *d, const char *text)
{
    char first[64], last[64];
    const char *space = strchr(text, ' ');
    snprintf(first, sizeof first, "%.*s", (int)(space ? space - text : (long)strlen(text)), text);
    snprintf(last, sizeof last, "%s", space ? strrchr(text, ' ') + 1 : text);
    int32_t from = tagged_find(d, first, 0);
    int32_t to = from;
    while (!str_is(doc_token_text(d, to), last))
        to++;
    return (struct piece){from, to + 1};
}

static struct attribution attribution(const struct doc *d, const char *source, const char *cue,
                                      const char *content, double p)
{
    struct attribution x = {.cue = words(d, cue), .source = {NONE, NONE}, .p = p, .p_words = 1};
    x.anchor = x.cue.first;
    if (*source)
        x.source = words(d, source);
    x.content.v = ARENA_ARRAY(arena, struct piece, 1);
    if (*content)
        x.content.v[x.content.n++] = words(d, content);
    return x;
}

static struct doc *read_said(const char *marked, const char *source, const char *cue, const char *content,
                             double p)
{
    struct doc *d = tagged_doc(arena, marked);
    quotes_find(d);
    reading = cues_find(d, lexicon);
    struct attribution *x = ARENA_ARRAY(arena, struct attribution, 1);
    struct attributions said = {x, *cue ? 1 : 0};
    if (*cue)
        *x = attribution(d, source, cue, content, p);
    link_run(d, reading, &said);
    acts_run(d, reading);
    return d;
}

static void test_whose(void **state)
{
    (void)state;
    const struct doc *d = read_said("In/p its/o view/n [ Iran/N ] hinted/d at/p new/a talks/n _.", "Iran",
                                    "hinted", "new talks", 0.9);
    assert_int_equal(d->n_findings, 1);
    const struct finding *f = finding_of(d, "hinted", 0);
    assert_true(f->is_statement && f->rule == NULL); /* no line of the lexicon */
    assert_true(str_is(f->cameo, "010"));
    assert_string_equal(source_text(d, f), "Iran");
    assert_string_equal(pieces_text(d, &f->content), "new talks");
    d = read_said("[ Iran/N ] rejected=reject/d new/a talks/n _.", "Iran", "rejected", "new talks", 0.9);
    assert_int_equal(d->n_findings, 1); /* the cue is taken: no second one by rules */
    assert_true(str_is(d->findings[0].cameo, "120"));
}

static void test_nobody(void **state)
{
    (void)state;
    const char *text = "It/o was/x hinted/e that/s talks/n failed=fail/d _.";
    assert_int_equal(read_said(text, "", "hinted", "talks failed", 0.5)->n_findings, 0);
    const struct doc *d = read_said(text, "", "hinted", "talks failed", 0.7);
    assert_int_equal(d->n_findings, 1);
    assert_true(d->findings[0].source == NONE && d->findings[0].source_pieces.n == 0);
    assert_int_equal(read_said(text, "", "hinted", "", 0.9)->n_findings, 0); /* nothing is told */
}

static void test_quotation(void **state)
{
    (void)state;
    const char *text =
        "“ _Talks/n failed=fail/d now/r _, _” [ Iran/N ] hinted/d _. | “ _We/o left=leave/d _. _”";
    const struct doc *d = read_said(text, "Iran", "hinted", "Talks failed", 0.9);
    const struct finding *f = finding_of(d, "hinted", 0);
    assert_string_equal(pieces_text(d, &f->content),
                        "Talks failed now / We left"); /* whole, and what goes on */
    assert_int_equal(f->mode, MODE_DIRECT);
}

/* A paragraph that is nothing but a quotation goes on with the speaker of the one before. */
static void test_goes_on(void **state)
{
    (void)state;
    const char *text =
        "“ _Talks/n failed=fail/d now/r _, _” [ Iran/N ] hinted/d _. || “ _We/o left=leave/d them/o _. _” "
        "|| “ _It/o rained=rain/d hard/r _, _” he/o wrote=write/d _.";
    const struct doc *d = read_said(text, "Iran", "hinted", "Talks failed", 0.9);
    assert_string_equal(pieces_text(d, &d->findings[0].content), "Talks failed now / We left them");
}

/* A quotation does not take the next sentence along. */
static void test_ends(void **state)
{
    (void)state;
    const char *text =
        "[ Iran/N ] hinted/d _: “ _Porte/n reste/n ouverte/n _. _” | It/o gave=give/d none/n _.";
    const struct doc *d = read_said(text, "Iran", "hinted", "Porte none", 0.9);
    assert_string_equal(pieces_text(d, &d->findings[0].content), "Porte reste ouverte");
}

static void test_next_paragraph(void **state)
{
    (void)state;
    const struct doc *d = read_said("[ Iran/N ] hinted/d _: || “ _Talks/n failed=fail/d now/r _. _”", "Iran",
                                    "hinted", "", 0.9);
    assert_int_equal(d->n_findings, 1);
    assert_string_equal(pieces_text(d, &d->findings[0].content), "Talks failed now");
    d = read_said("[ Iran/N ] hinted/d _. || “ _Talks/n failed=fail/d now/r _. _”", "Iran", "hinted", "",
                  0.9);
    assert_int_equal(d->n_findings, 0); /* no colon: nothing says that these are its words */
}

/* Rules still see acts that the model says no words with, and nothing where it sees no saying. */
static void test_rules(void **state)
{
    (void)state;
    const struct doc *d =
        read_said("[ Iran/N ] rejected=reject/d [ Iraq/N _'s/i ] offer/n _.", "", "", "", 0);
    const struct finding *f = finding_of(d, "rejected", 0);
    assert_false(f->is_statement);
    assert_string_equal(source_text(d, f), "Iran");
    d = read_said("[ Iran/N ] said=say/d that/s talks/n failed=fail/d _.", "", "", "", 0);
    assert_int_equal(d->n_findings, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whose, findings_setup, findings_teardown),
        cmocka_unit_test_setup_teardown(test_nobody, findings_setup, findings_teardown),
        cmocka_unit_test_setup_teardown(test_quotation, findings_setup, findings_teardown),
        cmocka_unit_test_setup_teardown(test_goes_on, findings_setup, findings_teardown),
        cmocka_unit_test_setup_teardown(test_ends, findings_setup, findings_teardown),
        cmocka_unit_test_setup_teardown(test_next_paragraph, findings_setup, findings_teardown),
        cmocka_unit_test_setup_teardown(test_rules, findings_setup, findings_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
