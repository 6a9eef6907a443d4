/* attribute.h: findings from what the trained model says of who said what. */
#ifndef STANCED_ATTRIBUTE_H
#define STANCED_ATTRIBUTE_H

#include "workers/statements/roles.h"

/* Appends a finding for every attribution that tells something; each of the actors of "A and B" gets one. Cues of the
 * lexicon that it says these words with are taken (cue_hit.finding). A quotation that its content touches is its whole
 * content and gets it for its owner, if it has none. */
void attribute_run(struct doc *d, struct reading *r, struct attributions *said, int32_t *quote_owner);

#endif
