/* source.h: whose words or act a cue tells of. */
#ifndef STANCED_SOURCE_H
#define STANCED_SOURCE_H

#include "workers/stances/cues.h"

#define SOURCES_MAX (NP_OTHERS + 1)

/* The phrases of the sources of `h`: more than one for "A and B agreed". Their number; 0: nobody is named. */
int source_find(const struct doc *d, const struct reading *r, const struct cue_hit *h,
                struct np source[SOURCES_MAX]);

/* The mention that a phrase stands for; *within is set when it is only a part of it ("Iranian drones"). NONE:
 * no mention. */
int32_t np_mention(const struct doc *d, struct np n, bool *within);

/* Can this mention act? Places cannot, pronouns only when resolved. */
bool mention_acts(const struct doc *d, int32_t mention);

/* "the situation", "the decision": a noun that can show something but says nothing. */
bool np_is_abstract(const struct doc *d, struct np n);

/* Fills source and source_pieces of a finding. */
void source_set(const struct doc *d, const struct reading *r, struct finding *f, struct np n);

#endif
