#include "workers/text/sentences.h"
#include "workers/text/boundary.h"

#define HEADING_WORDS 25
#define DATELINE      12  /* words at most, with its dash */
#define WRAPPED_LINE  100 /* characters: a text with no longer line may be hard-wrapped */
#define WRAPPED_LEAST 50  /* characters: a text with no line as long is a list */

struct splitter {
    struct doc *doc;
    const struct lexicon *lexicon;
    const struct boundary *boundary;
    bool *ends; /* of each token: it ends a sentence */
    size_t cap;
    int32_t paragraph, token;
};

/* A line without a final stop, or a question that is a paragraph of its own: "What's next?" */
static bool is_heading(const struct doc *d, const struct sentence *only)
{
    const char *p = d->text + only->begin, *end = d->text + only->end;
    size_t words = 1, n;
    bool question = end > p && end[-1] == '?';
    for (const char *q = p; q < end; q++)
        words += scan_space(*q);
    if (words > HEADING_WORDS || stops_opener(p, end) > 0)
        return false;
    if (question)
        return words <= 6;
    const char *last = end;
    while (last > p &&
           (stops_closer(last - 1, end) || (last - p >= 3 && (n = stops_closer(last - 3, end)) == 3)))
        last -= stops_closer(last - 1, end) ? 1 : 3;
    return last > p && !strchr(".!:;,", last[-1]) && !(last - p >= 3 && stops_length(last - 3, end) == 3);
}

static void add(struct splitter *s, int32_t first, int32_t last)
{
    struct doc *d = s->doc;
    ARENA_GROW(d->arena, d->sentences, d->n_sentences, s->cap);
    for (int32_t i = first; i < last; i++)
        d->tokens[i].sentence = (int32_t)d->n_sentences;
    d->sentences[d->n_sentences++] = (struct sentence){.begin = d->tokens[first].begin,
                                                       .end = d->tokens[last - 1].end,
                                                       .first = first,
                                                       .last = last,
                                                       .paragraph = s->paragraph};
}

/* Whatever comes, a sentence is bounded: whether it has to end before token i. */
static bool is_full(const struct doc *d, int32_t first, int32_t i)
{
    const struct token *t = &d->tokens[i];
    int32_t words = i - first;
    return t->end - d->tokens[first].begin > SENTENCE_BYTES || words >= SENTENCE_WORDS ||
           (words >= SENTENCE_WORDS - 2 && !t->joined);
}

static bool is_closer(const struct doc *d, int32_t i)
{
    const char *p = d->text + d->tokens[i].begin, *end = d->text + d->tokens[i].end;
    size_t n = stops_closer(p, end);
    return n && (p + n == end || stops_closer(p + n, end));
}

/* What the model has seen too little of in the treebanks to know that it never ends a sentence: the marks of
 * '"We want this," Moe said', the title of "Gen. Moe", and the first part of "don't". */
static bool never_ends(const struct splitter *s, int32_t first, int32_t i)
{
    const struct doc *d = s->doc;
    if (d->tokens[i + 1].joined)
        return true;
    const struct token *t = &d->tokens[i];
    if (d->text[t->end - 1] == '.' && t->end - t->begin > 1) {
        enum abbreviation a = lexicon_abbreviation(s->lexicon, doc_token_text(d, i));
        if (a == ABBR_TITLE || a == ABBR_INNER)
            return true;
    }
    int32_t k = i;
    while (k > first && is_closer(d, k) && !d->tokens[k - 1].space_after)
        k--;
    return k < i && d->text[d->tokens[k].begin] == ',' && d->tokens[k].end - d->tokens[k].begin == 1;
}

/* Sets ends[] of the paragraph [first, last). */
static void mark(struct splitter *s, int32_t first, int32_t last)
{
    if (!s->boundary) {
        stops_mark(s->doc, s->lexicon, first, last, s->ends);
        return;
    }
    boundary_mark(s->boundary, s->doc, first, last, s->ends);
    for (int32_t i = first; i < last - 1; i++)
        if (s->ends[i] && never_ends(s, first, i))
            s->ends[i] = false;
}

