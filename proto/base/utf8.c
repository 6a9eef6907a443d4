#include "proto/base/utf8.h"

/* Length of the sequence at p and its code point, or 0 when it is not valid. */
static unsigned sequence(const unsigned char *p, const unsigned char *end, uint32_t *cp)
{
    unsigned char b = p[0];
    if (b < 0x80)
        return *cp = b, 1;
    unsigned n = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (b < 0xC2 || b > 0xF4 || (size_t)(end - p) < n)
        return 0;
    uint32_t c = b & (0x7Fu >> n);
    for (unsigned i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3F);
    }
    if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    *cp = c;
    return n;
}

size_t utf8_valid_prefix(const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + len;
    uint32_t cp;
    while (p < end) {
        /* Most text is ASCII: eight bytes at a time. */
        uint64_t eight;
        if ((size_t)(end - p) >= sizeof eight &&
            (memcpy(&eight, p, sizeof eight), (eight & 0x8080808080808080u) == 0)) {
            p += sizeof eight;
            continue;
        }
        unsigned n = sequence(p, end, &cp);
        if (n == 0)
            break;
        p += n;
    }
    return (size_t)(p - (const unsigned char *)text);
}

/* Bytes of the maximal invalid part at p, as Unicode recommends to replace it (section 3.9): the longest
 * prefix that could have begun a valid sequence. */
static unsigned invalid_part(const unsigned char *p, const unsigned char *end)
{
    unsigned char b = p[0];
    if (b < 0xC2 || b > 0xF4 || end - p < 2)
        return 1;
    unsigned char low = b == 0xE0   ? 0xA0
                        : b == 0xF0 ? 0x90
                                    : 0x80,
                  high = b == 0xED   ? 0x9F
                         : b == 0xF4 ? 0x8F
                                     : 0xBF;
    if (p[1] < low || p[1] > high || b < 0xE0)
        return 1;
    unsigned n = 2, whole = b >= 0xF0 ? 4 : 3;
    while (n < whole - 1 && p + n < end && (p[n] & 0xC0) == 0x80)
        n++;
    return n;
}

unsigned utf8_decode(const char *p, const char *end, uint32_t *cp)
{
    unsigned n = sequence((const unsigned char *)p, (const unsigned char *)end, cp);
    if (n)
        return n;
    *cp = 0xFFFD;
    return invalid_part((const unsigned char *)p, (const unsigned char *)end);
}

unsigned utf8_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80)
        return out[0] = (char)cp, 1;
    unsigned n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    for (unsigned i = n; i-- > 1; cp >>= 6)
        out[i] = (char)(0x80 | (cp & 0x3F));
    out[0] = (char)((0xF00u >> n & 0xFF) | cp);
    return n;
}
