/* issues.h: config/issues.tsv: what a matter is about. */
#ifndef STANCED_ISSUES_H
#define STANCED_ISSUES_H

#include "proto/base/hash.h"
#include "workers/doc.h"

struct issues;

/* Columns: issue, phrase (lower-case words; each matches a token's form or its lemma). NULL with "file:line:
 * ...". */
struct issues *issues_open(const char *path, struct reason *why);
void issues_close(struct issues *v);
struct digest issues_digest(const struct issues *v);

/* The issue whose longest phrase stands in the tokens [first, last), the first one among equals; absent:
 * none. Lives as long as `v`. */
struct str issues_of(const struct issues *v, const struct doc *d, int32_t first, int32_t last);

#endif
