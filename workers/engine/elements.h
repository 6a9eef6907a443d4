/* elements.h: what the kernels do in floating point. Each kernels_*.c includes it and so compiles it for its target; no
 * result may hang on the target (see kernels.h): no sums in an order of the compiler's choice, no fused multiply-add
 * (-ffp-contract=off), no libm, no approximate reciprocals.
 *
 * The file that includes it defines
 *     act_t         a quantised input as its gemm reads it
 *     ACT(bits)     one from the low byte of `bits`, which is the number in two's complement, plus ACT_ZERO
 *     LANES         floats of a vector register
 *     LESSER(a, b)  a < b ? a : b in each lane; GREATER(a, b) likewise: b where they cannot be compared */

/* Adding it to a small number rounds that to the nearest integer (even, if between) in the low bits. */
#define ROUNDER 12582912.0f /* 1.5 * 2^23 */

/* A register's worth of floats, and of their bits. */
typedef float lanes_t __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float)), may_alias));
typedef uint32_t bits_t __attribute__((vector_size(LANES * sizeof(float))));

static inline lanes_t load(const float *p)
{
    return *(const lanes_t *)p;
}

static inline void store(float *p, lanes_t v)
{
    *(lanes_t *)p = v;
}

static inline uint32_t to_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float from_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* How many registers are worked on at once. A sigmoid is one long chain of operations that wait for each other; with
 * several of them abreast, step by step, the processor need not look far ahead to find work. */
#define ABREAST 2

/* x = 1 + e^-x, e^-x within 1e-5 of itself for |x| <= 16, beyond that as for 16: sigmoid(16) is 1 but for 1.2e-7. Two such
 * factors can be multiplied without an overflow. n is a constant. */
static inline __attribute__((always_inline)) void one_and_exp_minus(lanes_t *x, const size_t n)
{
    const lanes_t none = {0}, most = none + 16.0f, least = none - 16.0f;
    lanes_t rounded[2 * ABREAST], p[2 * ABREAST];
#define EACH for (size_t k = 0; k < n; k++)
    EACH x[k] = GREATER(least, x[k]);
    EACH x[k] = LESSER(most, x[k]);
    EACH x[k] = x[k] * -1.44269504f;
    EACH rounded[k] = x[k] + ROUNDER;
    EACH p[k] = rounded[k] - ROUNDER;
    EACH x[k] = x[k] - p[k];
    EACH p[k] = x[k] * 0.00692760386f; /* 2^(x/2) by a polynomial fitted on [-0.5, 0.5] */
    EACH p[k] = p[k] + 0.0602065995f;
    EACH p[k] = p[k] * x[k];
    EACH p[k] = p[k] + 0.346577168f;
    EACH p[k] = p[k] * x[k];
    EACH p[k] = p[k] + 0.999995351f;
    EACH p[k] = p[k] * p[k];
    EACH x[k] = 1.0f + (lanes_t)((bits_t)p[k] + ((bits_t)rounded[k] << 23));
#undef EACH
}

/* ---- quantising ---- */

static inline void clear(act_t *q, size_t n)
{
    for (size_t i = 0; i < n; i++)
        q[i] = ACT(ACT_ZERO);
}

/* The bits of the largest magnitude: they have the order of the numbers, and a maximum of integers is vectorised. */
static inline int32_t largest(const float *x, size_t n)
{
    int32_t most = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t bits = (int32_t)(to_bits(x[i]) & 0x7FFFFFFF);
        most = bits > most ? bits : most;
    }
    return most;
}

static inline float inverse(int32_t most)
{
    float m = from_bits((uint32_t)most);
    return m > 1e-30f ? 127.0f / m : 0.0f;
}

static inline float scale_of(int32_t most)
{
    float m = from_bits((uint32_t)most);
    return m > 1e-30f ? m / 127.0f : 0.0f;
}

static inline void quantise_row(const float *restrict x, size_t n, float by, act_t *restrict q)
{
    for (size_t i = 0; i < n; i++)
        q[i] = ACT(to_bits(x[i] * by + (ROUNDER + (float)ACT_ZERO)));
}

static void quantise(const float *x, size_t stride, size_t width, size_t rows, size_t in_stride, void *acts,
                     float *scales)
{
    act_t *q = acts;
    for (size_t t = 0; t < rows; t++, x += stride, q += in_stride) {
        int32_t most = largest(x, width);
        scales[t] = scale_of(most);
        quantise_row(x, width, inverse(most), q);
        clear(q + width, in_stride - width);
    }
}

