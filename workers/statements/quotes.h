/* quotes.h: stretches inside quotation marks. */
#ifndef STANCED_QUOTES_H
#define STANCED_QUOTES_H

#include "workers/doc.h"

/* Fills d->quotes from the tokens, in text order, not overlapping: a quotation within a quotation belongs to
 * the outer one. Knows " “ ” „ « » ' ‘ ’ `` ''; an apostrophe is no mark. A mark that is never closed runs on
 * into the next paragraph when that begins with the same mark again, else it ends with its sentence. Linear
 * in the tokens. */
void quotes_find(struct doc *d);

/* Token -> number of the quote that covers it (its marks included), or NONE; n_tokens entries in the arena.
 */
int32_t *quotes_at(const struct doc *d);

#endif
