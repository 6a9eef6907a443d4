/* kernels.h: the arithmetic of the engine, in several builds: plain C, AVX2, AVX-512 with VNNI.
 *
 * All give the same bits. Sums of products are sums of integers, which no order changes; everything in floating point is
 * one source, elements.h, compiled for each target without contraction to fused multiply-adds and without any change
 * of order. So a model says the same on every machine, and a test can compare them.
 *
 * Rows are words. Numbers of a layer's input are quantised a row at a time to -127 ... 127 with one scale a row; weights
 * are -127 ... 127 with one scale an output. How both lie in memory is each kernel's own business. */
#ifndef STANCED_KERNELS_H
#define STANCED_KERNELS_H

#include "proto/base/arena.h"
#include "proto/base/str.h"
#include "proto/reason.h"

#define ROW_STEP          4 /* rows are computed in fours: buffers of quantised rows, scales and outputs end on such */
#define OUT_STEP          16   /* outputs likewise; those added are 0 */
#define IN_STEP           64   /* inputs likewise */
#define WIDTH_MAX         1024 /* channels of the encoder */
#define LINE              64   /* alignment of buffers */
#define ROUND_UP(n, step) (((n) + (step)-1) / (step) * (step))

/* A buffer for kernels: of the arena, aligned to LINE. */
static inline void *kernels_room(struct arena *a, size_t bytes)
{
    return (void *)ROUND_UP((uintptr_t)arena_alloc(a, bytes + LINE), LINE);
}

/* A weight matrix as a kernel wants it, with what its outputs are scaled and shifted by. */
struct matrix {
    size_t outs, ins;
    size_t out_stride, in_stride; /* rounded up */
    void *packed;                 /* weights */
    float *scale, *bias;          /* [out_stride] */
    int32_t *start; /* [out_stride] what sums begin with, so that unsigned inputs come out right */
};

/* Rows [first, last) that belong together: a sentence. */
struct run {
    size_t first, last;
};

struct kernels {
    const char *name;
    size_t act_bytes, weight_bytes; /* of one quantised input, of one weight */

    /* Writes m->packed (in_stride * out_stride weights, zeroed) and m->start from weights [outs][ins]. */
    void (*pack)(struct matrix *m, const int8_t *weights);

    /* out [rows][out_stride] = inputs * weights, scaled and shifted; also writes rows up to the next ROW_STEP. */
    void (*gemm)(const struct matrix *m, const void *acts, const float *scales, size_t rows, float *out);

    /* acts [rows][in_stride] and their scales from x [rows][stride], `width` of each. */
    void (*quantise)(const float *x, size_t stride, size_t width, size_t rows, size_t in_stride, void *acts,
                     float *scales);

    /* The same numbers as plain int8, for whoever reads rows later: out [rows][width]. */
    void (*keep)(const float *x, size_t width, size_t rows, int8_t *out, float *scales);

    /* acts [rows][in_stride] from what keep() wrote: kept [rows][width]. */
    void (*take)(const int8_t *kept, size_t width, size_t rows, size_t in_stride, void *acts);

    /* quantise() of three rows each: the one before, the row, the one behind; zeros outside of its run. */
    void (*quantise_window)(const float *x, size_t width, const struct run *runs, size_t n_runs,
                            size_t in_stride, void *acts, float *scales);

    /* x += a sigmoid(b) where gates [rows][stride] has a and b behind one another. */
    void (*window)(const float *gates, size_t stride, float *x, size_t width, size_t rows);

    /* The recurrent cell, in place of x [rows][width]; u [rows][3 width] has z, c, r; v [2][width]. The first half of the
     * channels runs forward through each run, the second backward:
     *     z = sigmoid(u_z + v_z h')   h = h' + z (u_c - h')   r = sigmoid(u_r + v_r h')   y = x + r (h - x) */
    void (*cell)(const float *u, float *x, const float *v, size_t width, const struct run *runs,
                 size_t n_runs);

    /* sum += scale * row; sum += by * row */
    void (*add_row)(float *sum, const int8_t *row, float scale, size_t n);
    void (*add_times)(float *sum, const float *row, float by, size_t n);

    /* out = a + b; out = max(0, a); out = max(0, a + b) */
    void (*add)(const float *a, const float *b, float *out, size_t n);
    void (*relu)(const float *a, float *out, size_t n);
    void (*relu_sum)(const float *a, const float *b, float *out, size_t n);

    /* to [depth][columns]: max(0, from [rows][stride]), rows become columns. */
    void (*turn)(const float *from, size_t stride, size_t rows, size_t depth, float *to, size_t columns);

    /* scores [rows][columns] = u [rows] . turned [.][columns], over `depth` products in order. Columns are a multiple of
     * OUT_STEP; also reads and writes rows up to the next ARC_STEP. */
    void (*arcs)(const float *u, size_t stride, size_t rows, const float *turned, size_t columns,
                 size_t depth, float *scores);
#define ARC_STEP 8

    /* scores [n] of one word's heads, each for its distance: left for those before it, right for those behind. */
    void (*add_far)(float *scores, size_t n, size_t word, const float *left, const float *right,
                    const uint8_t *far_of);

    /* Where the largest is; the first of equal ones; 0 if none is a number. Also reads up to the next OUT_STEP. */
    size_t (*argmax)(const float *x, size_t n);
};

/* The fastest that this machine can run, or the one that $STANCED_KERNELS names ("plain", "avx2", "avx512"). NULL with a
 * reason when that is unknown or the machine cannot run it. */
const struct kernels *kernels_choose(struct reason *why);

/* By name, whether or not it is the fastest; NULL as above. */
const struct kernels *kernels_named(const char *name, struct reason *why);

/* A matrix from weights [outs][ins], scale [outs], bias [outs]. False: out of memory. */
bool matrix_make(struct matrix *m, const struct kernels *k, size_t outs, size_t ins, const int8_t *weights,
                 const float *scale, const float *bias);
void matrix_free(struct matrix *m);

/* One from a model's tensors name.weight i8 [outs][ins], name.scale and name.bias f32 [outs]; an `outs` of 0 takes what is
 * there. (load.c) */
struct model;
bool matrix_load(struct matrix *to, const struct kernels *k, struct model *m, const char *name, uint32_t outs,
                 uint32_t ins, struct reason *why);

#endif
