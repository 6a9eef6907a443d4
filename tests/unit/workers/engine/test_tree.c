/* Heads: from scores to one tree with one root, the best one. */
#include <math.h>
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "workers/engine/tree.h"

static double total(const float *scores, size_t stride, size_t n, const uint16_t *heads)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += scores[i * stride + heads[i]];
    return sum;
}

/* All trees there are. */
static double best_of_all(const float *scores, size_t stride, size_t n, uint16_t *heads, size_t word)
{
    double best = -INFINITY;
    if (word == n)
        return tree_is(heads, n) ? total(scores, stride, n, heads) : best;
    for (size_t head = 0; head <= n; head++) {
        if (head == word + 1)
            continue;
        heads[word] = (uint16_t)head;
        double t = best_of_all(scores, stride, n, heads, word + 1);
        best = t > best ? t : best;
    }
    return best;
}

static void trees_are_told_from_others(void **state)
{
    (void)state;
    assert_true(tree_is((uint16_t[]){0}, 1));
    assert_true(tree_is((uint16_t[]){2, 0, 2, 3}, 4));
    assert_false(tree_is((uint16_t[]){1}, 1));
    assert_false(tree_is((uint16_t[]){2, 1}, 2));
    assert_false(tree_is((uint16_t[]){0, 0}, 2));
    assert_false(tree_is((uint16_t[]){0, 3, 4, 2}, 4));
    assert_false(tree_is((uint16_t[]){2, 0, 4, 3, 3}, 5));
    assert_false(tree_is((uint16_t[]){3, 1, 2}, 3));
}

static void the_best_of_all_trees_is_found(void **state)
{
    (void)state;
    struct tree_room *room = malloc(tree_room_bytes(8));
    srand(7);
    for (int round = 0; round < 3000; round++) {
        size_t n = 1 + (size_t)rand() % 5, stride = n + 1 + (size_t)rand() % 3;
        float scores[8 * 8];
        uint16_t heads[8], other[8];
        for (size_t i = 0; i < n * stride; i++)
            scores[i] =
                round % 3 == 0 ? (float)(rand() % 3) /* many equal ones */
                : round % 3 == 1
                    ? (float)(rand() % 1000) / 7.0f
                    : (float)(rand() % 20) + (i % stride == 0 ? 50.0f : 0.0f); /* everyone wants to be root */
        for (size_t i = 0; i < n; i++)
            scores[i * stride + i + 1] = -INFINITY;
        tree_best(room, scores, stride, n, heads);
        assert_true(tree_is(heads, n));
        double best = best_of_all(scores, stride, n, other, 0);
        assert_true(fabs(total(scores, stride, n, heads) - best) < 1e-3);
    }
    free(room);
}

/* No single word could take another head for a better tree. */
static void check_local_optimum(const float *scores, size_t stride, size_t n, uint16_t *heads)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= n; j++) {
            uint16_t was = heads[i];
            if (j == i + 1 || !(scores[i * stride + j] > scores[i * stride + was] + 1e-3f))
                continue;
            heads[i] = (uint16_t)j;
            assert_false(tree_is(heads, n));
            heads[i] = was;
        }
}

static void long_sentences_of_cycles_become_trees(void **state)
{
    (void)state;
    const size_t n = TREE_WORDS, stride = 256;
    struct tree_room *room = malloc(tree_room_bytes(n));
    float *scores = calloc(n * stride, sizeof *scores);
    uint16_t heads[TREE_WORDS];
    for (int kind = 0; kind < 6; kind++) {
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= n; j++) {
                float s = (float)(rand() % 100);
                if (kind == 1) /* pairs within pairs within pairs */
                    s = (float)__builtin_ctz((unsigned)((i ^ (j ? j - 1 : 511)) | 512)) * -10.0f;
                if (kind == 2) /* one large ring, and the better the further */
                    s = j == i || (i == 0 && j == n) ? 100.0f + (float)i : 0;
                if (kind == 3)
                    s = 0;
                if (kind == 4) /* not even numbers */
                    s = rand() % 3 ? s : rand() % 2 ? NAN : INFINITY;
                if (kind == 5)
                    s = 3e38f * (float)(rand() % 3 - 1);
                scores[i * stride + j] = j == i + 1 ? -INFINITY : s;
            }
        memset(heads, 0xFF, sizeof heads);
        tree_best(room, scores, stride, n, heads);
        assert_true(tree_is(heads, n));
        if (kind < 4)
            check_local_optimum(scores, stride, n, heads);
    }
    free(scores);
    free(room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_are_told_from_others),
        cmocka_unit_test(the_best_of_all_trees_is_found),
        cmocka_unit_test(long_sentences_of_cycles_become_trees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
