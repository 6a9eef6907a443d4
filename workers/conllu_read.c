#include <stdlib.h>

#include "proto/base/utf8.h"
#include "workers/conllu.h"
#include "workers/engine/feats.h"
#include "workers/engine/relations.h"
#include "workers/text/text.h"

enum column { ID, FORM, LEMMA, UPOS, XPOS, FEATS, HEAD, DEPREL, DEPS, MISC, COLUMNS };

struct conllu_reader {
    FILE *in;
    void (*complain)(void *who, size_t line, const char *what);
    void *who;
    size_t line; /* number of the one in `buf`, from 1 */
    struct buf buf;
    bool held; /* the line in `buf` has not been read yet */
};

/* What a word's columns say of its tags: text in the arena. */
struct gold {
    struct str lemma, upos, feats, deprel;
    int head; /* 0: root, -1: none */
};

/* The sentence that is being read. Its arrays are in the arena and may move while they grow. */
struct block {
    struct arena *arena;
    struct conllu_row *rows;
    struct given_word *words;
    struct gold *gold;
    size_t n_rows, cap_rows, n_words, cap_words, bytes;
    size_t cap_gold;
    int range_end;         /* last word of the range that is open, or 0 */
    struct str range_misc; /* of that */
    bool new_document, new_paragraph;
    struct reason why; /* of the first error */
    size_t bad_line;   /* 0: none */
};

struct conllu_reader *conllu_open(FILE *in, void (*complain)(void *who, size_t line, const char *what),
                                  void *who)
{
    struct conllu_reader *r = calloc(1, sizeof *r);
    if (r)
        *r = (struct conllu_reader){.in = in, .complain = complain, .who = who};
    return r;
}

void conllu_close(struct conllu_reader *r)
{
    if (!r)
        return;
    buf_free(&r->buf);
    free(r);
}

/* -- lines -- */

/* The next line without its end in r->buf, of a longer one than CONLLU_LINE_MAX one byte more than that. False: end. */
static bool next_line(struct conllu_reader *r)
{
    if (r->held) {
        r->held = false;
        return true;
    }
    buf_clear(&r->buf);
    int c;
    bool any = false;
    while ((c = getc_unlocked(r->in)) != EOF && c != '\n') {
        any = true;
        if (r->buf.len <= CONLLU_LINE_MAX)
            buf_putc(&r->buf, (char)c);
    }
    if (c == EOF && !any)
        return false;
    r->line++;
    if (r->buf.len && r->buf.data[r->buf.len - 1] == '\r')
        r->buf.len--;
    if (r->line == 1 && r->buf.len >= 3 && memcmp(r->buf.data, "\xEF\xBB\xBF", 3) == 0)
        memmove(r->buf.data, r->buf.data + 3, r->buf.len -= 3);
    return true;
}

static bool check_line(const struct buf *line, struct reason *why)
{
    if (line->len > CONLLU_LINE_MAX)
        return reason_set(why, "the line is longer than 1 MiB");
    size_t valid = utf8_valid_prefix(line->data, line->len);
    if (valid < line->len)
        return reason_set(why, "byte %zu is not UTF-8", valid + 1);
    for (size_t i = 0; i < line->len; i++)
        if ((unsigned char)line->data[i] < ' ' && line->data[i] != '\t')
            return reason_set(why, "byte %zu is a control character", i + 1);
    return true;
}

static bool split(struct str line, struct str columns[COLUMNS], struct reason *why)
{
    size_t n = 0;
    for (const char *p = line.p, *end = p + line.n;; n++) {
        const char *tab = memchr(p, '\t', (size_t)(end - p));
        if (n < COLUMNS)
            columns[n] = (struct str){p, (size_t)((tab ? tab : end) - p)};
        if (!tab)
            break;
        p = tab + 1;
    }
    if (++n != COLUMNS)
        return reason_set(why, "expected 10 columns parted by tabs, found %zu", n);
    for (n = 0; n < COLUMNS; n++)
        if (!columns[n].n)
            return reason_set(why, "column %zu is empty, '_' stands for nothing", n + 1);
    return true;
}

/* -- rows -- */

/* A number of at most seven digits at the beginning of *s, which goes on behind it; -1: there is none. */
static int read_number(struct str *s)
{
    int n = 0;
    size_t i = 0;
    for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9' && i < 7; i++)
        n = n * 10 + (s->p[i] - '0');
    *s = (struct str){s->p + i, s->n - i};
    return i ? n : -1;
}

