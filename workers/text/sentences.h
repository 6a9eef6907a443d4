/* sentences.h: where sentences end, by rules (stops.c) or by the model (boundary.c); sentences.c's own. */
#ifndef STANCED_SENTENCES_H
#define STANCED_SENTENCES_H

#include "workers/text/scan.h"

/* Sets ends[i] for each token i of the paragraph [first, last), not empty, that ends a sentence within it. */
void stops_mark(const struct doc *doc, const struct lexicon *lexicon, int32_t first, int32_t last,
                bool *ends);

/* Length of a closing quotation mark or bracket, of an opening one, of . ! ? … at p; 0: none is there. */
size_t stops_closer(const char *p, const char *end);
size_t stops_opener(const char *p, const char *end);
size_t stops_length(const char *p, const char *end);

bool stops_lower(const char *p, const char *end); /* a lower-case letter */

#endif
