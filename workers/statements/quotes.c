#include "workers/statements/quotes.h"

/* How many tokens behind a doubtful single mark ("workers' ") we look for a better one; keeps the scan
 * linear. */
#define POSSESSIVE_REACH 64

enum mark {
    MARK_NONE,
    MARK_STRAIGHT,
    MARK_OPEN,
    MARK_CLOSE,
    MARK_LOW,
    MARK_LEFT,
    MARK_RIGHT,
    MARK_SINGLE_OPEN,
    MARK_SINGLE,
    MARK_TICKS,
    MARK_TWICE
};

static enum mark mark_of(struct str s)
{
    static const struct {
        const char *text;
        enum mark mark;
    } marks[] = {
        {"\"", MARK_STRAIGHT}, {"“", MARK_OPEN},   {"”", MARK_CLOSE},       {"„", MARK_LOW},
        {"«", MARK_LEFT},      {"»", MARK_RIGHT},  {"‘", MARK_SINGLE_OPEN}, {"’", MARK_SINGLE},
        {"'", MARK_SINGLE},    {"``", MARK_TICKS}, {"''", MARK_TWICE},      {"＂", MARK_STRAIGHT},
    };
    if (s.n > 3)
        return MARK_NONE;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_is(s, marks[i].text))
            return marks[i].mark;
    return MARK_NONE;
}

static bool closes(enum mark open, enum mark m)
{
    switch (open) {
    case MARK_STRAIGHT: return m == MARK_STRAIGHT;
    case MARK_OPEN: return m == MARK_CLOSE;
    case MARK_LOW: return m == MARK_OPEN || m == MARK_CLOSE;
    case MARK_LEFT: return m == MARK_RIGHT;
    case MARK_TICKS:
    case MARK_TWICE: return m == MARK_TWICE;
    case MARK_SINGLE_OPEN:
    case MARK_SINGLE: return m == MARK_SINGLE;
    default: return false;
    }
}

struct scan {
    struct doc *d;
    size_t cap;
    int32_t no_single_before; /* no single mark below this token has a partner */
};

static int32_t paragraph_of(const struct doc *d, int32_t token)
{
    return d->sentences[d->tokens[token].sentence].paragraph;
}

static bool space_before(const struct doc *d, int32_t i)
{
    return i == 0 || d->tokens[i - 1].space_after || paragraph_of(d, i - 1) != paragraph_of(d, i);
}

static bool space_behind(const struct doc *d, int32_t i)
{
    return i + 1 == (int32_t)d->n_tokens || d->tokens[i].space_after ||
           paragraph_of(d, i + 1) != paragraph_of(d, i);
}

static bool is_punct(const struct doc *d, int32_t i)
{
    return d->tokens[i].upos == UPOS_PUNCT;
}

/* Does a mark at i look as if a quotation begins there? ' and " need space on the left and a word on the
 * right. */
static bool may_open(const struct doc *d, int32_t i, enum mark m)
{
    switch (m) {
    case MARK_OPEN:
    case MARK_LOW:
    case MARK_LEFT:
    case MARK_TICKS: return true;
    case MARK_STRAIGHT: return space_before(d, i) || is_punct(d, i - 1);
    case MARK_TWICE: return !space_behind(d, i) && (space_before(d, i) || is_punct(d, i - 1));
    case MARK_SINGLE_OPEN:
    case MARK_SINGLE: {
        if (space_behind(d, i) || !(space_before(d, i) || is_punct(d, i - 1)))
            return false;
        char next = d->text[d->tokens[i + 1].begin]; /* '90s, 'em, 'tis are apostrophes */
        return !(next >= '0' && next <= '9') && !str_is(d->tokens[i + 1].lower, "em") &&
               !str_is(d->tokens[i + 1].lower, "tis");
    }
    default: return false;
    }
}

/* A single mark that ends a quotation; "the workers' union" is one only when nothing better follows. */
static bool single_may_close(const struct doc *d, int32_t i)
{
    return !space_before(d, i) && (space_behind(d, i) || is_punct(d, i + 1));
}

static bool looks_possessive(const struct doc *d, int32_t i)
{
    return d->tokens[i - 1].end == d->tokens[i].begin && d->text[d->tokens[i - 1].end - 1] == 's' &&
           d->tokens[i].space_after && i + 1 < (int32_t)d->n_tokens && !is_punct(d, i + 1) &&
           !d->tokens[i + 1].capital;
}

/* The token that closes what token `open` opened, within its paragraph; *stop gets where the search ended.
 * NONE: not closed. */
