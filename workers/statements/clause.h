/* clause.h: who does what in a sentence: verbs with their subjects. Everything that asks about grammar asks here.
 *
 * From the engine's tree where there is one (tree_clause.c), else from word order and commas (clause.c). */
#ifndef STANCED_CLAUSE_H
#define STANCED_CLAUSE_H

#include "workers/statements/branch.h"

#define NP_OTHERS 3

enum clause_link {
    CLAUSE_FINITE,     /* has a subject of its own, or shares one: "X denounced A and rejected B" */
    CLAUSE_RELATIVE,   /* "who denounced A" */
    CLAUSE_INFINITIVE, /* "to denounce A" */
    CLAUSE_PARTICIPLE, /* ", denouncing A", "of denouncing A" */
    CLAUSE_REDUCED     /* "the doubts expressed by A" */
};

struct clause {
    int32_t verb;  /* the main verb; for "is ready", "was unmoved" the auxiliary */
    int32_t node;  /* what its dependents hang on in a tree: the verb, or what the copula links */
    int32_t first; /* where its group begins: auxiliaries, negation, "to" */
    int32_t sentence;
    enum clause_link link;
    int32_t governor; /* clause that lends the subject or that this one complements, or NONE */
    struct np subject;
    struct np others[NP_OTHERS]; /* "A, B and C agreed": B and C; subject is A */
    int n_others;
    bool passive;
    struct np agent; /* passive: by whom */
    bool inverted;   /* the subject stands behind the verb: "..." , said X */
    bool negated;
    int32_t relative; /* the "who" that stands for the subject, or NONE; only with a tree */
    bool shared;      /* the subject is that of the governor */
    int32_t modal;    /* "may", "would", "will", ...: its token, or NONE */
};

struct clauses {
    struct clause *v;
    size_t n;
    int32_t *at;                 /* token -> clause whose verb it is, or NONE */
    int32_t *quote_at;           /* token -> quote, of quotes_at() */
    const struct branches *tree; /* NULL: guessed from word order */
};

/* All clauses in text order. Needs mentions and quotes. */
struct clauses *clauses_find(const struct doc *d);

/* The first noun phrase behind the verb that is its object: adverbs and a particle may come between. */
struct np clause_object(const struct doc *d, const struct clause *c, int32_t from, int32_t end);

/* Where what depends on token `from` ends at the latest: a stop, a semicolon, a comma with a new clause
 * behind it, the end of the quotation that it stands in. */
int32_t clause_end(const struct doc *d, const struct clauses *cs, int32_t from);

#endif
