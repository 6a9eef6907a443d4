/* role_input.h: what the learned roles (roles.h) are told besides the encoder's states: of each word, and of each pair
 * of a cue's word and another one. workers/train/roles.py has the same. */
#ifndef STANCED_ROLE_INPUT_H
#define STANCED_ROLE_INPUT_H

#include "workers/stances/cues.h"

/* Words that are looked at together: the sentences of a paragraph, as many as have at most this many tokens; a longer
 * sentence alone. */
#define ROLE_STRETCH 400

/* Rows of the model's table for words, in this order. */
enum {
    ROLE_QUOTE =
        0, /* + place in a quotation: 0 outside, 1 within speech, 2 its mark, 3 within another, 4 its mark */
    ROLE_CUE = 5,      /* + 0: no cue of the lexicon, 1 + 4 * says + pos, 13 more on its further words */
    ROLE_MENTION = 31, /* + 0: none, 1 + enum mention_kind */
    ROLE_ROWS = 38
};

struct role_input {
    uint8_t quote, cue, mention; /* rows of the table */
};

/* One for each token, in the arena. */
struct role_input *role_input_find(const struct doc *d, const struct reading *r);

/* Where the stretch that begins at token `first` ends. */
int32_t role_stretch_end(const struct doc *d, int32_t first);

/* Rows of the model's table for pairs: ROLE_PAIR_KINDS of them for each pair.
 *   way: how many heads up from the cue's word (4: more or none, 5: another sentence, then how deep the other word
 *        is) a word is that has the other one below it, by which relation that begins, and on which side
 *   up:  the same number, and the cue's own relation
 *   far: distance, in steps of growing size, to the left and to the right
 *   say: sentences between them, whether each is quoted, and by the same marks */
enum {
    ROLE_RELATIONS = 60,
    ROLE_SELF = 58,    /* in place of a relation: the word is above the cue's, or is it */
    ROLE_NOWHERE = 59, /* the tree does not join them */
    ROLE_OTHER_SENTENCE = 5,
    ROLE_DEEP = 5,
    ROLE_FAR = 10,
    ROLE_SENTENCES = 4,
    ROLE_WAY_ROWS = 6 * ROLE_RELATIONS * 2,
    ROLE_UP_ROWS = 6 * ROLE_RELATIONS,
    ROLE_FAR_ROWS = 2 * ROLE_FAR + 1,
    ROLE_SAY_ROWS = (2 * ROLE_SENTENCES + 1) * 5 * 2,
    ROLE_PAIR_ROWS = ROLE_WAY_ROWS + ROLE_UP_ROWS + ROLE_FAR_ROWS + ROLE_SAY_ROWS,
    ROLE_PAIR_KINDS = 4
};

/* Room for the words above a cue's: up[token] is valid where mark[token] is the cue's token. */
struct role_ways {
    int32_t *mark;
    uint8_t *up, *depth; /* depth of each token in its tree, at most ROLE_DEEP */
};
struct role_ways role_ways_new(const struct doc *d);

/* The words above `cue`, for role_pair(). */
void role_ways_from(const struct doc *d, struct role_ways *w, int32_t cue);
void role_pair(const struct doc *d, const struct reading *r, const struct role_ways *w, int32_t cue,
               int32_t other, uint16_t rows[ROLE_PAIR_KINDS]);

#endif
