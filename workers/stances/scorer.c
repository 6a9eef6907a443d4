#include "workers/stances/scorer.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/log.h"
#include "workers/engine/kernels.h"
#include "workers/engine/model.h"

#define NETS_MAX  16
#define SIZE_MOST 512 /* channels of a word, and of the hidden layer */
#define HEEDS_MAX OUT_STEP

/* What a net says, one behind the other, and where in a verdict that goes. */
enum { OUT_ACTS, OUT_STANCES, OUT_EVENT_STANCES, OUT_MAIN, OUT_EVENT, OUT_KINDS };
static const struct {
    size_t at, n, to;
} outs[OUT_KINDS] = {
    {0, ACT_COUNT, offsetof(struct verdict, acts)},
    {ACT_COUNT, STANCES, offsetof(struct verdict, stances)},
    {ACT_COUNT + STANCES, STANCES, offsetof(struct verdict, event_stances)},
    {ACT_COUNT + 2 * STANCES, 1, offsetof(struct verdict, main)},
    {ACT_COUNT + 2 * STANCES + 1, 1, offsetof(struct verdict, event)},
};
#define OUTS (ACT_COUNT + 2 * STANCES + 2)

struct scorer {
    const struct engine *engine;
    const struct kernels *kernels;
    size_t nets, numbers, channels, heeds, hidden;
    uint16_t at[PAIR_FEATURES]; /* where each number's rows begin in the tables of numbers */
    struct matrix state[NETS_MAX], word[NETS_MAX]; /* of each net: [channels] outputs */
    const float *votes;              /* [nets][OUT_KINDS]: what each kind of a net's says counts */
    const float *number;             /* [nets][numbers][channels] */
    const float *heed_number;        /* [nets][numbers][heeds] */
    const float *heed_word;          /* [nets][channels][heeds] */
    float *turned;                   /* the same, [nets][channels][OUT_STEP] */
    const float *none;               /* [nets][2][channels]: where there is no source, no target */
    const float *in, *in_bias;       /* [nets][(heeds + 2) * channels][hidden], [nets][hidden] */
    const float *out, *out_bias;     /* [nets][hidden][OUTS], [nets][OUTS] */
    const float *meant, *meant_bias; /* [nets][hidden], [nets] */
    const float *meant_votes;        /* [nets]; NULL: the model has none that know who is meant */
    const int8_t *slots;             /* [PAIR_SLOTS][STANCES]: what single words say of the stance */
    const float *slot_scale, *slot_bias, *slot_votes; /* [1], [STANCES], [1] */
};

/* ---- loading ---- */

static bool take(struct scorer *s, const float **to, const char *name, unsigned rank, uint32_t a, uint32_t b,
                 uint32_t c, struct reason *why)
{
    uint32_t shape[3] = {a, b, c};
    *to = model_want(engine_model(s->engine), name, MODEL_F32, rank, shape, why);
    return *to != NULL;
}

/* Sizes as the tables of numbers have them. */
static bool load_sizes(struct scorer *s, struct reason *why)
{
    for (size_t f = 0; f < PAIR_FEATURES; f++) {
        s->at[f] = (uint16_t)s->numbers;
        s->numbers += pair_sizes[f];
    }
    uint32_t number[3] = {0, (uint32_t)s->numbers, 0}, in[3] = {0, 0, 0};
    if (!model_want(engine_model(s->engine), "pairs.number", MODEL_F32, 3, number, why) ||
        !model_want(engine_model(s->engine), "pairs.in", MODEL_F32, 3, in, why))
        return false;
    s->nets = number[0];
    s->channels = number[2];
    s->heeds = in[1] / number[2] - 2;
    s->hidden = in[2];
    bool ok = s->nets <= NETS_MAX && s->channels <= SIZE_MOST && s->hidden <= SIZE_MOST &&
              in[1] % number[2] == 0 && in[1] > 2 * number[2] && s->heeds <= HEEDS_MAX;
    return ok || reason_set(why, "pairs.in: sizes that are not possible");
}

/* Tensors name.weight [nets * channels][width], name.scale, name.bias as a matrix for each net. */
static bool load_matrices(struct scorer *s, const char *name, struct matrix *to, struct reason *why)
{
    char part[32];
    uint32_t d = (uint32_t)s->channels, shape[2] = {(uint32_t)s->nets * d, (uint32_t)engine_width(s->engine)};
    const float *scale, *bias;
    snprintf(part, sizeof part, "%s.weight", name);
    const int8_t *weight = model_want(engine_model(s->engine), part, MODEL_I8, 2, shape, why);
    snprintf(part, sizeof part, "%s.scale", name);
    if (!weight || !take(s, &scale, part, 1, shape[0], 0, 0, why))
        return false;
    snprintf(part, sizeof part, "%s.bias", name);
    if (!take(s, &bias, part, 1, shape[0], 0, 0, why))
        return false;
    for (size_t net = 0; net < s->nets; net++)
        if (!matrix_make(&to[net], s->kernels, d, shape[1], weight + net * d * shape[1], scale + net * d,
                         bias + net * d))
            return reason_set(why, "%s: out of memory", name);
    return true;
}

