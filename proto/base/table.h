/* table.h: a hash table from byte strings to pointers (open addressing). Keys are copied, values are the
 * caller's. */
#ifndef STANCED_TABLE_H
#define STANCED_TABLE_H

#include "proto/base/str.h"

struct table;

struct table *table_new(void);    /* NULL when there is no memory */
void table_free(struct table *t); /* not the values */
size_t table_count(const struct table *t);
void *table_get(const struct table *t, struct str key); /* NULL when there is none */

/* Adds or replaces; value must not be NULL. Returns false when there is no memory (the table is unchanged).
 * *old, if old is not NULL, gets the value that was there. */
bool table_put(struct table *t, struct str key, void *value, void **old);
void *table_take(struct table *t, struct str key); /* removes; returns the value or NULL */

/* Walks over all entries in no special order: start with *at = 0; false at the end. The current entry may be
 * taken while walking, nothing added. */
bool table_next(const struct table *t, size_t *at, struct str *key, void **value);

#endif
