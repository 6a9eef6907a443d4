/* names.h: whole names from the engine's tags: a tag is guessed for each word by itself, the tree tells which words are
 * one name, and the lexicon knows many of them. */
#ifndef STANCED_NAMES_H
#define STANCED_NAMES_H

#include "workers/actors/lexicon.h"

/* Reads upos, name, head and deprel of all tokens (the doc has a tree) and writes name anew. `lexicon` may be NULL. */
void names_run(struct doc *doc, const struct lexicon *lexicon);

#endif