static bool load_slots(struct scorer *s, struct reason *why)
{
    uint32_t shape[2] = {PAIR_SLOTS, STANCES};
    s->slots = model_want(engine_model(s->engine), "pairs.slots", MODEL_I8, 2, shape, why);
    return s->slots && take(s, &s->slot_scale, "pairs.slot_scale", 1, 1, 0, 0, why) &&
           take(s, &s->slot_bias, "pairs.slot_bias", 1, STANCES, 0, 0, why) &&
           take(s, &s->slot_votes, "pairs.slot_votes", 1, 1, 0, 0, why);
}

static bool load_meant(struct scorer *s, struct reason *why)
{
    uint32_t n = (uint32_t)s->nets;
    return !model_find(engine_model(s->engine), "pairs.meant_votes") ||
           (take(s, &s->meant, "pairs.meant", 2, n, (uint32_t)s->hidden, 0, why) &&
            take(s, &s->meant_bias, "pairs.meant_bias", 1, n, 0, 0, why) &&
            take(s, &s->meant_votes, "pairs.meant_votes", 1, n, 0, 0, why));
}

static bool load(struct scorer *s, struct reason *why)
{
    if (!load_sizes(s, why))
        return false;
    uint32_t n = (uint32_t)s->nets, d = (uint32_t)s->channels, k = (uint32_t)s->heeds,
             h = (uint32_t)s->hidden, all = (uint32_t)s->numbers;
    return load_slots(s, why) && load_meant(s, why) && load_matrices(s, "pairs.state", s->state, why) &&
           load_matrices(s, "pairs.word", s->word, why) &&
           take(s, &s->votes, "pairs.votes", 2, n, OUT_KINDS, 0, why) &&
           take(s, &s->number, "pairs.number", 3, n, all, d, why) &&
           take(s, &s->heed_number, "pairs.heed_number", 3, n, all, k, why) &&
           take(s, &s->heed_word, "pairs.heed_word", 3, n, d, k, why) &&
           take(s, &s->none, "pairs.none", 3, n, 2, d, why) &&
           take(s, &s->in, "pairs.in", 3, n, (k + 2) * d, h, why) &&
           take(s, &s->in_bias, "pairs.in_bias", 2, n, h, 0, why) &&
           take(s, &s->out, "pairs.out", 3, n, h, OUTS, why) &&
           take(s, &s->out_bias, "pairs.out_bias", 2, n, OUTS, 0, why);
}

/* The ways of weighing a word as columns that a kernel can take. */
static bool turn_heeds(struct scorer *s, struct reason *why)
{
    size_t rows = s->nets * s->channels;
    if (!(s->turned = calloc(rows * OUT_STEP, sizeof *s->turned)))
        return reason_set(why, "pairs.heed_word: out of memory");
    for (size_t i = 0; i < rows; i++)
        memcpy(s->turned + i * OUT_STEP, s->heed_word + i * s->heeds, s->heeds * sizeof *s->turned);
    return true;
}

bool scorer_open(const struct engine *e, struct scorer **out, struct reason *why)
{
    *out = NULL;
    if (!model_find(engine_model(e), "pairs.number"))
        return true;
    struct scorer *s = calloc(1, sizeof *s);
    if (!s)
        return reason_set(why, "pairs: out of memory");
    s->engine = e;
    s->kernels = engine_arithmetic(e);
    if (!load(s, why) || !turn_heeds(s, why)) {
        scorer_close(s);
        return false;
    }
    *out = s;
    return true;
}

void scorer_close(struct scorer *s)
{
    if (!s)
        return;
    for (size_t net = 0; net < NETS_MAX; net++) {
        matrix_free(&s->state[net]);
        matrix_free(&s->word[net]);
    }
    free(s->turned);
    free(s);
}

bool scorer_knows_targets(const struct scorer *s)
{
    return s->meant_votes != NULL;
}

/* ---- a document ---- */

/* Words that a product was made of, quantised. */
struct taken {
    void *acts;
    float *scales;
};

