/* confidence.h: from a raw score to the share of such events that are right, as measured on annotated sentences
 * (workers/train/calibrate.py). Piecewise linear, rising; a line for plain statements, one for statements that do something
 * ("threatened to"), one for acts without attributed words.
 *
 * Tensors: confidence.words, confidence.words-and-act, confidence.act: f32 [2][any]: scores, rising, and shares, not falling,
 * of 0 to 1. */
#ifndef STANCED_CONFIDENCE_H
#define STANCED_CONFIDENCE_H

#include "workers/engine/engine.h"

enum confidence_kind { CONFIDENCE_WORDS, CONFIDENCE_WORDS_AND_ACT, CONFIDENCE_ACT, CONFIDENCE_KINDS };

struct confidence {
    struct {
        const float *score, *share; /* of the model's file */
        size_t n;                   /* 0: scores are told as they are */
    } line[CONFIDENCE_KINDS];
};

/* False with a reason when a tensor is not as above. `e` may be NULL, and its model may have none of them. */
bool confidence_open(const struct engine *e, struct confidence *out, struct reason *why);

double confidence_share(const struct confidence *c, enum confidence_kind kind, double score);

#endif
