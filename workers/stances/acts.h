/* acts.h: who does what to whom. */
#ifndef STANCED_ACTS_H
#define STANCED_ACTS_H

#include "workers/stances/cues.h"

/* Appends a finding for every cue of an act whose source can act, fills the targets of all findings and says
 * within whose words each one stands. After link_run(). What is only promised, planned or asked for is no act
 * of its own. */
void acts_run(struct doc *d, struct reading *r);

/* Adds the same act told the other way round, where both sides do it and it was not told so. */
void acts_mirror(struct doc *d, int32_t finding);

/* Its last step once more, for findings that came later. */
void acts_find_reporters(struct doc *d);

#endif
