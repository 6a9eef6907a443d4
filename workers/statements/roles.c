#include "workers/statements/roles.h"

#include <math.h>
#include <stdlib.h>

#include "workers/engine/kernels.h"
#include "workers/engine/model.h"
#include "workers/statements/role_input.h"

/* How far from its anchor a word may be. */
#define WINDOW ROLE_STRETCH
/* So many anchors ask at once. */
#define ANCHORS 32
#define ASKED                                                                                                \
    (ROLE_CLASSES * (ROLE_KEY + ROLE_PAIR) / ROLE_KEY) /* rows of ROLE_KEY numbers that an anchor asks with */

_Static_assert(ROLE_CLASSES *(ROLE_KEY + ROLE_PAIR) % ROLE_KEY == 0, "what an anchor asks is whole rows");

struct roles {
    const struct kernels *kernels;
    size_t width;
    struct matrix gates, word, anchor;
    const float *v, *words, *pairs;
};

/* ---- loading ---- */

static bool load(struct roles *r, struct model *m, struct reason *why)
{
    uint32_t words[2] = {ROLE_ROWS, 0}, v[2] = {2, 0}, pairs[2] = {ROLE_PAIR_ROWS, ROLE_PAIR + ROLE_CLASSES};
    if (!(r->words = model_want(m, "roles.words", MODEL_F32, 2, words, why)))
        return false;
    uint32_t width = v[1] = words[1];
    r->width = width;
    return (r->v = model_want(m, "roles.v", MODEL_F32, 2, v, why)) &&
           (r->pairs = model_want(m, "roles.pairs", MODEL_F32, 2, pairs, why)) &&
           matrix_load(&r->gates, r->kernels, m, "roles.gates", 3 * width, width, why) &&
           matrix_load(&r->word, r->kernels, m, "roles.word", ROLE_KEY + 1, width, why) &&
           matrix_load(&r->anchor, r->kernels, m, "roles.anchor", ASKED * ROLE_KEY, width, why);
}

bool roles_open(const struct engine *e, struct roles **out, struct reason *why)
{
    *out = NULL;
    if (!model_find(engine_model(e), "roles.words"))
        return true;
    struct roles *r = calloc(1, sizeof *r);
    if (!r)
        return reason_set(why, "roles: out of memory");
    r->kernels = engine_arithmetic(e);
    if (!load(r, engine_model(e), why)) {
        roles_close(r);
        return false;
    }
    if (r->width != engine_width(e)) {
        roles_close(r);
        return reason_set(why, "roles.words: the encoder has another width");
    }
    *out = r;
    return true;
}

void roles_close(struct roles *r)
{
    if (!r)
        return;
    matrix_free(&r->gates);
    matrix_free(&r->word);
    matrix_free(&r->anchor);
    free(r);
}

/* ---- running ---- */

/* Room for one stretch. Buffers are aligned to LINE. */
struct room {
    const struct roles *r;
    const struct doc *d;
    const struct reading *reading;
    const struct role_input *input;
    struct role_ways ways;
    size_t rows;
    float *x, *wide, *keys; /* [rows][width], [rows][the widest product], [rows][word.out_stride] */
    void *acts;
    float *scales;
    float *turned;                   /* keys, [ROLE_KEY][columns] */
    float *anchors, *asked, *scores; /* [ANCHORS][width], [ANCHORS][anchor.out_stride], [ASKED][columns] */
    uint8_t *role;                   /* [rows] of the anchor at hand, as is p */
    float (*p)[ROLE_CLASSES];
    struct attributions out;
    size_t cap;
};

static struct room room_for(const struct roles *r, const struct doc *d, size_t rows)
{
    struct room m = {.r = r, .d = d, .rows = rows};
    size_t more = rows + ARC_STEP;
    m.x = kernels_room(d->arena, more * r->width * sizeof(float));
    m.wide = kernels_room(d->arena, more * r->gates.out_stride * sizeof(float));
    m.keys = kernels_room(d->arena, more * r->word.out_stride * sizeof(float));
    m.acts = kernels_room(d->arena, more * r->gates.in_stride * r->kernels->act_bytes);
    m.scales = kernels_room(d->arena, more * sizeof(float));
    size_t columns = ROUND_UP(rows, OUT_STEP), asked = (ANCHORS + ARC_STEP) * r->anchor.out_stride;
    m.turned = kernels_room(d->arena, columns * ROLE_KEY * sizeof(float));
    m.anchors = kernels_room(d->arena, (ANCHORS + ROW_STEP) * r->width * sizeof(float));
    m.asked = kernels_room(d->arena, asked * sizeof(float));
    memset(m.asked, 0, asked * sizeof(float));
    m.scores = kernels_room(d->arena, (ASKED + ARC_STEP) * columns * sizeof(float));
    m.role = ARENA_ARRAY(d->arena, uint8_t, rows);
    m.p = arena_alloc(d->arena, rows * sizeof *m.p);
    return m;
}

