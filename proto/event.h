/* event.h: what goes in (an article) and what comes out (an event). DESIGN: PROTOCOL.md sections "Article"
 * and "Event".
 *
 * Offsets are bytes into the article's UTF-8 body, half-open. Pointers belong to the arena or the bytes that
 * the struct was unpacked from. Optional numbers: -1 when absent; optional structs: NULL; optional strings: p
 * NULL. */
#ifndef STANCED_EVENT_H
#define STANCED_EVENT_H

#include "proto/base/clock.h"
#include "proto/base/str.h"
#include "proto/ontology.h"

/* Any MessagePack value, kept as its bytes. */
struct raw {
    const char *p;
    size_t n;
};

enum article_status { ARTICLE_USABLE, ARTICLE_CANCELED };

struct article {
    int64_t v;
    struct str id, source, url, title, lang;
    int64_t published; /* wall ms, or TIME_ABSENT */
    int64_t revision;  /* -1: absent, counts as 0 */
    int status;        /* enum article_status; -1: absent, counts as usable */
    struct str body;
    struct raw meta;
};

/* What an event tells of its article. */
struct article_ref {
    struct str id, source, url, title;
    int64_t published;
    struct str lang;
    int64_t revision;
    struct str
        cluster; /* given by the daemon: the id of the first article of which this is a copy, or its own */
};

struct sentence_ref {
    int64_t index, begin, end;
};

/* `text` is the body's bytes of the spans, joined by one space where there are several. */
struct mention {
    struct span_list spans;
    struct str text;
};

struct actor {
    struct span_list spans;
    struct str text;
    struct str name;    /* resolved; absent: unresolved */
    struct str country; /* ISO 3166-1 alpha-3, or IGO NGO MNC; absent: unknown */
    struct str role;    /* one of role_names; absent: unknown */
};

struct act {
    int type; /* enum act_type */
    struct str cameo;
    int quad; /* enum quad */
    double score;
    struct mention cue;
};

enum statement_mode { MODE_DIRECT, MODE_INDIRECT, MODE_MIXED };
struct statement {
    int mode;
    struct mention *content; /* NULL: said, but not what */
};

enum stance_label { STANCE_SUPPORT, STANCE_OPPOSE, STANCE_MIXED, STANCE_NEUTRAL };
struct stance {
    int label;
    double score;           /* -1 to 1 */
    struct mention *toward; /* the matter, or NULL */
    struct str issue;       /* of config/issues.tsv, or absent */
};

enum polarity { POLARITY_POSITIVE, POLARITY_NEGATIVE };
enum certainty { CERTAINTY_ASSERTED, CERTAINTY_POSSIBLE, CERTAINTY_CONDITIONAL };
enum act_time { ACT_PAST, ACT_PRESENT, ACT_FUTURE };
struct qualifiers {
    int polarity, certainty, time;
};

/* Events first..last of the log are taken back: their article was canceled, or a later revision replaces
 * them. */
struct retracts {
    int64_t first, last;
};

struct event {
    int64_t v;
    int64_t seq;   /* place in the log, from 1; -1 until the daemon gives it */
    struct str id; /* "<article id>#<n>", n from 0 within its article and revision */
    struct article_ref *article;
    struct sentence_ref *sentence;
    struct actor *source;
    struct act *act;
    struct actor *target;
    struct statement *statement;
    struct stance *stance;
    struct qualifiers *qualifiers;
    struct actor *reported_by;
    struct str
        reciprocal; /* id of the first of those events that tell one act done to one another; absent: it is none */
    struct retracts *retracts; /* set: this record takes events back; then source and act are NULL */
    double confidence;         /* 0 to 1 */
    struct str model, lexicon;
};

struct event_list {
    struct event *v;
    size_t n;
};

/* A question of stance-code --pairs: what does the source do to the target here, and how does it stand to it? */
struct pair_request {
    struct str id, text;
    struct span_list source, target; /* at most one of them is empty */
    struct span_list cue;            /* the words that tell the act, if known */
};
struct pair_verdict {
    struct str id;
    int act, quad, stance; /* enum act_type, enum quad, enum stance_label */
    double score;          /* of the stance, -1 to 1 */
    double confidence;     /* that the act is right, 0 to 1 */
};

#endif
