/* lexicon_impl.h: the lexicon's insides, for lexicon.c (queries), lexicon_files.c (which files), lexicon_load.c (lines
 * of tables) and phoenix.c (dictionaries) only. */
#ifndef STANCED_LEXICON_IMPL_H
#define STANCED_LEXICON_IMPL_H

#include "proto/base/arena.h"
#include "proto/base/table.h"
#include "proto/base/tsv.h"
#include "workers/actors/lexicon.h"
#include "workers/actors/trie.h"

/* What hangs on a node of one of the tries. */
struct slot {
    struct name *name; /* chain, by rank, then in file order */
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

/* -- loading -- */

/* One file while it is read. */
struct load {
    struct lexicon *lexicon;
    struct tsv *tsv;  /* NULL: a dictionary, whose line is: */
    uint32_t line;    /* from 1 */
    const char *file; /* in the lexicon's arena */
    enum rank rank;
    struct reason *why;
};

/* A table: its columns, and what one line of it does; false with a reason "file:line: ...". */
struct lexicon_file {
    const char *name;
    size_t least, most; /* columns */
    bool (*line)(const struct load *f, struct str *columns);
};
#define LEXICON_FILES 7
extern const struct lexicon_file lexicon_files[LEXICON_FILES];

/* These copy `text` and `phrase`, and set kind, file, line and rank; the other strings have to live as long as the
 * lexicon. False: no memory, with a reason. */
bool lexicon_add_name(const struct load *f, struct name base, enum name_kind kind, struct str text);
bool lexicon_add_role(const struct load *f, struct role base);
/* Makes the last word of `name` known as the person's surname; `person` has to live as long as the lexicon. */
bool lexicon_add_surname(const struct load *f, struct str name, const struct name *person);

#endif
