#include "proto/base/utf8.h"
#include "workers/text/scan.h"

/* Token indexes are int32_t; a body of some GiB of punctuation would run over. What is behind is not read. */
#define TOKENS_MAX   (INT32_MAX / 2)
#define QUOTE_TOKENS 40 /* a single opening mark with no closing one so near was none */

size_t token_length(const char *begin, const char *p, const char *end, const struct lexicon *lexicon)
{
    struct scan s = {begin, end, lexicon, false};
    return scan_token(&s, p);
}

/* Simple case folding for the scripts that news in English spells names in; same number of bytes. */
static uint32_t lower_of(uint32_t cp)
{
    if ((cp >= 'A' && cp <= 'Z') || (cp >= 0xC0 && cp <= 0xDE && cp != 0xD7) ||
        (cp >= 0x391 && cp <= 0x3A9) || (cp >= 0x410 && cp <= 0x42F))
        return cp + 32;
    if (cp == 0x178)
        return 0xFF;
    if (cp >= 0x400 && cp <= 0x40F)
        return cp + 80;
    bool odd_is_capital = (cp >= 0x139 && cp <= 0x148) || (cp >= 0x179 && cp <= 0x17E);
    if (odd_is_capital)
        return cp + (cp & 1);
    if ((cp >= 0x100 && cp <= 0x137 && cp != 0x130 && cp != 0x131) || (cp >= 0x14A && cp <= 0x177) ||
        (cp >= 0x1E00 && cp <= 0x1EFF) || (cp >= 0x460 && cp <= 0x52F))
        return cp | 1;
    return cp;
}

struct str token_lower(struct arena *arena, const char *p, size_t n, bool *capital)
{
    char *out = arena_alloc(arena, n + 1);
    size_t at = 0, len = 0;
    *capital = false;
    while (at < n) {
        uint32_t cp, low;
        unsigned step = utf8_decode(p + at, p + n, &cp);
        low = cp == 0x2019 || cp == 0x2018 ? '\'' : lower_of(cp);
        if (at == 0)
            *capital = low != cp && low != '\'';
        at += step;
        len += utf8_encode(low, out + len);
    }
    return (struct str){out, len};
}

/* What a single mark may mean: it opens a quotation, closes one, or is the possessive of "the rebels' leader". */
struct marks {
    size_t opened; /* number of the token behind an open single mark; 0: none is open */
};

static bool is_possessive(struct marks *m, const struct doc *d, const struct token *t)
{
    const char *p = d->text + t->begin;
    const char *end = d->text + d->text_len;
    size_t n = t->end - t->begin;
    bool mark = (n == 1 && *p == '\'') || (n == 3 && scan_apostrophe(p, end) == 3);
    bool left = n == 3 && memcmp(p, "\xE2\x80\x98", 3) == 0;
    if (!mark && !left)
        return false;
    bool glued = p > d->text && !scan_space(p[-1]);
    if ((left || !glued) && scan_word_char(p + n, end) && !scan_digit((unsigned char)p[n])) {
        m->opened = d->n_tokens;
        return false;
    }
    bool closes = m->opened && d->n_tokens - m->opened < QUOTE_TOKENS;
    if (!left && glued && (p[-1] | 32) == 's' && !closes)
        return true;
    m->opened = 0;
    return false;
}

void tokens_run(struct doc *doc, const struct lexicon *lexicon)
{
    size_t cap = doc->text_len / 5 + 16;
    struct scan scan = {doc->text, doc->text + doc->text_len, lexicon, false};
    struct marks marks = {0};
    doc->tokens = ARENA_ARRAY(doc->arena, struct token, cap);
    doc->n_tokens = 0;
    for (const char *p = scan.begin; p < scan.end && doc->n_tokens < TOKENS_MAX;) {
        if (scan_space(*p)) {
            p++;
            continue;
        }
        bool joined = scan.more;
        size_t n = scan_token(&scan, p);
        ARENA_GROW(doc->arena, doc->tokens, doc->n_tokens, cap);
        struct token *t = &doc->tokens[doc->n_tokens++];
        *t = (struct token){
            .begin = (uint32_t)(p - doc->text), .sentence = NONE, .head = NONE};
        t->end = t->begin + (uint32_t)n;
        t->space_after = t->end == doc->text_len || scan_space(doc->text[t->end]);
        t->joined = joined || is_possessive(&marks, doc, t);
        t->lower = t->lemma = token_lower(doc->arena, p, n, &t->capital);
        p += n;
    }
}

void text_run(struct doc *doc, const struct lexicon *lexicon, const struct boundary *boundary)
{
    normalise_run(doc);
    tokens_run(doc, lexicon);
    sentences_run(doc, lexicon, boundary);
    tags_run(doc, lexicon);
}
