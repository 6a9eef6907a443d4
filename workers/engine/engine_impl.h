/* engine_impl.h: what the files of the engine share, and its tests. */
#ifndef STANCED_ENGINE_IMPL_H
#define STANCED_ENGINE_IMPL_H

#include "workers/engine/engine.h"
#include "workers/engine/feats.h"
#include "workers/engine/input.h"
#include "workers/engine/kernels.h"
#include "workers/engine/model.h"
#include "workers/engine/tree.h"
#include "workers/text/boundary.h"

#define LAYERS_MAX  16
#define CLASSES_MAX 1024 /* of one kind of label */
#define FAR_MAX     32   /* buckets of distance, to one side */
/* Words that go through the layers at once, unless one sentence has more: what they need stays in cache. */
#define CHUNK_WORDS 64

enum layer_kind { LAYER_WINDOW, LAYER_RECURRENT };

struct layer {
    enum layer_kind kind;
    struct matrix gates;
    const float *v; /* [2][width], of a recurrent one */
};

/* Where in a row of the heads' outputs each begins. */
enum head {
    HEAD_ARC_DEP,
    HEAD_ARC_HEAD,
    HEAD_REL_DEP,
    HEAD_REL_HEAD,
    HEAD_UPOS,
    HEAD_FEATS,
    HEAD_NAME,
    HEAD_COUNT
};

struct engine {
    struct model *model;
    const struct kernels *kernels;
    char name[64];
    struct input input;
    size_t width, n_layers;
    struct layer layers[LAYERS_MAX];
    struct matrix heads, arc, rel;
    size_t at[HEAD_COUNT], size[HEAD_COUNT];
    const float *root_arc, *root_rel; /* what stands in for a root's arc_head, rel_head */
    size_t far;                       /* buckets to one side */
    uint8_t far_of[TREE_WORDS + 1];   /* bucket of a distance */
    size_t relations, root;           /* classes; which of them is `root` */
    uint8_t upos[CLASSES_MAX], names[CLASSES_MAX], relation[CLASSES_MAX];
    struct feats *feats; /* [size[HEAD_FEATS]] */
    bool has_boundary;
    struct boundary boundary;
};

/* A sentence, or a piece of one that is too long. */
struct piece_of {
    int32_t first, last; /* tokens */
    bool goes_on;        /* the piece before belongs to the same sentence */
};

/* Room for the words that go through at once. Buffers are aligned to LINE and have rows for ROW_STEP more. */
struct scratch {
    const struct engine *engine;
    struct arena *arena;
    size_t rows;              /* capacity */
    struct input_word *words; /* [rows] */
    float *x;                 /* [rows][width] */
    float *wide;              /* [rows][the widest product] */
    float *arcs;              /* [rows][arc.out_stride] */
    float *relations;         /* [rows][rel.out_stride] */
    float *part;              /* [rows][the widest input of arc and rel] */
    void *acts;
    float *scales;
    float *turned, *scores; /* of a sentence, see heads.c */
    uint16_t *heads;        /* [rows] within the sentence, 0: root */
    struct run runs[CHUNK_WORDS + 1];
    struct piece_of pieces[CHUNK_WORDS + 1];
    size_t n_runs;
    struct tree_room *room; /* for room_words; made when needed */
    size_t room_words;
    int32_t sentence_root; /* of the piece before */
    struct engine_times *times;
    double since;
};

/* Numbers of the words in s->runs, through all layers, in s->x. */
void encoder_run(struct scratch *s, const struct doc *doc);

/* Labels and trees from s->x. */
void heads_run(struct scratch *s, struct doc *doc);

/* Quantises rows of x for m; then m's product of them. Both are counted as `part`. */
void scratch_quantise(struct scratch *s, const struct matrix *m, const float *x, size_t stride, size_t rows,
                      enum engine_part part);
void scratch_product(struct scratch *s, const struct matrix *m, size_t rows, float *out,
                     enum engine_part part);
size_t scratch_rows(const struct scratch *s); /* rows that the runs have */
void scratch_lap(struct scratch *s,
                 enum engine_part part); /* the time since the last one was spent on this */

/* Arc scores of a run's words from s->wide and s->arcs: s->scores [n][columns], column 0 the root. Returns columns. */
size_t heads_scores(struct scratch *s, const struct run *run);

/* With kernels of the caller's choice; calls `seen`, if any, when a chunk's words are done and everything about them is
 * still there. */
struct engine *engine_open_with(const char *path, const struct kernels *k, struct reason *why);
void engine_run_with(const struct engine *e, struct doc *doc, struct engine_times *times,
                     void (*seen)(void *who, struct scratch *s), void *who);

#endif
