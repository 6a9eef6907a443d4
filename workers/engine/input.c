#include "workers/engine/input.h"

#include "proto/base/utf8.h"

enum {
    KIND_PREFIX = 0,
    KIND_SUFFIX = 16,
    KIND_TRIGRAM = 64,
    KIND_WORD = 128
}; /* of hashes; the first two plus a length */
#define PREFIX_MAX 4
#define SUFFIX_MAX 5

/* ---- letters ---- */

/* The code point at p, which moves behind it. Most are ASCII. */
static inline uint32_t next(const char **p, const char *end)
{
    uint32_t c = (unsigned char)**p;
    if (c < 0x80)
        ++*p;
    else
        *p += utf8_decode(*p, end, &c);
    return c;
}

/* Lower case as far as the engine knows it: ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic. */
static inline uint32_t lower(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9 && c != 0x3A2) ||
        (c >= 0x410 && c <= 0x42F))
        return c + 32;
    if (c >= 0x400 && c <= 0x40F)
        return c + 80;
    if ((c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) || (c >= 0x14A && c <= 0x177))
        return c | 1;
    if (((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) && (c & 1))
        return c + 1;
    return c;
}

static bool is_lower(uint32_t c)
{
    if (c < 0x80)
        return c >= 'a' && c <= 'z';
    return lower(c) == c && c >= 0xDF && c <= 0x2000 && c != 0xF7;
}

/* ASCII for a quotation mark or dash; NULL: it is none. */
static const char *plain_mark(uint32_t c)
{
    switch (c) {
    case 0x2019:
    case 0x2018:
    case '`': return "'";
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0xAB:
    case 0xBB: return "\"";
    case 0x2013: return "-";
    case 0x2014: return "--";
    case 0x2026: return "...";
    default: return NULL;
    }
}

/* ---- the key ---- */

/* A key that is being written: a word may be any number of bytes long. */
struct key {
    char *head;           /* [KEY_BYTES] */
    char tail[KEY_BYTES]; /* the last bytes, as a ring */
    size_t n;
};

static inline void key_put(struct key *k, char byte)
{
    if (k->n < KEY_BYTES)
        k->head[k->n] = byte;
    k->tail[k->n++ % KEY_BYTES] = byte;
}

static void key_puts(struct key *k, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        key_put(k, p[i]);
}

size_t input_key(struct str form, char key[KEY_BYTES])
{
    struct key k;
    k.head = key;
    k.n = 0;
    for (const char *p = form.p, *end = form.p + form.n; p < end;) {
        uint32_t c = next(&p, end);
        const char *mark = c < 0x80 && c != '`' ? NULL : plain_mark(c);
        char bytes[4];
        if (c < 0x80 && !mark)
            key_put(&k, (char)(c >= '0' && c <= '9' ? '0' : lower(c)));
        else if (mark)
            key_puts(&k, mark, strlen(mark));
        else
            key_puts(&k, bytes, utf8_encode(lower(c), bytes));
    }
    if (k.n <= KEY_BYTES)
        return k.n;
    for (size_t i = KEY_BYTES / 2; i < KEY_BYTES; i++)
        key[i] = k.tail[(k.n - KEY_BYTES + i) % KEY_BYTES];
    return KEY_BYTES;
}

/* ---- how it is written ---- */

enum { CASE_NONE, CASE_LOWER, CASE_TITLE, CASE_UPPER, CASE_MIXED };

unsigned input_shape(struct str form, bool first, bool space_before)
{
    size_t up = 0, low = 0, digits = 0, all = 0;
    bool begins_up = false, stop = false, quote = false, hyphen = false;
    for (const char *p = form.p, *end = form.p + form.n; p < end; all++) {
        uint32_t c = next(&p, end);
        bool is_up = lower(c) != c;
        up += is_up;
        low += !is_up && is_lower(c);
        digits += c >= '0' && c <= '9';
        begins_up |= is_up && all == 0;
        stop |= c == '.';
        quote |= c == '\'' || c == 0x2019;
        hyphen |= c == '-';
    }
    unsigned letters = CASE_MIXED;
    if (up + low == 0)
        letters = CASE_NONE;
    else if (up == 0)
        letters = CASE_LOWER;
    else if (low == 0 && up > 1)
        letters = CASE_UPPER;
    else if (begins_up && up == 1)
        letters = CASE_TITLE;
    unsigned digit = digits == 0 ? 0 : digits == all ? 2 : 1;
    unsigned mark = stop ? 1 : quote ? 2 : hyphen ? 3 : 0;
    return (((letters * 3 + digit) * 4 + mark) * 2 + first) * 2 + space_before;
}

/* ---- tables ---- */

/* FNV-1a with a kind before the bytes. */
uint32_t input_hash(uint32_t kind, const char *p, size_t n)
{
    uint32_t h = (2166136261u ^ kind) * 16777619u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * 16777619u;
    return h ^ h >> 15;
}

static void add_hashed(const struct input *in, const struct kernels *k, const int8_t *rows,
                       const float *scale, uint32_t hash, float by, float *x)
{
    size_t row = hash & (TABLE_ROWS - 1);
    k->add_row(x, rows + row * in->width, scale[row] * by, in->width);
}

