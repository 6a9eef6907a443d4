/* doc.h: one article on its way through the pipeline: everything that the stages say of it, in one arena.
 *
 * Stages fill it in this order and read only what earlier ones wrote:
 *   text/normalise -> text/tokens -> text/sentences -> engine (tags, features, trees), engine/names, text/lemmas
 *   -> actors/mentions -> statements/quotes -> actors/coref -> statements/link
 *   -> stances/acts, qualifiers, stance -> event.c
 *
 * There are two texts: the article's `body` as it came (any bytes) and `text`, the clean UTF-8 that all
 * stages read. All offsets in this file are bytes of `text`; to_body[] leads back, and only event.c follows
 * it. Indexes: tokens, sentences, mentions, ... are numbered from 0 over the whole document; ranges are
 * half-open.
 *
 * The stages' memory is the document's arena and goes with it; a stage that finds none left ends the process (arena_alloc),
 * and the daemon counts that against the article. Strings point into `text`, the arena or the lexicon. */
#ifndef STANCED_DOC_H
#define STANCED_DOC_H

#include "proto/base/arena.h"
#include "proto/event.h"

struct feats;   /* workers/engine/feats.h */
struct verdict; /* workers/stances/scorer.h */

#define NONE (-1)

/* Part of speech: Universal Dependencies' tags. By the engine, or by rules (text/tags) where there is no model. */
enum upos {
    UPOS_X,
    UPOS_ADJ,
    UPOS_ADP,
    UPOS_ADV,
    UPOS_AUX,
    UPOS_CCONJ,
    UPOS_DET,
    UPOS_INTJ,
    UPOS_NOUN,
    UPOS_NUM,
    UPOS_PART,
    UPOS_PRON,
    UPOS_PROPN,
    UPOS_PUNCT,
    UPOS_SCONJ,
    UPOS_SYM,
    UPOS_VERB,
    UPOS_COUNT
};
extern const char *const upos_names[UPOS_COUNT]; /* "PROPN" */
enum upos upos_find(struct str name);            /* UPOS_X: unknown */

enum verb_form {
    VERB_NONE,
    VERB_BASE,
    VERB_PRESENT,
    VERB_PAST,
    VERB_PARTICIPLE,
    VERB_ING
}; /* PAST also where participle looks alike */

/* Whether a word begins or continues a name of that kind. */
enum name_tag {
    TAG_NONE,
    TAG_B_PERSON,
    TAG_I_PERSON,
    TAG_B_ORGANISATION,
    TAG_I_ORGANISATION,
    TAG_B_PLACE,
    TAG_I_PLACE,
    TAG_COUNT
};
extern const char *const name_tag_names[TAG_COUNT]; /* "B-PER"; "O" for TAG_NONE */

struct token {
    uint32_t begin, end; /* bytes of text; contractions are split as in UD: "did" "n't", "Iran" "'s" */
    int32_t sentence;
    uint8_t upos;   /* enum upos */
    uint8_t form;   /* enum verb_form, for verbs and auxiliaries */
    uint8_t deprel; /* enum relation; REL_NONE: no tree yet */
    uint8_t name;   /* enum name_tag, by the engine */
    bool capital;   /* begins with an upper-case letter */
    bool space_after;
    bool joined;      /* goes on where the token before ends, as one written word: the "n't" of "don't" */
    struct str lower; /* lower-case form, ’ written ', in the arena */
    struct str lemma; /* lower-case; equals lower when nothing better is known */
    const struct feats *feats; /* by the engine; NULL: it did not run */
    int32_t head;              /* the engine's tree: token index, NONE: root, or no tree yet (doc.has_tree) */
};

struct sentence {
    uint32_t begin, end; /* bytes of text, without surrounding space */
    int32_t first, last; /* tokens [first, last) */
    int32_t paragraph;   /* number of its paragraph */
    bool heading;        /* a line of its own without a final stop: headline, list item */
};

/* Who somebody is, resolved: what an event's `name`, `country` and `role` are taken from. */
struct identity {
    struct str name;    /* "Vladimir Putin"; absent: a generic actor ("rebels in Yemen") */
    struct str country; /* alpha-3, IGO, NGO, MNC; absent: unknown */
    struct str role;    /* absent: unknown */
    struct str office;  /* "foreign minister", ... of roles.tsv or people.tsv; absent: none */
    char gender;        /* 'm', 'f', 0: unknown */
    bool plural;
    const char *file; /* the lexicon line that says so, for --table; NULL: composed */
    uint32_t line;
};

