/* qualifiers.h: whether it happened, surely, and when: what changes an act without naming another one. */
#ifndef STANCED_QUALIFIERS_H
#define STANCED_QUALIFIERS_H

#include "workers/stances/cues.h"

/* Fills polarity, certainty and time of all findings. */
void qualifiers_run(struct doc *d, const struct reading *r);

#endif