static void unknown_word(const struct input *in, const struct kernels *k, const char *key, size_t n, float *x)
{
    for (size_t i = 1; i <= PREFIX_MAX && i <= n; i++)
        add_hashed(in, k, in->affix_rows, in->affix_scale, input_hash(KIND_PREFIX + (uint32_t)i, key, i),
                   1.0f, x);
    for (size_t i = 1; i <= SUFFIX_MAX && i <= n; i++)
        add_hashed(in, k, in->affix_rows, in->affix_scale,
                   input_hash(KIND_SUFFIX + (uint32_t)i, key + n - i, i), 1.0f, x);
    char marked[KEY_BYTES + 2] = "<";
    memcpy(marked + 1, key, n);
    marked[n + 1] = '>';
    for (size_t i = 0; i < n; i++) /* n + 2 bytes have n trigrams */
        add_hashed(in, k, in->trigram_rows, in->trigram_scale, input_hash(KIND_TRIGRAM, marked + i, 3),
                   1.0f / (float)n, x);
}

void input_read(const struct input *in, struct str form, bool first, bool space_before, struct input_word *w)
{
    w->key_bytes = (uint32_t)input_key(form, w->key);
    w->shape = input_shape(form, first, space_before);
    w->hash = input_hash(KIND_WORD, w->key, w->key_bytes);
    __builtin_prefetch(&in->slots[w->hash & in->mask]);
}

void input_find(const struct input *in, struct input_word *w)
{
    w->row = UINT32_MAX;
    for (uint32_t at = w->hash & in->mask, slot; (slot = in->slots[at]) != 0; at = (at + 1) & in->mask) {
        size_t begin = in->offsets[slot - 1], end = in->offsets[slot];
        if (end - begin != w->key_bytes || memcmp(in->text + begin, w->key, w->key_bytes) != 0)
            continue;
        w->row = slot - 1;
        for (size_t i = 0; i < in->width; i += LINE)
            __builtin_prefetch(in->rows + w->row * in->width + i);
        return;
    }
}

void input_row(const struct input *in, const struct kernels *k, const struct input_word *w, float *x)
{
    const float *shape = in->shapes + w->shape * in->width;
    if (w->row == UINT32_MAX) {
        k->add(in->base, shape, x, in->width);
        unknown_word(in, k, w->key, w->key_bytes, x);
    } else {
        memcpy(x, shape, in->width * sizeof *x);
        k->add_row(x, in->rows + w->row * in->width, in->scale[w->row], in->width);
    }
}

void input_rows(const struct input *in, const struct kernels *k, struct input_word *w, size_t n, float *x)
{
    for (size_t i = 0; i < n; i++)
        input_find(in, &w[i]);
    for (size_t i = 0; i < n; i++)
        input_row(in, k, &w[i], x + i * in->width);
}

/* ---- loading ---- */

static bool want_rows(const struct model *m, const char *rows_name, const char *scale_name, uint32_t rows,
                      uint32_t width, const int8_t **out_rows, const float **out_scale, struct reason *why)
{
    uint32_t shape[2] = {rows, width}, n = rows;
    *out_rows = model_want(m, rows_name, MODEL_I8, 2, shape, why);
    *out_scale = *out_rows ? model_want(m, scale_name, MODEL_F32, 1, &n, why) : NULL;
    return *out_scale != NULL;
}

/* Every slot leads to a word, every word to text, and a search comes to an end. */
static bool check_vocabulary(const struct input *in, uint32_t text_bytes, struct reason *why)
{
    uint32_t empty = 0;
    for (uint32_t i = 0; i < in->words; i++)
        if (in->offsets[i] > in->offsets[i + 1])
            return reason_set(why, "vocab.offset: word %u ends before it begins", i);
    if (in->offsets[in->words] > text_bytes)
        return reason_set(why, "vocab.offset: it leads out of vocab.text");
    for (uint64_t i = 0; i <= in->mask; i++) {
        empty += in->slots[i] == 0;
        if (in->slots[i] > in->words)
            return reason_set(why, "vocab.slots: slot %u leads to no word", (unsigned)i);
    }
    return empty > 0 || reason_set(why, "vocab.slots: none is free");
}

bool input_open(struct input *in, const struct model *m, struct reason *why)
{
    *in = (struct input){0};
    uint32_t shape[2] = {0, 0}, text = 0, offsets = 0, slots = 0;
    if (!model_want(m, "embed.rows", MODEL_I8, 2, shape, why))
        return false;
    uint32_t width = shape[1], shapes[2] = {SHAPES, width};
    in->width = width;
    in->words = shape[0];
    if (width > WIDTH_MAX || width % IN_STEP || width == 0)
        return reason_set(why, "embed.rows: %u channels; a multiple of %d up to %d is possible", width,
                          IN_STEP, WIDTH_MAX);
    if (!want_rows(m, "embed.rows", "embed.scale", in->words, width, &in->rows, &in->scale, why) ||
        !want_rows(m, "affix.rows", "affix.scale", TABLE_ROWS, width, &in->affix_rows, &in->affix_scale,
                   why) ||
        !want_rows(m, "trigram.rows", "trigram.scale", TABLE_ROWS, width, &in->trigram_rows,
                   &in->trigram_scale, why) ||
        !(in->base = model_want(m, "embed.base", MODEL_F32, 1, &width, why)) ||
        !(in->shapes = model_want(m, "shape.rows", MODEL_F32, 2, shapes, why)) ||
        !(in->text = model_want(m, "vocab.text", MODEL_U8, 1, &text, why)) ||
        !(in->offsets = model_want(m, "vocab.offset", MODEL_U32, 1, &offsets, why)) ||
        !(in->slots = model_want(m, "vocab.slots", MODEL_U32, 1, &slots, why)))
        return false;
    if (offsets != in->words + 1)
        return reason_set(why, "vocab.offset: %u of them for %u words", offsets, in->words);
    if (slots & (slots - 1))
        return reason_set(why, "vocab.slots: %u is no power of two", slots);
    in->mask = slots - 1;
    return check_vocabulary(in, text, why);
}
