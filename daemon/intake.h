/* intake.h: articles in. Raw bytes of a feeder become a stored article and a reply that says what became of
 * it. */
#ifndef STANCED_INTAKE_H
#define STANCED_INTAKE_H

#include "daemon/bridge.h"
#include "daemon/finish.h"
#include "proto/event.h"

/* ---- decisions (pure) ---- */

enum intake_verdict {
    INTAKE_NEW,      /* never heard of */
    INTAKE_REVISION, /* a later revision: supersedes what is known */
    INTAKE_KNOWN,    /* the same again */
    INTAKE_CANCEL,   /* takes back what is known */
    INTAKE_REFUSE    /* with a reason */
};

/* `known` NULL: the id has not been seen. */
enum intake_verdict intake_decide(const struct article *a, struct digest content,
                                  const struct id_record *known, struct reason *why);

/* Digest of everything that its events depend on. */
struct digest intake_content(const struct article *a);

/* The id of an article that came without: hex digest of url and body. */
const char *intake_id(const struct article *a, char out[DIGEST_HEX]);

/* ---- the endpoint ---- */

struct intake;

struct intake_rules {
    size_t max_body;
    const char *busy; /* why nothing is accepted now; NULL: all is well */
    int64_t retry_ms; /* when to come again then */
    int64_t wall;
};

struct intake *intake_new(struct bridge_socket *socket, struct finisher *f);
void intake_free(struct intake *in);

/* Takes a bounded number of articles into the turn. True when it stopped at the bound. */
bool intake_drain(struct intake *in, const struct intake_rules *rules);

/* Whether a lack of room was met in this turn. */
bool intake_was_full(const struct intake *in);

/* After the commit: the replies. Not `committed`: whoever asked for something to be stored is told to come
 * again. */
void intake_speak(struct intake *in, bool committed, int64_t retry_ms);

#endif
