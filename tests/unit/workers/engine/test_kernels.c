/* Each build of the kernels against arithmetic by the book, and against each other, bit by bit. */
#include <math.h>
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "workers/engine/kernels.h"

static const char *const names[] = {"plain", "avx2", "avx512"};
static const struct kernels *here[3];
static size_t n_here;

static float number(void)
{
    return (float)rand() / (float)RAND_MAX * 2.0f - 1.0f;
}

static void *zeros(size_t bytes)
{
    void *p = aligned_alloc(LINE, ROUND_UP(bytes + 1, LINE));
    assert_non_null(p);
    return memset(p, 0, ROUND_UP(bytes + 1, LINE));
}

static void products_are_exact_at_any_size(void **state)
{
    (void)state;
    static const size_t sizes[][3] = {{1, 1, 1},   {3, 5, 7},     {4, 16, 4},   {5, 17, 63},  {2, 64, 64},
                                      {9, 65, 65}, {7, 148, 128}, {6, 100, 66}, {4, 48, 192}, {13, 33, 769}};
    for (size_t z = 0; z < sizeof sizes / sizeof *sizes; z++) {
        size_t rows = sizes[z][0], outs = sizes[z][1], ins = sizes[z][2];
        int8_t *w = malloc(outs * ins);
        float *x = malloc(rows * ins * sizeof *x), *scale = malloc(outs * sizeof *scale),
              *bias = malloc(outs * sizeof *bias);
        for (size_t i = 0; i < outs * ins; i++)
            w[i] = (int8_t)(z % 2 ? 127 : rand() % 255 - 127); /* sums as large as they get, too */
        for (size_t i = 0; i < rows * ins; i++)
            x[i] = z % 4 == 1 ? 1.0f : number();
        for (size_t i = 0; i < outs; i++) {
            scale[i] = fabsf(number()) / 100.0f;
            bias[i] = number();
        }
        for (size_t b = 0; b < n_here; b++) {
            const struct kernels *k = here[b];
            struct matrix m;
            assert_true(matrix_make(&m, k, outs, ins, w, scale, bias));
            void *acts = zeros((rows + ROW_STEP) * m.in_stride * k->act_bytes);
            float *scales = zeros((rows + ROW_STEP) * sizeof *scales),
                  *out = zeros((rows + ROW_STEP) * m.out_stride * sizeof *out);
            k->quantise(x, ins, ins, rows, m.in_stride, acts, scales);
            k->gemm(&m, acts, scales, rows, out);
            for (size_t r = 0; r < rows; r++) {
                float most = 0;
                for (size_t i = 0; i < ins; i++)
                    most = fmaxf(most, fabsf(x[r * ins + i]));
                assert_true(scales[r] == most / 127.0f);
                for (size_t o = 0; o < outs; o++) {
                    int64_t sum = 0;
                    for (size_t i = 0; i < ins; i++)
                        sum += (int64_t)nearbyintf(x[r * ins + i] * (127.0f / most)) * w[o * ins + i];
                    float want = (float)sum * (scales[r] * scale[o]) + bias[o],
                          got = out[r * m.out_stride + o];
                    if (want != got)
                        fail_msg("%s: %zu rows, %zu outputs, %zu inputs: row %zu output %zu is %g, not %g",
                                 k->name, rows, outs, ins, r, o, (double)got, (double)want);
                }
            }
            free(acts);
            free(scales);
            free(out);
            matrix_free(&m);
        }
        free(w);
        free(x);
        free(scale);
        free(bias);
    }
}

static void rows_of_zeros_stay_zeros(void **state)
{
    (void)state;
    int8_t w[4 * 64];
    float scale[4] = {1, 1, 1, 1}, bias[4] = {5, 6, 7, 8}, x[2 * 64] = {0};
    memset(w, 3, sizeof w);
    x[64] = 1e-38f; /* too small to be divided by */
    for (size_t b = 0; b < n_here; b++) {
        struct matrix m;
        float scales[8], *out = zeros(8 * 16 * sizeof *out);
        void *acts = zeros(8 * 64 * 2);
        assert_true(matrix_make(&m, here[b], 4, 64, w, scale, bias));
        here[b]->quantise(x, 64, 64, 2, 64, acts, scales);
        here[b]->gemm(&m, acts, scales, 2, out);
        for (size_t i = 0; i < 4; i++)
            assert_true(out[i] == bias[i] && out[16 + i] == bias[i]);
        matrix_free(&m);
        free(out);
        free(acts);
    }
}

