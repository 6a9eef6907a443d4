/* guess.h: clauses that no cue makes an event of: who does something there, perhaps to whom. Whether that is an event, and of which
 * act, is for the scorer to say. */
#ifndef STANCED_GUESS_H
#define STANCED_GUESS_H

#include "workers/stances/cues.h"

struct guess {
    struct np source;
    int32_t target; /* mention, or NONE */
    int32_t clause;
    int32_t hit;       /* a cue of its verb that came to nothing so far, or NONE */
    struct pieces cue; /* that cue's words, else the verb with its auxiliaries */
};

/* All of them in text order, at most one a clause; *n of them. Reads what cues findings have: after acts_run(). */
struct guess *guesses_find(const struct doc *d, const struct reading *r, size_t *n);

/* Makes a finding of one, its act not known yet; its index. The last finding can be taken back. */
int32_t guess_take(struct doc *d, struct reading *r, const struct guess *g);
void guess_drop(struct doc *d, struct reading *r, int32_t finding);

#endif
