#include "tests/unit/unit.h"
#include "workers/engine/feats.h"
#include "workers/engine/relations.h"

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(relation_names[REL_NONE], "_");
    assert_int_equal(REL_NONE, 0);
    for (int r = REL_NONE + 1; r < REL_COUNT; r++) {
        assert_int_equal(rel_find(str_from(relation_names[r])), r);
        assert_true(r == REL_NONE + 1 || strcmp(relation_names[r - 1], relation_names[r]) < 0);
    }
    assert_int_equal(rel_find(STR("nsubj:pass")), REL_NSUBJ_PASS);
    assert_int_equal(rel_find(STR("obl:tmod")), REL_OBL);
    static const char *const unknown[] = {"", "_", "nsub", "nsubjx", "subject:nsubj", ":nsubj", "zzz", "aaa"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_int_equal(rel_find(str_from(unknown[i])), REL_NONE);
    assert_int_equal(rel_find((struct str){NULL, 0}), REL_NONE);
}

static void test_bases(void **state)
{
    (void)state;
    assert_int_equal(rel_base(REL_NSUBJ_PASS), REL_NSUBJ);
    assert_int_equal(rel_base(REL_NONE), REL_NONE);
    for (enum relation r = REL_NONE + 1; r < REL_COUNT; r++) {
        const char *name = relation_names[r];
        struct str stem = {name, strcspn(name, ":")};
        assert_str(stem, relation_names[rel_base(r)]);
    }
}

static void test_feats(void **state)
{
    (void)state;
    struct feats f;
    assert_true(feats_parse(STR("Mood=Ind|Number=Plur|Person=3|Tense=Past|VerbForm=Fin"), &f));
    assert_str(f.text, "Mood=Ind|Number=Plur|Person=3|Tense=Past|VerbForm=Fin");
    assert_int_equal(f.mood, MOOD_IND);
    assert_int_equal(f.number, NUMBER_PLUR);
    assert_int_equal(f.person, 3);
    assert_int_equal(f.tense, TENSE_PAST);
    assert_int_equal(f.verbform, VERBFORM_FIN);
    assert_int_equal(f.voice, FEAT_NONE);
    assert_true(feats_parse(
        STR("Case=Gen|Definite=Ind|Degree=Sup|Gender=Neut|NumType=Ord|Polarity=Neg|Poss=Yes|PronType=Rel|"
            "Voice=Pass"),
        &f));
    assert_int_equal(f.kasus, CASE_GEN);
    assert_int_equal(f.definite, DEFINITE_IND);
    assert_int_equal(f.degree, DEGREE_SUP);
    assert_int_equal(f.gender, GENDER_NEUT);
    assert_int_equal(f.numtype, NUMTYPE_ORD);
    assert_int_equal(f.polarity, POLARITY_NEG);
    assert_true(f.poss);
    assert_false(f.abbr);
    assert_int_equal(f.prontype, PRONTYPE_REL);
    assert_int_equal(f.voice, VOICE_PASS);
    assert_true(feats_parse(STR("PronType=Tot"), &f));
    assert_int_equal(f.prontype, PRONTYPE_TOT);
    assert_true(feats_parse(STR("_"), &f));
    assert_str(f.text, "_");
}

static void test_feats_that_are_none(void **state)
{
    (void)state;
    struct feats f;
    assert_true(feats_parse(STR("ExtPos=ADP|Gender=Fem,Masc|Number=Dual|Person=9"), &f));
    assert_int_equal(f.gender + f.number + f.person, FEAT_NONE);
    static const char *const bad[] = {"",     "Number",   "=Sing",     "Number=", "Number=Sing|",
                                      "|A=B", "A=B||C=D", "Number|A=B"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        f.number = NUMBER_PLUR;
        if (feats_parse(str_from(bad[i]), &f))
            fail_msg("'%s' was taken", bad[i]);
        assert_str(f.text, "_");
        assert_int_equal(f.number, FEAT_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_bases),
        cmocka_unit_test(test_feats),
        cmocka_unit_test(test_feats_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