static struct conllu_row *add_row(struct block *b, enum conllu_kind kind, struct str form, struct str misc)
{
    ARENA_GROW(b->arena, b->rows, b->n_rows, b->cap_rows);
    struct conllu_row *row = &b->rows[b->n_rows++];
    *row = (struct conllu_row){.kind = kind, .form = form, .misc = misc};
    return row;
}

static bool has_no_space(struct str misc)
{
    for (const char *p = misc.p, *end = p + misc.n; p < end;) {
        const char *bar = memchr(p, '|', (size_t)(end - p)), *stop = bar ? bar : end;
        if (str_is((struct str){p, (size_t)(stop - p)}, "SpaceAfter=No"))
            return true;
        p = stop + 1;
    }
    return false;
}

static bool add_range(struct block *b, const struct str *c, struct str rest)
{
    int expected = (int)b->n_words + 1;
    rest = (struct str){rest.p + 1, rest.n - 1};
    int last = read_number(&rest);
    if (rest.n || last < expected)
        return reason_set(&b->why, "'%.*s' is no range of words", STR_ARGS(c[ID]));
    if (expected <= b->range_end)
        return reason_set(&b->why, "the range %.*s begins within another one", STR_ARGS(c[ID]));
    struct conllu_row *row = add_row(b, CONLLU_RANGE, c[FORM], c[MISC]);
    row->first = expected;
    row->last = b->range_end = last;
    b->range_misc = c[MISC];
    return true;
}

/* Where the word stands in a range, its place within that decides about the space behind it. */
static void add_word(struct block *b, const struct str *c)
{
    int id = (int)b->n_words + 1;
    bool in_range = id <= b->range_end;
    bool first_of_range = b->n_rows && b->rows[b->n_rows - 1].kind == CONLLU_RANGE;
    add_row(b, CONLLU_WORD, c[FORM], c[MISC]);
    ARENA_GROW(b->arena, b->words, b->n_words, b->cap_words);
    size_t n = b->n_words;
    ARENA_GROW(b->arena, b->gold, n, b->cap_gold);
    struct given_word *w = &b->words[b->n_words];
    *w = (struct given_word){.form = c[FORM], .joined = in_range && !first_of_range};
    w->space_after = in_range ? id == b->range_end && !has_no_space(b->range_misc) : !has_no_space(c[MISC]);
    struct str head = c[HEAD];
    struct gold *g = &b->gold[b->n_words++];
    *g = (struct gold){c[LEMMA], c[UPOS], c[FEATS], c[DEPREL], read_number(&head)};
    if (head.n)
        g->head = -1;
}

static bool add_columns(struct block *b, const struct str *c)
{
    struct str rest = c[ID];
    int id = read_number(&rest), expected = (int)b->n_words + 1;
    if (id >= 0 && rest.n && rest.p[0] == '.') { /* an empty node: it belongs to DEPS, which is not kept */
        rest = (struct str){rest.p + 1, rest.n - 1};
        if (id != expected - 1 || read_number(&rest) < 1 || rest.n)
            return reason_set(&b->why, "the empty node %.*s does not follow word %d", STR_ARGS(c[ID]), id);
        return true;
    }
    bool range = rest.n && rest.p[0] == '-';
    if (id != expected || (rest.n && !range))
        return reason_set(&b->why, "the id is '%.*s' where word %d is expected", STR_ARGS(c[ID]), expected);
    if (b->n_words == CONLLU_WORDS_MAX)
        return reason_set(&b->why, "the sentence has more than %d words", CONLLU_WORDS_MAX);
    if (range)
        return add_range(b, c, rest);
    add_word(b, c);
    return true;
}

static bool add_line(struct block *b, const struct buf *line)
{
    if (!check_line(line, &b->why))
        return false;
    if ((b->bytes += line->len) > CONLLU_BLOCK_MAX)
        return reason_set(&b->why, "the sentence has more than 16 MiB");
    struct str kept = arena_str(b->arena, line->data, line->len), columns[COLUMNS];
    if (kept.p[0] == '#') {
        add_row(b, CONLLU_COMMENT, kept, STR(""));
        b->new_document |= kept.n >= 8 && memcmp(kept.p, "# newdoc", 8) == 0;
        b->new_paragraph |= b->new_document || (kept.n >= 8 && memcmp(kept.p, "# newpar", 8) == 0);
        return true;
    }
    return split(kept, columns, &b->why) && add_columns(b, columns);
}

/* -- sentences -- */

static bool is_blank(const struct buf *line)
{
    for (size_t i = 0; i < line->len; i++)
        if (line->data[i] != ' ')
            return false;
    return true;
}

static bool at_document(const struct conllu_reader *r)
{
    return r->buf.len >= 8 && memcmp(r->buf.data, "# newdoc", 8) == 0;
}

