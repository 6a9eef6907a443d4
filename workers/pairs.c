#include "workers/pairs.h"

#include <math.h>

#include "proto/json.h"
#include "proto/wire.h"
#include "workers/stances/guess.h"
#include "workers/stances/scorer.h"
#include "workers/stances/targets.h"

/* ---- from spans to words ---- */

static bool span_words(const struct doc *d, struct span s, struct piece *out)
{
    *out = (struct piece){NONE, NONE};
    for (int32_t t = 0; t < (int32_t)d->n_tokens; t++)
        if (d->to_body[d->tokens[t].begin] < s.end && s.begin < d->to_body[d->tokens[t].end]) {
            out->first = out->first == NONE ? t : out->first;
            out->last = t + 1;
        }
    return out->first != NONE;
}

static bool spans_words(const struct doc *d, struct span_list l, const char *name, struct pieces *out,
                        struct reason *why)
{
    out->v = ARENA_ARRAY(d->arena, struct piece, l.n + 1);
    out->n = l.n;
    for (size_t i = 0; i < l.n; i++)
        if (!span_words(d, l.v[i], &out->v[i]))
            return reason_set(why, "pair.%s: there is no word in span [%u, %u]", name, l.v[i].begin,
                              l.v[i].end);
    return true;
}

struct looked {
    struct doc *d;
    struct pair_view view;
};

/* The text read as an article is, and the pair in it. */
static bool look(const struct pipeline *p, const struct pair_request *q, struct arena *arena,
                 struct looked *out, struct reason *why)
{
    if (!pair_check(q, why))
        return false;
    if (q->text.n > PAIR_TEXT_MAX)
        return reason_set(why, "pair.text: %zu bytes, at most %zu are allowed", q->text.n, PAIR_TEXT_MAX);
    struct article a = {
        .v = 1, .id = q->id, .published = TIME_ABSENT, .revision = -1, .status = -1, .body = q->text};
    struct article *kept = ARENA_ARRAY(arena, struct article, 1);
    *kept = a;
    struct reading *r;
    struct pair pair;
    out->d = pipeline_read(p, kept, arena, &r);
    if (!spans_words(out->d, q->source, "source", &pair.source, why) ||
        !spans_words(out->d, q->target, "target", &pair.target, why) ||
        !spans_words(out->d, q->cue, "cue", &pair.cue, why))
        return false;
    pair_look(out->d, r, &pair, &out->view);
    return true;
}

/* ---- the answer ---- */

bool pairs_judge(const struct pipeline *p, const struct pair_request *q, struct arena *arena,
                 struct pair_verdict *out, struct reason *why)
{
    struct looked l;
    struct verdict v;
    if (!look(p, q, arena, &l, why))
        return false;
    scorer_judge(scorer_begin(pipeline_scorer(p), l.d), &l.view, true, &v);
    enum act_type act = scorer_act(&v);
    *out = (struct pair_verdict){.id = q->id,
                                 .act = act,
                                 .quad = (int)ontology_quad(pipeline_ontology(p), act),
                                 .stance = scorer_stance(&v),
                                 .score = rint((double)(v.stances[2] - v.stances[0]) * 1000) / 1000,
                                 .confidence = rint((double)v.acts[act] * 1000) / 1000};
    return true;
}

/* ---- what it is learned from ---- */

static void put_u32(struct buf *out, size_t n)
{
    uint32_t u = (uint32_t)n;
    buf_append(out, &u, sizeof u);
}

static void put_inputs(const struct pipeline *p, const struct doc *d, int32_t first, int32_t last,
                       struct buf *out)
{
    const struct engine *e = pipeline_engine(p);
    size_t n = (size_t)(last - first), width = engine_width(e);
    float *x = ARENA_ARRAY(d->arena, float, n *width), *scale = ARENA_ARRAY(d->arena, float, n);
    int8_t *v = ARENA_ARRAY(d->arena, int8_t, n * width);
    engine_inputs(e, d, first, last, x);
    for (size_t i = 0; i < n; i++) {
        float most = 1e-8f;
        for (size_t c = 0; c < width; c++)
            most = fabsf(x[i * width + c]) > most ? fabsf(x[i * width + c]) : most;
        scale[i] = most / 127;
        for (size_t c = 0; c < width; c++)
            v[i * width + c] = (int8_t)lrintf(x[i * width + c] / scale[i]);
    }
    buf_append(out, v, n * width);
    buf_append(out, scale, n * sizeof *scale);
}

