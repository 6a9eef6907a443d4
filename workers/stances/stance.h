/* stance.h: the position that a source takes: for or against, toward what, on which issue. */
#ifndef STANCED_STANCE_H
#define STANCED_STANCE_H

#include "workers/stances/cues.h"
#include "workers/stances/issues.h"

/* Fills stance, stance_score, toward and issue of all findings; after qualifiers_run(). */
void stance_run(struct doc *d, const struct reading *r, const struct issues *issues);

#endif
