/* phrase.h: noun phrases with what they say of an actor: mentions before they are one. For compose.c and
 * mentions.c. */
#ifndef STANCED_PHRASE_H
#define STANCED_PHRASE_H

#include "workers/actors/parts.h"
#include "workers/text/words.h"

/* A noun run, or runs joined by 's, with the prepositional phrases that belong to it. */
struct phrase {
    int32_t first, last; /* tokens, with determiners */
    int32_t core;        /* first token behind determiners and numbers */
    int32_t head;
    bool actor; /* it names somebody; else `id` tells at most whose it is */
    enum mention_kind kind;
    struct identity id;
    bool same_role;   /* a role of '=': waits for that of a country or body */
    bool person_name; /* the name is in the text, not looked up from an office */
    bool known;       /* the name is of the lexicon */
    bool capital;     /* ... and a capital's */
    bool office;      /* the head is an office with one holder at a time */
    bool definite, indefinite;
    int32_t name_first, name_last; /* the name's own tokens */
};

struct phrases {
    struct doc *doc;
    const struct lexicon *lexicon;
    struct parts parts;
    const struct sentence *sentence;
    /* Called for each phrase that stands by itself, in text order. */
    void (*emit)(struct phrases *p, const struct phrase *phrase, bool possessive);
    void *context;
};

static inline const struct token *phrase_token(const struct phrases *p, int32_t i)
{
    return i >= p->sentence->first && i < p->sentence->last ? &p->doc->tokens[i] : NULL;
}

/* Whether token i is of this sentence and one of the words of `list`. */
static inline bool phrase_is_one(const struct phrases *p, int32_t i, const char *list)
{
    const struct token *t = phrase_token(p, i);
    return t && words_in(t->lower, list);
}

static inline enum upos phrase_upos(const struct phrases *p, int32_t i)
{
    const struct token *t = phrase_token(p, i);
    return t ? (enum upos)t->upos : UPOS_PUNCT;
}

static inline const struct part *phrase_part(const struct phrases *p, int32_t i)
{
    if (!phrase_token(p, i) || p->parts.at[i] == NONE)
        return NULL;
    return &p->parts.v[p->parts.at[i]];
}

static inline bool phrase_is_person(const struct part *part)
{
    return part && part->kind == PART_NAME && part->name->kind == NAME_PERSON;
}

/* Reads the phrase that begins at token i, if one does; returns the first token behind, i + 1 when there is
 * none. */
int32_t phrase_read(struct phrases *p, int32_t i);

#endif
