/* words.h: English words by kind, as far as rules need them. All words are lower-case. */
#ifndef STANCED_WORDS_H
#define STANCED_WORDS_H

#include "workers/doc.h"

/* Words of closed classes (and the most common adjectives) with their usual tag. */
bool words_closed(struct str lower, enum upos *upos);

bool words_verb(struct str lemma);          /* "deny" */
bool words_verb_and_noun(struct str lemma); /* "strike" */
bool words_thing(struct str lower);         /* "meeting": a noun in -ing */

/* Whether the word is one of a list that is written out: "he she it". For short lists. */
bool words_in(struct str word, const char *list);

#define WORDS_MONTHS "january february march april may june july august september october november december "

#endif