struct scorer_doc {
    const struct scorer *s;
    const struct doc *d;
    int32_t first, last; /* tokens whose rows are there */
    float *rows;         /* [PAIR_WORDS][width] */
    struct taken state_in, word_in;
    bool has[NETS_MAX]; /* these are there for a net: */
    float *state
        [NETS_MAX]; /* [PAIR_WORDS][stride]: each word's state, with its numbers that are the same for all pairs */
    float *word[NETS_MAX];  /* [PAIR_WORDS][stride]: its meaning */
    float *heeds[NETS_MAX]; /* [PAIR_WORDS][heeds]: what those numbers are worth */
    float *words, *heed,
        *sum; /* [PAIR_WORDS][channels], [PAIR_WORDS][OUT_STEP], [channels], of one net and pair */
    float *joined, *hidden; /* [(heeds + 2) * channels], [hidden] */
};

static struct taken new_taken(const struct scorer *s, struct arena *a, size_t rows)
{
    return (struct taken){kernels_room(a, rows * s->state[0].in_stride * s->kernels->act_bytes),
                          kernels_room(a, rows * sizeof(float))};
}

struct scorer_doc *scorer_begin(const struct scorer *s, const struct doc *d)
{
    struct scorer_doc *sd = ARENA_ARRAY(d->arena, struct scorer_doc, 1);
    size_t rows = PAIR_WORDS + ARC_STEP, width = engine_width(s->engine);
    if (d->states.width != width)
        BUG("the scorer wants states of %zu channels, there are %zu", width, d->states.width);
    sd->s = s;
    sd->d = d;
    sd->rows = kernels_room(d->arena, rows * width * sizeof(float));
    sd->state_in = new_taken(s, d->arena, rows);
    sd->word_in = new_taken(s, d->arena, rows);
    sd->words = kernels_room(d->arena, rows * s->channels * sizeof(float));
    sd->heed = kernels_room(d->arena, rows * OUT_STEP * sizeof(float));
    sd->sum = kernels_room(d->arena, s->channels * sizeof(float));
    sd->joined = kernels_room(d->arena, (s->heeds + 2) * s->channels * sizeof(float));
    sd->hidden = kernels_room(d->arena, s->hidden * sizeof(float));
    return sd;
}

static bool hangs_on_pair(size_t feature)
{
    return feature == PAIR_ROLE || feature == PAIR_SIDE || feature == PAIR_WHERE || feature == PAIR_MARKED;
}

/* Adds what a word's numbers are worth to a net: those of the pair, or the others. */
static void add_numbers(const struct scorer *s, size_t net, const struct pair_word *w, bool of_pair, float *x,
                        float *heed)
{
    for (size_t f = 0; f < PAIR_FEATURES; f++) {
        if (hangs_on_pair(f) != of_pair)
            continue;
        size_t number = net * s->numbers + s->at[f] + w->is[f];
        s->kernels->add_times(x, s->number + number * s->channels, 1, s->channels);
        for (size_t k = 0; k < s->heeds; k++)
            heed[k] += s->heed_number[number * s->heeds + k];
    }
}

/* Pairs of one sentence come one after another and share what its words are worth by themselves. */
static void want_words(struct scorer_doc *sd, const struct pair_view *v)
{
    int32_t first = v->words[0].token, last = first + (int32_t)v->n;
    if (first >= sd->first && last <= sd->last)
        return;
    sd->first = first;
    sd->last = last;
    memset(sd->has, 0, sizeof sd->has);
    const struct matrix *state = &sd->s->state[0], *word = &sd->s->word[0];
    sd->s->kernels->take(sd->d->states.v + (size_t)first * state->ins, state->ins, v->n, state->in_stride,
                         sd->state_in.acts);
    memcpy(sd->state_in.scales, sd->d->states.scale + first, v->n * sizeof(float));
    engine_inputs(sd->s->engine, sd->d, first, last, sd->rows);
    sd->s->kernels->quantise(sd->rows, word->ins, word->ins, v->n, word->in_stride, sd->word_in.acts,
                             sd->word_in.scales);
}

