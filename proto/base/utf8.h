/* utf8.h: UTF-8 as RFC 3629 has it (no surrogates, no overlong forms, at most U+10FFFF). */
#ifndef STANCED_UTF8_H
#define STANCED_UTF8_H

#include "proto/base/str.h"

/* Offset of the first byte that is not part of valid UTF-8, or `n` when all of it is. */
size_t utf8_valid_prefix(const char *p, size_t n);

/* Decodes one code point from [p, end), p < end: returns its length in bytes (1 to 4) and the code point in
 * *cp; on invalid input the length of the maximal invalid part (at least 1) and U+FFFD. */
unsigned utf8_decode(const char *p, const char *end, uint32_t *cp);

/* Encodes a code point (not a surrogate, at most U+10FFFF) into out; returns 1 to 4. */
unsigned utf8_encode(uint32_t cp, char out[4]);

#endif
