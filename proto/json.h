/* json.h: the JSON view of the same structs (jansson underneath), keys and order as in fields.c. */
#ifndef STANCED_JSON_H
#define STANCED_JSON_H

#include "proto/wire.h"

/* Appends one line without its end; look at out->failed. Absent optional fields: null for structs that the
 * schema shows as null, else left out. */
void json_write(const struct schema *s, const void *in, struct buf *out);

/* Reads one JSON object; copies into the arena. The same checks and reasons as wire_unpack. */
bool json_read(const struct schema *s, const char *text, size_t n, struct arena *a, void *out,
               struct reason *why);

/* A control message's fields as JSON, "op" first. */
void json_write_message(const struct message *m, struct buf *out);

/* Any MessagePack value as JSON (binary data as base64, timestamps as RFC 3339). False: not valid, or no memory; what
 * was appended then is of no use. */
bool json_write_raw(const void *bytes, size_t n, struct buf *out);

#endif