/* The same for a net; the view is the one that want_words() came for, or within it, and then all is there. */
static void want_net(struct scorer_doc *sd, size_t net, const struct pair_view *v)
{
    const struct scorer *s = sd->s;
    const struct matrix *state = &s->state[net], *word = &s->word[net];
    size_t n = (size_t)(sd->last - sd->first), rows = PAIR_WORDS + ROW_STEP;
    if (sd->has[net])
        return;
    if (!sd->state[net]) {
        sd->state[net] = kernels_room(sd->d->arena, rows * state->out_stride * sizeof(float));
        sd->word[net] = kernels_room(sd->d->arena, rows * word->out_stride * sizeof(float));
        sd->heeds[net] = ARENA_ARRAY(sd->d->arena, float, rows * s->heeds);
    }
    sd->has[net] = true;
    s->kernels->gemm(state, sd->state_in.acts, sd->state_in.scales, n, sd->state[net]);
    s->kernels->gemm(word, sd->word_in.acts, sd->word_in.scales, n, sd->word[net]);
    memset(sd->heeds[net], 0, n * s->heeds * sizeof(float));
    for (size_t i = 0; i < v->n; i++)
        add_numbers(s, net, &v->words[i], false, sd->state[net] + i * state->out_stride,
                    sd->heeds[net] + i * s->heeds);
}

/* ---- a pair ---- */

static void softmax(float *x, size_t n)
{
    float most = x[0], sum = 0;
    for (size_t i = 1; i < n; i++)
        most = x[i] > most ? x[i] : most;
    for (size_t i = 0; i < n; i++)
        sum += x[i] = expf(x[i] - most);
    for (size_t i = 0; i < n; i++)
        x[i] /= sum;
}

/* Each word's channels, and how much each way of weighing heeds it. */
static void look_at_words(struct scorer_doc *sd, size_t net, const struct pair_view *v)
{
    const struct scorer *s = sd->s;
    size_t d = s->channels;
    float of_numbers[PAIR_WORDS][HEEDS_MAX];
    want_net(sd, net, v);
    for (size_t i = 0; i < v->n; i++) {
        const struct pair_word *w = &v->words[i];
        size_t row = (size_t)(w->token - sd->first);
        memcpy(sd->sum, sd->state[net] + row * s->state[net].out_stride, d * sizeof *sd->sum);
        memcpy(of_numbers[i], sd->heeds[net] + row * s->heeds, s->heeds * sizeof(float));
        if (w->is[PAIR_ROLE] == 0)
            s->kernels->add_times(sd->sum, sd->word[net] + row * s->word[net].out_stride, 1, d);
        add_numbers(s, net, w, true, sd->sum, of_numbers[i]);
        s->kernels->relu(sd->sum, sd->words + i * d, d);
    }
    s->kernels->arcs(sd->words, d, v->n, s->turned + net * d * OUT_STEP, OUT_STEP, d, sd->heed);
    for (size_t i = 0; i < v->n; i++)
        for (size_t k = 0; k < s->heeds; k++)
            sd->heed[i * OUT_STEP + k] += of_numbers[i][k];
}

/* The weighted sums of the words, then those that head source and target. */
static void join(struct scorer_doc *sd, size_t net, const struct pair_view *v)
{
    const struct scorer *s = sd->s;
    size_t d = s->channels;
    memset(sd->joined, 0, s->heeds * d * sizeof *sd->joined);
    for (size_t k = 0; k < s->heeds; k++) {
        float weight[PAIR_WORDS];
        for (size_t i = 0; i < v->n; i++)
            weight[i] = sd->heed[i * OUT_STEP + k];
        softmax(weight, v->n);
        for (size_t i = 0; i < v->n; i++)
            s->kernels->add_times(sd->joined + k * d, sd->words + i * d, weight[i], d);
    }
    const float *none = s->none + net * 2 * d;
    const float *source = v->source == NONE ? none : sd->words + (size_t)v->source * d;
    const float *target = v->target == NONE ? none + d : sd->words + (size_t)v->target * d;
    memcpy(sd->joined + s->heeds * d, source, d * sizeof *source);
    memcpy(sd->joined + (s->heeds + 1) * d, target, d * sizeof *target);
}

/* The hidden layer, from which all that a net says is one more step. */
static void run_hidden(struct scorer_doc *sd, size_t net, const struct pair_view *v)
{
    const struct scorer *s = sd->s;
    size_t joined = (s->heeds + 2) * s->channels;
    look_at_words(sd, net, v);
    join(sd, net, v);
    memcpy(sd->hidden, s->in_bias + net * s->hidden, s->hidden * sizeof *sd->hidden);
    for (size_t i = 0; i < joined; i++)
        if (sd->joined[i] != 0)
            s->kernels->add_times(sd->hidden, s->in + (net * joined + i) * s->hidden, sd->joined[i],
                                  s->hidden);
    for (size_t i = 0; i < s->hidden; i++)
        sd->hidden[i] = sd->hidden[i] > 0 ? sd->hidden[i] : 0;
}