/* A word in capitals of at least three letters: "GENEVA". */
static bool is_shouted(const struct doc *d, int32_t i)
{
    struct str w = doc_token_text(d, i);
    size_t letters = 0;
    for (size_t k = 0; k < w.n; k++) {
        if (w.p[k] >= 'a' && w.p[k] <= 'z')
            return false;
        letters += (w.p[k] >= 'A' && w.p[k] <= 'Z') || (unsigned char)w.p[k] >= 0xC0;
    }
    return letters >= 3;
}

static bool is_dash(const struct doc *d, int32_t i)
{
    static const char *const dashes[] = {"-", "--", "–", "—", "―"};
    for (size_t k = 0; k < sizeof dashes / sizeof *dashes; k++)
        if (str_is(d->tokens[i].lower, dashes[k]))
            return d->tokens[i].space_after && d->tokens[i - 1].space_after;
    return false;
}

/* "GENEVA, May 3 (Agency) - The talks ...": the token behind the dash, or `first`. What the place has to do with the
 * sentence no parser could know. */
static int32_t behind_dateline(const struct doc *d, int32_t first, int32_t last)
{
    if (!is_shouted(d, first))
        return first;
    for (int32_t i = first + 1; i < first + DATELINE && i + 1 < last; i++) {
        if (is_dash(d, i)) {
            char next = d->text[d->tokens[i + 1].begin];
            return d->tokens[i + 1].capital || next == '"' || (unsigned char)next >= 0x80 ? i + 1 : first;
        }
        char c = d->text[d->tokens[i].begin];
        if (c >= 'a' && c <= 'z')
            break;
    }
    return first;
}

/* The tokens up to the byte `end` are a paragraph. */
static void split_paragraph(struct splitter *s, const char *end)
{
    struct doc *d = s->doc;
    int32_t first = s->token, last = first;
    while (last < (int32_t)d->n_tokens && d->text + d->tokens[last].begin < end)
        last++;
    s->token = last;
    if (first == last)
        return;
    size_t before = d->n_sentences;
    mark(s, first, last);
    int32_t behind = behind_dateline(d, first, last);
    if (behind > first)
        add(s, first, behind);
    first = behind;
    for (int32_t i = first; i < last; i++) {
        if (i > first && is_full(d, first, i)) {
            add(s, first, i);
            first = i;
        }
        if (s->ends[i] || i == last - 1) {
            add(s, first, i + 1);
            first = i + 1;
        }
    }
    if (d->n_sentences == before + 1)
        d->sentences[before].heading = is_heading(d, &d->sentences[before]);
    s->paragraph++;
}

/* How the lines of a text came to be. */
struct lines {
    size_t longest; /* characters of the longest line, up to a little over WRAPPED_LINE */
    bool wrapped;   /* nearly each ends where the next word would have been too much */
};

static size_t characters(const char *p, const char *end)
{
    size_t n = 0;
    for (; p < end; p++)
        n += ((unsigned char)*p & 0xC0) != 0x80;
    return n;
}

/* Whether the word behind the newline at p would have made the line too long. */
static bool is_line_full(const char *line, const char *p, const char *end, size_t longest)
{
    const char *q = p + 1;
    while (q < end && !scan_space(*q) && q - p <= WRAPPED_LINE)
        q++;
    return characters(line, p) + characters(p, q) > longest;
}

/* A line that is one word, an address, can be longer than others and tells nothing. */
static struct lines survey(const struct doc *d)
{
    struct lines l = {0, false};
    const char *end = d->text + d->text_len, *newline;
    for (const char *p = d->text; p < end && l.longest <= WRAPPED_LINE; p = newline + 1) {
        newline = memchr(p, '\n', (size_t)(end - p));
        newline = newline ? newline : end;
        size_t n = characters(p, newline);
        if (n > l.longest && memchr(p, ' ', (size_t)(newline - p)))
            l.longest = n;
    }
    size_t breaks = 0, full = 0;
    for (const char *p = d->text; p < end && l.longest <= WRAPPED_LINE; p = newline + 1) {
        newline = memchr(p, '\n', (size_t)(end - p));
        if (!newline || newline + 1 >= end)
            break;
        if (newline > p && newline[1] != '\n') {
            breaks++;
            full += is_line_full(p, newline, end, l.longest);
        }
    }
    l.wrapped = l.longest >= WRAPPED_LEAST && breaks >= 3 && full * 10 >= breaks * 9;
    return l;
}

