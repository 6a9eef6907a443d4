/* trie.h: phrases as paths of words. Nodes are numbers, 0 is the root; what hangs on a node is the caller's.
 */
#ifndef STANCED_TRIE_H
#define STANCED_TRIE_H

#include "proto/base/str.h"

#define TRIE_NONE UINT32_MAX

struct trie;

struct trie *trie_new(void); /* NULL: no memory */
void trie_free(struct trie *t);
size_t trie_nodes(const struct trie *t);

/* The node that `word` leads to from `node`; TRIE_NONE when there is none. */
uint32_t trie_step(const struct trie *t, uint32_t node, struct str word);

/* The same, made when missing; TRIE_NONE only when there is no memory. */
uint32_t trie_make(struct trie *t, uint32_t node, struct str word);

#endif
