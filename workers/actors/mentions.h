/* mentions.h: who acts in this text: names, offices, groups, pronouns, and who they are. */
#ifndef STANCED_MENTIONS_H
#define STANCED_MENTIONS_H

#include "workers/actors/lexicon.h"
#include "workers/doc.h"

/* Reads tagged tokens; writes doc->mentions and mention_at. Everything that can be said without looking back
 * further than names already given in this article; the rest is coref's. Linear in the number of tokens.
 *
 * - Country adjectives before a noun that does not act ("the Norwegian offer") are MENTION_COUNTRY of the one
 * token with `possessive` set, as "Norway's" is: they say whose, but do not act by themselves.
 * - A possessor within a longer mention ("Iran" in "Iran's foreign minister") is no mention of its own. */
void mentions_run(struct doc *doc, const struct lexicon *lexicon);

/* Resolves pronouns, "the minister", "both leaders", "the two countries", and the country of "its foreign
 * minister": fills antecedent and ids. What has no evidence stays as it is. After statements/quotes, reads
 * doc->quotes: a first person within a quotation is left alone, and "he" inside one never is its speaker. */
void coref_run(struct doc *doc, const struct lexicon *lexicon);

#endif