/* The next sentence that is well-formed. False: the input is at its end, or (unless it is the `first` one of a
 * document) a new document begins. */
static bool read_block(struct conllu_reader *r, struct arena *arena, struct block *b, bool first)
{
    while (next_line(r)) {
        if (is_blank(&r->buf))
            continue;
        if (!first && at_document(r)) {
            r->held = true;
            return false;
        }
        *b = (struct block){.arena = arena};
        size_t begin = r->line;
        do {
            if (is_blank(&r->buf))
                break;
            if (!b->bad_line && !add_line(b, &r->buf))
                b->bad_line = r->line;
        } while (next_line(r));
        if (!b->bad_line && b->range_end > (int)b->n_words) {
            reason_set(&b->why, "the sentence ends within the range up to word %d", b->range_end);
            b->bad_line = r->line;
        }
        if (!b->bad_line && !b->n_words) {
            reason_set(&b->why, "there is no word below these comments");
            b->bad_line = begin;
        }
        if (!b->bad_line)
            return true;
        r->complain(r->who, b->bad_line, b->why.text);
    }
    return false;
}

/* -- what the input says of the words -- */

/* Whether the heads are a tree: each within the sentence, one root, no circle. */
static bool is_tree(const struct gold *g, size_t n)
{
    int roots = 0;
    uint8_t seen[CONLLU_WORDS_MAX + 1] = {1}; /* 0 not yet, 1 leads to the root, 2 on the way */
    for (size_t i = 0; i < n; i++) {
        if (g[i].head < 0 || g[i].head > (int)n || rel_find(g[i].deprel) == REL_NONE)
            return false;
        roots += g[i].head == 0;
    }
    for (size_t i = 1; i <= n; i++) {
        size_t k = i;
        for (; !seen[k]; k = (size_t)g[k - 1].head)
            seen[k] = 2;
        if (seen[k] == 2)
            return false;
        for (k = i; seen[k] == 2; k = (size_t)g[k - 1].head)
            seen[k] = 1;
    }
    return roots == 1;
}

static void take_word(struct doc *d, int32_t i, int32_t first, const struct gold *g, struct feats *feats)
{
    struct token *t = &d->tokens[i];
    bool capital;
    t->upos = (uint8_t)upos_find(g->upos);
    feats_parse(g->feats, feats);
    t->feats = feats;
    if (!str_is(g->lemma, "_"))
        t->lemma = token_lower(d->arena, g->lemma.p, g->lemma.n, &capital);
    if (d->has_tree) {
        t->head = g->head > 0 ? first + g->head - 1 : NONE;
        t->deprel = (uint8_t)rel_find(g->deprel);
    }
}

static void take_gold(struct doc *d, const struct gold *const *gold)
{
    struct feats *feats = ARENA_ARRAY(d->arena, struct feats, d->n_tokens);
    d->has_tree = true;
    for (size_t s = 0; s < d->n_sentences; s++)
        d->has_tree &= is_tree(gold[s], (size_t)(d->sentences[s].last - d->sentences[s].first));
    for (size_t s = 0; s < d->n_sentences; s++) {
        const struct sentence *x = &d->sentences[s];
        for (int32_t i = x->first; i < x->last; i++)
            take_word(d, i, x->first, &gold[s][i - x->first], &feats[i]);
    }
}

bool conllu_read(struct conllu_reader *r, struct arena *arena, bool tags, struct conllu *out)
{
    size_t n = 0, cap = 64, cap_rows = cap, cap_gold = cap, words = 0, bytes = 0;
    struct given_sentence *given = ARENA_ARRAY(arena, struct given_sentence, cap);
    struct conllu_sentence *rows = ARENA_ARRAY(arena, struct conllu_sentence, cap);
    const struct gold **gold = ARENA_ARRAY(arena, const struct gold *, cap);
    struct block b;
    for (; words < CONLLU_BATCH && bytes < CONLLU_BLOCK_MAX && read_block(r, arena, &b, n == 0); n++) {
        ARENA_GROW(arena, given, n, cap);
        ARENA_GROW(arena, rows, n, cap_rows);
        ARENA_GROW(arena, gold, n, cap_gold);
        given[n] = (struct given_sentence){b.words, b.n_words, b.new_paragraph};
        rows[n] = (struct conllu_sentence){b.rows, b.n_rows};
        gold[n] = b.gold;
        words += b.n_words;
        bytes += b.bytes;
    }
    if (n == 0)
        return false;
    struct doc *d = ARENA_ARRAY(arena, struct doc, 1);
    d->arena = arena;
    text_given(d, given, n);
    if (tags)
        take_gold(d, gold);
    *out = (struct conllu){d, rows};
    return true;
}