/* Whether the single newline at p only wraps a paragraph, which began at `line`. */
static bool is_wrap(const char *line, const char *p, const char *end, const struct lines *l)
{
    bool low = stops_lower(p + 1, end), closed = p == line || strchr(".!?:\"", p[-1]);
    if (l->wrapped)
        return is_line_full(line, p, end, l->longest) || (low && !closed);
    bool full = l->longest <= WRAPPED_LINE && (size_t)(p - line) * 10 >= l->longest * 8;
    if (closed)
        return full && low;
    return low || (full && l->longest >= WRAPPED_LEAST);
}

/* "in the U.S.A." ends with a token for its stop, as the treebanks have it; "the U.S." stays a name. The token whose
 * stop that is, or NONE. */
static int32_t abbreviation_at_end(const struct doc *d, const struct sentence *s)
{
    int32_t i = s->last - 1;
    while (i > s->first && is_closer(d, i))
        i--;
    const char *p = d->text + d->tokens[i].begin, *end = d->text + d->tokens[i].end;
    size_t n = (size_t)(end - p);
    bool country = n == 4 && p[1] == '.' && p[0] >= 'A' && p[0] <= 'Z' && p[2] >= 'A' && p[2] <= 'Z';
    bool stopped =
        n >= 2 && end[-1] == '.' && (scan_word_char(end - 2, end) || (unsigned char)end[-2] >= 0x80);
    return stopped && !country && !s->heading ? i : NONE;
}

/* Token `word` becomes two, the second one its stop. */
static void part_stop(struct token *word, struct token *stop)
{
    *stop = *word;
    stop->begin = --word->end;
    stop->lower = stop->lemma = STR(".");
    stop->capital = stop->joined = word->space_after = false;
    word->lower.n--;
    word->lemma = word->lower;
}

/* Parts such final stops from their words: tokens move up. */
static void part_final_stops(struct doc *d)
{
    int32_t *parted = ARENA_ARRAY(d->arena, int32_t, d->n_sentences + 1);
    size_t extra = 0;
    for (size_t i = 0; i < d->n_sentences; i++) {
        parted[i] = abbreviation_at_end(d, &d->sentences[i]);
        extra += parted[i] != NONE;
    }
    if (!extra)
        return;
    struct token *tokens = ARENA_ARRAY(d->arena, struct token, d->n_tokens + extra);
    int32_t to = 0;
    for (size_t i = 0; i < d->n_sentences; i++) {
        struct sentence *s = &d->sentences[i];
        int32_t from = s->first, last = s->last;
        s->first = to;
        for (; from < last; from++) {
            tokens[to++] = d->tokens[from];
            if (from == parted[i]) {
                part_stop(&tokens[to - 1], &tokens[to]);
                to++;
            }
        }
        s->last = to;
    }
    d->tokens = tokens;
    d->n_tokens += extra;
}

void sentences_run(struct doc *doc, const struct lexicon *lexicon, const struct boundary *boundary)
{
    struct splitter s = {
        .doc = doc, .lexicon = lexicon, .boundary = boundary, .cap = doc->n_tokens / 16 + 16};
    doc->sentences = ARENA_ARRAY(doc->arena, struct sentence, s.cap);
    doc->n_sentences = 0;
    s.ends = ARENA_ARRAY(doc->arena, bool, doc->n_tokens + 1);
    struct lines lines = survey(doc);
    const char *end = doc->text + doc->text_len, *line = doc->text;
    for (const char *p = line; p < end;) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        if (!newline)
            break;
        bool blank = newline + 1 < end && newline[1] == '\n';
        if (blank || !is_wrap(line, newline, end, &lines))
            split_paragraph(&s, newline);
        line = p = newline + 1;
    }
    split_paragraph(&s, end);
    part_final_stops(doc);
}
