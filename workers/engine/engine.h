/* engine.h: the language engine: from words to parts of speech, features, names and trees, by a trained model.
 *
 *   model.c (the file) -> input.c (a word's numbers) -> encoder.c (layers) -> heads.c (labels), tree.c
 *   kernels*.c: the arithmetic of all of them */
#ifndef STANCED_ENGINE_H
#define STANCED_ENGINE_H

#include "proto/reason.h"
#include "workers/doc.h"

/* Read once, never written after; one serves any number of threads. */
struct engine;
struct model;
struct kernels;

/* NULL with a reason when the file or one of its labels is no good, or $STANCED_KERNELS is not. */
struct engine *engine_open(const char *path, struct reason *why);
void engine_close(struct engine *e);
const char *engine_name(const struct engine *e);    /* "en-news-1" */
const char *engine_kernels(const struct engine *e); /* "avx512" */

/* For what runs behind the engine on its states: its model's file, its arithmetic, the channels of a state. */
struct model *engine_model(const struct engine *e);
const struct kernels *engine_arithmetic(const struct engine *e);
size_t engine_width(const struct engine *e);

/* What the encoder began with for tokens [first, last): their meaning without any context. x [last - first][width], aligned to a LINE. */
void engine_inputs(const struct engine *e, const struct doc *doc, int32_t first, int32_t last, float *x);

/* What sentences_run() wants, or NULL: this model does not know where sentences end. */
struct boundary;
const struct boundary *engine_boundary(const struct engine *e);

/* Reads sentences and the tokens' begin, end and space_after; writes has_tree and each token's upos, feats, name, head
 * and deprel. What tokens point to belongs to the engine. Memory: a fixed amount of the doc's arena, whatever its
 * length. A sentence of more than 250 words is read in pieces, and their roots hang on the first one's. */
void engine_run(const struct engine *e, struct doc *doc);

/* What a word's time is spent on. Heads: their products and the quantising for them. */
enum engine_part {
    PART_INPUT,
    PART_QUANTISE,
    PART_PRODUCTS,
    PART_CELLS,
    PART_WINDOWS,
    PART_HEADS,
    PART_ARCS,
    PART_TREES,
    PART_LABELS,
    PART_COUNT
};
#define PART_ENCODER_END PART_HEADS /* those before are the encoder's */
extern const char *const engine_part_names[PART_COUNT];

struct engine_times {
    double seconds[PART_COUNT];
    double bare[PART_COUNT]; /* that the products alone take, done once more, one after another */
};

/* The same, and adds to *times what each part took. */
void engine_run_timed(const struct engine *e, struct doc *doc, struct engine_times *times);

#endif
