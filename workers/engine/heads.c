/* From the encoder's rows to labels. A sentence of n words has a matrix of scores [n][1 + n ...]: row the word, column 0
 * the root, column j + 1 word j. */
#include "workers/engine/engine_impl.h"
#include "workers/engine/relations.h"

#include <math.h>

static const float *head_row(const struct scratch *s, size_t row, enum head h)
{
    return s->wide + row * s->engine->heads.out_stride + s->engine->at[h];
}

/* ---- arcs ---- */

size_t heads_scores(struct scratch *s, const struct run *run)
{
    const struct engine *e = s->engine;
    size_t n = run->last - run->first, columns = ROUND_UP(n + 1, OUT_STEP), depth = e->size[HEAD_ARC_HEAD];
    const float *u = s->arcs + run->first * e->arc.out_stride;
    /* Heads become columns, so that the scores of many of them are one vector. */
    e->kernels->turn(head_row(s, run->first, HEAD_ARC_HEAD), e->heads.out_stride, n, depth, s->turned + 1,
                     columns);
    for (size_t k = 0; k < depth; k++)
        s->turned[k * columns] = e->root_arc[k];
    e->kernels->arcs(u, e->arc.out_stride, n, s->turned, columns, depth, s->scores);
    for (size_t i = 0; i < n; i++) {
        const float *left = u + i * e->arc.out_stride + depth;
        float *row = s->scores + i * columns;
        e->kernels->add_far(row + 1, n, i, left, left + e->far, e->far_of);
        row[i + 1] = -INFINITY;
    }
    return columns;
}

static void tree(struct scratch *s, const struct run *run)
{
    const struct kernels *k = s->engine->kernels;
    size_t n = run->last - run->first, columns = heads_scores(s, run);
    uint16_t *heads = s->heads + run->first;
    for (size_t i = 0; i < n; i++)
        heads[i] = (uint16_t)k->argmax(s->scores + i * columns, n + 1);
    scratch_lap(s, PART_ARCS);
    if (!tree_is(heads, n)) {
        if (n > s->room_words) {
            s->room_words = n < TREE_WORDS / 4 ? TREE_WORDS / 4 : TREE_WORDS;
            s->room = arena_alloc(s->arena, tree_room_bytes(s->room_words));
        }
        tree_best(s->room, s->scores, columns, n, heads);
    }
    scratch_lap(s, PART_TREES);
}

/* ---- labels ---- */

/* Scores of each word's relation to its head. */
static void relations(struct scratch *s, size_t rows)
{
    const struct engine *e = s->engine;
    size_t width = e->size[HEAD_REL_DEP];
    for (size_t r = 0; r < s->n_runs; r++)
        for (size_t i = s->runs[r].first; i < s->runs[r].last; i++) {
            const float *head =
                s->heads[i] ? head_row(s, s->runs[r].first + s->heads[i] - 1, HEAD_REL_HEAD) : e->root_rel;
            e->kernels->relu_sum(head_row(s, i, HEAD_REL_DEP), head, s->part + i * width, width);
        }
    scratch_lap(s, PART_LABELS);
    scratch_quantise(s, &e->rel, s->part, width, rows, PART_HEADS);
    scratch_product(s, &e->rel, rows, s->relations, PART_HEADS);
}

/* The best one, `root` for a word below the root and for no other. */
static uint8_t relation(const struct scratch *s, size_t row)
{
    const struct engine *e = s->engine;
    if (s->heads[row] == 0)
        return e->relation[e->root];
    float *scores = s->relations + row * e->rel.out_stride;
    scores[e->root] = -INFINITY;
    size_t best = e->kernels->argmax(scores, e->relations);
    return best == e->root ? REL_DEP : e->relation[best]; /* no numbers at all */
}

static void set_labels(struct scratch *s, const struct run *run, const struct piece_of *p, struct doc *doc)
{
    const struct engine *e = s->engine;
    const struct kernels *k = e->kernels;
    uint8_t before = TAG_NONE;
    for (size_t row = run->first; row < run->last; row++) {
        struct token *t = &doc->tokens[p->first + (int32_t)(row - run->first)];
        t->upos = e->upos[k->argmax(head_row(s, row, HEAD_UPOS), e->size[HEAD_UPOS])];
        t->feats = &e->feats[k->argmax(head_row(s, row, HEAD_FEATS), e->size[HEAD_FEATS])];
        t->name = e->names[k->argmax(head_row(s, row, HEAD_NAME), e->size[HEAD_NAME])];
        bool within = t->name == TAG_I_PERSON || t->name == TAG_I_ORGANISATION || t->name == TAG_I_PLACE;
        if (within && before != t->name && before != t->name - 1) /* goes on what has not begun */
            t->name--;
        before = t->name;
        t->deprel = relation(s, row);
        t->head = s->heads[row] ? p->first + s->heads[row] - 1 : NONE;
        if (s->heads[row] == 0 && p->goes_on) {
            t->head = s->sentence_root;
            t->deprel = REL_PARATAXIS;
        } else if (s->heads[row] == 0) {
            s->sentence_root = p->first + (int32_t)(row - run->first);
        }
    }
}

_Static_assert(TAG_I_PERSON == TAG_B_PERSON + 1 && TAG_I_ORGANISATION == TAG_B_ORGANISATION + 1 &&
                   TAG_I_PLACE == TAG_B_PLACE + 1,
               "an inner tag follows its first one");

void heads_run(struct scratch *s, struct doc *doc)
{
    const struct engine *e = s->engine;
    size_t rows = scratch_rows(s), width = e->size[HEAD_ARC_DEP];
    scratch_quantise(s, &e->heads, s->x, e->width, rows, PART_HEADS);
    scratch_product(s, &e->heads, rows, s->wide, PART_HEADS);
    for (size_t i = 0; i < rows; i++)
        e->kernels->relu(head_row(s, i, HEAD_ARC_DEP), s->part + i * width, width);
    scratch_lap(s, PART_HEADS);
    scratch_quantise(s, &e->arc, s->part, width, rows, PART_HEADS);
    scratch_product(s, &e->arc, rows, s->arcs, PART_HEADS);
    for (size_t r = 0; r < s->n_runs; r++)
        tree(s, &s->runs[r]);
    relations(s, rows);
    for (size_t r = 0; r < s->n_runs; r++)
        set_labels(s, &s->runs[r], &s->pieces[r], doc);
    scratch_lap(s, PART_LABELS);
}
