#include "proto/base/utf8.h"
#include "workers/text/text.h"

/* Token indexes are int32_t; a body of some GiB of punctuation would run over. What is behind is not read. */
#define TOKENS_MAX     (INT32_MAX / 2)
#define MAIL_LOCAL_MAX 64 /* bytes before the @, as RFC 5321 has it */

static bool is_ascii_letter(unsigned char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

/* Beyond ASCII, what is no sign is taken for a letter. */
static bool is_sign(uint32_t cp)
{
    return (cp >= 0xA1 && cp <= 0xBF && cp != 0xAA && cp != 0xB5 && cp != 0xBA) || cp == 0xD7 || cp == 0xF7 ||
           (cp >= 0x2010 && cp <= 0x2BFF) || (cp >= 0x3001 && cp <= 0x303F) ||
           (cp >= 0xFF01 && cp <= 0xFF0F) || cp == 0xFFFD || cp >= 0x1F000;
}

/* Length of the letter or digit at p, 0 when there is none. */
static size_t word_char(const char *p, const char *end)
{
    if (p >= end)
        return 0;
    if ((unsigned char)*p < 0x80)
        return is_ascii_letter((unsigned char)*p) || is_digit((unsigned char)*p);
    uint32_t cp;
    unsigned n = utf8_decode(p, end, &cp);
    return is_sign(cp) ? 0 : n;
}

/* Length of ' or ’ at p. */
static size_t apostrophe(const char *p, const char *end)
{
    if (p < end && *p == '\'')
        return 1;
    return end - p >= 3 && memcmp(p, "\xE2\x80\x99", 3) == 0 ? 3 : 0;
}

/* Length of a clitic at p, which is at an apostrophe: 's 're 've 'll 'd 'm; 0: none. */
static size_t clitic(const char *p, const char *end)
{
    static const char *const endings[] = {"s", "d", "m", "re", "ve", "ll"};
    size_t mark = apostrophe(p, end);
    for (size_t i = 0; mark && i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if ((size_t)(end - p) >= mark + n && strncasecmp(p + mark, endings[i], n) == 0 &&
            !word_char(p + mark + n, end))
            return mark + n;
    }
    return 0;
}

/* "didn't": the length of "did"; 0 when the word [p, p + n) is no such. */
static size_t before_not(const char *p, size_t n)
{
    if (n >= 4 && (p[n - 1] | 32) == 't' && p[n - 2] == '\'' && (p[n - 3] | 32) == 'n')
        return n - 3;
    if (n >= 6 && (p[n - 1] | 32) == 't' && memcmp(p + n - 4, "\xE2\x80\x99", 3) == 0 &&
        (p[n - 5] | 32) == 'n')
        return n - 5;
    return 0;
}

/* "a.b@example.org": where the local part has stops; the others are words by themselves. */
static size_t mail_length(const char *p, const char *end)
{
    const char *q = p;
    while (
        q < end && q - p < MAIL_LOCAL_MAX &&
        (is_ascii_letter((unsigned char)*q) || is_digit((unsigned char)*q) || (q > p && strchr("._+-", *q))))
        q++;
    if (q == p || q >= end || *q != '@' || !word_char(q + 1, end))
        return 0;
    const char *host = q + 1;
    while (host < end &&
           (word_char(host, end) || ((*host == '.' || *host == '-') && word_char(host + 1, end))))
        host += word_char(host, end) ? word_char(host, end) : 1;
    return (size_t)(host - p);
}

static size_t address_length(const char *p, const char *end)
{
    static const char *const heads[] = {"http://", "https://", "www."};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        size_t n = strlen(heads[i]);
        if ((size_t)(end - p) <= n || strncasecmp(p, heads[i], n) != 0)
            continue;
        while (p + n < end && (unsigned char)p[n] > ' ' && !strchr("<>\"", p[n]) &&
               memcmp(p + n, "\xE2\x80", 2) != 0)
            n++;
        while (strchr(".,;:!?)'", p[n - 1]))
            n--;
        return n;
    }
    return mail_length(p, end);
}

static size_t number_length(const char *p, const char *end)
{
    const char *q = p;
    while (q < end && (is_digit((unsigned char)*q) ||
                       (strchr(".,:/", *q) && q + 1 < end && is_digit((unsigned char)q[1]))))
        q++;
    return (size_t)(q - p);
}

/* "U.S.", "a.m.": single letters, each with its stop; at least two. */
static size_t dotted_length(const char *p, const char *end)
{
    const char *q = p;
    while (end - q >= 2 && is_ascii_letter((unsigned char)q[0]) && q[1] == '.')
        q += 2;
    if (q - p < 4)
        return 0;
    return word_char(q, end) ? 0 : (size_t)(q - p);
}

