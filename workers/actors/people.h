/* people.h: the persons of one article: who was named in full, so that a surname is enough later (and in
 * headlines, before). */
#ifndef STANCED_PEOPLE_H
#define STANCED_PEOPLE_H

#include "proto/base/table.h"
#include "workers/doc.h"

struct person {
    struct identity *id;     /* shared by all mentions of the person */
    int32_t mention;         /* the first one with the full name */
    struct person *same_key; /* another person of that surname */
};

struct people {
    struct arena *arena;
    struct table *by_word; /* lower-case first and last words of names -> struct person, newest first */
};

/* Out of memory ends the process. Persons live in the arena, and their identities are the caller's. */
void people_open(struct people *p, struct arena *arena);
void people_close(struct people *p);

/* Makes the person known under the words of the name; returns the entry of the same full name if there is one
 * already, whose identity then is the merged one. */
struct person *people_add(struct people *p, struct identity *id, int32_t mention, struct str first_word,
                          struct str last_word);

/* The only person known by this word; NULL: none, or two that nothing tells apart. */
struct person *people_find(const struct people *p, struct str word);

/* What `more` knows and `id` does not. */
void people_merge(struct identity *id, const struct identity *more);

#endif
