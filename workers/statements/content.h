/* content.h: which words a cue attributes, where there is a tree. */
#ifndef STANCED_CONTENT_H
#define STANCED_CONTENT_H

#include "workers/stances/cues.h"

/* Appends [first, last) to *p without punctuation at its ends; nothing when nothing else is there. */
void content_add(const struct doc *d, const struct clauses *cs, struct pieces *p, int32_t first,
                 int32_t last);

/* Of words: MODE_DIRECT when nearly all of them stand in quotation marks, MODE_MIXED when some do. */
int content_mode(const struct doc *d, const struct clauses *cs, const struct pieces *p);

/* The complement of the cue: "said [that ...]", "[...], X said", "agreed [to ...]", "[..., X said, ...]". False:
 * it has none. What stands behind the cue begins at `at` at the latest (NONE: as the tree says) and goes on to `end` at
 * least: a parser cuts a long complement short more often than word order makes it too long. */
bool content_clause(const struct doc *d, const struct reading *r, const struct cue_hit *h, int32_t at,
                    int32_t end, struct pieces *out);

/* The phrase at one of the places of cues.tsv where a cue has its matter: "rejected [the offer of talks]". */
bool content_matter(const struct doc *d, const struct reading *r, const struct cue_hit *h, int32_t end,
                    struct pieces *out);

#endif
