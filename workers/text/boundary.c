#include "workers/text/boundary.h"

#include <math.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "workers/text/scan.h"

#define BEHIND          (BOUNDARY_WINDOW / 2) /* tokens before and behind the one that may end a sentence */
#define HASH_WORD       2166136261U           /* FNV-1a */
#define HASH_SUFFIX     0x1234567U            /* other words share a row */
#define BIAS_MAX        300000000.0F          /* with it the sum of a hidden unit still fits into 32 bits */
#define KEY_BYTES       64                    /* of a word; what is longer tells no more */
#define ROW(table, row) (&(table)[(size_t)(row)*BOUNDARY_DIM])

static bool rows_fit(size_t n, size_t least)
{
    return n % BOUNDARY_DIM == 0 && n / BOUNDARY_DIM >= least && n / BOUNDARY_DIM <= UINT32_MAX;
}

bool boundary_check(const struct boundary *b, struct reason *why)
{
    if (!b->words || !rows_fit(b->n_words, 2) || !b->suffixes || !rows_fit(b->n_suffixes, 2))
        return reason_set(why, "boundary: the tables of words or suffixes do not fit");
    if (!b->shapes || b->n_shapes != (size_t)BOUNDARY_SHAPES * BOUNDARY_DIM)
        return reason_set(why, "boundary.shapes: %zu elements, expected %d", b->n_shapes,
                          BOUNDARY_SHAPES * BOUNDARY_DIM);
    if (!b->hidden || b->n_hidden != (size_t)BOUNDARY_WINDOW * BOUNDARY_DIM * BOUNDARY_HIDDEN)
        return reason_set(why, "boundary.hidden: %zu elements, expected %d", b->n_hidden,
                          BOUNDARY_WINDOW * BOUNDARY_DIM * BOUNDARY_HIDDEN);
    if (!b->out || b->n_out != BOUNDARY_HIDDEN || !b->bias || b->n_bias != BOUNDARY_HIDDEN + 1)
        return reason_set(why, "boundary: out or bias do not fit");
    for (int i = 0; i < BOUNDARY_HIDDEN; i++)
        if (!(fabsf(b->bias[i]) <= BIAS_MAX))
            return reason_set(why, "boundary.bias: number %d is out of range", i);
    if (!(fabsf(b->bias[BOUNDARY_HIDDEN]) < 1e18F))
        return reason_set(why, "boundary.bias: the last one is out of range");
    return true;
}

/* -- features; boundaries.py has the same in Python -- */

