#include "workers/doc.h"

const char *const upos_names[UPOS_COUNT] = {
    [UPOS_X] = "X",         [UPOS_ADJ] = "ADJ",     [UPOS_ADP] = "ADP",     [UPOS_ADV] = "ADV",
    [UPOS_AUX] = "AUX",     [UPOS_CCONJ] = "CCONJ", [UPOS_DET] = "DET",     [UPOS_INTJ] = "INTJ",
    [UPOS_NOUN] = "NOUN",   [UPOS_NUM] = "NUM",     [UPOS_PART] = "PART",   [UPOS_PRON] = "PRON",
    [UPOS_PROPN] = "PROPN", [UPOS_PUNCT] = "PUNCT", [UPOS_SCONJ] = "SCONJ", [UPOS_SYM] = "SYM",
    [UPOS_VERB] = "VERB",
};

const char *const name_tag_names[TAG_COUNT] = {
    [TAG_NONE] = "O",
    [TAG_B_PERSON] = "B-PER",
    [TAG_I_PERSON] = "I-PER",
    [TAG_B_ORGANISATION] = "B-ORG",
    [TAG_I_ORGANISATION] = "I-ORG",
    [TAG_B_PLACE] = "B-LOC",
    [TAG_I_PLACE] = "I-LOC",
};

enum upos upos_find(struct str name)
{
    for (int u = 0; u < UPOS_COUNT; u++)
        if (str_is(name, upos_names[u]))
            return (enum upos)u;
    return UPOS_X;
}
