/* Plain C: every compiler and machine; the others are measured against it. */
#include <math.h>

#include "workers/engine/kernels_impl.h"

typedef int16_t act_t;
#define ACT_ZERO           0
#define ACT(bits)          ((int16_t)(int8_t)(bits))
#define LANES              4
#define CHOOSE(mask, a, b) ((lanes_t)(((bits_t)(mask) & (bits_t)(a)) | (~(bits_t)(mask) & (bits_t)(b))))
#define LESSER(a, b)       CHOOSE((a) < (b), a, b)
#define GREATER(a, b)      CHOOSE((a) > (b), a, b)
#include "workers/engine/elements.h"

/* [outs][in_stride] of int16_t: compilers know sums of such products. */
static void pack(struct matrix *m, const int8_t *weights)
{
    int16_t *to = m->packed;
    for (size_t o = 0; o < m->outs; o++)
        for (size_t i = 0; i < m->ins; i++)
            to[o * m->in_stride + i] = weights[o * m->ins + i];
}

static void gemm(const struct matrix *m, const void *acts, const float *scales, size_t rows, float *out)
{
    const int16_t *weights = m->packed;
    for (size_t t = 0; t < ROUND_UP(rows, ROW_STEP); t++) {
        const int16_t *restrict a = (const int16_t *)acts + t * m->in_stride;
        for (size_t o = 0; o < m->out_stride; o++) {
            const int16_t *restrict w = weights + o * m->in_stride;
            int32_t sum = 0;
            for (size_t i = 0; i < m->in_stride; i++)
                sum += a[i] * w[i];
            out[t * m->out_stride + o] = (float)sum * (scales[t] * m->scale[o]) + m->bias[o];
        }
    }
}

const struct kernels kernels_plain = {
    .name = "plain", .weight_bytes = 2, .pack = pack, .gemm = gemm, ELEMENTS};
