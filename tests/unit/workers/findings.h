/* findings.h: reads a tagged text, or trees, with the small cue lexicon, and names what was found. Its setup and teardown are
 * for whole files of tests: their arena and their lexicon. */
#ifndef STANCED_TESTS_FINDINGS_H
#define STANCED_TESTS_FINDINGS_H

#include "proto/base/buf.h"
#include "tests/unit/workers/cuebook.h"
#include "tests/unit/workers/trees.h"
#include "workers/stances/acts.h"
#include "workers/stances/qualifiers.h"
#include "workers/statements/link.h"
#include "workers/statements/quotes.h"

static struct arena *arena;
static struct lexicon *lexicon;
static struct reading *reading;

static inline struct doc *read_text(const char *marked)
{
    struct doc *d = tagged_doc(arena, marked);
    quotes_find(d);
    reading = cues_find(d, lexicon);
    link_run(d, reading, NULL);
    acts_run(d, reading);
    qualifiers_run(d, reading);
    return d;
}

/* Who says what in trees. */
static inline struct doc *linked_tree(const char *lines)
{
    struct doc *d = trees_doc(arena, lines);
    quotes_find(d);
    reading = cues_find(d, lexicon);
    link_run(d, reading, NULL);
    return d;
}

/* And who does what. */
static inline struct doc *found_in_tree(const char *lines)
{
    struct doc *d = linked_tree(lines);
    acts_run(d, reading);
    return d;
}

/* Pieces joined by " / ". */
static const char *pieces_text(const struct doc *d, const struct pieces *p)
{
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < p->n; i++) {
        if (i)
            buf_puts(&b, " / ");
        uint32_t begin = d->tokens[p->v[i].first].begin;
        buf_append(&b, d->text + begin, d->tokens[p->v[i].last - 1].end - begin);
    }
    const char *text = arena_str(arena, b.data ? b.data : "", b.len).p;
    buf_free(&b);
    return text;
}

static inline const char *mention_text(const struct doc *d, int32_t mention)
{
    if (mention == NONE)
        return "-";
    struct piece one = {d->mentions[mention].first, d->mentions[mention].last};
    struct pieces p = {&one, 1};
    return pieces_text(d, &p);
}

static inline const char *source_text(const struct doc *d, const struct finding *f)
{
    return f->source_pieces.n ? pieces_text(d, &f->source_pieces) : mention_text(d, f->source);
}

/* Is it the cue, with auxiliaries and the like before it or without? */
static inline bool is_cue(const char *text, const char *cue)
{
    size_t n = strlen(text), m = strlen(cue);
    return n >= m && strcmp(text + n - m, cue) == 0 && (n == m || text[n - m - 1] == ' ');
}

/* The n-th finding (from 0) with this cue. */
static inline const struct finding *finding_of(const struct doc *d, const char *cue, int n)
{
    for (size_t i = 0; i < d->n_findings; i++)
        if (is_cue(pieces_text(d, &d->findings[i].cue), cue) && n-- == 0)
            return &d->findings[i];
    fail_msg("no finding with the cue '%s'", cue);
    return NULL;
}

static int findings_setup(void **state)
{
    (void)state;
    lexicon = cuebook_open();
    return (arena = arena_new(0)) ? 0 : -1;
}

static int findings_teardown(void **state)
{
    (void)state;
    arena_free(arena);
    lexicon_close(lexicon);
    return 0;
}

#endif