static void product(struct room *m, const struct matrix *x, const float *from, size_t rows, float *to)
{
    m->r->kernels->quantise(from, m->r->width, x->ins, rows, x->in_stride, m->acts, m->scales);
    m->r->kernels->gemm(x, m->acts, m->scales, rows, to);
}

static void read_words(struct room *m, int32_t first, int32_t last)
{
    const struct roles *r = m->r;
    size_t width = r->width, n = (size_t)(last - first);
    for (size_t i = 0; i < n; i++) {
        size_t token = (size_t)first + i;
        const struct role_input *in = &m->input[token];
        float *x = m->x + i * width;
        r->kernels->add(r->words + in->quote * width, r->words + in->cue * width, m->wide, width);
        r->kernels->add(m->wide, r->words + in->mention * width, x, width);
        r->kernels->add_row(x, m->d->states.v + token * width, m->d->states.scale[token], width);
    }
    struct run run = {0, n};
    product(m, &r->gates, m->x, n, m->wide);
    r->kernels->cell(m->wide, m->x, r->v, width, &run, 1);
    product(m, &r->word, m->x, n, m->keys);
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

/* ---- from probabilities to words ---- */

/* What is known of the words [first, last) around an anchor. */
struct around {
    int32_t anchor, first, last;
    uint8_t *role;
    float (*p)[ROLE_CLASSES];
};

/* Adds to the scores what the pair tells, and makes probabilities of them. */
static void judge(struct room *m, const struct around *a, const float *asked, const float *scores,
                  size_t columns)
{
    const float *path = asked + ROLE_CLASSES * ROLE_KEY;
    for (int32_t t = a->first; t < a->last; t++) {
        uint16_t rows[ROLE_PAIR_KINDS];
        float e[ROLE_PAIR + ROLE_CLASSES] = {0}, *p = a->p[t - a->first], sum = 0;
        role_pair(m->d, m->reading, &m->ways, a->anchor, t, rows);
        for (int k = 0; k < ROLE_PAIR_KINDS; k++)
            for (int i = 0; i < ROLE_PAIR + ROLE_CLASSES; i++)
                e[i] += m->r->pairs[(size_t)rows[k] * (ROLE_PAIR + ROLE_CLASSES) + (size_t)i];
        int best = 0;
        for (int c = 0; c < ROLE_CLASSES; c++) {
            p[c] = scores[(size_t)c * columns + (size_t)(t - a->first)] + e[ROLE_PAIR + c];
            for (int i = 0; i < ROLE_PAIR; i++)
                p[c] += path[c * ROLE_PAIR + i] * e[i];
            best = p[c] > p[best] ? c : best;
        }
        a->role[t - a->first] = t == a->anchor ? ROLE_OF_CUE : (uint8_t)best;
        float most = p[best];
        for (int c = 0; c < ROLE_CLASSES; c++)
            sum += p[c] = expf(p[c] - most);
        for (int c = 0; c < ROLE_CLASSES; c++)
            p[c] /= sum;
    }
}

/* Words of a role, those with at most one other between them as one piece. */
static struct pieces pieces_of(const struct room *m, const struct around *a, enum role_class role)
{
    struct pieces p = {NULL, 0};
    size_t cap = 0;
    for (int32_t t = a->first; t < a->last; t++) {
        if (a->role[t - a->first] != role)
            continue;
        if (p.n && t - p.v[p.n - 1].last <= 1) {
            p.v[p.n - 1].last = t + 1;
        } else {
            ARENA_GROW(m->d->arena, p.v, p.n, cap);
            p.v[p.n++] = (struct piece){t, t + 1};
        }
    }
    return p;
}

static double sum_of(const struct around *a, struct piece p, enum role_class role)
{
    double sum = 0;
    for (int32_t t = p.first; t < p.last; t++)
        sum += (double)a->p[t - a->first][role];
    return sum;
}

static bool has_word(const struct doc *d, struct piece p)
{
    for (int32_t t = p.first; t < p.last; t++)
        if (d->tokens[t].upos != UPOS_PUNCT)
            return true;
    return false;
}

static struct piece likeliest(const struct around *a, const struct pieces *p, enum role_class role)
{
    struct piece best = {NONE, NONE};
    double most = 0;
    for (size_t i = 0; i < p->n; i++) {
        double sum = sum_of(a, p->v[i], role);
        if (sum > most) {
            best = p->v[i];
            most = sum;
        }
    }
    return best;
}

/* A word or two beside a longer content are a mistake. */
static void drop_crumbs(const struct doc *d, struct pieces *p)
{
    int32_t longest = 0;
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        if (has_word(d, p->v[i])) {
            longest = p->v[i].last - p->v[i].first > longest ? p->v[i].last - p->v[i].first : longest;
            p->v[n++] = p->v[i];
        }
    p->n = n;
    n = 0;
    for (size_t i = 0; i < p->n; i++)
        if (p->v[i].last - p->v[i].first >= 3 || p->v[i].last - p->v[i].first == longest)
            p->v[n++] = p->v[i];
    p->n = n;
}

static void add(struct room *m, const struct around *a, double p)
{
    ARENA_GROW(m->d->arena, m->out.v, m->out.n, m->cap);
    struct attribution *x = &m->out.v[m->out.n++];
    *x = (struct attribution){.anchor = a->anchor, .p = p};
    struct pieces cue = pieces_of(m, a, ROLE_OF_CUE), source = pieces_of(m, a, ROLE_SOURCE);
    for (size_t i = 0; i < cue.n; i++)
        if (cue.v[i].first <= a->anchor && a->anchor < cue.v[i].last)
            x->cue = cue.v[i];
    x->source = likeliest(a, &source, ROLE_SOURCE);
    x->content = pieces_of(m, a, ROLE_CONTENT);
    drop_crumbs(m->d, &x->content);
    double sum = x->source.first == NONE ? 0 : sum_of(a, x->source, ROLE_SOURCE),
           n = x->source.last - x->source.first;
    for (size_t i = 0; i < x->content.n; i++) {
        sum += sum_of(a, x->content.v[i], ROLE_CONTENT);
        n += x->content.v[i].last - x->content.v[i].first;
    }
    x->p_words = n > 0 ? sum / n : 1;
}

/* What anchors in rows at[0, k) of the stretch [first, first + n) say. */
static void ask(struct room *m, int32_t first, size_t n, const int32_t *at, size_t k)
{
    const struct roles *r = m->r;
    size_t columns = ROUND_UP(n, OUT_STEP);
    for (size_t i = 0; i < k; i++)
        memcpy(m->anchors + i * r->width, m->x + (size_t)at[i] * r->width, r->width * sizeof(float));
    product(m, &r->anchor, m->anchors, k, m->asked);
    for (size_t i = 0; i < k; i++) {
        int32_t from = at[i] > WINDOW ? at[i] - WINDOW : 0;
        int32_t to = (int32_t)n - at[i] > WINDOW ? at[i] + WINDOW : (int32_t)n;
        const float *mine = m->asked + i * r->anchor.out_stride;
        struct around a = {first + at[i], first + from, first + to, m->role, m->p};
        r->kernels->arcs(mine, ROLE_KEY, ASKED, m->turned, columns, ROLE_KEY, m->scores);
        role_ways_from(m->d, &m->ways, a.anchor);
        judge(m, &a, mine, m->scores + from, columns);
        add(m, &a, sigmoid((double)m->keys[(size_t)at[i] * r->word.out_stride + ROLE_KEY]));
    }
}

/* Attributions of the anchors among the n words from `first` on. */
static void find_anchors(struct room *m, int32_t first, size_t n, double least)
{
    const struct roles *r = m->r;
    float bar = (float)log(least / (1 - least));
    int32_t at[ANCHORS];
    size_t k = 0;
    bool turned = false;
    for (size_t i = 0; i < n; i++) {
        if (m->keys[i * r->word.out_stride + ROLE_KEY] >= bar)
            at[k++] = (int32_t)i;
        if (k == 0 || (k < ANCHORS && i + 1 < n))
            continue;
        if (!turned)
            r->kernels->turn(m->keys, r->word.out_stride, n, ROLE_KEY, m->turned, ROUND_UP(n, OUT_STEP));
        turned = true;
        ask(m, first, n, at, k);
        k = 0;
    }
}

struct attributions roles_run(const struct roles *r, const struct doc *d, const struct reading *reading,
                              double least)
{
    int32_t longest = 1, n = (int32_t)d->n_tokens;
    for (int32_t first = 0, last; first < n; first = last) {
        last = role_stretch_end(d, first);
        longest = last - first > longest ? last - first : longest;
    }
    struct room m = room_for(r, d, (size_t)longest);
    m.reading = reading;
    m.input = role_input_find(d, reading);
    m.ways = role_ways_new(d);
    for (int32_t first = 0, last; first < n; first = last) {
        last = role_stretch_end(d, first);
        read_words(&m, first, last);
        find_anchors(&m, first, (size_t)(last - first), least);
    }
    return m.out;
}
