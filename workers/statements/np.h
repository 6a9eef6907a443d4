/* np.h: noun phrases, as far as tags and mentions tell, and small questions about tokens. */
#ifndef STANCED_NP_H
#define STANCED_NP_H

#include "workers/doc.h"

/* A noun phrase: tokens [first, last); first NONE: there is none. */
struct np {
    int32_t first, last;
    int32_t head;    /* its noun */
    int32_t mention; /* the actor mention that it is, or NONE */
};

bool np_some(struct np n);

/* The noun phrase that begins at token `at` (articles and adjectives before it included), or none. */
struct np np_at(const struct doc *d, int32_t at, int32_t end);

/* The noun phrase that ends before token `end`, or none. */
struct np np_before(const struct doc *d, int32_t end, int32_t begin);

/* "Monday", "last week", "March 3" */
bool np_is_time(const struct doc *d, struct np n);

/* False for a token outside of the document. */
bool token_is(const struct doc *d, int32_t i, const char *lower);
bool token_in(const struct doc *d, int32_t i,
              const char *const *words); /* NULL-terminated; the lower-case form */
bool lemma_in(const struct doc *d, int32_t i, const char *const *words);

int token_upos(const struct doc *d, int32_t i);
bool token_is_comma(const struct doc *d, int32_t i);
bool token_is_dash(const struct doc *d, int32_t i);
bool token_is_possessive(const struct doc *d, int32_t i); /* 's or ' */
bool token_is_relative(const struct doc *d, int32_t i);   /* who which that whom */
bool token_is_nominal(const struct doc *d, int32_t i);    /* may stand in a noun phrase */

#endif
