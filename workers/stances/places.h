/* places.h: the places of cues.tsv: where a cue's target and its matter stand.
 *
 * "obj" is the object (of a passive: its subject), "subj" the subject, "inf" what follows "to" before a verb,
 * "that" a clause, "poss" a possessor before the cue's noun; every other word is a preposition. */
#ifndef STANCED_PLACES_H
#define STANCED_PLACES_H

#include "workers/stances/cues.h"

/* The token where the first of `places` begins that is filled before `end`, or NONE. */
int32_t places_find(const struct doc *d, const struct reading *r, const struct cue_hit *h,
                    struct str_list places, int32_t end);

/* The same for one place. */
int32_t place_find(const struct doc *d, const struct reading *r, const struct cue_hit *h, struct str place,
                   int32_t end);

/* The noun phrase at `at` with the prepositional phrases behind it, or the infinitive up to `end`. */
struct piece place_phrase(const struct doc *d, const struct reading *r, int32_t at, int32_t end);

/* Skips adverbs, times, "in a statement", ", however,": what may stand between a cue and what it governs. */
int32_t skip_circumstance(const struct doc *d, const struct clauses *cs, int32_t i, int32_t end);

#endif