static void what_is_kept_is_taken_as_it_was(void **state)
{
    (void)state;
    enum { ROWS = 6, WIDTH = 70 };
    float x[ROWS * WIDTH];
    for (size_t i = 0; i < ROWS * WIDTH; i++)
        x[i] = i < WIDTH ? 0 : number();
    for (size_t b = 0; b < n_here; b++) {
        size_t stride = ROUND_UP(WIDTH, IN_STEP), bytes = ROWS * stride * here[b]->act_bytes;
        int8_t kept[ROWS * WIDTH];
        float scales[ROWS], same[ROWS];
        void *want = zeros(bytes), *got = zeros(bytes);
        here[b]->quantise(x, WIDTH, WIDTH, ROWS, stride, want, scales);
        here[b]->keep(x, WIDTH, ROWS, kept, same);
        here[b]->take(kept, WIDTH, ROWS, stride, got);
        assert_memory_equal(want, got, bytes);
        assert_memory_equal(scales, same, sizeof scales);
        free(want);
        free(got);
    }
}

/* Windows: a row, with its neighbours where its sentence has some, under one scale. */
static void windows_end_at_sentences(void **state)
{
    (void)state;
    const size_t width = 64, stride = 192, rows = 6;
    const struct run runs[] = {{0, 1}, {1, 5}, {5, 6}};
    float x[6 * 64], joined[6 * 192] = {0}, scales[2][8];
    for (size_t i = 0; i < rows * width; i++)
        x[i] = number() * (float)(1 + i / width);
    for (size_t r = 0; r < 3; r++)
        for (size_t t = runs[r].first; t < runs[r].last; t++)
            for (size_t s = 0; s < 3; s++)
                if (t + s > runs[r].first && t + s < runs[r].last + 1)
                    memcpy(joined + t * stride + s * width, x + (t + s - 1) * width, width * sizeof *x);
    for (size_t b = 0; b < n_here; b++) {
        size_t bytes = rows * stride * here[b]->act_bytes;
        void *one = zeros(bytes), *other = zeros(bytes);
        here[b]->quantise_window(x, width, runs, 3, stride, one, scales[0]);
        here[b]->quantise(joined, stride, stride, rows, stride, other, scales[1]);
        assert_memory_equal(one, other, bytes);
        assert_memory_equal(scales[0], scales[1], rows * sizeof(float));
        free(one);
        free(other);
    }
}

