#include "proto/base/utf8.h"
#include "workers/text/text.h"

#define HEADING_WORDS 25
#define WRAPPED_LINE  100 /* bytes: a text with no longer line may be hard-wrapped */
#define WORD_MAX      40  /* longer ones are no abbreviation */

struct splitter {
    struct doc *doc;
    const struct lexicon *lexicon;
    size_t cap;
    int32_t paragraph;
};

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

static bool is_lower_at(const char *p, const char *end)
{
    if (p >= end || (unsigned char)*p < 0x80)
        return p < end && *p >= 'a' && *p <= 'z';
    uint32_t cp;
    utf8_decode(p, end, &cp);
    return cp >= 0xDF && cp <= 0x2000 && !is_upper_at(p, end);
}

/* Length of a closing quotation mark or bracket at p. */
static size_t closer(const char *p, const char *end)
{
    if (p < end && strchr("\"')]}", *p) && *p)
        return 1;
    if (end - p >= 3 && (memcmp(p, "\u201D", 3) == 0 || memcmp(p, "\u2019", 3) == 0))
        return 3;
    return end - p >= 2 && memcmp(p, "\u00BB", 2) == 0 ? 2 : 0;
}

static size_t opener(const char *p, const char *end)
{
    if (p < end && strchr("\"'([{", *p) && *p)
        return 1;
    if (end - p >= 3 &&
        (memcmp(p, "\u201C", 3) == 0 || memcmp(p, "\u2018", 3) == 0 || memcmp(p, "\u201E", 3) == 0))
        return 3;
    return end - p >= 2 && memcmp(p, "\u00AB", 2) == 0 ? 2 : 0;
}

/* Length of . ! ? … at p. */
static size_t stop(const char *p, const char *end)
{
    if (p < end && (*p == '.' || *p == '!' || *p == '?'))
        return 1;
    return end - p >= 3 && memcmp(p, "\u2026", 3) == 0 ? 3 : 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n';
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
        while (p < end && is_space(*p))
            p++;
        if (word_in(p, end, " said says asked asks told added replied wrote warned cried shouted "))
            return true;
        while (p < end && !is_space(*p)) {
            if (strchr(".;:\"", *p) && words > 0)
                return false;
            p++;
        }
    }
    return false;
}

