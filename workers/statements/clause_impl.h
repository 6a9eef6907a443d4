/* clause_impl.h: what the two ways to find clauses share: by trees (tree_clause.c) and by word order (clause.c). */
#ifndef STANCED_CLAUSE_IMPL_H
#define STANCED_CLAUSE_IMPL_H

#include "workers/statements/clause.h"

/* Verbs whose object, not subject, does what the infinitive behind it says. */
extern const char *const clause_object_control[];
/* The same for a gerund: "accused X of shelling". */
extern const char *const clause_object_gerund[];
/* Verbs whose subject does it although there is an object: "promised X to leave". */
extern const char *const clause_subject_control[];

/* Verbs that introduce somebody's words and little else. */
extern const char *const clause_report_verbs[];

bool clause_is_modal(const struct doc *d, int32_t token);
bool clause_is_negation(const struct doc *d, int32_t token);

/* Fills cs->v and cs->at; the rest of *cs is set. Where the tree names no subject of a finite verb, `guess` (by
 * word order) may. */
void tree_clauses(const struct doc *d, struct clauses *cs, const struct clauses *guess);

#endif
