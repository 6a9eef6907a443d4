/* reason.h: why something was refused, in words that a person understands. Always valid UTF-8, one line. */
#ifndef STANCED_REASON_H
#define STANCED_REASON_H

#include "proto/base/str.h"

#define REASON_MAX 256

struct reason {
    char text[REASON_MAX];
};

/* Sets the text (cut at REASON_MAX; bytes that are not printable UTF-8 become '?'); always returns false, so
 * that "return reason_set(why, ...)" refuses. `why` may be NULL. */
bool reason_set(struct reason *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
