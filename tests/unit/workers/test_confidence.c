/* Raw scores become shares along the model's lines; lines that do not rise are refused. */
#include <math.h>

#include "tests/unit/workers/engine/small_model.h"
#include "workers/confidence.h"

static struct small_model file;

static void add_line(const char *name, const float *v, uint32_t n)
{
    memcpy(small_add(&file, name, MODEL_F32, 2, 2, n), v, 2 * n * sizeof *v);
}

static struct engine *opened(void)
{
    struct reason why;
    small_write(&file);
    struct engine *e = engine_open(file.path, &why);
    assert_non_null(e);
    return e;
}

static void test_lines(void **state)
{
    (void)state;
    static const float said[] = {0.2f, 0.4f, 1.0f, 0.1f, 0.5f, 0.9f};
    struct confidence c;
    struct reason why;
    small_engine(&file, 3);
    add_line("confidence.words", said, 3);
    struct engine *e = opened();
    assert_true(confidence_open(e, &c, &why));
    static const double cases[][2] = {{0, 0.1}, {0.2, 0.1}, {0.3, 0.3}, {0.4, 0.5}, {0.7, 0.7}, {1, 0.9}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(fabs(confidence_share(&c, CONFIDENCE_WORDS, cases[i][0]) - cases[i][1]) < 1e-6);
    assert_true(confidence_share(&c, CONFIDENCE_ACT, 0.77) == 0.77); /* no line: as it is */
    engine_close(e);
    small_free(&file);
    assert_true(confidence_open(NULL, &c, &why));
    assert_true(confidence_share(&c, CONFIDENCE_WORDS, 0.3) == 0.3);
}

static void test_refused(void **state)
{
    (void)state;
    static const float falls[] = {0.2f, 0.4f, 0.5f, 0.3f}, same[] = {0.2f, 0.2f, 0.3f, 0.5f},
                       far[] = {0.2f, 0.4f, 0.5f, 1.5f};
    const float *const bad[] = {falls, same, far};
    for (size_t i = 0; i < 3; i++) {
        struct confidence c;
        struct reason why;
        small_engine(&file, 3);
        add_line("confidence.act", bad[i], 2);
        struct engine *e = opened();
        assert_false(confidence_open(e, &c, &why));
        assert_contains(why.text, "confidence.act: not a rising line");
        engine_close(e);
        small_free(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
