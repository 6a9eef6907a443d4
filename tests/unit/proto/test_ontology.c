#include "proto/ontology.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static void the_project_s_ontology_says_what_plover_says(void **state)
{
    (void)state;
    struct reason why;
    struct ontology *o = ontology_load("config/ontology.tsv", &why);
    if (!o)
        fail_msg("%s", why.text);
    static const struct {
        const char *cameo;
        enum act_type type;
    } expected[] = {{"010", ACT_STATE},   {"036", ACT_AGREE},    {"042", ACT_CONSULT}, {"0813", ACT_RETREAT},
                    {"081", ACT_CONCEDE}, {"087", ACT_RETREAT},  {"112", ACT_ACCUSE},  {"090", ACT_ACCUSE},
                    {"163", ACT_COERCE},  {"160", ACT_SANCTION}, {"191", ACT_COERCE},  {"190", ACT_ASSAULT},
                    {"175", ACT_ASSAULT}, {"1712", ACT_ASSAULT}, {"173", ACT_COERCE},  {"0431", ACT_CONSULT}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (ontology_type(o, str_from(expected[i].cameo)) != (int)expected[i].type)
            fail_msg("%s is not %s", expected[i].cameo, act_names[expected[i].type]);
    assert_int_equal(ontology_type(o, STR("99")), -1);
    assert_int_equal(ontology_quad(o, ACT_CONSULT), QUAD_VERBAL_COOPERATION);
    assert_int_equal(ontology_quad(o, ACT_SANCTION), QUAD_MATERIAL_CONFLICT);
    assert_true(ontology_score(o, STR("010"), ACT_STATE) == 0);
    assert_true(ontology_score(o, STR("190"), ACT_ASSAULT) < -5);
    ontology_free(o);
}

static void refuse(const char *text, const char *reason)
{
    char path[] = "/tmp/stanced-ontology-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    struct reason why = {""};
    assert_null(ontology_load(path, &why));
    assert_contains(why.text, path);
    assert_contains(why.text, reason);
    unlink(path);
}

static void bad_lines_are_told_with_their_place(void **state)
{
    (void)state;
    refuse("act\tAGREE\tverbal-cooperation\tmuch\n", ":1: 'much' is no score");
    refuse("# x\nact\tAGREE\tverbal\t1\n", ":2: 'verbal' is no quad");
    refuse("act\tFROWN\tstatement\t1\n", ":1: 'FROWN' is no act");
    refuse("code\t1\tAGREE\t\tx\n", ":1: '1' is no CAMEO code");
    refuse("code\t03\tAGREE\t\tx\ncode\t03\tAGREE\t\tx\n", ":2: code 03 is there twice");
    refuse("verb\ta\tb\tc\n", "expected 'act' or 'code'");
    refuse("act\tAGREE\n", ":1: 2 columns, expected 4 to 5");
    refuse("code\t03\tAGREE\t\tx\n", "no line for act STATE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_project_s_ontology_says_what_plover_says),
        cmocka_unit_test(bad_lines_are_told_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
