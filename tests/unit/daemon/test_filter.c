#include "daemon/filter.h"
#include "tests/unit/unit.h"

#include <math.h>

static struct actor russia = {.country = {"RUS", 3}, .role = {"GOV", 3}};
static struct actor ukraine = {.country = {"UKR", 3}, .role = {"MIL", 3}};
static struct actor agency = {.country = {"DEU", 3}};
static struct act reject = {.type = ACT_REJECT, .quad = QUAD_VERBAL_CONFLICT};
static struct stance oppose = {.label = STANCE_OPPOSE, .issue = {"negotiation", 11}};

static struct event sample(void)
{
    return (struct event){.source = &russia,
                          .act = &reject,
                          .target = &ukraine,
                          .stance = &oppose,
                          .reported_by = &agency,
                          .confidence = 0.5};
}

static const struct where nothing = {.confidence = NAN};

static void no_condition_passes_all(void **state)
{
    (void)state;
    struct event e = sample();
    assert_true(filter_passes_all(NULL));
    assert_true(filter_passes_all(&nothing));
    assert_true(filter_match(NULL, &e));
    assert_true(filter_match(&nothing, &e));
    struct where w = nothing;
    w.confidence = 0;
    assert_false(filter_passes_all(&w));
}

/* Each condition alone: the value that fits passes, another does not, and neither is `passes_all`. */
static void each_condition(void **state)
{
    (void)state;
    struct where w = nothing;
    const struct {
        struct str_list *list;
        struct str fits;
    } cases[] = {
        {&w.act, STR("REJECT")},      {&w.quad, STR("verbal-conflict")}, {&w.source, STR("RUS")},
        {&w.target, STR("UKR")},      {&w.stance, STR("oppose")},        {&w.issue, STR("negotiation")},
        {&w.source_role, STR("GOV")}, {&w.target_role, STR("MIL")},      {&w.reported_by, STR("DEU")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct event e = sample();
        struct str other = STR("XXX"), both[] = {other, cases[i].fits};
        w = nothing;
        *cases[i].list = (struct str_list){&other, 1};
        assert_false(filter_passes_all(&w));
        assert_false(filter_match(&w, &e));
        *cases[i].list = (struct str_list){both, 2}; /* one of the list is enough */
        assert_true(filter_match(&w, &e));
        *cases[i].list = (struct str_list){both, 0}; /* an empty list lets nothing pass */
        assert_false(filter_match(&w, &e));
    }
}

static void all_conditions_have_to_be_met(void **state)
{
    (void)state;
    struct event e = sample();
    struct str act = STR("REJECT"), country = STR("FRA");
    struct where w = nothing;
    w.act = (struct str_list){&act, 1};
    assert_true(filter_match(&w, &e));
    w.source = (struct str_list){&country, 1};
    assert_false(filter_match(&w, &e));
}

static void what_is_absent_does_not_match(void **state)
{
    (void)state;
    struct event e = sample();
    struct str empty = STR("");
    struct where w = nothing;
    e.target = NULL;
    w.target = (struct str_list){&empty, 1};
    assert_false(filter_match(&w, &e));
    w = nothing;
    e.stance = NULL;
    w.stance = (struct str_list){&empty, 1};
    assert_false(filter_match(&w, &e));
}

static void confidence_is_a_floor(void **state)
{
    (void)state;
    struct event e = sample();
    struct where w = nothing;
    w.confidence = 0.5;
    assert_true(filter_match(&w, &e));
    w.confidence = 0.51;
    assert_false(filter_match(&w, &e));
    e.confidence = NAN;
    assert_false(filter_match(&w, &e));
}

static void retractions_pass_every_filter(void **state)
{
    (void)state;
    struct retracts r = {1, 2};
    struct event e = {.retracts = &r, .confidence = NAN};
    struct str act = STR("REJECT");
    struct where w = nothing;
    w.act = (struct str_list){&act, 1};
    w.confidence = 0.9;
    assert_true(filter_match(&w, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_condition_passes_all),       cmocka_unit_test(each_condition),
        cmocka_unit_test(all_conditions_have_to_be_met), cmocka_unit_test(what_is_absent_does_not_match),
        cmocka_unit_test(confidence_is_a_floor),         cmocka_unit_test(retractions_pass_every_filter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