static double sigmoid(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

static void sigmoids_are_close(void **state)
{
    (void)state;
    float gates[2 * 64], x[64];
    for (size_t b = 0; b < n_here; b++)
        for (int step = -4000; step < 4000; step++) {
            for (size_t i = 0; i < 64; i++) {
                gates[i] = 1.0f;
                gates[64 + i] = ((float)step + (float)i / 64.0f) / 100.0f;
                x[i] = 0;
            }
            here[b]->window(gates, 128, x, 64, 1);
            for (size_t i = 0; i < 64; i++)
                if (!(fabs((double)x[i] - sigmoid((double)gates[64 + i])) < 1e-5))
                    fail_msg("%s: sigmoid(%g) is %g", here[b]->name, (double)gates[64 + i], (double)x[i]);
        }
    gates[64] = 3e38f;
    gates[65] = -3e38f;
    x[0] = x[1] = 0;
    here[0]->window(gates, 128, x, 64, 1);
    assert_true(x[0] > 0.9999f && x[1] < 0.0001f);
}

/* cell.c of training, in doubles. */
static void cell_by_the_book(const float *u, float *x, const float *v, size_t width, size_t first,
                             size_t last)
{
    for (size_t c = 0; c < width; c++) {
        double h = 0;
        for (size_t i = first; i < last; i++) {
            size_t t = c < width / 2 ? i : first + last - 1 - i;
            const float *ut = u + t * 3 * width + c;
            double z = sigmoid((double)ut[0] + (double)v[c] * h),
                   r = sigmoid((double)ut[2 * width] + (double)v[width + c] * h);
            h += z * ((double)ut[width] - h);
            x[t * width + c] = (float)((double)x[t * width + c] + r * (h - (double)x[t * width + c]));
        }
    }
}

static void cells_run_both_ways_within_sentences(void **state)
{
    (void)state;
    enum { WIDTH = 64, ROWS = 30 };
    static float u[ROWS * 3 * WIDTH], x[ROWS * WIDTH], want[ROWS * WIDTH], v[2 * WIDTH], got[3][ROWS * WIDTH];
    const struct run runs[] = {{0, 1}, {1, 20}, {20, 22}, {22, 30}};
    for (size_t i = 0; i < ROWS * 3 * WIDTH; i++)
        u[i] = 3.0f * number();
    for (size_t i = 0; i < ROWS * WIDTH; i++)
        x[i] = want[i] = number();
    for (size_t i = 0; i < 2 * WIDTH; i++)
        v[i] = 2.0f * number();
    for (size_t r = 0; r < 4; r++)
        cell_by_the_book(u, want, v, WIDTH, runs[r].first, runs[r].last);
    for (size_t b = 0; b < n_here; b++) {
        memcpy(got[b], x, sizeof x);
        here[b]->cell(u, got[b], v, WIDTH, runs, 4);
        for (size_t i = 0; i < ROWS * WIDTH; i++)
            assert_true(fabsf(got[b][i] - want[i]) < 1e-4f);
        assert_memory_equal(got[b], got[0], sizeof x);
    }
}

static void arcs_are_sums_in_order(void **state)
{
    (void)state;
    enum { DEPTH = 40, STRIDE = 50, ROWS = 11, COLUMNS = 16 };
    static float u[(ROWS + ARC_STEP) * STRIDE], turned[DEPTH * COLUMNS], scores[(ROWS + ARC_STEP) * COLUMNS];
    for (size_t i = 0; i < ROWS * STRIDE; i++)
        u[i] = number();
    for (size_t i = 0; i < DEPTH * COLUMNS; i++)
        turned[i] = number();
    for (size_t b = 0; b < n_here; b++) {
        here[b]->arcs(u, STRIDE, ROWS, turned, COLUMNS, DEPTH, scores);
        for (size_t i = 0; i < ROWS; i++)
            for (size_t j = 0; j < COLUMNS; j++) {
                volatile float sum = 0; /* rounded after each product */
                for (size_t k = 0; k < DEPTH; k++) {
                    volatile float product = u[i * STRIDE + k] * turned[k * COLUMNS + j];
                    sum = sum + product;
                }
                assert_true(scores[i * COLUMNS + j] == sum);
            }
    }
}

static void the_first_of_the_largest_is_found(void **state)
{
    (void)state;
    float x[300 + OUT_STEP] = {0};
    for (size_t b = 0; b < n_here; b++)
        for (size_t n = 1; n <= 300; n += n < 40 ? 1 : 37)
            for (int round = 0; round < 20; round++) {
                size_t want = 0;
                for (size_t i = 0; i < n; i++)
                    x[i] = (float)(rand() % 50 - 60);
                for (size_t i = 1; i < n; i++)
                    want = x[i] > x[want] ? i : want;
                assert_int_equal(here[b]->argmax(x, n), want);
            }
    for (size_t i = 0; i < 300; i++)
        x[i] = NAN;
    for (size_t b = 0; b < n_here; b++)
        assert_int_equal(here[b]->argmax(x, 300), 0);
}

static void small_things_are_the_same_everywhere(void **state)
{
    (void)state;
    float a[70], c[70], out[3][5][70];
    int8_t row[70];
    for (size_t i = 0; i < 70; i++) {
        a[i] = number();
        c[i] = number();
        row[i] = (int8_t)(rand() % 255 - 127);
    }
    for (size_t b = 0; b < n_here; b++) {
        here[b]->add(a, c, out[b][0], 70);
        here[b]->relu(a, out[b][1], 70);
        here[b]->relu_sum(a, c, out[b][2], 70);
        memcpy(out[b][3], a, sizeof a);
        here[b]->add_row(out[b][3], row, 0.37f, 70);
        memcpy(out[b][4], a, sizeof a);
        here[b]->add_times(out[b][4], c, 0.37f, 70);
        for (size_t i = 0; i < 70; i++) {
            assert_true(out[b][0][i] == a[i] + c[i]);
            assert_true(out[b][1][i] == fmaxf(0, a[i]));
            assert_true(out[b][2][i] == fmaxf(0, a[i] + c[i]));
            assert_true(fabsf(out[b][3][i] - (a[i] + 0.37f * (float)row[i])) < 1e-5f);
            assert_true(out[b][4][i] == a[i] + 0.37f * c[i]);
        }
        assert_memory_equal(out[b], out[0], sizeof out[0]);
    }
}

static void the_environment_chooses(void **state)
{
    (void)state;
    struct reason why = {""};
    setenv("STANCED_KERNELS", "plain", 1);
    assert_string_equal(kernels_choose(&why)->name, "plain");
    setenv("STANCED_KERNELS", "sse9", 1);
    assert_null(kernels_choose(&why));
    assert_contains(why.text, "STANCED_KERNELS: there are no kernels 'sse9'");
    setenv("STANCED_KERNELS", "", 1);
    assert_non_null(kernels_choose(&why));
    unsetenv("STANCED_KERNELS");
    assert_string_equal(kernels_choose(&why)->name, here[n_here - 1]->name);
}

int main(void)
{
    struct reason why;
    for (size_t i = 0; i < 3; i++)
        if ((here[n_here] = kernels_named(names[i], &why)))
            n_here++;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_exact_at_any_size),
        cmocka_unit_test(rows_of_zeros_stay_zeros),
        cmocka_unit_test(what_is_kept_is_taken_as_it_was),
        cmocka_unit_test(windows_end_at_sentences),
        cmocka_unit_test(sigmoids_are_close),
        cmocka_unit_test(cells_run_both_ways_within_sentences),
        cmocka_unit_test(arcs_are_sums_in_order),
        cmocka_unit_test(the_first_of_the_largest_is_found),
        cmocka_unit_test(small_things_are_the_same_everywhere),
        cmocka_unit_test(the_environment_chooses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