static void keep(const float *x, size_t width, size_t rows, int8_t *restrict out, float *scales)
{
    for (size_t t = 0; t < rows; t++, x += width, out += width) {
        int32_t most = largest(x, width);
        float by = inverse(most);
        scales[t] = scale_of(most);
        for (size_t i = 0; i < width; i++)
            out[i] = (int8_t)(uint8_t)to_bits(x[i] * by + ROUNDER);
    }
}

static void take(const int8_t *kept, size_t width, size_t rows, size_t in_stride, void *acts)
{
    act_t *q = acts;
    for (size_t t = 0; t < rows; t++, kept += width, q += in_stride) {
        for (size_t i = 0; i < width; i++)
            q[i] = ACT(kept[i] + ACT_ZERO);
        clear(q + width, in_stride - width);
    }
}

static void quantise_window(const float *x, size_t width, const struct run *runs, size_t n_runs,
                            size_t in_stride, void *acts, float *scales)
{
    for (size_t r = 0; r < n_runs; r++) {
        int32_t before = 0, now = largest(x + runs[r].first * width, width);
        for (size_t t = runs[r].first; t < runs[r].last; t++) {
            const float *row = x + t * width;
            bool first = t == runs[r].first, last = t + 1 == runs[r].last;
            int32_t behind = last ? 0 : largest(row + width, width), most = now;
            most = before > most ? before : most;
            most = behind > most ? behind : most;
            float by = inverse(most);
            act_t *q = (act_t *)acts + t * in_stride;
            scales[t] = scale_of(most);
            if (first)
                clear(q, width);
            else
                quantise_row(row - width, width, by, q);
            quantise_row(row, width, by, q + width);
            if (last)
                clear(q + 2 * width, width);
            else
                quantise_row(row + width, width, by, q + 2 * width);
            clear(q + 3 * width, in_stride - 3 * width);
            before = now;
            now = behind;
        }
    }
}

/* ---- layers ---- */

static void window(const float *gates, size_t stride, float *x, size_t width, size_t rows)
{
    for (size_t t = 0; t < rows; t++, gates += stride, x += width)
        for (size_t i = 0; i < width; i += LANES) {
            lanes_t b = load(gates + width + i);
            one_and_exp_minus(&b, 1);
            store(x + i, load(x + i) + load(gates + i) / b);
        }
}

/* One row, n channels of one direction; n is a multiple of ABREAST * LANES. One division serves both sigmoids. */
static inline void cell_row(const float *u, float *x, const float *v, float *state, size_t width, size_t n)
{
    for (size_t i = 0; i < n; i += ABREAST * LANES) {
        lanes_t h[ABREAST], zr[2 * ABREAST], both[ABREAST], *z = zr, *r = zr + ABREAST;
#define EACH for (size_t k = 0, at = i; k < ABREAST; k++, at += LANES)
        EACH h[k] = load(state + at);
        EACH z[k] = load(u + at) + load(v + at) * h[k];
        EACH r[k] = load(u + 2 * width + at) + load(v + width + at) * h[k];
        one_and_exp_minus(zr, 2 * ABREAST);
        EACH both[k] = 1.0f / (z[k] * r[k]);
        EACH r[k] = both[k] * r[k];
        EACH z[k] = both[k] * z[k];
        EACH h[k] = h[k] + r[k] * (load(u + width + at) - h[k]);
        EACH store(state + at, h[k]);
        EACH store(x + at, load(x + at) + z[k] * (h[k] - load(x + at)));
#undef EACH
    }
}

static void cell(const float *u, float *x, const float *v, size_t width, const struct run *runs,
                 size_t n_runs)
{
    float state[WIDTH_MAX];
    size_t half = width / 2;
    for (size_t r = 0; r < n_runs; r++) {
        memset(state, 0, width * sizeof *state);
        /* Both ways at once: the one's arithmetic fills the other's waits. */
        for (size_t t = runs[r].first, back = runs[r].last; t < runs[r].last; t++) {
            back--;
            cell_row(u + t * 3 * width, x + t * width, v, state, width, half);
            cell_row(u + back * 3 * width + half, x + back * width + half, v + half, state + half, width,
                     half);
        }
    }
}

