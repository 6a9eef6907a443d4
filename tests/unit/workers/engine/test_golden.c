/* The model that ships against an independent computation of the same: workers/train/reference.py, in numpy, wrote
 * tests/data/golden.conllu. Labels are the same; scores of arcs too, but for rounding. */
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "workers/conllu.h"
#include "workers/engine/engine_impl.h"

#define GOLDEN "tests/data/golden.conllu"
#define NEAR   0.1 /* of scores up to 10: where rounding to int8 falls to the other side of a half, a step is lost */

static void complain(void *who, size_t line, const char *what)
{
    (void)who;
    fail_msg(GOLDEN ":%zu: %s", line, what);
}

static double *scores; /* of each token's best arc */

static void keep_scores(void *doc, struct scratch *s)
{
    const struct doc *d = doc;
    for (size_t r = 0; r < s->n_runs; r++) {
        size_t columns = heads_scores(s, &s->runs[r]);
        for (int32_t i = s->pieces[r].first; i < s->pieces[r].last; i++) {
            const float *row = s->scores + (size_t)(i - s->pieces[r].first) * columns;
            int32_t head = d->tokens[i].head;
            scores[i] = (double)row[head == NONE ? 0 : head - s->pieces[r].first + 1];
        }
    }
}

static double expected_score(struct str misc)
{
    const char *at = memmem(misc.p, misc.n, "ArcScore=", 9);
    assert_non_null(at);
    return strtod(at + 9, NULL);
}

/* Compares what the engine says of words with what the file does; returns how many words there are. */
static size_t compare(const struct engine *e, const struct conllu *golden)
{
    struct doc *d = golden->doc;
    struct token *want = ARENA_ARRAY(d->arena, struct token, d->n_tokens);
    memcpy(want, d->tokens, d->n_tokens * sizeof *want);
    scores = ARENA_ARRAY(d->arena, double, d->n_tokens);
    engine_run_with(e, d, NULL, keep_scores, d);
    size_t i = 0;
    for (size_t s = 0; s < d->n_sentences; s++)
        for (size_t r = 0; r < golden->sentences[s].n_rows; r++) {
            const struct conllu_row *row = &golden->sentences[s].rows[r];
            if (row->kind != CONLLU_WORD)
                continue;
            const struct token *a = &d->tokens[i], *b = &want[i];
            if (a->upos != b->upos || a->head != b->head || a->deprel != b->deprel ||
                !str_equal(a->feats->text, b->feats->text) ||
                fabs(scores[i] - expected_score(row->misc)) > NEAR)
                fail_msg("word %zu, '%.*s': upos %d head %d relation %d score %.3f, expected %d %d %d %.*s",
                         i, STR_ARGS(row->form), a->upos, a->head, a->deprel, scores[i], b->upos, b->head,
                         b->deprel, STR_ARGS(row->misc));
            i++;
        }
    return i;
}

static void test_golden(void **state)
{
    (void)state;
    glob_t found;
    struct reason why;
    struct conllu golden;
    FILE *in = fopen(GOLDEN, "r");
    assert_non_null(in);
    assert_int_equal(glob("workers/model/*.stm", 0, NULL, &found), 0);
    struct engine *e = engine_open(found.gl_pathv[found.gl_pathc - 1], &why);
    if (!e)
        fail_msg("%s", why.text);
    globfree(&found);
    struct conllu_reader *reader = conllu_open(in, complain, NULL);
    struct arena *arena = arena_new(0);
    size_t words = 0;
    while (conllu_read(reader, arena, true, &golden)) {
        words += compare(e, &golden);
        arena_reset(arena);
    }
    assert_true(words > 50);
    arena_free(arena);
    conllu_close(reader);
    fclose(in);
    engine_close(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_golden)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
