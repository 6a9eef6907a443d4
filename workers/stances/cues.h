/* cues.h: where the lines of cues.tsv match the text, and what the later stages share while they read a
 * document. */
#ifndef STANCED_CUES_H
#define STANCED_CUES_H

#include "workers/actors/lexicon.h"
#include "workers/statements/clause.h"

struct cue_hit {
    const struct cue *rule;
    int32_t head;         /* the token of its head word */
    int32_t clause;       /* verb cues: its clause; else that of the copula before an adjective; or NONE */
    struct pieces tokens; /* the words of the cue, without auxiliaries */
    int32_t behind;       /* first token behind the cue */
    struct np moved;      /* the cue's noun stands before its verb ("doubts expressed by X"): that phrase */
    int32_t finding;      /* what came of it, or NONE */
};

/* One document being read: clauses and cues. */
struct reading {
    const struct lexicon *lexicon;
    struct clauses *clauses;
    struct cue_hit *hits; /* in text order of their heads, not sharing a token */
    size_t n_hits;
    int32_t *hit_at; /* token -> hit that covers it, or NONE */
};

/* Longer cues win over shorter ones, among equals the first in the file. */
struct reading *cues_find(const struct doc *d, const struct lexicon *lexicon);

/* An infinitive that completes another cue ("agreed to withdraw", "an offer to mediate", "asked it to
 * explain"), and a gerund that completes a noun ("the chance of meeting"), are not done yet: no events of
 * their own. */
bool hit_is_complement(const struct doc *d, const struct reading *r, const struct cue_hit *h);

/* The words of the cue with the auxiliaries, negation and adverbs before its verb: "has also refused". */
struct pieces hit_words(const struct doc *d, const struct reading *r, const struct cue_hit *h);

/* The words around a finding's cue in its sentence, which tell what it is about: a bounded number, so that the work stays linear. */
struct piece finding_around(const struct doc *d, const struct finding *f);

/* The root of a CAMEO code, its first two digits; 0: there is none. */
static inline int cue_root(struct str cameo)
{
    return cameo.n < 2 ? 0 : (cameo.p[0] - '0') * 10 + cameo.p[1] - '0';
}

/* Is `place` among the places where a cue has its target or its matter? */
bool place_among(struct str_list places, const char *place);

#endif
