/* hash.h: a digest for identity (BLAKE2b through libsodium) and a fast hash for tables. */
#ifndef STANCED_HASH_H
#define STANCED_HASH_H

#include "proto/base/str.h"

#define DIGEST_BYTES 16
#define DIGEST_HEX   (2 * DIGEST_BYTES + 1)

struct digest {
    uint8_t b[DIGEST_BYTES];
};

/* Digest of the parts, each preceded by its length, so that {"ab","c"} and {"a","bc"} differ. An absent part
 * and an empty one differ too. */
struct digest digest_of(const struct str *parts, size_t n);
const char *digest_hex(struct digest d, char out[DIGEST_HEX]); /* returns `out` */

/* Plain BLAKE2b-256 of bytes, as `b2sum -l 256` gives it: for files that other programs write. */
#define DIGEST_PLAIN_BYTES 32
void digest_plain(const void *p, size_t n, uint8_t out[DIGEST_PLAIN_BYTES]);

/* For tables in memory only: not stable between versions, never stored or sent. */
uint64_t hash_bytes(const void *p, size_t n);

#endif