static void run_net(struct scorer_doc *sd, size_t net, const struct pair_view *v, float out[OUTS])
{
    const struct scorer *s = sd->s;
    run_hidden(sd, net, v);
    memcpy(out, s->out_bias + net * OUTS, OUTS * sizeof *out);
    for (size_t i = 0; i < s->hidden; i++)
        if (sd->hidden[i] > 0)
            s->kernels->add_times(out, s->out + (net * s->hidden + i) * OUTS, sd->hidden[i], OUTS);
    for (int k = 0; k < OUT_MAIN; k++)
        softmax(out + outs[k].at, outs[k].n);
    for (int k = OUT_MAIN; k < OUT_KINDS; k++)
        out[outs[k].at] = 1 / (1 + expf(-out[outs[k].at]));
}

struct slots_sum {
    const int8_t *slots;
    int32_t of[STANCES];
};

static void add_slot(void *who, uint32_t slot)
{
    struct slots_sum *sum = who;
    for (size_t i = 0; i < STANCES; i++)
        sum->of[i] += sum->slots[slot * STANCES + i];
}

/* Stances by the words alone. */
static void ask_slots(const struct scorer *s, const struct pair_view *v, float out[STANCES])
{
    struct slots_sum sum = {s->slots, {0}};
    for (size_t i = 0; i < v->n; i++)
        pair_slots(v, i, add_slot, &sum);
    for (size_t i = 0; i < STANCES; i++)
        out[i] = (float)sum.of[i] * s->slot_scale[0] + s->slot_bias[i];
    softmax(out, STANCES);
}

void scorer_judge(struct scorer_doc *sd, const struct pair_view *v, bool thorough, struct verdict *out)
{
    const struct scorer *s = sd->s;
    float counted[OUT_KINDS] = {0};
    *out = (struct verdict){0};
    if (v->n == 0)
        return;
    want_words(sd, v);
    for (size_t net = 0; net < (thorough ? s->nets : 1); net++) {
        float one[OUTS];
        run_net(sd, net, v, one);
        for (int k = 0; k < OUT_KINDS; k++) {
            float vote = s->votes[net * OUT_KINDS + (size_t)k];
            s->kernels->add_times((float *)((char *)out + outs[k].to), one + outs[k].at, vote, outs[k].n);
            counted[k] += vote;
        }
    }
    if (thorough) {
        float one[STANCES];
        ask_slots(s, v, one);
        s->kernels->add_times(out->stances, one, s->slot_votes[0], STANCES);
        counted[OUT_STANCES] += s->slot_votes[0];
    }
    for (int k = 0; k < OUT_KINDS; k++)
        for (size_t i = 0; i < outs[k].n; i++)
            ((float *)((char *)out + outs[k].to))[i] /= counted[k] > 0 ? counted[k] : 1;
}

float scorer_meant(struct scorer_doc *sd, const struct pair_view *v)
{
    const struct scorer *s = sd->s;
    float sum = 0, counted = 0;
    if (v->n == 0 || !s->meant_votes)
        return 0;
    want_words(sd, v);
    for (size_t net = 0; net < s->nets; net++) {
        if (s->meant_votes[net] <= 0)
            continue;
        run_hidden(sd, net, v);
        float x = s->meant_bias[net];
        for (size_t i = 0; i < s->hidden; i++)
            x += sd->hidden[i] * s->meant[net * s->hidden + i];
        sum += s->meant_votes[net] / (1 + expf(-x));
        counted += s->meant_votes[net];
    }
    return counted > 0 ? sum / counted : 0;
}

/* ---- what it comes down to ---- */

/* To concede and to retreat are one kind of yielding, which only then is told apart. A plain statement is what is left where
 * nothing is done: it has to be likelier than all acts together. */
enum act_type scorer_act(const struct verdict *v)
{
    float yield = v->acts[ACT_CONCEDE] + v->acts[ACT_RETREAT], most = 0;
    enum act_type best = ACT_STATE;
    if (v->acts[ACT_STATE] > 0.5f)
        return ACT_STATE;
    for (enum act_type a = ACT_STATE + 1; a < ACT_COUNT; a++) {
        bool yields = a == ACT_CONCEDE || a == ACT_RETREAT;
        if ((yields ? yield : v->acts[a]) > most) {
            most = yields ? yield : v->acts[a];
            best = a;
        }
    }
    if (best == ACT_CONCEDE && v->acts[ACT_RETREAT] > v->acts[ACT_CONCEDE])
        best = ACT_RETREAT;
    return best;
}

enum stance_label scorer_stance(const struct verdict *v)
{
    if (v->stances[0] > v->stances[1] && v->stances[0] >= v->stances[2])
        return STANCE_OPPOSE;
    return v->stances[2] > v->stances[1] ? STANCE_SUPPORT : STANCE_NEUTRAL;
}
