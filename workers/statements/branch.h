/* branch.h: the engine's trees, read downwards: who depends on a word, and how far it reaches with all of
 * them. */
#ifndef STANCED_BRANCH_H
#define STANCED_BRANCH_H

#include "workers/engine/relations.h"
#include "workers/statements/np.h"

/* All arrays have an entry a token. A branch is a word with everything that depends on it. */
struct branches {
    int32_t *child;        /* its leftmost dependent, or NONE */
    int32_t *next;         /* the next dependent of the same head, to the right, or NONE */
    int32_t *first, *last; /* the branch lies within [first, last); a tree that crosses itself has gaps */
};

/* NULL when the document has no trees. Linear in the tokens. */
const struct branches *branches_find(const struct doc *d);

/* The relation of a token to its head, without subtype. */
enum relation branch_base(const struct doc *d, int32_t token);

/* The first dependent of `token` with that relation (or a subtype of it) from token `from` on, or NONE. */
int32_t branch_child(const struct doc *d, const struct branches *b, int32_t token, enum relation base,
                     int32_t from);

/* The first dependent of `token` that is a function word of relation `base` and reads `word`, or NONE. */
int32_t branch_word(const struct doc *d, const struct branches *b, int32_t token, enum relation base,
                    const char *word);

/* The noun phrase whose head is `head`: articles, adjectives, compounds, titles and possessors, without what
 * hangs on it behind its noun. */
struct np branch_np(const struct doc *d, const struct branches *b, int32_t head);

/* The same with what hangs on it behind: appositions, "of the union", "in Geneva"; no further conjunct, no clause. */
struct piece branch_phrase(const struct doc *d, const struct branches *b, struct np n);

#endif
