/* lexicon.h: the files of config/lexicon in memory: names with dates, roles, office-holders, cues, word
 * forms.
 *
 * Read once, never written after: many articles may use it at once. All pointers that it gives live until
 * lexicon_close(). A day is clock_day(); entries outside their from/to dates do not exist for a query. */
#ifndef STANCED_LEXICON_H
#define STANCED_LEXICON_H

#include "proto/base/hash.h"
#include "proto/ontology.h"
#include "workers/doc.h"

struct lexicon;

/* Loads countries, organisations, people, roles, cues, irregular, abbreviations (.tsv) of `dir`, in this
 * order. NULL with a reason "file:line: what was expected" when a line is wrong or a file is missing. */
struct lexicon *lexicon_open(const char *dir, struct reason *why);
/* The same, and then what a user adds in the directory `own` (NULL: nothing), where any of the same files may be
 * absent, and dictionaries for PETRARCH (*.actors.txt, *.agents.txt: phoenix.h) may lie. Where both say something of the
 * same text, a line of the user's comes before ours, ours before one of a dictionary's. */
struct lexicon *lexicon_open_with(const char *dir, const char *own, struct reason *why);
void lexicon_close(struct lexicon *l);
struct digest lexicon_digest(const struct lexicon *l); /* of all bytes of all files that were read */

/* Whose a line is: the lower, the better. */
enum rank { RANK_OWN, RANK_OURS, RANK_DICTIONARY };

/* -- names: matched by token, upper and lower case significant -- */

enum name_kind {
    NAME_COUNTRY,   /* "Iran" */
    NAME_ADJECTIVE, /* "Iranian" */
    NAME_PEOPLE,    /* "Iranians" */
    NAME_CAPITAL,   /* "Tehran" */
    NAME_CITY,      /* "Isfahan" */
    NAME_METONYM,   /* "Kremlin" */
    NAME_ORG,
    NAME_PERSON /* full name or alias of several words; surnames: lexicon_surname() */
};

/* What a text means; several entries may share a text (chained by `next`, by rank, then in file
 * order). */
struct name {
    enum name_kind kind;
    struct str text;         /* as it stands in the lexicon */
    struct str display;      /* canonical name: a country's first name, an organisation's or person's name */
    struct str country;      /* absent: none */
    struct str role;         /* absent: none */
    struct str office;       /* of a person; absent: none */
    struct str organisation; /* that a person's office belongs to; absent: none */
    char gender;             /* 'm', 'f', 0 */
    int32_t from, to;        /* days, both inclusive */
    const char *file;
    uint32_t line;
    enum rank rank;
    const struct name *next; /* another meaning of the same text */
};

/* The longest name whose words are the tokens [first, ...), within [first, last); its entry that holds on
 * `day`, and its end in *end. NULL when there is none. Words in capitals (headlines, date lines) match names
 * written otherwise. */
const struct name *lexicon_name(const struct lexicon *l, const struct doc *doc, int32_t first, int32_t last,
                                int32_t *end);
/* The same by text, exactly; all meanings. */
const struct name *lexicon_lookup(const struct lexicon *l, struct str text);
/* Of a chain, the entry that holds on a day; persons: the one in office before the ones that were. NULL:
 * none. */
const struct name *lexicon_on_day(const struct name *chain, int32_t day);

/* A country's first `name`: "RUS" -> "Russia"; absent when the code is unknown. */
struct str lexicon_country(const struct lexicon *l, struct str code);
/* The country whose capital, name or adjective the text is; absent when none. */
struct str lexicon_country_of(const struct lexicon *l, struct str text, int32_t day);

/* Who holds `office` of a country ("RUS") or organisation ("European Commission") on that day; NULL: unknown,
 * or two. */
const struct name *lexicon_holder(const struct lexicon *l, struct str of, struct str office, int32_t day);

/* Whom a surname alone means on that day: the last word of a name or alias, or an alias of one word.
 * `country` and `office`, as far as the text gives them (else absent), choose among namesakes; else the
 * highest office does. NULL: nobody, or two that nothing tells apart. Without `sure` only those in a high
 * office on that day. */
const struct name *lexicon_surname(const struct lexicon *l, struct str word, int32_t day, struct str country,
                                   struct str office, bool sure);

/* -- roles: matched by lower-case token, the last word also in its plural -- */

enum role_kind { ROLE_PERSON, ROLE_GROUP, ROLE_BODY };

struct role {
    struct str phrase; /* "foreign minister", in the singular */
    struct str role;   /* absent ('=' in the file): that of the country or organisation it goes with */
    enum role_kind kind;
    struct str office; /* the office of people.tsv that it names ("premier": prime minister), or absent */
    const char *file;
    uint32_t line;
    enum rank rank;
};

/* The longest role phrase at [first, ...) within [first, last), its end in *end, whether its last word is a
 * plural. */
const struct role *lexicon_role(const struct lexicon *l, const struct doc *doc, int32_t first, int32_t last,
                                int32_t *end, bool *plural);

/* -- cues -- */

enum cue_pos { CUE_VERB, CUE_NOUN, CUE_ADJECTIVE, CUE_PHRASE };
enum cue_says { SAYS_NO, SAYS_YES, SAYS_MAYBE }; /* whether it attributes words: "-", "y", "m" */

#define CUE_GAP     "*" /* a word of a cue that stands for 0 to CUE_GAP_MAX tokens */
#define CUE_GAP_MAX 3

struct cue {
    struct str text;       /* as it stands in the file */
    struct str_list words; /* lower-case; lemmas as far as the file writes them so; CUE_GAP between them */
    size_t head; /* index into words: the one lexicon_cues() finds it by (first verb, noun, ... of it) */
    enum cue_pos pos;
    struct str cameo;
    enum cue_says says;
    struct str_list
        target; /* places where the target stands, in order of preference, as written in the file */
    struct str_list matter; /* the same for the matter */
    int stance;             /* +1, -1, 0 */
    const char *file;
    uint32_t line;
    enum rank rank;
};

struct cue_list {
    const struct cue *const *v; /* longest (most words) first, then by rank, then file order */
    size_t n;
};

/* Cues whose head word is this lemma. */
struct cue_list lexicon_cues(const struct lexicon *l, struct str lemma);

/* -- word forms -- */

struct word_form {
    struct str lemma;
    enum verb_form form; /* of a verb */
    bool noun;           /* an irregular plural instead */
    enum rank rank;
};
/* "said" -> say, PAST. `noun` chooses between irregular verbs and nouns. NULL: regular. */
const struct word_form *lexicon_form(const struct lexicon *l, struct str lower, bool noun);

enum abbreviation { ABBR_NONE, ABBR_TITLE, ABBR_INNER, ABBR_MONTH, ABBR_PLACE, ABBR_COMPANY };
/* The word with its full stop: "Mr.", "U.S.". */
enum abbreviation lexicon_abbreviation(const struct lexicon *l, struct str word);

/* The cue lists know verbs and nouns: whether some cue is headed by this lemma with this part of speech. */
bool lexicon_is_cue(const struct lexicon *l, struct str lemma, enum cue_pos pos);

#endif
