/* refine.h: what the words around a cue change of its code: refusals, requests, threats and accusations in a
 * statement. */
#ifndef STANCED_REFINE_H
#define STANCED_REFINE_H

#include "workers/stances/cues.h"

/* Changes cameo and target of findings where the text is sure; after qualifiers_run(), before stance_run().
 */
void refine_run(struct doc *d, const struct reading *r);

/* Gives statements that tell no stance the one of what they report: "said it accepted the plan". After
 * stance_run(). */
void refine_stances(struct doc *d);

#endif
