/* targets.h: whom an act is done to, where places in the tree (acts.h) leave a choice: who in its sentence could be meant. */
#ifndef STANCED_TARGETS_H
#define STANCED_TARGETS_H

#include "workers/stances/cues.h"

#define TARGETS_MAX 8

/* Mentions of somebody known in the finding's sentence besides its source, in text order; of more than TARGETS_MAX those that are
 * nearest to its cue. Returns how many. */
size_t targets_possible(const struct doc *d, const struct finding *f, int32_t out[TARGETS_MAX]);

/* Whom a finding is done to: the mention that is likeliest to be meant, or NONE. The tree's target stays when it is likelier than not,
 * and if the finding is done by several to one another. meant(who, target): how likely a mention is, or NONE. */
int32_t targets_choose(const struct doc *d, const struct finding *f,
                       float (*meant)(void *who, int32_t target), void *who);

#endif
