/* input.h: from a word to the numbers that the encoder begins with: a row of the vocabulary, or, for a word that is not in
 * it, what its first and last letters and its trigrams are worth; and how it is written.
 *
 * Keys, hashes and shapes are those of train/data.py: a model only fits code that computes the same. */
#ifndef STANCED_INPUT_H
#define STANCED_INPUT_H

#include "workers/engine/kernels.h"
#include "workers/engine/model.h"

#define KEY_BYTES  32 /* of a word that count: of a longer one the first and the last half of them */
#define SHAPES     (5 * 3 * 4 * 2 * 2)
#define TABLE_ROWS 8192 /* of hashed prefixes and suffixes, and of hashed trigrams; a power of two */

struct input {
    size_t width;
    const char *text; /* all words of the vocabulary */
    const uint32_t *offsets, *slots;
    uint32_t words, mask;
    const int8_t *rows, *affix_rows, *trigram_rows; /* [..][width] */
    const float *scale, *affix_scale, *trigram_scale;
    const float *base, *shapes; /* [width], [SHAPES][width] */
};

/* Takes width from embed.rows. What it points to belongs to the model. */
bool input_open(struct input *in, const struct model *m, struct reason *why);

/* A word on its way to its row. Three steps, each for many words before the next one: what a step looks at was sent for by
 * the one before, and comes from memory meanwhile. */
struct input_word {
    char key[KEY_BYTES];
    uint32_t key_bytes, hash, row, shape; /* row: UINT32_MAX: unknown */
};
void input_read(const struct input *in, struct str form, bool first, bool space_before, struct input_word *w);
void input_find(const struct input *in, struct input_word *w);
void input_row(const struct input *in, const struct kernels *k, const struct input_word *w,
               float *x); /* x [width] */

/* The last two for n words that were read: x [n][width]. */
void input_rows(const struct input *in, const struct kernels *k, struct input_word *w, size_t n, float *x);

/* The parts, for tests. The key: lower case, digits as 0, quotation marks and dashes in ASCII. Any bytes, any length. */
size_t input_key(struct str form, char key[KEY_BYTES]);
unsigned input_shape(struct str form, bool first, bool space_before);
uint32_t input_hash(uint32_t kind, const char *p, size_t n);

#endif
