/* AVX2: 8-bit weights are widened as they are loaded, and multiplied by 16-bit inputs in pairs. Its 8-bit product,
 * vpmaddubsw, would be faster but saturates. */
#include <math.h>

#include "workers/engine/kernels_impl.h"

#ifdef KERNELS_X86
#include <immintrin.h>

typedef int16_t act_t;
#define ACT_ZERO      0
#define ACT(bits)     ((int16_t)(int8_t)(bits))
#define LANES         8
#define LESSER(a, b)  _mm256_min_ps(a, b)
#define GREATER(a, b) _mm256_max_ps(a, b)
#include "workers/engine/elements.h"

#define PANEL 16 /* outputs at once: two registers of sums a row */

/* Panels of 16 outputs; in each, for every two inputs: two weights of output 0, of output 1, ... */
static void pack(struct matrix *m, const int8_t *weights)
{
    int8_t *to = m->packed;
    for (size_t o = 0; o < m->outs; o++)
        for (size_t i = 0; i < m->ins; i++)
            to[o / PANEL * PANEL * m->in_stride + i / 2 * 2 * PANEL + o % PANEL * 2 + i % 2] =
                weights[o * m->ins + i];
}

/* Four rows by one panel. */
static inline void tile(const struct matrix *m, const int16_t *a, const int8_t *w, const float *scales,
                        size_t first, float *out)
{
    __m256i sum[ROW_STEP][2];
    for (int r = 0; r < ROW_STEP; r++)
        sum[r][0] = sum[r][1] = _mm256_setzero_si256();
    for (size_t k = 0; k < m->ins; k += 2, w += 2 * PANEL) {
        __m256i w0 = _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)(const void *)w));
        __m256i w1 = _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)(const void *)(w + PANEL)));
        for (int r = 0; r < ROW_STEP; r++) {
            int32_t pair;
            memcpy(&pair, a + (size_t)r * m->in_stride + k, sizeof pair);
            __m256i x = _mm256_set1_epi32(pair);
            sum[r][0] = _mm256_add_epi32(sum[r][0], _mm256_madd_epi16(x, w0));
            sum[r][1] = _mm256_add_epi32(sum[r][1], _mm256_madd_epi16(x, w1));
        }
    }
    for (int r = 0; r < ROW_STEP; r++)
        for (size_t v = 0; v < 2; v++) {
            size_t o = first + 8 * v;
            __m256 by = _mm256_mul_ps(_mm256_set1_ps(scales[r]), _mm256_load_ps(m->scale + o));
            __m256 y =
                _mm256_add_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(sum[r][v]), by), _mm256_load_ps(m->bias + o));
            _mm256_storeu_ps(out + (size_t)r * m->out_stride + o, y);
        }
}

static void gemm(const struct matrix *m, const void *acts, const float *scales, size_t rows, float *out)
{
    const int16_t *a = acts;
    const int8_t *w = m->packed;
    for (size_t o = 0; o < m->out_stride; o += PANEL)
        for (size_t t = 0; t < rows; t += ROW_STEP)
            tile(m, a + t * m->in_stride, w + o * m->in_stride, scales + t, o, out + t * m->out_stride);
}

const struct kernels kernels_avx2 = {.name = "avx2", .weight_bytes = 1, .pack = pack, .gemm = gemm, ELEMENTS};
#endif
