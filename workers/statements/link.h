/* link.h: attributions: who said what. */
#ifndef STANCED_LINK_H
#define STANCED_LINK_H

#include "workers/stances/cues.h"

/* Appends a finding for every cue of saying that has a source and words: direct, mixed or indirect.
 * Quotations without a cue of their own go on with the speaker before. The first person inside a quotation
 * becomes its speaker. */
void link_run(struct doc *d, struct reading *r);

/* A new finding, all places empty; its index. */
int32_t finding_new(struct doc *d, int32_t sentence);

#endif
