/* lexicon_impl.h: the lexicon's insides, for lexicon.c (queries) and lexicon_load.c (files) only. */
#ifndef STANCED_LEXICON_IMPL_H
#define STANCED_LEXICON_IMPL_H

#include "proto/base/arena.h"
#include "proto/base/table.h"
#include "workers/actors/lexicon.h"
#include "workers/actors/trie.h"

/* What hangs on a node of one of the tries. */
struct slot {
    struct name *name; /* chain, in file order */
    const struct role *role;
};

struct cue_bucket {
    const struct cue **v;
    size_t n, cap;
};

struct form_pair {
    struct word_form verb, noun; /* lemma absent: none */
};

struct lexicon {
    struct arena *arena;
    struct trie *names, *roles;
    struct slot *name_slots, *role_slots; /* by node */
    size_t cap_names, cap_roles;
    struct table *countries;     /* code -> struct str: display name */
    struct table *holders;       /* "RUS/president" -> struct holders */
    struct table *surnames;      /* "Putin" -> struct holders: all persons of that surname */
    struct table *cues;          /* head lemma -> struct cue_bucket */
    struct table *forms;         /* word -> struct form_pair */
    struct table *abbreviations; /* word with its stop -> enum abbreviation + 1, as a pointer */
    struct digest digest;
};

struct holders {
    const struct name **v;
    size_t n, cap;
};

/* Key of `holders`, in `out`; false when it is too long to be one. */
#define HOLDER_KEY 160
bool holder_key(struct str of, struct str office, char out[HOLDER_KEY], size_t *n);

/* The form in which a token or a lexicon's word is looked up: ’ written '. `room` bytes at `out` if it
 * changes. */
struct str name_key(struct str word, char *out, size_t room);

#endif
