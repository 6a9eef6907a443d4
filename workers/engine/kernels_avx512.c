/* AVX-512 with VNNI: vpdpbusd multiplies four unsigned inputs by four signed weights and adds them to a sum. Inputs are
 * stored 128 higher; sums begin with what that makes too much. */
#include <math.h>

#include "workers/engine/kernels_impl.h"

#ifdef KERNELS_X86
#include <immintrin.h>

typedef uint8_t act_t;
#define ACT_ZERO      128
#define ACT(bits)     ((uint8_t)(bits))
#define LANES         16
#define LESSER(a, b)  _mm512_min_ps(a, b)
#define GREATER(a, b) _mm512_max_ps(a, b)
#include "workers/engine/elements.h"

#define PANEL 64 /* outputs at once: with four rows 16 registers of sums; six rows would not fit */

/* Panels of 64 outputs (the last one may be of 16, 32 or 48); in each, for every four inputs: four weights of output 0, of
 * output 1, ... */
static void pack(struct matrix *m, const int8_t *weights)
{
    int8_t *to = m->packed;
    for (size_t o = 0; o < m->outs; o++) {
        size_t first = o / PANEL * PANEL,
               wide = m->out_stride - first < PANEL ? m->out_stride - first : PANEL;
        int32_t sum = 0;
        for (size_t i = 0; i < m->ins; i++) {
            to[first * m->in_stride + i / 4 * 4 * wide + (o - first) * 4 + i % 4] = weights[o * m->ins + i];
            sum += weights[o * m->ins + i];
        }
        m->start[o] = -128 * sum;
    }
}

/* sum += four products of unsigned x and signed weights, in each of 16 places: _mm512_dpbusd_epi32(). Through the
 * intrinsic, gcc 12 copies each sum twice a step, which halves the speed. */
static inline __m512i add_products(__m512i sum, __m512i x, __m512i weights)
{
    __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(x), "v"(weights));
    return sum;
}

/* Four rows by 16 * vecs outputs. */
static inline __attribute__((always_inline)) void tile(const struct matrix *m, const uint8_t *a,
                                                       const int8_t *w, const float *scales, size_t first,
                                                       float *out, const size_t vecs)
{
    __m512i sum[ROW_STEP][4], weight[4];
    for (size_t v = 0; v < vecs; v++)
        for (size_t r = 0; r < ROW_STEP; r++)
            sum[r][v] = _mm512_load_si512(m->start + first + 16 * v);
    for (size_t k = 0; k < m->ins; k += 4, w += 64 * vecs) {
        for (size_t v = 0; v < vecs; v++)
            weight[v] = _mm512_load_si512(w + 64 * v);
        for (size_t r = 0; r < ROW_STEP; r++) {
            int32_t four;
            memcpy(&four, a + r * m->in_stride + k, sizeof four);
            __m512i x = _mm512_set1_epi32(four);
            for (size_t v = 0; v < vecs; v++)
                sum[r][v] = add_products(sum[r][v], x, weight[v]);
        }
    }
    for (size_t v = 0; v < vecs; v++) {
        __m512 scale = _mm512_load_ps(m->scale + first + 16 * v),
               bias = _mm512_load_ps(m->bias + first + 16 * v);
        for (size_t r = 0; r < ROW_STEP; r++) {
            __m512 by = _mm512_mul_ps(_mm512_set1_ps(scales[r]), scale);
            __m512 y = _mm512_add_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(sum[r][v]), by), bias);
            _mm512_storeu_ps(out + r * m->out_stride + first + 16 * v, y);
        }
    }
}

static void gemm(const struct matrix *m, const void *acts, const float *scales, size_t rows, float *out)
{
    for (size_t o = 0; o < m->out_stride; o += PANEL) {
        const int8_t *w = (const int8_t *)m->packed + o * m->in_stride;
        for (size_t t = 0; t < rows; t += ROW_STEP) {
            const uint8_t *a = (const uint8_t *)acts + t * m->in_stride;
            float *y = out + t * m->out_stride;
            switch ((m->out_stride - o) / 16) {
            case 1: tile(m, a, w, scales + t, o, y, 1); break;
            case 2: tile(m, a, w, scales + t, o, y, 2); break;
            case 3: tile(m, a, w, scales + t, o, y, 3); break;
            default: tile(m, a, w, scales + t, o, y, 4); break;
            }
        }
    }
}

const struct kernels kernels_avx512 = {
    .name = "avx512", .weight_bytes = 1, .pack = pack, .gemm = gemm, ELEMENTS};
#endif
