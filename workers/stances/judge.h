/* judge.h: the scorer's word on what rules and roles found: which act it is, and in sentences where they found nothing, whether there
 * is an event. */
#ifndef STANCED_JUDGE_H
#define STANCED_JUDGE_H

#include "workers/stances/scorer.h"

/* Gives each finding its verdict and, if the nets know who is meant (scorer_knows_targets()), perhaps another target, and adds the
 * guesses (guess.h) that are likely events. After acts_run(). */
void judge_findings(struct doc *d, struct reading *r, struct scorer_doc *sd, bool knows_targets);

/* Gives each finding the act that rules and nets together think best. After stance_run(), which knows the finer codes of the rules. */
void judge_acts(struct doc *d, const struct ontology *o);

#endif
