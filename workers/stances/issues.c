#include "workers/stances/issues.h"

#include <stdlib.h>

#include "proto/base/table.h"
#include "proto/base/tsv.h"

#define PHRASE_WORDS 8

struct phrase {
    struct str issue;
    struct str words[PHRASE_WORDS];
    size_t n;
    struct phrase *next; /* begins with the same word; longer ones first */
};

struct issues {
    struct tsv *file; /* owns the text */
    struct table *by_word;
    struct phrase **v;
    size_t n, cap;
    struct digest digest;
};

void issues_close(struct issues *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->n; i++)
        free(v->v[i]);
    free(v->v);
    table_free(v->by_word);
    if (v->file)
        tsv_close(v->file);
    free(v);
}

struct digest issues_digest(const struct issues *v)
{
    return v->digest;
}

static bool split(struct str text, struct phrase *p)
{
    for (size_t i = 0; i < text.n;) {
        size_t end = i;
        while (end < text.n && text.p[end] != ' ')
            end++;
        if (end > i) {
            if (p->n == PHRASE_WORDS)
                return false;
            p->words[p->n++] = (struct str){text.p + i, end - i};
        }
        i = end + 1;
    }
    return p->n > 0;
}

static bool is_lower(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'A' && s.p[i] <= 'Z')
            return false;
    return true;
}

/* Keeps the chain of a first word ordered: longer phrases first, then as in the file. */
static bool chain(struct issues *v, struct phrase *p)
{
    struct phrase *first = table_get(v->by_word, p->words[0]);
    if (!first || first->n < p->n) {
        p->next = first;
        return table_put(v->by_word, p->words[0], p, NULL);
    }
    while (first->next && first->next->n >= p->n)
        first = first->next;
    p->next = first->next;
    first->next = p;
    return true;
}

static bool add(struct issues *v, const struct str *columns, struct reason *why)
{
    if (columns[0].n == 0 || columns[1].n == 0)
        return tsv_fail(v->file, why, "an issue and a phrase are expected");
    if (!is_lower(columns[1]))
        return tsv_fail(v->file, why, "phrase '%.*s' must be lower-case", STR_ARGS(columns[1]));
    if (v->n == v->cap) {
        size_t cap = v->cap ? 2 * v->cap : 64;
        struct phrase **grown = realloc(v->v, cap * sizeof(struct phrase *));
        if (!grown)
            return tsv_fail(v->file, why, "out of memory");
        v->v = grown;
        v->cap = cap;
    }
    struct phrase *p = calloc(1, sizeof *p);
    if (!p)
        return tsv_fail(v->file, why, "out of memory");
    v->v[v->n++] = p;
    p->issue = columns[0];
    if (!split(columns[1], p))
        return tsv_fail(v->file, why, "a phrase has 1 to %d words", PHRASE_WORDS);
    return chain(v, p) || tsv_fail(v->file, why, "out of memory");
}

struct issues *issues_open(const char *path, struct reason *why)
{
    struct issues *v = calloc(1, sizeof *v);
    if (!v) {
        reason_set(why, "%s: out of memory", path);
        return NULL;
    }
    v->by_word = table_new();
    v->file = v->by_word ? tsv_open(path, why) : NULL;
    if (!v->file) {
        issues_close(v);
        return NULL;
    }
    struct str columns[2];
    int more;
    while ((more = tsv_next(v->file, columns, 2, 2, why)) == 1)
        if (!add(v, columns, why)) {
            more = -1;
            break;
        }
    if (more < 0) {
        issues_close(v);
        return NULL;
    }
    struct str bytes = tsv_bytes(v->file);
    v->digest = digest_of(&bytes, 1);
    return v;
}

static bool word_is(const struct token *t, struct str word)
{
    return str_equal(t->lower, word) || str_equal(t->lemma, word);
}

static const struct phrase *longest_at(const struct issues *v, const struct doc *d, int32_t at, int32_t last,
                                       struct str word)
{
    for (const struct phrase *p = table_get(v->by_word, word); p; p = p->next) {
        size_t i = 1;
        while (i < p->n && at + (int32_t)i < last && word_is(&d->tokens[at + (int32_t)i], p->words[i]))
            i++;
        if (i == p->n)
            return p;
    }
    return NULL;
}

struct str issues_of(const struct issues *v, const struct doc *d, int32_t first, int32_t last)
{
    const struct phrase *best = NULL;
    for (int32_t i = first; i < last; i++) {
        const struct phrase *p = longest_at(v, d, i, last, d->tokens[i].lower);
        const struct phrase *q = longest_at(v, d, i, last, d->tokens[i].lemma);
        if (q && (!p || q->n > p->n))
            p = q;
        if (p && (!best || p->n > best->n))
            best = p;
    }
    return best ? best->issue : (struct str){NULL, 0};
}
