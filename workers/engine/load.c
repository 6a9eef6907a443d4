/* From a model's tensors to an engine: names of labels become the program's own numbers, shapes are checked. */
#include "workers/engine/engine_impl.h"

#include <stdio.h>
#include <stdlib.h>

#include "workers/engine/relations.h"

bool matrix_load(struct matrix *to, const struct kernels *k, struct model *m, const char *name, uint32_t outs,
                 uint32_t ins, struct reason *why)
{
    char part[64];
    uint32_t shape[2] = {outs, ins};
    snprintf(part, sizeof part, "%s.weight", name);
    const int8_t *weight = model_want(m, part, MODEL_I8, 2, shape, why);
    snprintf(part, sizeof part, "%s.scale", name);
    const float *scale = weight ? model_want(m, part, MODEL_F32, 1, &shape[0], why) : NULL;
    snprintf(part, sizeof part, "%s.bias", name);
    const float *bias = scale ? model_want(m, part, MODEL_F32, 1, &shape[0], why) : NULL;
    if (!bias)
        return false;
    if (shape[0] > 1u << 16 || shape[1] > 1u << 16) /* sums of more products would not fit into 32 bits */
        return reason_set(why, "%s.weight is too large", name);
    return matrix_make(to, k, shape[0], shape[1], weight, scale, bias) ||
           reason_set(why, "%s: out of memory", name);
}

static bool load_matrix(struct engine *e, const char *name, uint32_t outs, uint32_t ins, struct matrix *to,
                        struct reason *why)
{
    return matrix_load(to, e->kernels, e->model, name, outs, ins, why);
}

static bool load_layers(struct engine *e, struct reason *why)
{
    uint32_t n = 0, width = (uint32_t)e->width;
    const uint8_t *kinds = model_want(e->model, "meta.layers", MODEL_U8, 1, &n, why);
    if (!kinds)
        return false;
    if (n > LAYERS_MAX)
        return reason_set(why, "meta.layers: %u layers; %d are possible", n, LAYERS_MAX);
    for (; e->n_layers < n; e->n_layers++) {
        struct layer *l = &e->layers[e->n_layers];
        char name[32];
        snprintf(name, sizeof name, "layer%zu", e->n_layers);
        if (kinds[e->n_layers] > LAYER_RECURRENT)
            return reason_set(why, "meta.layers: %s is of an unknown kind %d", name, kinds[e->n_layers]);
        l->kind = (enum layer_kind)kinds[e->n_layers];
        bool window = l->kind == LAYER_WINDOW;
        if (!load_matrix(e, name, window ? 2 * width : 3 * width, window ? 3 * width : width, &l->gates, why))
            return false;
        uint32_t shape[2] = {2, width};
        snprintf(name, sizeof name, "layer%zu.v", e->n_layers);
        if (!window && !(l->v = model_want(e->model, name, MODEL_F32, 2, shape, why)))
            return false;
    }
    return true;
}

/* ---- labels ---- */

static bool each_upos(void *who, size_t i, struct str line, struct reason *why)
{
    enum upos u = upos_find(line);
    ((struct engine *)who)->upos[i] = (uint8_t)u;
    return u != UPOS_X || str_is(line, "X") ||
           reason_set(why, "an unknown part of speech '%.*s'", STR_ARGS(line));
}

static bool each_relation(void *who, size_t i, struct str line, struct reason *why)
{
    struct engine *e = who;
    enum relation r = rel_find(line);
    e->relation[i] = (uint8_t)r;
    if (r == REL_ROOT)
        e->root = i;
    return r != REL_NONE || reason_set(why, "an unknown relation '%.*s'", STR_ARGS(line));
}

static bool each_name(void *who, size_t i, struct str line, struct reason *why)
{
    for (int tag = 0; tag < TAG_COUNT; tag++)
        if (str_is(line, name_tag_names[tag])) {
            ((struct engine *)who)->names[i] = (uint8_t)tag;
            return true;
        }
    return reason_set(why, "an unknown name tag '%.*s'", STR_ARGS(line));
}

static bool each_feats(void *who, size_t i, struct str line, struct reason *why)
{
    return feats_parse(line, &((struct engine *)who)->feats[i]) ||
           reason_set(why, "'%.*s' is no list of features", STR_ARGS(line));
}

static bool load_labels(struct engine *e, struct reason *why)
{
    if (!(e->feats = calloc(CLASSES_MAX, sizeof *e->feats)))
        return reason_set(why, "labels: out of memory");
    e->root = SIZE_MAX;
    if (!(e->size[HEAD_UPOS] = model_lines(e->model, "labels.upos", CLASSES_MAX, each_upos, e, why)) ||
        !(e->size[HEAD_FEATS] = model_lines(e->model, "labels.feats", CLASSES_MAX, each_feats, e, why)) ||
        !(e->size[HEAD_NAME] = model_lines(e->model, "labels.name", CLASSES_MAX, each_name, e, why)) ||
        !(e->relations = model_lines(e->model, "labels.deprel", CLASSES_MAX, each_relation, e, why)))
        return false;
    return e->root != SIZE_MAX || reason_set(why, "labels.deprel: there is no root");
}

/* ---- heads ---- */

