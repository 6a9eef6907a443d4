/* copies.h: which articles are the same story: an agency's text in several outlets, cut, headed and edited anew.
 *
 * A text is sketched by MinHash (one permutation, COPIES_BINS bins) over its shingles of four words; the share of equal bins
 * is about the share of shingles that two texts have in common (Jaccard). An index over bands of two bins finds candidates
 * among the last COPIES_MAX articles; one that has at least COPIES_ALIKE bins in common is a copy. Independent texts on one
 * event share hardly any four words in a row. What it says depends on which came first, and on nothing else. */
#ifndef STANCED_COPIES_H
#define STANCED_COPIES_H

#include "daemon/store.h"

enum {
    COPIES_BINS = 64,
    COPIES_ALIKE = 16, /* bins in common: a quarter */
    COPIES_WORDS = 24, /* of a text at least; shorter ones are nobody's copy */
    COPIES_MAX = 32768
};

struct sketch {
    uint16_t bins[COPIES_BINS]; /* 0: no shingle fell into it */
};

/* False: too short to tell. */
bool copies_sketch(struct str text, struct sketch *out);
unsigned copies_alike(const struct sketch *a, const struct sketch *b); /* bins in common */

struct copies;
struct copies *copies_new(struct store *s); /* of the store, which must outlive it; NULL: no memory */
void copies_free(struct copies *c);

/* The cluster of an article: the id of the first one that it is a copy of, or its own `id`. Remembers it, in the turn too; what
 * fails there fails the turn (store.h). The result is `id` itself or in `out`, which has room for ARTICLE_ID_MAX bytes. */
struct str copies_cluster(struct copies *c, int64_t number, struct str id, struct str text, char *out);

void copies_undo(struct copies *c); /* the turn has failed: what was remembered in it is not true */

#endif
