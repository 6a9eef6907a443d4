/* scorer.h: what a source does to a target, and how it stands to it, learned from examples: small nets over the words that pair.h
 * sees, each word with the encoder's state of it and with what the encoder began with.
 *
 * A net adds up, for each word, one vector from its state, one from its own meaning (but not for words of the source and the target:
 * whom a country attacks should not be known by heart) and one for each number of pair.h; weighs the words several times over; and
 * decides from the weighted sums and the words that head source and target. Several nets vote. */
#ifndef STANCED_SCORER_H
#define STANCED_SCORER_H

#include "workers/engine/engine.h"
#include "workers/stances/pair.h"

#define STANCES 3 /* against, neither, for */

/* Probabilities; all 0 where nothing was looked at. */
struct verdict {
    float acts[ACT_COUNT];
    float stances[STANCES];       /* of the source toward the target, whatever it does: -1, 0, 1 */
    float event_stances[STANCES]; /* that go with what it does here */
    float main;                   /* that the sentence is mostly about this */
    float event;                  /* that this is an event at all */
};

/* Read once, never written after; one serves any number of threads. */
struct scorer;

/* *out stays NULL where the engine's model has no nets of this kind: no failure. False with a reason when they are no good. What
 * it points to belongs to the engine, which must outlive it. */
bool scorer_open(const struct engine *e, struct scorer **out, struct reason *why);
void scorer_close(struct scorer *s);

/* Whether the model has nets that know who is meant; older ones do not. */
bool scorer_knows_targets(const struct scorer *s);

/* What is computed once for all pairs of a document, as far as they want it. In the document's arena; the engine must have kept its
 * states. */
struct scorer_doc *scorer_begin(const struct scorer *s, const struct doc *d);

/* Thorough: by all nets; else by the first one alone, which knows acts. */
void scorer_judge(struct scorer_doc *sd, const struct pair_view *v, bool thorough, struct verdict *out);

/* How likely it is that the pair's cue is an act done to its target or, where it has none, to nobody who is named; 0 where nothing was
 * looked at. By the nets that know it: see scorer_knows_targets(). */
float scorer_meant(struct scorer_doc *sd, const struct pair_view *v);

/* What a verdict comes down to. */
enum act_type scorer_act(const struct verdict *v);
enum stance_label scorer_stance(const struct verdict *v); /* support, oppose or neutral */

#endif
