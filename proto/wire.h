/* wire.h: structs to MessagePack bytes and back, driven by the one table of fields (fields.c).
 *
 * Peer bytes are first walked by guard.c (depth, counts against the bytes left, UTF-8) and only then given to
 * msgpack-c. What unpacking returns points into `bytes` and into the arena: both must outlive it. Failures
 * give a reason and leave nothing behind but arena memory. Packing never reads what is absent. */
#ifndef STANCED_WIRE_H
#define STANCED_WIRE_H

#include "proto/base/arena.h"
#include "proto/base/buf.h"
#include "proto/messages.h"
#include "proto/reason.h"

struct schema;
extern const struct schema article_schema;      /* struct article */
extern const struct schema event_schema;        /* struct event */
extern const struct schema intake_reply_schema; /* struct intake_reply */
extern const struct schema dead_entry_schema;   /* struct dead_entry: also how the store keeps one */
extern const struct schema pair_request_schema; /* struct pair_request */
extern const struct schema pair_verdict_schema; /* struct pair_verdict */

bool wire_unpack(const struct schema *s, const void *bytes, size_t n, struct arena *a, void *out,
                 struct reason *why);

/* Appends; look at out->failed. */
void wire_pack(const struct schema *s, const void *in, struct buf *out);

/* A control message: "op" chooses the fields, the channel says which ops are allowed. An absent "v" counts as
 * 1, another version than PROTOCOL_VERSION is refused. */
bool message_unpack(enum channel ch, const void *bytes, size_t n, struct arena *a, struct message *out,
                    struct reason *why);
/* m->v is set by this function. */
void message_pack(const struct message *m, struct buf *out);
const char *op_name(enum op op); /* as on the wire */

#define ARTICLE_ID_MAX   256  /* bytes: an id is a key of the store, whose keys have at most 511 */
#define ARTICLE_LINE_MAX 8192 /* bytes of source, url, title, lang, each */

/* Rules that fields alone do not say: ids, body not empty, at most max_body bytes. */
bool article_check(const struct article *a, size_t max_body, struct reason *why);
/* Every span lies in [0, body_len], begin <= end; source and act are there; confidence is 0 to 1; id and
 * article.id agree. */
bool event_check(const struct event *e, size_t body_len, struct reason *why);
/* The text is not empty; spans hold whole characters of it, at least one of each kind but one. */
bool pair_check(const struct pair_request *q, struct reason *why);

#endif
