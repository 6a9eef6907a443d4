/* feats.h: Universal Dependencies' morphological features of a word, taken apart.
 *
 * A model has a few hundred distinct strings of them; it parses each once when it is loaded, and its tokens
 * point to the results. A value of 0 (FEAT_NONE) in any field: the word has no such feature, or a value that
 * nobody here asks for; `text` has all of them. */
#ifndef STANCED_FEATS_H
#define STANCED_FEATS_H

#include "proto/base/str.h"

#define FEAT_NONE 0

enum feat_number { NUMBER_SING = 1, NUMBER_PLUR, NUMBER_PTAN };
enum feat_tense { TENSE_PAST = 1, TENSE_PRES };
enum feat_verb_form { VERBFORM_FIN = 1, VERBFORM_GER, VERBFORM_INF, VERBFORM_PART };
enum feat_mood { MOOD_IMP = 1, MOOD_IND, MOOD_SUB };
enum feat_voice { VOICE_PASS = 1 };
enum feat_degree { DEGREE_CMP = 1, DEGREE_POS, DEGREE_SUP };
enum feat_pron_type {
    PRONTYPE_ART = 1,
    PRONTYPE_DEM,
    PRONTYPE_EMP,
    PRONTYPE_IND,
    PRONTYPE_INT,
    PRONTYPE_NEG,
    PRONTYPE_PRS,
    PRONTYPE_RCP,
    PRONTYPE_REL,
    PRONTYPE_TOT
};
enum feat_case { CASE_ACC = 1, CASE_GEN, CASE_NOM };
enum feat_gender { GENDER_FEM = 1, GENDER_MASC, GENDER_NEUT };
enum feat_definite { DEFINITE_DEF = 1, DEFINITE_IND };
enum feat_num_type { NUMTYPE_CARD = 1, NUMTYPE_FRAC, NUMTYPE_MULT, NUMTYPE_ORD };
enum feat_polarity { POLARITY_NEG = 1, POLARITY_POS };

struct feats {
    struct str text;  /* as UD writes it, sorted by name: "Number=Plur|Person=3"; "_": none */
    uint8_t number;   /* enum feat_number */
    uint8_t person;   /* 1, 2, 3 */
    uint8_t tense;    /* enum feat_tense */
    uint8_t verbform; /* enum feat_verb_form */
    uint8_t mood;     /* enum feat_mood */
    uint8_t voice;    /* enum feat_voice */
    uint8_t degree;   /* enum feat_degree */
    uint8_t prontype; /* enum feat_pron_type */
    uint8_t kasus;    /* enum feat_case: `case` is C's */
    uint8_t gender;   /* enum feat_gender */
    uint8_t definite; /* enum feat_definite */
    uint8_t numtype;  /* enum feat_num_type */
    uint8_t polarity; /* enum feat_polarity */
    bool poss;        /* Poss=Yes */
    bool abbr;        /* Abbr=Yes */
};

extern const struct feats feats_none; /* "_" */

/* Takes a FEATS string apart; `text` becomes out->text and has to outlive it. False: it is no list of
 * Name=Value parted by '|' (then *out is feats_none). Names and values that are not listed above are no
 * error. */
bool feats_parse(struct str text, struct feats *out);

#endif
