/* parties.h: acts that are none of politics, though their words sound like it: of storms, players, prices and cooks. */
#ifndef STANCED_PARTIES_H
#define STANCED_PARTIES_H

#include "workers/stances/cues.h"

/* Takes out findings that are no statement and tell no act between parties: whose source is a force of nature, or
 * neither of whose parties acts in politics, and blows that are a game's or a
 * market's. Their hits keep no finding. Findings move up,
 * so this comes before anything refers to them by number but hits. Linear in the number of tokens and findings. */
void parties_run(struct doc *d, struct reading *r);

/* Whether a finding tells an act between parties, by its code, source, target and the words around its cue. */
bool parties_between(const struct doc *d, const struct finding *f);

#endif