/* Joins that stay inside a word: hyphen, apostrophe, and the sign of "AT&T". */
static size_t joint_length(const char *q, const char *end)
{
    size_t mark = apostrophe(q, end);
    if (mark)
        return word_char(q + mark, end) && !clitic(q, end) ? mark : 0;
    if (end - q >= 3 && memcmp(q, "\xE2\x80\x91", 3) == 0) /* no-break hyphen */
        return word_char(q + 3, end) ? 3 : 0;
    return q < end && strchr("-&_", *q) && *q && word_char(q + 1, end) ? 1 : 0;
}

static size_t word_length(const char *p, const char *end)
{
    const char *q = p;
    for (;;) {
        size_t n = word_char(q, end);
        if (!n && q > p)
            n = joint_length(q, end);
        if (!n)
            break;
        q += n;
    }
    return (size_t)(q - p);
}

/* A word and its stop, "Mr.", "Nov.", "J.": an abbreviation unless it ends the sentence (only signs behind
 * it). */
static bool keeps_stop(const char *p, size_t n, const char *end, const struct lexicon *lexicon)
{
    if (p + n >= end || p[n] != '.' || (p + n + 1 < end && p[n + 1] == '.'))
        return false;
    const char *q = p + n + 1;
    while (q < end && !word_char(q, end))
        q++;
    if (q == end)
        return false;
    bool initial = n == 1 && *p >= 'A' && *p <= 'Z';
    return initial || (lexicon && lexicon_abbreviation(lexicon, (struct str){p, n + 1}) != ABBR_NONE);
}

static size_t sign_length(const char *p, const char *end)
{
    size_t n = clitic(p, end);
    if (n)
        return n;
    uint32_t cp;
    n = utf8_decode(p, end, &cp);
    if (n == 1 && strchr(".-!?*_=", *p))
        while (p + n < end && p[n] == *p)
            n++;
    return n;
}

size_t token_length(const char *p, const char *end, const struct lexicon *lexicon)
{
    size_t n = address_length(p, end);
    if (n || (n = dotted_length(p, end)))
        return n;
    bool negative = *p == '-' && p + 1 < end && is_digit((unsigned char)p[1]);
    if (is_digit((unsigned char)p[negative])) {
        n = negative + number_length(p + negative, end);
        return n + (word_char(p + n, end) || joint_length(p + n, end) ? word_length(p + n - 1, end) - 1 : 0);
    }
    bool at = (*p == '@' || *p == '#') && word_char(p + 1, end);
    if (!at && !word_char(p, end))
        return sign_length(p, end);
    n = at + word_length(p + at, end);
    size_t shorter = before_not(p, n);
    if (shorter)
        return shorter;
    if (n == 6 && strncasecmp(p, "cannot", 6) == 0)
        return 3;
    return n + keeps_stop(p, n, end, lexicon);
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

static bool is_space(char c)
{
    return c == ' ' || c == '\n';
}

void tokens_run(struct doc *doc, const struct lexicon *lexicon)
{
    size_t n_s = doc->n_sentences, bytes = n_s ? doc->sentences[n_s - 1].end - doc->sentences[0].begin : 0;
    size_t cap = bytes / 5 + 16;
    doc->tokens = ARENA_ARRAY(doc->arena, struct token, cap);
    doc->n_tokens = 0;
    for (size_t s = 0; s < doc->n_sentences; s++) {
        struct sentence *sentence = &doc->sentences[s];
        sentence->first = (int32_t)doc->n_tokens;
        const char *end = doc->text + sentence->end;
        for (const char *p = doc->text + sentence->begin; p < end && doc->n_tokens < TOKENS_MAX;) {
            if (is_space(*p)) {
                p++;
                continue;
            }
            size_t n = token_length(p, end, lexicon);
            ARENA_GROW(doc->arena, doc->tokens, doc->n_tokens, cap);
            struct token *t = &doc->tokens[doc->n_tokens++];
            *t = (struct token){.begin = (uint32_t)(p - doc->text), .sentence = (int32_t)s, .head = NONE};
            t->end = t->begin + (uint32_t)n;
            t->space_after = t->end == doc->text_len || is_space(doc->text[t->end]);
            t->lower = t->lemma = token_lower(doc->arena, p, n, &t->capital);
            p += n;
        }
        sentence->last = (int32_t)doc->n_tokens;
    }
}

void text_run(struct doc *doc, const struct lexicon *lexicon)
{
    normalise_run(doc);
    sentences_run(doc, lexicon);
    tokens_run(doc, lexicon);
    tags_run(doc, lexicon);
}
