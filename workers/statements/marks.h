/* marks.h: words that only punctuation gives to somebody: "Putin: no talks", "MOE: I think", '"..." - Jo Moe'. */
#ifndef STANCED_MARKS_H
#define STANCED_MARKS_H

#include "workers/stances/cues.h"

/* Appends their findings. quote_owner: quote -> finding, or NONE; those that are found here get theirs. */
void marks_run(struct doc *d, struct reading *r, int32_t *quote_owner);

#endif