static bool load_sizes(struct engine *e, struct reason *why)
{
    uint32_t n = HEAD_COUNT;
    const uint32_t *sizes = model_want(e->model, "heads.sizes", MODEL_U32, 1, &n, why);
    if (!sizes)
        return false;
    size_t at = 0;
    for (size_t i = 0; i < HEAD_COUNT; i++) {
        if (sizes[i] < 1 || sizes[i] > CLASSES_MAX || (i >= HEAD_UPOS && sizes[i] != e->size[i]))
            return reason_set(why, "heads.sizes: number %zu is %u", i, sizes[i]);
        e->size[i] = sizes[i];
        e->at[i] = at;
        at += sizes[i];
    }
    if (e->size[HEAD_ARC_DEP] != e->size[HEAD_ARC_HEAD] || e->size[HEAD_REL_DEP] != e->size[HEAD_REL_HEAD])
        return reason_set(why, "heads.sizes: words and heads differ");
    return load_matrix(e, "heads", (uint32_t)at, (uint32_t)e->width, &e->heads, why);
}

static bool load_far(struct engine *e, struct reason *why)
{
    uint32_t n = 0;
    const uint32_t *from = model_want(e->model, "far.from", MODEL_U32, 1, &n, why);
    if (!from)
        return false;
    if (n > FAR_MAX)
        return reason_set(why, "far.from: %u buckets; %d are possible", n, FAR_MAX);
    for (uint32_t i = 0; i < n; i++)
        if (from[i] < 1 || (i > 0 && from[i] <= from[i - 1]))
            return reason_set(why, "far.from: the distances do not grow");
    e->far = n;
    for (uint32_t way = 0, bucket = 0; way <= TREE_WORDS; way++) {
        while (bucket + 1 < n && from[bucket + 1] <= way)
            bucket++;
        e->far_of[way] = (uint8_t)bucket;
    }
    return true;
}

static bool load_heads(struct engine *e, struct reason *why)
{
    if (!load_labels(e, why) || !load_sizes(e, why) || !load_far(e, why))
        return false;
    uint32_t arc = (uint32_t)e->size[HEAD_ARC_DEP], rel = (uint32_t)e->size[HEAD_REL_DEP];
    return load_matrix(e, "arc", arc + 2 * (uint32_t)e->far, arc, &e->arc, why) &&
           load_matrix(e, "rel", (uint32_t)e->relations, rel, &e->rel, why) &&
           (e->root_arc = model_want(e->model, "root.arc", MODEL_F32, 1, &arc, why)) != NULL &&
           (e->root_rel = model_want(e->model, "root.rel", MODEL_F32, 1, &rel, why)) != NULL;
}

/* ---- sentence boundaries ---- */

/* Elements of a tensor of any shape; NULL: the model has none of that name and type. */
static const void *elements(const struct engine *e, const char *name, enum model_type type, size_t *n)
{
    const struct tensor *t = model_find(e->model, name);
    *n = 0;
    if (!t || t->type != type)
        return NULL;
    *n = 1;
    for (unsigned i = 0; i < t->rank; i++)
        *n *= t->dims[i];
    return t->data;
}

/* A model need not have them: then rules find where sentences end. */
static bool load_boundary(struct engine *e, struct reason *why)
{
    struct boundary *b = &e->boundary;
    e->has_boundary = model_find(e->model, "boundary.words") != NULL;
    b->words = elements(e, "boundary.words", MODEL_I8, &b->n_words);
    b->suffixes = elements(e, "boundary.suffixes", MODEL_I8, &b->n_suffixes);
    b->shapes = elements(e, "boundary.shapes", MODEL_I8, &b->n_shapes);
    b->hidden = elements(e, "boundary.hidden", MODEL_I16, &b->n_hidden);
    b->out = elements(e, "boundary.out", MODEL_I16, &b->n_out);
    b->bias = elements(e, "boundary.bias", MODEL_F32, &b->n_bias);
    return !e->has_boundary || boundary_check(b, why);
}

static bool load(struct engine *e, const char *path, struct reason *why)
{
    if (!(e->model = model_open(path, why)))
        return false;
    struct str name = model_text(e->model, "meta.name", why);
    if (!name.p)
        return false;
    if (name.n >= sizeof e->name || memchr(name.p, 0, name.n))
        return reason_set(why, "meta.name is no name");
    memcpy(e->name, name.p, name.n);
    if (!input_open(&e->input, e->model, why))
        return false;
    e->width = e->input.width;
    return load_layers(e, why) && load_heads(e, why) && load_boundary(e, why);
}

struct engine *engine_open_with(const char *path, const struct kernels *k, struct reason *why)
{
    struct engine *e = calloc(1, sizeof *e);
    struct reason what = {""};
    if (!e) {
        reason_set(why, "%s: out of memory", path);
        return NULL;
    }
    e->kernels = k;
    if (load(e, path, &what))
        return e;
    bool named = strncmp(what.text, path, strlen(path)) == 0;
    reason_set(why, "%s%s%s", named ? "" : path, named ? "" : ": ", what.text);
    engine_close(e);
    return NULL;
}

struct engine *engine_open(const char *path, struct reason *why)
{
    const struct kernels *k = kernels_choose(why);
    return k ? engine_open_with(path, k, why) : NULL;
}
