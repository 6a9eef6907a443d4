/* roles.h: who said what, by the trained model: which words are a cue's, its source's and its content's.
 *
 * Reads a stretch of text at a time (role_input.h): the encoder's states of its words plus what role_input.h tells, through
 * one recurrent layer; then for each word whether it is the anchor of a cue (the cue's word that is highest in the tree),
 * and for each anchor and each word of its stretch what that word is to it. workers/train/roles.py trains it.
 *
 * Tensors: roles.words f32 [ROLE_ROWS][width]; roles.gates (matrix [3 width][width]) and roles.v f32 [2][width], the layer;
 * roles.word (matrix [ROLE_KEY + 1][width]), a word's key and its score as an anchor; roles.anchor (matrix
 * [ROLE_CLASSES * (ROLE_KEY + ROLE_PAIR)][width]), what an anchor asks of keys and of pairs; roles.pairs f32
 * [ROLE_PAIR_ROWS][ROLE_PAIR + ROLE_CLASSES]. */
#ifndef STANCED_ROLES_H
#define STANCED_ROLES_H

#include "workers/engine/engine.h"
#include "workers/stances/cues.h"

enum { ROLE_KEY = 64, ROLE_PAIR = 16 };
enum role_class { ROLE_NONE, ROLE_SOURCE, ROLE_OF_CUE, ROLE_CONTENT, ROLE_CLASSES };

struct roles;

/* The roles of the engine's model, which must outlive them. *out is NULL when it has none. False with a reason: out of
 * memory, or a tensor is missing or has another shape. */
bool roles_open(const struct engine *e, struct roles **out, struct reason *why);
void roles_close(struct roles *r);

struct attribution {
    int32_t anchor;
    struct piece cue;      /* with the anchor */
    struct piece source;   /* first NONE: nobody is named */
    struct pieces content; /* none: nothing is told */
    double p;              /* that the anchor is one */
    double p_words;        /* mean probability of the roles of source and content */
};
struct attributions {
    struct attribution *v; /* in the order of their anchors */
    size_t n;
};

/* Attributions whose anchor is one with a probability of `least` or more. The document must keep the engine's states; all
 * memory is of its arena. Linear in the tokens, as no stretch is long; a longer sentence is looked at around each anchor. */
struct attributions roles_run(const struct roles *r, const struct doc *d, const struct reading *reading,
                              double least);

#endif