/* Signs that mean the same, as one spelling; absent: the word stands for itself. */
static struct str same_sign(struct str w)
{
    static const char *const signs[][2] = {
        {"\xE2\x80\x9C", "\""}, {"\xE2\x80\x9D", "\""}, {"\xE2\x80\x9E", "\""}, {"\xC2\xAB", "\""},
        {"\xC2\xBB", "\""},     {"''", "\""},           {"``", "\""},           {"`", "'"},
        {"\xE2\x80\x93", "--"}, {"\xE2\x80\x94", "--"}, {"\xE2\x80\x95", "--"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_is(w, signs[i][0]))
            return str_from(signs[i][1]);
    size_t dots = 0, marks = 0, asks = 0, same = 0;
    for (size_t i = 0; i < w.n; i++) {
        dots += w.p[i] == '.' || (unsigned char)w.p[i] == 0xE2 || (unsigned char)w.p[i] == 0x80 ||
                (unsigned char)w.p[i] == 0xA6; /* the bytes of … */
        marks += w.p[i] == '!';
        asks += w.p[i] == '?';
        same += w.p[i] == w.p[0];
    }
    if (w.n > 1 && dots == w.n)
        return STR("...");
    if (w.n > 1 && dots + marks + asks == w.n)
        return marks == w.n ? STR("!") : asks == w.n ? STR("?") : STR("?!");
    if (w.n > 3 && same == w.n)
        return (struct str){w.p, 3};
    return (struct str){NULL, 0};
}

static uint32_t hash(uint32_t h, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * 16777619U;
    return h;
}

enum kind { LOWER, CAPITAL, CAPITALS, LETTER, MIXED, ALPHANUMERIC, STOPPED_CAPITAL, STOPPED, NUMBER, SIGN };

/* Of the written word; capitals beyond ASCII count at its beginning only. */
static enum kind kind_of(const struct token *t, const char *p, size_t n)
{
    size_t up = 0, letters = 0, digits = 0;
    const char *end = p + n;
    for (const char *q = p; q < end;) {
        unsigned char c = (unsigned char)*q;
        size_t wide = c < 0x80 ? 0 : scan_wide(q, end);
        up += c >= 'A' && c <= 'Z';
        letters += scan_letter(c) || wide;
        digits += scan_digit(c);
        q += wide ? wide : 1;
    }
    up += t->capital && (unsigned char)*p >= 0x80;
    if (!letters)
        return digits ? NUMBER : SIGN;
    if (digits)
        return ALPHANUMERIC;
    if (end[-1] == '.')
        return t->capital ? STOPPED_CAPITAL : STOPPED;
    if (up == 0)
        return LOWER;
    if (up == letters)
        return up == 1 ? LETTER : CAPITALS;
    return t->capital ? CAPITAL : MIXED;
}

struct boundary_rows boundary_rows(const struct boundary *b, const struct doc *doc, int32_t token,
                                   bool space_before)
{
    const struct token *t = &doc->tokens[token];
    enum kind kind = kind_of(t, doc->text + t->begin, t->end - t->begin);
    struct str key = kind == SIGN ? same_sign(t->lower) : (struct str){NULL, 0};
    char bytes[KEY_BYTES];
    if (!key.p) {
        key = (struct str){bytes, t->lower.n < sizeof bytes ? t->lower.n : sizeof bytes};
        for (size_t i = 0; i < key.n; i++)
            bytes[i] = scan_digit((unsigned char)t->lower.p[i]) ? '0' : t->lower.p[i];
    }
    size_t suffix = key.n < 3 ? key.n : 3;
    uint32_t words = (uint32_t)(b->n_words / BOUNDARY_DIM),
             suffixes = (uint32_t)(b->n_suffixes / BOUNDARY_DIM);
    return (struct boundary_rows){1 + hash(HASH_WORD, key.p, key.n) % (words - 1),
                                  1 + hash(HASH_SUFFIX, key.p + key.n - suffix, suffix) % (suffixes - 1),
                                  (uint32_t)kind * 4 + space_before * 2U + t->space_after};
}

/* -- the net -- */

static void embed(const struct boundary *b, struct boundary_rows r, int16_t x[BOUNDARY_DIM])
{
    const int8_t *word = ROW(b->words, r.word), *suffix = ROW(b->suffixes, r.suffix),
                 *shape = ROW(b->shapes, r.shape);
    for (int i = 0; i < BOUNDARY_DIM; i++)
        x[i] = (int16_t)(word[i] + suffix[i] + shape[i]);
}

/* Adds what a token at one place of a window says to the window's hidden units. `w` is [DIM / 2][HIDDEN][2]. */
#ifdef __SSE2__
static __m128i part_of(const int16_t *w, __m128i pair)
{
    return _mm_madd_epi16(_mm_loadu_si128((const __m128i *)(const void *)w), pair);
}

/* Sixteen units at a time: their sums stay in registers. */
static void add_token(int32_t *unit, const int16_t *w, const int16_t *x)
{
    for (int at = 0; at < BOUNDARY_HIDDEN; at += 16, w += 32) {
        __m128i *u = (__m128i *)(void *)(unit + at);
        __m128i a = _mm_loadu_si128(u), b = _mm_loadu_si128(u + 1), c = _mm_loadu_si128(u + 2),
                d = _mm_loadu_si128(u + 3);
        for (int i = 0; i < BOUNDARY_DIM / 2; i++) {
            const int16_t *row = w + (size_t)i * BOUNDARY_HIDDEN * 2;
            int32_t both;
            memcpy(&both, &x[i * 2], sizeof both);
            __m128i pair = _mm_set1_epi32(both);
            a = _mm_add_epi32(a, part_of(row, pair));
            b = _mm_add_epi32(b, part_of(row + 8, pair));
            c = _mm_add_epi32(c, part_of(row + 16, pair));
            d = _mm_add_epi32(d, part_of(row + 24, pair));
        }
        _mm_storeu_si128(u, a);
        _mm_storeu_si128(u + 1, b);
        _mm_storeu_si128(u + 2, c);
        _mm_storeu_si128(u + 3, d);
    }
}
#else
static void add_token(int32_t *unit, const int16_t *w, const int16_t *x)
{
    for (int i = 0; i < BOUNDARY_DIM; i += 2, w += BOUNDARY_HIDDEN * 2)
        for (int h = 0; h < BOUNDARY_HIDDEN; h++)
            unit[h] += w[h * 2] * x[i] + w[h * 2 + 1] * x[i + 1];
}
#endif

static bool decide(const struct boundary *b, const int32_t unit[BOUNDARY_HIDDEN])
{
    int64_t sum = (int64_t)b->bias[BOUNDARY_HIDDEN];
    for (int h = 0; h < BOUNDARY_HIDDEN; h++)
        sum += unit[h] > 0 ? (int64_t)unit[h] * b->out[h] : 0;
    return sum > 0;
}

/* Windows overlap, so that each token is looked at once: it adds to the nine windows that it stands in. The ring holds
 * those that are not complete. */
void boundary_mark(const struct boundary *b, const struct doc *doc, int32_t first, int32_t last, bool *ends)
{
    enum { PLACE = BOUNDARY_DIM * BOUNDARY_HIDDEN };
    int32_t ring[BOUNDARY_WINDOW][BOUNDARY_HIDDEN], bias[BOUNDARY_HIDDEN];
    int16_t outside[BOUNDARY_DIM], x[BOUNDARY_DIM];
    embed(b, (struct boundary_rows){0, 0, BOUNDARY_SHAPES - 1}, outside);
    for (int h = 0; h < BOUNDARY_HIDDEN; h++)
        bias[h] = (int32_t)b->bias[h];
    for (int64_t i = (int64_t)first - BEHIND; i < (int64_t)last + BEHIND; i++) {
        bool inside = i >= first && i < last;
        if (inside)
            embed(b, boundary_rows(b, doc, (int32_t)i, i == first || doc->tokens[i - 1].space_after), x);
        /* Token i is at place k of the window of token i + BEHIND - k. */
        for (int k = 0; k < BOUNDARY_WINDOW; k++) {
            int64_t window = i + BEHIND - k;
            if (window < first || window >= last)
                continue;
            int32_t *unit = ring[(size_t)(window - first) % BOUNDARY_WINDOW];
            if (i == window - BEHIND)
                memcpy(unit, bias, sizeof bias);
            add_token(unit, &b->hidden[(size_t)k * PLACE], inside ? x : outside);
        }
        int64_t ready = i - BEHIND;
        if (ready >= first && ready < (int64_t)last - 1)
            ends[ready] = decide(b, ring[(size_t)(ready - first) % BOUNDARY_WINDOW]);
    }
}
