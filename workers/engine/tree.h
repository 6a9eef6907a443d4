/* tree.h: from scores of heads to a tree. */
#ifndef STANCED_TREE_H
#define STANCED_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TREE_WORDS 250 /* the longest sentence */

/* heads[i] of word i: 0 the root, j + 1 word j. Whether that is one tree with one root. */
bool tree_is(const uint16_t *heads, size_t n);

/* Memory for tree_best() of up to n words; too large for a stack. */
struct tree_room;
size_t tree_room_bytes(size_t n);

/* The tree with exactly one root of which the scores' sum is the largest: scores [n][stride], column 0 the root,
 * column j + 1 word j; n is 1 to TREE_WORDS. In time n squared (Chu-Liu-Edmonds on a full matrix, growing one path), for
 * any scores: those that are no numbers count as very bad ones. */
void tree_best(struct tree_room *room, const float *scores, size_t stride, size_t n, uint16_t *heads);

#endif
