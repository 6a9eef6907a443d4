#include "proto/base/utf8.h"
#include "workers/text/sentences.h"

#define WORD_MAX 40 /* bytes: longer ones are no abbreviation */

static bool is_upper_at(const char *p, const char *end)
{
    if (p >= end)
        return false;
    if ((unsigned char)*p < 0x80)
        return *p >= 'A' && *p <= 'Z';
    uint32_t cp;
    utf8_decode(p, end, &cp);
    return (cp >= 0xC0 && cp <= 0xDE) || (cp >= 0x100 && cp <= 0x17F && !(cp & 1)) ||
           (cp >= 0x391 && cp <= 0x42F);
}

bool stops_lower(const char *p, const char *end)
{
    if (p >= end || (unsigned char)*p < 0x80)
        return p < end && *p >= 'a' && *p <= 'z';
    uint32_t cp;
    utf8_decode(p, end, &cp);
    return cp >= 0xDF && cp <= 0x2000 && !is_upper_at(p, end);
}

/* Length of a closing quotation mark or bracket at p. */
size_t stops_closer(const char *p, const char *end)
{
    if (p < end && strchr("\"')]}", *p) && *p)
        return 1;
    if (end - p >= 3 && (memcmp(p, "\u201D", 3) == 0 || memcmp(p, "\u2019", 3) == 0))
        return 3;
    return end - p >= 2 && memcmp(p, "\u00BB", 2) == 0 ? 2 : 0;
}

size_t stops_opener(const char *p, const char *end)
{
    if (p < end && strchr("\"'([{", *p) && *p)
        return 1;
    if (end - p >= 3 &&
        (memcmp(p, "\u201C", 3) == 0 || memcmp(p, "\u2018", 3) == 0 || memcmp(p, "\u201E", 3) == 0))
        return 3;
    return end - p >= 2 && memcmp(p, "\u00AB", 2) == 0 ? 2 : 0;
}

/* Length of . ! ? … at p. */
size_t stops_length(const char *p, const char *end)
{
    if (p < end && (*p == '.' || *p == '!' || *p == '?'))
        return 1;
    return end - p >= 3 && memcmp(p, "\u2026", 3) == 0 ? 3 : 0;
}

/* The letters at p, when they are one of the words (separated by spaces, one before the first and after the
 * last). */
static bool word_in(const char *p, const char *end, const char *words)
{
    char key[16] = " ";
    size_t n = 0;
    while (p + n < end && n < sizeof key - 3 && (p[n] | 32) >= 'a' && (p[n] | 32) <= 'z') {
        key[n + 1] = p[n];
        n++;
    }
    key[n + 1] = ' ';
    return n && strstr(words, key);
}

/* Words that begin sentences far more often than names. */
static bool starts_sentence(const char *p, const char *end)
{
    return word_in(
        p, end,
        " The A An In On At It Its He She They We I You His Her Their Our This That These Those There But And"
        " Or So If When While As After Before Since Under For From By With According Asked However Both"
        " Some Many Most Officials Meanwhile Earlier Last Still Yet Not No ");
}

/* Whether the words from p on say who spoke what stands before: "Cassule asked." */
static bool speaks(const char *p, const char *end)
{
    for (int words = 0; words < 7 && p < end; words++) {
        while (p < end && scan_space(*p))
            p++;
        if (word_in(p, end, " said says asked asks told added replied wrote warned cried shouted "))
            return true;
        while (p < end && !scan_space(*p)) {
            if (strchr(".;:\"", *p) && words > 0)
                return false;
            p++;
        }
    }
    return false;
}

/* The full stop at p ends the word [begin, p]: whether it may end a sentence, given what follows. */
static bool stop_ends(const struct lexicon *lexicon, const char *begin, const char *p, const char *next,
                      const char *end)
{
    const char *word = p;
    while (word > begin && !scan_space(word[-1]) && p - word < WORD_MAX)
        word--;
    size_t n;
    while (word < p && (n = stops_opener(word, p)))
        word += n;
    enum abbreviation a = lexicon_abbreviation(lexicon, (struct str){word, (size_t)(p + 1 - word)});
    if (a == ABBR_TITLE || a == ABBR_INNER)
        return false;
    if (a == ABBR_MONTH)
        return !(*next >= '0' && *next <= '9');
    bool dotted = p - word >= 3 && word[1] == '.' && p[-2] == '.';
    if (a == ABBR_PLACE || a == ABBR_COMPANY || dotted)
        return starts_sentence(next, end);
    bool initial = p - word == 1 && is_upper_at(word, p);
    return !initial || starts_sentence(next, end);
}

/* A stop at p within [begin, end): where the sentence that it ends ends (behind closing marks), or NULL: it
 * goes on. */
static const char *sentence_stop(const struct lexicon *lexicon, const char *begin, const char *p,
                                 const char *end)
{
    const char *q = p;
    size_t n, closers = 0;
    while ((n = stops_length(q, end)))
        q += n;
    bool ellipsis = q - p >= 3;
    const char *last = q - 1;
    for (; (n = stops_closer(q, end)); closers++)
        q += n;
    if (q >= end)
        return end;
    if (!scan_space(*q))
        return NULL;
    const char *next = q;
    while (next < end && scan_space(*next))
        next++;
    const char *word = next;
    while (word < end && (n = stops_opener(word, end)))
        word += n;
    if (word >= end || stops_lower(word, end) || (ellipsis && !is_upper_at(word, end)))
        return NULL;
    if (closers && word == next && *last != '.' && speaks(next, end))
        return NULL;
    return *last != '.' || ellipsis || stop_ends(lexicon, begin, last, word, end) ? q : NULL;
}

void stops_mark(const struct doc *doc, const struct lexicon *lexicon, int32_t first, int32_t last, bool *ends)
{
    const char *from = doc->text + doc->tokens[first].begin, *end = doc->text + doc->tokens[last - 1].end;
    int32_t token = first;
    for (const char *p = from; p < end; p++) {
        if (!stops_length(p, end) || (p > from && stops_length(p - 1, end)))
            continue;
        const char *cut = sentence_stop(lexicon, from, p, end);
        if (!cut)
            continue;
        while (token < last && doc->text + doc->tokens[token].end < cut)
            token++;
        ends[token] = true;
        from = cut;
        p = cut - 1;
    }
}
