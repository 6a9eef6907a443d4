#include "workers/engine/engine_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "workers/engine/relations.h"

const char *const engine_part_names[PART_COUNT] = {"input", "quantise", "products", "cells", "windows",
                                                   "heads", "arcs",     "trees",    "labels"};

/* ---- running ---- */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void scratch_lap(struct scratch *s, enum engine_part part)
{
    if (!s->times)
        return;
    double now = seconds();
    s->times->seconds[part] += now - s->since;
    s->since = now;
}

size_t scratch_rows(const struct scratch *s)
{
    return s->n_runs ? s->runs[s->n_runs - 1].last : 0;
}

void scratch_quantise(struct scratch *s, const struct matrix *m, const float *x, size_t stride, size_t rows,
                      enum engine_part part)
{
    s->engine->kernels->quantise(x, stride, m->ins, rows, m->in_stride, s->acts, s->scales);
    scratch_lap(s, part);
}

void scratch_product(struct scratch *s, const struct matrix *m, size_t rows, float *out,
                     enum engine_part part)
{
    s->engine->kernels->gemm(m, s->acts, s->scales, rows, out);
    scratch_lap(s, part);
    if (!s->times)
        return;
    s->engine->kernels->gemm(m, s->acts, s->scales, rows, out);
    double now = seconds();
    s->times->bare[part] += now - s->since;
    s->since = now;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static struct scratch *scratch_new(const struct engine *e, struct arena *arena, size_t rows)
{
    struct scratch *s = ARENA_ARRAY(arena, struct scratch, 1);
    size_t wide = e->heads.out_stride,
           in = larger(e->heads.in_stride, larger(e->arc.in_stride, e->rel.in_stride));
    for (size_t i = 0; i < e->n_layers; i++) {
        wide = larger(wide, e->layers[i].gates.out_stride);
        in = larger(in, e->layers[i].gates.in_stride);
    }
    size_t more = rows + ARC_STEP, columns = ROUND_UP(rows + 1, OUT_STEP);
    s->engine = e;
    s->arena = arena;
    s->rows = rows;
    s->words = ARENA_ARRAY(arena, struct input_word, rows);
    s->x = kernels_room(arena, more * e->width * sizeof(float));
    s->wide = kernels_room(arena, more * wide * sizeof(float));
    s->arcs = kernels_room(arena, more * e->arc.out_stride * sizeof(float));
    s->relations = kernels_room(arena, more * e->rel.out_stride * sizeof(float));
    s->part =
        kernels_room(arena, more * larger(e->size[HEAD_ARC_DEP], e->size[HEAD_REL_DEP]) * sizeof(float));
    s->acts = kernels_room(arena, more * in * e->kernels->act_bytes);
    s->scales = kernels_room(arena, more * sizeof(float));
    s->turned = kernels_room(arena, columns * e->size[HEAD_ARC_HEAD] * sizeof(float));
    s->scores = kernels_room(arena, (rows + ARC_STEP) * columns * sizeof(float));
    s->heads = kernels_room(arena, more * sizeof *s->heads);
    return s;
}

/* Makes room for the states of all tokens. */
static void make_states(struct doc *doc, size_t width)
{
    doc->states.width = width;
    doc->states.v = ARENA_ARRAY(doc->arena, int8_t, doc->n_tokens * width);
    doc->states.scale = ARENA_ARRAY(doc->arena, float, doc->n_tokens);
}

/* As int8 with a scale a word: what a product of them takes anyway. */
static void keep_states(const struct scratch *s, struct doc *doc)
{
    size_t width = s->engine->width;
    for (size_t r = 0; r < s->n_runs; r++) {
        const struct run *run = &s->runs[r];
        size_t token = (size_t)s->pieces[r].first;
        s->engine->kernels->keep(s->x + run->first * width, width, run->last - run->first,
                                 doc->states.v + token * width, doc->states.scale + token);
    }
}

static void flush(struct scratch *s, struct doc *doc, void (*seen)(void *who, struct scratch *s), void *who)
{
    if (s->n_runs == 0)
        return;
    encoder_run(s, doc);
    heads_run(s, doc);
    if (doc->keeps_states)
        keep_states(s, doc);
    if (seen)
        seen(who, s);
    s->n_runs = 0;
}

static void add_piece(struct scratch *s, int32_t first, int32_t last, bool goes_on)
{
    size_t rows = scratch_rows(s);
    s->runs[s->n_runs] = (struct run){rows, rows + (size_t)(last - first)};
    s->pieces[s->n_runs++] = (struct piece_of){first, last, goes_on};
}

/* Words that the buffers must hold for this document. */
static size_t rows_wanted(const struct doc *doc)
{
    size_t longest = 0;
    for (size_t i = 0; i < doc->n_sentences; i++)
        longest = larger(longest, (size_t)(doc->sentences[i].last - doc->sentences[i].first));
    longest = longest < TREE_WORDS ? longest : TREE_WORDS;
    return larger(longest, doc->n_tokens < CHUNK_WORDS ? doc->n_tokens : CHUNK_WORDS);
}

void engine_run_with(const struct engine *e, struct doc *doc, struct engine_times *times,
                     void (*seen)(void *who, struct scratch *s), void *who)
{
    doc->has_tree = true;
    if (doc->n_tokens == 0)
        return;
    struct scratch *s = scratch_new(e, doc->arena, rows_wanted(doc));
    if (doc->keeps_states)
        make_states(doc, e->width);
    s->times = times;
    s->since = times ? seconds() : 0;
    for (size_t i = 0; i < doc->n_sentences; i++) {
        const struct sentence *x = &doc->sentences[i];
        for (int32_t first = x->first, n; first < x->last; first += n) {
            n = x->last - first < TREE_WORDS ? x->last - first : TREE_WORDS;
            if (scratch_rows(s) + (size_t)n > CHUNK_WORDS)
                flush(s, doc, seen, who);
            add_piece(s, first, first + n, first > x->first);
        }
    }
    flush(s, doc, seen, who);
}

void engine_run_timed(const struct engine *e, struct doc *doc, struct engine_times *times)
{
    engine_run_with(e, doc, times, NULL, NULL);
}

void engine_run(const struct engine *e, struct doc *doc)
{
    engine_run_with(e, doc, NULL, NULL, NULL);
}

const char *engine_name(const struct engine *e)
{
    return e->name;
}

struct model *engine_model(const struct engine *e)
{
    return e->model;
}

const struct kernels *engine_arithmetic(const struct engine *e)
{
    return e->kernels;
}

size_t engine_width(const struct engine *e)
{
    return e->width;
}

void engine_inputs(const struct engine *e, const struct doc *doc, int32_t first, int32_t last, float *x)
{
    enum { AT_ONCE = 32 };
    struct input_word words[AT_ONCE];
    for (int32_t n; first < last; first += n) {
        n = last - first < AT_ONCE ? last - first : AT_ONCE;
        for (int32_t k = 0; k < n; k++) {
            int32_t i = first + k;
            bool begins = i == doc->sentences[doc->tokens[i].sentence].first;
            input_read(&e->input, doc_token_text(doc, i), begins, begins || doc->tokens[i - 1].space_after,
                       &words[k]);
        }
        input_rows(&e->input, e->kernels, words, (size_t)n, x);
        x += (size_t)n * e->width;
    }
}

const struct boundary *engine_boundary(const struct engine *e)
{
    return e->has_boundary ? &e->boundary : NULL;
}

const char *engine_kernels(const struct engine *e)
{
    return e->kernels->name;
}

void engine_close(struct engine *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < LAYERS_MAX; i++)
        matrix_free(&e->layers[i].gates);
    matrix_free(&e->heads);
    matrix_free(&e->arc);
    matrix_free(&e->rel);
    free(e->feats);
    model_close(e->model);
    free(e);
}
