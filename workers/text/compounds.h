/* compounds.h: "cease-fire" is three tokens, but one word to the rules that guess parts of speech. */
#ifndef STANCED_COMPOUNDS_H
#define STANCED_COMPOUNDS_H

#include "workers/text/text.h"

/* Whether token i is a hyphen with words on both sides and no space: it joins them. */
bool compounds_hyphen(const struct doc *doc, int32_t i);

/* Makes `whole` a copy of doc with each compound one token, for tags_run; false: doc has none, and `whole` is not set. */
bool compounds_join(const struct doc *doc, struct doc *whole);

/* Gives the tokens of doc what was guessed for those of `whole`. */
void compounds_spread(struct doc *doc, const struct doc *whole);

#endif
