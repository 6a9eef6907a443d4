/* link.h: attributions: who said what. */
#ifndef STANCED_LINK_H
#define STANCED_LINK_H

#include "workers/statements/roles.h"

/* Appends a finding for every attribution: direct, mixed or indirect. Those that a model found (`said`; NULL: there is none)
 * come first; rules then look at cues of saying that have a source and words, all of them without a model, else those
 * where rules are surer. Quotations without a cue of their own go on with the speaker before. The first person inside a
 * quotation becomes its speaker. */
void link_run(struct doc *d, struct reading *r, struct attributions *said);

/* A new finding, all places empty; its index. */
int32_t finding_new(struct doc *d, int32_t sentence);

#endif
