/* pairs.h: stance-code --pairs: what a given source does to a given target in a text, and how it stands to it. */
#ifndef STANCED_PAIRS_H
#define STANCED_PAIRS_H

#include "proto/base/buf.h"
#include "workers/pipeline.h"

#define PAIR_TEXT_MAX ((size_t)96 << 10) /* bytes */

/* What fits best. False with a reason: the request is no good (pair_check()), its text is too long, a span of it holds no word. The
 * pipeline needs a model with nets for it: pipeline_scorer(). Out of memory ends the process, as for articles. */
bool pairs_judge(const struct pipeline *p, const struct pair_request *q, struct arena *arena,
                 struct pair_verdict *out, struct reason *why);

/* For workers/train/acts.py, what the nets would see instead of what they say. Appends, in this machine's byte order:
 *     u32 bytes of the id, the id, u32 words n, i32 source, i32 target, u32 width,
 *     u8 pair_sizes [PAIR_FEATURES], u8 numbers [n][PAIR_FEATURES], u32 lemmas [n], u32 at [n][begin, end in the text, sentence],
 *     i8 states [n][width], f32 their scales [n], i8 inputs [n][width], f32 scales [n] */
bool pairs_write(const struct pipeline *p, const struct pair_request *q, struct arena *arena, struct buf *out,
                 struct reason *why);

/* Also for training: the clauses of an article that no rule makes an event of (guess.h), as requests of --pairs without their text,
 * a line each. */
void pairs_guesses(const struct pipeline *p, const struct article *article, struct arena *arena,
                   struct buf *out);

/* And who could be the target of each event of an article (targets.h): the requests of one event one after another, the last of
 * them with no target. */
void pairs_candidates(const struct pipeline *p, const struct article *article, struct arena *arena,
                      struct buf *out);

#endif
