/* str.h: a piece of text that somebody else owns. Not NUL-terminated unless a comment says so. */
#ifndef STANCED_STR_H
#define STANCED_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* `p` NULL means "absent", which is not the same as empty. */
struct str {
    const char *p;
    size_t n; /* bytes */
};

struct str_list {
    struct str *v;
    size_t n;
};

/* Bytes [begin, end) of a text. */
struct span {
    uint32_t begin, end;
};

struct span_list {
    struct span *v;
    size_t n;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_ARGS(s)  (int)(s).n, (s).p /* for printf's "%.*s" */

static inline struct str str_from(const char *cstring)
{
    return (struct str){cstring, cstring ? strlen(cstring) : 0};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(struct str a, const char *cstring)
{
    return a.p && str_equal(a, str_from(cstring));
}

#endif
