/* pair.h: what somebody does to somebody, or thinks of them, as the scorer sees it: the words around a source and a target, each
 * with a few small numbers that say how it stands to both. No word says which country it names: what is learned from these numbers
 * travels to others. */
#ifndef STANCED_PAIR_H
#define STANCED_PAIR_H

#include "workers/stances/cues.h"

#define PAIR_WORDS 90 /* that are looked at, at most: those of longer sentences that are nearest */

/* Who toward whom, by what words. Any of the three may be empty, not all. */
struct pair {
    struct pieces source, target, cue;
};

/* A mention's words, or the phrase around it if there is one; in the document's arena. */
struct pieces mention_words(const struct doc *d, int32_t mention, const struct pieces *phrase);

/* The numbers of a word. Model files know them by this order and these sizes: see pair_sizes. */
enum pair_feature {
    PAIR_ROLE,  /* 1: of the source, 2: of the target, 3: of both */
    PAIR_SIDE,  /* before, within, behind the source (or none), times the same of the target */
    PAIR_WHERE, /* on the way through the tree from source to target, or how it hangs on it: enum in pair.c */
    PAIR_RELATION, /* enum relation */
    PAIR_UPOS,
    PAIR_CUE, /* root of the CAMEO code of the cue that it belongs to; more for words that are not its head */
    PAIR_SIGN,    /* of that cue's stance */
    PAIR_SAYS,    /* whether that cue announces words */
    PAIR_NEGATED, /* whether that cue's clause is negated */
    PAIR_NAME,    /* enum name_tag */
    PAIR_MARKED,  /* of the pair's own cue */
    PAIR_FORM,    /* enum verb_form */
    PAIR_FEATURES
};
extern const uint8_t pair_sizes[PAIR_FEATURES]; /* each number is below its size */

struct pair_word {
    int32_t token;
    uint32_t lemma; /* hash of its lemma; of all names, of people and countries alike, the same */
    uint8_t is[PAIR_FEATURES];
};

struct pair_view {
    size_t n;
    int32_t source, target; /* index of the word that heads it, or NONE */
    struct pair_word words[PAIR_WORDS];
};

/* Words are also known by heart, in slots of a table: each by itself, with the one before it, by where it stands to source and target,
 * and by where in the tree. Calls each(who, slot) for the slots of word i; none for words of source and target. */
#define PAIR_SLOTS 65536
void pair_slots(const struct pair_view *v, size_t i, void (*each)(void *who, uint32_t slot), void *who);

/* Needs trees and cues. All words of the sentences from the first to the last of the pair's. */
void pair_look(const struct doc *d, const struct reading *r, const struct pair *p, struct pair_view *out);

#endif
