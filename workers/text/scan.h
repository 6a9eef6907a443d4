/* scan.h: how long the token is that begins at a place; tokens.c's own, shapes.c and scan.c are its two halves. */
#ifndef STANCED_SCAN_H
#define STANCED_SCAN_H

#include "workers/text/text.h"

struct scan {
    const char *begin, *end;       /* all text that may be looked at; no token reaches over white space */
    const struct lexicon *lexicon; /* knows abbreviations; may be NULL */
    bool more;                     /* set by scan_token: the next token is a word of the same surface token */
};

/* No token is longer; what is, is cut. Keeps the work for a text without a space linear. */
#define TOKEN_BYTES 512

/* Length of the token at p (begin <= p < end, no white space), 1 to TOKEN_BYTES. */
size_t scan_token(struct scan *s, const char *p);

/* Things that are neither words nor single signs. Each gives the length of the one at p, or 0. */
size_t shape_address(const struct scan *s, const char *p,
                     size_t word);                        /* http://..., a.b@c.org, example.org; `word`
                                                                           bytes at p are a word */
size_t shape_number(const struct scan *s, const char *p); /* 3,000.5 7:30 9/11/2001 555-0100 */
size_t shape_unit(const char *p, const char *end);        /* "pm" right behind a number: its own token */
size_t shape_face(const struct scan *s, const char *p);   /* :-) */
size_t shape_run(const char *p, const char *end);         /* ... ?! ---> '' */

/* Characters. The lengths are 0 where there is no such at p. */
static inline bool scan_letter(unsigned char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static inline bool scan_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static inline bool scan_space(char c)
{
    return c == ' ' || c == '\n';
}

size_t scan_wide(const char *p, const char *end); /* a letter beyond ASCII */

static inline size_t scan_word_char(const char *p, const char *end)
{
    if (p >= end)
        return 0;
    if ((unsigned char)*p < 0x80)
        return scan_letter((unsigned char)*p) || scan_digit((unsigned char)*p);
    return scan_wide(p, end);
}

/* ' or ’ */
static inline size_t scan_apostrophe(const char *p, const char *end)
{
    if (p < end && *p == '\'')
        return 1;
    return end - p >= 3 && memcmp(p, "\xE2\x80\x99", 3) == 0 ? 3 : 0;
}

/* Whether the n bytes at p are one of the words, which are in lower case with a space before and behind each. */
bool scan_listed(const char *p, size_t n, const char *words);

#endif
