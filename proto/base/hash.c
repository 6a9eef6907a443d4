#include "proto/base/hash.h"

#include <sodium.h>

/* libsodium chooses the fastest code for this processor once. */
static void choose_code(void)
{
    static bool done;
    if (!done)
        done = sodium_init() >= 0;
}

struct digest digest_of(const struct str *parts, size_t n)
{
    struct digest d;
    crypto_generichash_state state;
    choose_code();
    crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
    for (size_t i = 0; i < n; i++) {
        /* Little-endian wherever it runs: the digests are stored. */
        uint64_t len = parts[i].p ? parts[i].n : UINT64_MAX;
        uint8_t prefix[8];
        for (int k = 0; k < 8; k++)
            prefix[k] = (uint8_t)(len >> 8 * k);
        crypto_generichash_update(&state, prefix, sizeof prefix);
        if (parts[i].p)
            crypto_generichash_update(&state, (const unsigned char *)parts[i].p, parts[i].n);
    }
    crypto_generichash_final(&state, d.b, DIGEST_BYTES);
    return d;
}

const char *digest_hex(struct digest d, char out[DIGEST_HEX])
{
    return sodium_bin2hex(out, DIGEST_HEX, d.b, DIGEST_BYTES);
}

void digest_plain(const void *p, size_t n, uint8_t out[DIGEST_PLAIN_BYTES])
{
    choose_code();
    crypto_generichash(out, DIGEST_PLAIN_BYTES, p, n, NULL, 0);
}

/* Keys come from peers: a seed that they cannot know keeps them from choosing collisions. */
uint64_t hash_bytes(const void *p, size_t n)
{
    static unsigned char seed[crypto_shorthash_KEYBYTES];
    static bool seeded;
    if (!seeded) {
        choose_code();
        randombytes_buf(seed, sizeof seed);
        seeded = true;
    }
    unsigned char out[crypto_shorthash_BYTES];
    crypto_shorthash(out, p, n, seed);
    uint64_t h;
    memcpy(&h, out, sizeof h);
    return h;
}