bool pairs_write(const struct pipeline *p, const struct pair_request *q, struct arena *arena, struct buf *out,
                 struct reason *why)
{
    struct looked l;
    if (!look(p, q, arena, &l, why))
        return false;
    const struct states *s = &l.d->states;
    size_t first = (size_t)l.view.words[0].token, n = l.view.n;
    put_u32(out, q->id.n);
    buf_append(out, q->id.p, q->id.n);
    put_u32(out, n);
    put_u32(out, (uint32_t)l.view.source);
    put_u32(out, (uint32_t)l.view.target);
    put_u32(out, s->width);
    buf_append(out, pair_sizes, PAIR_FEATURES);
    for (size_t i = 0; i < n; i++)
        buf_append(out, l.view.words[i].is, PAIR_FEATURES);
    for (size_t i = 0; i < n; i++)
        put_u32(out, l.view.words[i].lemma);
    for (size_t i = 0; i < n; i++) {
        const struct token *t = &l.d->tokens[l.view.words[i].token];
        put_u32(out, l.d->to_body[t->begin]);
        put_u32(out, l.d->to_body[t->end]);
        put_u32(out, (size_t)t->sentence);
    }
    buf_append(out, s->v + first * s->width, n * s->width);
    buf_append(out, s->scale + first, n * sizeof *s->scale);
    put_inputs(p, l.d, (int32_t)first, (int32_t)(first + n), out);
    return true;
}

static struct span_list spans_of(const struct doc *d, const struct pieces *p)
{
    struct span_list l = {ARENA_ARRAY(d->arena, struct span, p->n + 1), p->n};
    for (size_t i = 0; i < p->n; i++)
        l.v[i] = (struct span){d->to_body[d->tokens[p->v[i].first].begin],
                               d->to_body[d->tokens[p->v[i].last - 1].end]};
    return l;
}

static void put_request(const struct doc *d, const struct pieces *source, const struct pieces *target,
                        const struct pieces *cue, struct buf *out)
{
    struct pair_request q = {.id = d->article->id,
                             .text = STR(""),
                             .source = spans_of(d, source),
                             .target = spans_of(d, target),
                             .cue = spans_of(d, cue)};
    json_write(&pair_request_schema, &q, out);
    buf_putc(out, '\n');
}

void pairs_guesses(const struct pipeline *p, const struct article *article, struct arena *arena,
                   struct buf *out)
{
    struct reading *r;
    struct doc *d = pipeline_find(p, article, arena, &r);
    size_t n;
    const struct guess *g = guesses_find(d, r, &n);
    for (size_t i = 0; i < n; i++, g++) {
        struct piece source = {g->source.first, g->source.last}, target = {0, 0};
        struct pieces one = {&source, 1}, other = {&target, g->target != NONE};
        if (g->target != NONE)
            target = (struct piece){d->mentions[g->target].first, d->mentions[g->target].last};
        put_request(d, &one, &other, &g->cue, out);
    }
}

void pairs_candidates(const struct pipeline *p, const struct article *article, struct arena *arena,
                      struct buf *out)
{
    struct reading *r;
    struct doc *d = pipeline_find(p, article, arena, &r);
    for (size_t k = 0; k < d->n_findings; k++) {
        const struct finding *f = &d->findings[k];
        int32_t m[TARGETS_MAX];
        size_t n = targets_possible(d, f, m);
        struct pieces source = mention_words(d, f->source, &f->source_pieces), none = {NULL, 0};
        for (size_t i = 0; i < n; i++) {
            struct pieces target = mention_words(d, m[i], &none);
            put_request(d, &source, &target, &f->cue, out);
        }
        if (f->cue.n > 0)
            put_request(d, &source, &none, &f->cue, out);
    }
}
