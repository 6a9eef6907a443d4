/* boundary.h: the model's part that knows where sentences end: a window of nine tokens, embedded by hashes of their
 * spelling, one hidden layer, one output; all in integers, so that every machine decides the same. Trained by
 * workers/train/boundaries.py, which computes the same features. */
#ifndef STANCED_BOUNDARY_H
#define STANCED_BOUNDARY_H

#include "proto/reason.h"
#include "workers/doc.h"

enum {
    BOUNDARY_DIM = 16,
    BOUNDARY_HIDDEN = 32,
    BOUNDARY_WINDOW = 9, /* tokens i - 4 to i + 4 tell whether token i ends a sentence */
    BOUNDARY_SHAPES =
        41 /* ten kinds of words, space before and behind or not; the last row stands outside a paragraph */
};

/* The arrays, by their names in the model file without "boundary."; n_: how many elements. */
struct boundary {
    const int8_t *words;    /* [any][DIM] by hash of the word; row 0 stands outside a paragraph */
    const int8_t *suffixes; /* [any][DIM] by hash of its last three bytes; row 0 as above */
    const int8_t *shapes;   /* [SHAPES][DIM] */
    const int16_t *hidden;  /* [WINDOW][DIM / 2][HIDDEN][2] */
    const int16_t *out;     /* [HIDDEN] */
    const float *bias;      /* [HIDDEN + 1], the last one for the output: above 0 ends a sentence */
    size_t n_words, n_suffixes, n_shapes, n_hidden, n_out, n_bias;
};

/* Whether all arrays are there and of the right sizes. */
bool boundary_check(const struct boundary *b, struct reason *why);

/* Sets ends[i] for each token of the paragraph [first, last) that ends a sentence within it. */
void boundary_mark(const struct boundary *b, const struct doc *doc, int32_t first, int32_t last, bool *ends);

/* What is known of a token: rows of words, suffixes and shapes. */
struct boundary_rows {
    uint32_t word, suffix, shape;
};
struct boundary_rows boundary_rows(const struct boundary *b, const struct doc *doc, int32_t token,
                                   bool space_before);

#endif
