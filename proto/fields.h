/* fields.h: the form of the one table of fields. Private to proto (wire.c, json.c read it; fields.c holds
 * it). */
#ifndef STANCED_FIELDS_H
#define STANCED_FIELDS_H

#include "proto/messages.h"

enum field_type {
    T_VERSION, /* int64_t; absent: PROTOCOL_VERSION; another value is refused */
    T_STR,     /* struct str */
    T_INT,     /* int64_t from `least` up; absent: -1 */
    T_DOUBLE,  /* double, finite; absent: NAN */
    T_TIME,    /* int64_t wall ms; on the wire RFC 3339 text or a timestamp; absent: TIME_ABSENT */
    T_ENUM,    /* int, an index into `names`; on the wire the name; absent: -1 */
    T_SPANS,   /* struct span_list: [[begin, end], ...] */
    T_STRS,    /* struct str_list: a list of strings, or one string alone; absent: v NULL */
    T_RAW,     /* struct raw: any value; absent: p NULL */
    T_INLINE,  /* a struct of schema `sub` in place; always there */
    T_POINTER, /* pointer to a struct of schema `sub`; absent: NULL */
    T_LIST     /* {struct *v; size_t n} of schema `sub` */
};

enum { REQUIRED = 1, SHOW_NULL = 2 /* absent is written as null instead of left out */ };

struct schema;
struct field {
    const char *key;
    enum field_type type;
    unsigned flags;
    size_t offset; /* in the struct */
    const struct schema *sub;
    const char *const *names;
    int64_t least;
};

struct schema {
    const char *name; /* for reasons: "article", ... */
    const struct field *fields;
    size_t n, size; /* number of fields; bytes of the struct */
    bool strict;    /* unknown keys are refused instead of ignored */
};

struct message_type {
    enum op op;
    const char *name;            /* of "op" on the wire */
    unsigned channels;           /* bit set of 1u << enum channel */
    bool says_version;           /* written with "v": the first words of a conversation */
    const struct schema *schema; /* NULL: no fields */
};
extern const struct message_type message_types[OP_COUNT]; /* by op */

#endif