/* ---- small things ---- */

static void add_row(float *restrict sum, const int8_t *restrict row, float scale, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] = sum[i] + scale * (float)row[i];
}

static void add_times(float *restrict sum, const float *restrict row, float by, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] = sum[i] + by * row[i];
}

static void add(const float *restrict a, const float *restrict b, float *restrict out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] + b[i];
}

static void relu(const float *restrict a, float *restrict out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] > 0.0f ? a[i] : 0.0f;
}

static void relu_sum(const float *restrict a, const float *restrict b, float *restrict out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float sum = a[i] + b[i];
        out[i] = sum > 0.0f ? sum : 0.0f;
    }
}

static void turn(const float *from, size_t stride, size_t rows, size_t depth, float *to, size_t columns)
{
    for (size_t k = 0; k < depth; k++)
        for (size_t j = 0; j < rows; j++)
            to[k * columns + j] = from[j * stride + k] > 0.0f ? from[j * stride + k] : 0.0f;
}

static void add_far(float *restrict scores, size_t n, size_t word, const float *restrict left,
                    const float *restrict right, const uint8_t *restrict far_of)
{
    for (size_t j = 0; j < word; j++)
        scores[j] = scores[j] + left[far_of[word - j]];
    for (size_t j = word + 1; j < n; j++)
        scores[j] = scores[j] + right[far_of[j - word]];
}

static void arcs(const float *u, size_t stride, size_t rows, const float *turned, size_t columns,
                 size_t depth, float *scores)
{
    for (size_t i = 0; i < rows; i += ARC_STEP, u += ARC_STEP * stride)
        for (size_t j = 0; j < columns; j += LANES) {
            lanes_t sum[ARC_STEP] = {{0}};
            const float *half = u + ARC_STEP / 2 * stride;
            for (size_t k = 0; k < depth; k++) {
                lanes_t h = load(turned + k * columns + j);
                for (size_t r = 0; r < ARC_STEP / 2; r++) {
                    sum[r] = sum[r] + h * u[r * stride + k];
                    sum[r + ARC_STEP / 2] = sum[r + ARC_STEP / 2] + h * half[r * stride + k];
                }
            }
            for (size_t r = 0; r < ARC_STEP; r++)
                store(scores + (i + r) * columns + j, sum[r]);
        }
}

/* A number that orders floats, other than NaN, as they are. */
static inline int32_t order(float x)
{
    int32_t bits = (int32_t)to_bits(x + 0.0f); /* -0 is 0 */
    return bits < 0 ? bits ^ 0x7FFFFFFF : bits;
}

/* Each lane keeps its largest so far and where it was; then the lanes are compared with each other, as integers:
 * compilers know how. */
static size_t argmax(const float *x, size_t n)
{
    float most[LANES];
    uint32_t place[LANES];
    bits_t index, where = {0};
    lanes_t best = (lanes_t){0} - INFINITY;
    for (uint32_t l = 0; l < LANES; l++)
        place[l] = l;
    memcpy(&index, place, sizeof index);
    for (size_t i = 0; i < n; i += LANES, index += LANES) {
        lanes_t v = load(x + i);
        bits_t better = (bits_t)(v > best) & (bits_t)(index < (uint32_t)n);
        best = (lanes_t)(((bits_t)v & better) | ((bits_t)best & ~better));
        where = (index & better) | (where & ~better);
    }
    store(most, best);
    memcpy(place, &where, sizeof place);
    int32_t top = INT32_MIN;
    uint32_t first = UINT32_MAX;
    for (size_t l = 0; l < LANES; l++) {
        int32_t o = order(most[l]);
        top = o > top ? o : top;
    }
    for (size_t l = 0; l < LANES; l++) {
        uint32_t candidate = order(most[l]) == top ? place[l] : UINT32_MAX;
        first = candidate < first ? candidate : first;
    }
    return first;
}

#define ELEMENTS                                                                                             \
    .act_bytes = sizeof(act_t), .quantise = quantise, .keep = keep, .take = take,                            \
    .quantise_window = quantise_window, .window = window, .cell = cell, .add_row = add_row,                  \
    .add_times = add_times, .add = add, .relu = relu, .relu_sum = relu_sum, .turn = turn, .arcs = arcs,      \
    .add_far = add_far, .argmax = argmax
