/* parts.h: what the lexicon knows about each stretch of tokens: the bricks that mentions are built of. */
#ifndef STANCED_PARTS_H
#define STANCED_PARTS_H

#include "workers/actors/lexicon.h"
#include "workers/doc.h"

enum part_kind {
    PART_NAME, /* of the lexicon */
    PART_ROLE,
    PART_TITLE, /* "Mr.", "Gen." */
    PART_CAPS   /* capitalised words that nobody knows, with the particles between them: "Sanne de Wael" */
};

struct part {
    enum part_kind kind;
    int32_t first, last;
    const struct name *name;
    const struct role *role;
    bool plural; /* of a role */
};

struct parts {
    struct part *v;
    size_t n, cap;
    int32_t *at; /* token -> part that covers it, or NONE */
};

/* Parts of all sentences, in order, not overlapping, in the document's arena. */
void parts_find(struct doc *doc, const struct lexicon *lexicon, struct parts *out);

/* The title's role ("Gen.": MIL) and gender ("Mrs.": 'f'), absent and 0 when it has none. */
struct str parts_title_role(struct str lower);
char parts_title_gender(struct str lower);

#endif