static int32_t find_close(const struct doc *d, int32_t open, enum mark m, int32_t *stop)
{
    bool single = m == MARK_SINGLE || m == MARK_SINGLE_OPEN;
    int32_t paragraph = paragraph_of(d, open), doubtful = NONE, i;
    for (i = open + 1; i < (int32_t)d->n_tokens && paragraph_of(d, i) == paragraph; i++) {
        enum mark here = mark_of(doc_token_text(d, i));
        if (doubtful != NONE && i > doubtful + POSSESSIVE_REACH)
            break;
        if (here == MARK_NONE)
            continue;
        /* A second opening mark where a closing one was due: the first was never closed. */
        bool alike = m == MARK_STRAIGHT || m == MARK_TWICE;
        if (!single && here == m && (!alike || (space_before(d, i) && !space_behind(d, i) && i > open + 1)))
            break;
        if (!closes(m, here) || (single && !single_may_close(d, i)))
            continue;
        if (single && looks_possessive(d, i)) {
            doubtful = doubtful == NONE ? i : doubtful;
            continue;
        }
        return i;
    }
    *stop = i;
    return doubtful;
}

static bool is_speech(const struct doc *d, const struct quote *q)
{
    int32_t words = 0, verbs = 0;
    for (int32_t i = q->first; i < q->last && words < 8; i++) {
        words += !is_punct(d, i);
        verbs += d->tokens[i].upos == UPOS_VERB || d->tokens[i].upos == UPOS_AUX;
    }
    if (words == 0)
        return false;
    if (q->open || q->continues != NONE)
        return true;
    const struct sentence *s = &d->sentences[d->tokens[q->first].sentence];
    bool whole = q->first <= s->first + 1; /* begins its sentence */
    bool stop_inside = is_punct(d, q->last - 1);
    bool announced = q->first >= 2 && str_is(doc_token_text(d, q->first - 2), ":"); /* in any language */
    if (words >= 3 && stop_inside && (whole || verbs || announced))
        return true;
    return (verbs && words >= 6) || words >= 8 || (whole && verbs);
}

static void add_quote(struct scan *s, int32_t open, int32_t close, int32_t end, bool runs_on)
{
    struct doc *d = s->d;
    ARENA_GROW(d->arena, d->quotes, d->n_quotes, s->cap);
    struct quote *q = &d->quotes[d->n_quotes];
    *q = (struct quote){
        .first = open + 1, .last = close == NONE ? end : close, .open = runs_on, .continues = NONE};
    if (q->first >= q->last)
        return; /* nothing between the marks */
    q->begin = d->tokens[q->first].begin;
    q->end = d->tokens[q->last - 1].end;
    q->outer_begin = d->tokens[open].begin;
    q->outer_end = close == NONE ? q->end : d->tokens[close].end;
    if (d->n_quotes > 0) {
        const struct quote *before = q - 1;
        if (before->open && paragraph_of(d, before->last - 1) + 1 >= paragraph_of(d, open) &&
            paragraph_of(d, before->last - 1) != paragraph_of(d, open))
            q->continues = (int32_t)d->n_quotes - 1;
    }
    q->speech = is_speech(d, q);
    d->n_quotes++;
}

/* Is the token behind a paragraph's end the same opening mark, repeated for the next paragraph of one
 * quotation? */
static bool repeated_behind(const struct doc *d, int32_t stop, int32_t open, enum mark m)
{
    return stop < (int32_t)d->n_tokens && paragraph_of(d, stop) != paragraph_of(d, open) &&
           mark_of(doc_token_text(d, stop)) == m;
}

/* Deals with the opening mark at `i`; returns the token to go on with. */
static int32_t take_quote(struct scan *s, int32_t i, enum mark m)
{
    struct doc *d = s->d;
    bool single = m == MARK_SINGLE || m == MARK_SINGLE_OPEN;
    if (single && i < s->no_single_before)
        return i + 1;
    int32_t stop = i + 1, close = find_close(d, i, m, &stop);
    if (close != NONE) {
        add_quote(s, i, close, close, false);
        return close + 1;
    }
    if (single) {
        s->no_single_before = stop;
        return i + 1;
    }
    if (repeated_behind(d, stop, i, m)) {
        add_quote(s, i, NONE, stop, true);
        return stop;
    }
    int32_t end = d->sentences[d->tokens[i + 1 < (int32_t)d->n_tokens ? i + 1 : i].sentence].last;
    add_quote(s, i, NONE, end < stop ? end : stop, false);
    return end < stop ? end : stop;
}

void quotes_find(struct doc *d)
{
    struct scan s = {.d = d};
    d->quotes = NULL;
    d->n_quotes = 0;
    for (int32_t i = 0; i < (int32_t)d->n_tokens;) {
        enum mark m = mark_of(doc_token_text(d, i));
        if (m != MARK_NONE && i + 1 < (int32_t)d->n_tokens && may_open(d, i, m)) {
            int32_t next = take_quote(&s, i, m);
            i = next > i ? next : i + 1;
        } else {
            i++;
        }
    }
}

int32_t *quotes_at(const struct doc *d)
{
    int32_t *at = ARENA_ARRAY(d->arena, int32_t, d->n_tokens + 1);
    for (size_t i = 0; i < d->n_tokens; i++)
        at[i] = NONE;
    for (size_t k = 0; k < d->n_quotes; k++) {
        const struct quote *q = &d->quotes[k];
        int32_t first = q->first - 1, last = q->outer_end > q->end ? q->last + 1 : q->last;
        for (int32_t i = first; i < last; i++)
            at[i] = (int32_t)k;
    }
    return at;
}
