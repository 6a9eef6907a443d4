#include "workers/engine/engine_impl.h"

static void input(struct scratch *s, const struct doc *doc)
{
    const struct engine *e = s->engine;
    size_t row = 0;
    for (const struct piece_of *p = s->pieces; p < s->pieces + s->n_runs; p++)
        for (int32_t i = p->first; i < p->last; i++) {
            bool first = i == p->first && !p->goes_on;
            input_read(&e->input, doc_token_text(doc, i), first, first || doc->tokens[i - 1].space_after,
                       &s->words[row++]);
        }
    input_rows(&e->input, e->kernels, s->words, row, s->x);
    scratch_lap(s, PART_INPUT);
}

void encoder_run(struct scratch *s, const struct doc *doc)
{
    const struct engine *e = s->engine;
    const struct kernels *k = e->kernels;
    size_t rows = scratch_rows(s);
    input(s, doc);
    for (const struct layer *l = e->layers; l < e->layers + e->n_layers; l++) {
        if (l->kind == LAYER_WINDOW) {
            k->quantise_window(s->x, e->width, s->runs, s->n_runs, l->gates.in_stride, s->acts, s->scales);
            scratch_lap(s, PART_QUANTISE);
        } else {
            scratch_quantise(s, &l->gates, s->x, e->width, rows, PART_QUANTISE);
        }
        scratch_product(s, &l->gates, rows, s->wide, PART_PRODUCTS);
        if (l->kind == LAYER_WINDOW)
            k->window(s->wide, l->gates.out_stride, s->x, e->width, rows);
        else
            k->cell(s->wide, s->x, l->v, e->width, s->runs, s->n_runs);
        scratch_lap(s, l->kind == LAYER_WINDOW ? PART_WINDOWS : PART_CELLS);
    }
}
