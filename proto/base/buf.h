/* buf.h: bytes that grow. A failed allocation is sticky: append as you like, look at `failed` once at the
 * end. */
#ifndef STANCED_BUF_H
#define STANCED_BUF_H

#include "proto/base/str.h"

struct buf {
    char *data; /* owned; NULL while empty */
    size_t len, cap;
    bool failed; /* an append did not fit into memory; the content is incomplete */
};

#define BUF_INIT                                                                                             \
    {                                                                                                        \
        NULL, 0, 0, false                                                                                    \
    }

void buf_append(struct buf *b, const void *bytes, size_t len);
void buf_str(struct buf *b, struct str s);
void buf_puts(struct buf *b, const char *cstring);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_clear(struct buf *b); /* empty again, memory kept, `failed` reset */
void buf_free(struct buf *b);

#endif