enum mention_kind {
    MENTION_PERSON,  /* a name of a person, with its title and role words: "Russian President Vladimir Putin"
                      */
    MENTION_COUNTRY, /* a country, its capital or metonym speaking for it: "Kyiv", "the Kremlin" */
    MENTION_ORG,
    MENTION_GENERIC, /* role words with or without a country: "the foreign minister", "Iranian officials",
                        "both leaders" */
    MENTION_PRONOUN, /* he she they it who we I; resolved by coref */
    MENTION_PLACE    /* a place that does not act: "in Moscow" */
};

/* A noun phrase that may act. Longest ones only, not overlapping, in text order. */
struct actor_mention {
    int32_t first, last; /* tokens [first, last) of the whole phrase: an event's source or target span */
    int32_t head;        /* the token that carries the name or the role noun */
    int32_t sentence;
    enum mention_kind kind;
    struct identity *ids; /* one; two or more for "both leaders" resolved, or "Iran and Iraq" as one group */
    size_t n_ids;
    int32_t antecedent; /* mention that it was resolved to, or NONE */
    bool possessive;    /* tells whose, does not act: before 's or ', "the Norwegian offer", "its" */
};

/* A stretch inside quotation marks. */
struct quote {
    uint32_t begin, end;             /* the words without the marks */
    uint32_t outer_begin, outer_end; /* with the marks */
    int32_t first, last;             /* tokens between the marks */
    bool speech;       /* long enough or placed so that somebody says it; else a title or scare quotes */
    bool open;         /* the closing mark is missing: it runs on in the next paragraph */
    int32_t continues; /* quote of which this is the continuation, or NONE */
};

/* Pieces of text that belong together, in order: a discontinuous content, "extended ... an invitation". Token
 * ranges. */
struct piece {
    int32_t first, last;
};
struct pieces {
    struct piece *v;
    size_t n;
};

/* One finding, before it becomes an event: an attribution, an act, or both in one. */
struct finding {
    int32_t sentence;
    int32_t source; /* mention, or NONE: then source_pieces may hold a phrase that no mention covers */
    struct pieces source_pieces;
    struct pieces cue;
    const struct cue *rule; /* line of cues.tsv that fired, or NULL (quotation without a cue) */
    int32_t hit;            /* its place in struct reading, or NONE */
    bool source_within;     /* `source` is only part of source_pieces: "Iranian drones"; lends its country */
    struct str cameo;       /* as fine as the text supports */
    int32_t target;         /* mention or NONE */
    struct pieces target_pieces;
    bool is_statement; /* has attributed words, or is a cue of saying */
    int mode;          /* enum statement_mode */
    struct pieces content;
    int stance; /* enum stance_label */
    double stance_score;
    struct pieces toward;
    struct str issue;
    int polarity, certainty, time; /* of struct qualifiers */
    int32_t reported_by;           /* finding within whose content this one stands, or NONE */
    const struct verdict *verdict; /* of the scorer; NULL: there is none */
    int32_t twin;                  /* the finding that tells the same act the other way round, or NONE */
    double p; /* what the model gives its words, or marks deserve; 0: found by other rules */
};

/* What the engine's encoder makes of each token: channel k of token i is v[i * width + k] * scale[i]. */
struct states {
    size_t width; /* 0: not kept */
    int8_t *v;
    float *scale;
};

struct doc {
    struct arena *arena;
    const struct article *article;
    int32_t day; /* clock_day() of `published`, else of today: decides who holds an office */

    const char *text; /* valid UTF-8, NUL behind it */
    uint32_t text_len;
    uint32_t *to_body; /* text_len + 1 entries: the body offset of each byte of text, not decreasing */

    struct sentence *sentences;
    size_t n_sentences;
    size_t sentences_before; /* in the parts of the article before this one: see pipeline.h */
    bool within_paragraph;   /* such a part begins where no paragraph does */
    struct token *tokens;
    size_t n_tokens;
    bool has_tree;        /* the engine ran: head and deprel are set */
    bool keeps_states;    /* set before the engine runs: later stages want its states */
    struct states states; /* by the engine */

    struct actor_mention *mentions;
    size_t n_mentions;
    int32_t *mention_at; /* token -> mention that covers it, or NONE; n_tokens entries */

    struct quote *quotes;
    size_t n_quotes;

    struct finding *findings;
    size_t n_findings, cap_findings;
};

static inline struct str doc_token_text(const struct doc *d, int32_t token)
{
    return (struct str){d->text + d->tokens[token].begin, d->tokens[token].end - d->tokens[token].begin};
}

/* The mention that this one stands for, or itself; NONE stays NONE. */
static inline int32_t mention_first(const struct doc *d, int32_t mention)
{
    return mention != NONE && d->mentions[mention].antecedent != NONE ? d->mentions[mention].antecedent
                                                                      : mention;
}

#endif