/* The full stop at p ends the word [begin, p]: whether it may end a sentence, given what follows. */
static bool stop_ends(const struct splitter *s, const char *begin, const char *p, const char *next,
                      const char *end)
{
    const char *word = p;
    while (word > begin && !is_space(word[-1]) && p - word < WORD_MAX)
        word--;
    size_t n;
    while (word < p && (n = opener(word, p)))
        word += n;
    enum abbreviation a = lexicon_abbreviation(s->lexicon, (struct str){word, (size_t)(p + 1 - word)});
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
static const char *sentence_stop(const struct splitter *s, const char *begin, const char *p, const char *end)
{
    const char *q = p;
    size_t n, closers = 0;
    while ((n = stop(q, end)))
        q += n;
    bool ellipsis = q - p >= 3;
    const char *last = q - 1;
    for (; (n = closer(q, end)); closers++)
        q += n;
    if (q >= end)
        return end;
    if (!is_space(*q))
        return NULL;
    const char *next = q;
    while (next < end && is_space(*next))
        next++;
    const char *word = next;
    while (word < end && (n = opener(word, end)))
        word += n;
    if (word >= end || is_lower_at(word, end) || (ellipsis && !is_upper_at(word, end)))
        return NULL;
    if (closers && word == next && *last != '.' && speaks(next, end))
        return NULL;
    return *last != '.' || ellipsis || stop_ends(s, begin, last, word, end) ? q : NULL;
}

static void add(struct splitter *s, const char *begin, const char *end)
{
    struct doc *d = s->doc;
    while (begin < end && is_space(*begin))
        begin++;
    while (end > begin && is_space(end[-1]))
        end--;
    if (begin == end)
        return;
    ARENA_GROW(d->arena, d->sentences, d->n_sentences, s->cap);
    d->sentences[d->n_sentences++] = (struct sentence){
        .begin = (uint32_t)(begin - d->text), .end = (uint32_t)(end - d->text), .paragraph = s->paragraph};
}

/* A line without a final stop, or a question that is a paragraph of its own: "What's next?" */
static bool is_heading(const struct doc *d, const struct sentence *only)
{
    const char *p = d->text + only->begin, *end = d->text + only->end;
    size_t words = 1, n;
    bool question = end > p && end[-1] == '?';
    for (const char *q = p; q < end; q++)
        words += is_space(*q);
    if (words > HEADING_WORDS || opener(p, end) > 0)
        return false;
    if (question)
        return words <= 6;
    const char *last = end;
    while (last > p && (closer(last - 1, end) || (last - p >= 3 && (n = closer(last - 3, end)) == 3)))
        last -= closer(last - 1, end) ? 1 : 3;
    return last > p && !strchr(".!:;,", last[-1]) && !(last - p >= 3 && stop(last - 3, end) == 3);
}

static void split_paragraph(struct splitter *s, const char *begin, const char *end)
{
    size_t before = s->doc->n_sentences, words = 0;
    const char *first = begin, *space = NULL;
    for (const char *p = begin; p < end;) {
        const char *cut = NULL;
        if (stop(p, end) && (p == first || !stop(p - 1, end)))
            cut = sentence_stop(s, first, p, end);
        if (!cut && is_space(*p)) {
            space = p;
            words++;
        }
        /* Whatever comes, a sentence is bounded: cut at the last space, else between two characters. */
        if (!cut && (p - first >= SENTENCE_BYTES - 4 || words >= SENTENCE_WORDS)) {
            cut = space && space > first ? space : p;
            while (cut > first + 1 && ((unsigned char)*cut & 0xC0) == 0x80)
                cut--;
        }
        if (!cut) {
            p++;
            continue;
        }
        add(s, first, cut);
        first = p = cut;
        words = 0;
        space = NULL;
    }
    add(s, first, end);
    if (s->doc->n_sentences == before + 1) {
        struct sentence *only = &s->doc->sentences[before];
        only->heading = is_heading(s->doc, only);
    }
    s->paragraph += s->doc->n_sentences > before;
}

/* Longest line in bytes, up to a little over WRAPPED_LINE. */
static size_t longest_line(const struct doc *d)
{
    size_t longest = 0;
    for (const char *p = d->text, *end = p + d->text_len; p < end && longest <= WRAPPED_LINE;) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        size_t n = (size_t)((newline ? newline : end) - p);
        longest = n > longest ? n : longest;
        p += n + 1;
    }
    return longest;
}

/* Whether the single newline at p only wraps a paragraph, which began at `line`. */
static bool is_wrap(const char *line, const char *p, const char *end, size_t longest)
{
    if (p == line || strchr(".!?:\"", p[-1]))
        return longest <= WRAPPED_LINE && (size_t)(p - line) * 10 >= longest * 8 && is_lower_at(p + 1, end);
    if (is_lower_at(p + 1, end))
        return true;
    return longest <= WRAPPED_LINE && longest > 50 && (size_t)(p - line) * 10 >= longest * 8;
}

void sentences_run(struct doc *doc, const struct lexicon *lexicon)
{
    struct splitter s = {doc, lexicon, 16, 0};
    doc->sentences = ARENA_ARRAY(doc->arena, struct sentence, s.cap);
    doc->n_sentences = 0;
    size_t longest = longest_line(doc);
    const char *end = doc->text + doc->text_len, *begin = doc->text, *line = begin;
    for (const char *p = begin; p < end;) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        if (!newline)
            break;
        bool blank = newline + 1 < end && newline[1] == '\n';
        if (blank || !is_wrap(line, newline, end, longest)) {
            split_paragraph(&s, begin, newline);
            begin = newline + 1;
        }
        line = p = newline + 1;
    }
    split_paragraph(&s, begin, end);
}
