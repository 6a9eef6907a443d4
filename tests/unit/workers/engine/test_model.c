/* The model file: what is read from it, and that nothing damaged is. */
#include "tests/unit/workers/engine/small_model.h"

static void two_tensors(struct small_model *m)
{
    *m = (struct small_model){.random = 1};
    small_text(m, "meta.name", "en-1");
    small_floats(m, "some.numbers", 2, 30, 7, 1.0f);
    small_text(m, "labels", "a\nbc\nd");
}

static bool collect(void *who, size_t i, struct str line, struct reason *why)
{
    char *out = who;
    sprintf(out + strlen(out), "%zu%.*s ", i, STR_ARGS(line));
    return !str_is(line, "d") || reason_set(why, "no %.*s", STR_ARGS(line));
}

static void tensors_are_found_by_name_and_shape(void **state)
{
    (void)state;
    struct small_model s;
    struct reason why;
    two_tensors(&s);
    small_write(&s);
    struct model *m = model_open(s.path, &why);
    assert_non_null(m);
    assert_int_equal(model_count(m), 3);
    assert_string_equal(model_at(m, 1)->name, "some.numbers");
    uint32_t shape[2] = {0, 7};
    const float *v = model_want(m, "some.numbers", MODEL_F32, 2, shape, &why);
    assert_non_null(v);
    assert_int_equal(shape[0], 30);
    assert_memory_equal(v, s.v[1].data, s.v[1].bytes);
    assert_int_equal((uintptr_t)v % MODEL_ALIGN, 0);
    assert_str(model_text(m, "meta.name", &why), "en-1");

    uint32_t other[2] = {0, 8};
    assert_null(model_want(m, "some.numbers", MODEL_F32, 2, other, &why));
    assert_contains(why.text, "some.numbers should be f32[any][8]");
    assert_null(model_want(m, "some.numbers", MODEL_I32, 2, shape, &why));
    assert_null(model_want(m, "some.numbers", MODEL_F32, 1, shape, &why));
    assert_null(model_want(m, "nothing", MODEL_F32, 1, shape, &why));
    assert_contains(why.text, "it has no nothing");
    assert_null(model_text(m, "some.numbers", &why).p);
    model_close(m);
    small_free(&s);
}

static void lines_are_counted_and_can_be_refused(void **state)
{
    (void)state;
    struct small_model s;
    struct reason why;
    char got[64] = "";
    two_tensors(&s);
    small_text(&s, "empty.line", "a\n\nb");
    small_text(&s, "good", "x\ny\n");
    small_write(&s);
    struct model *m = model_open(s.path, &why);
    assert_non_null(m);
    assert_int_equal(model_lines(m, "good", 2, collect, got, &why), 2);
    assert_string_equal(got, "0x 1y ");
    assert_int_equal(model_lines(m, "good", 1, collect, got, &why), 0);
    assert_contains(why.text, "one too many");
    assert_int_equal(model_lines(m, "labels", 9, collect, got, &why), 0);
    assert_contains(why.text, "labels: line 3: no d");
    assert_int_equal(model_lines(m, "empty.line", 9, collect, got, &why), 0);
    assert_contains(why.text, "line 2 is empty");
    model_close(m);
    small_free(&s);
}

static void numbers_that_are_none_are_refused(void **state)
{
    (void)state;
    struct small_model s;
    struct reason why;
    uint32_t shape[2] = {0, 0};
    two_tensors(&s);
    ((float *)s.v[1].data)[100] = 1.0f / 0.0f;
    small_write(&s);
    struct model *m = model_open(s.path, &why);
    assert_non_null(m);
    assert_null(model_want(m, "some.numbers", MODEL_F32, 2, shape, &why));
    assert_contains(why.text, "not finite");
    model_close(m);
    small_free(&s);
}

static void refuse(const char *path, const char *file, size_t size, const char *reason)
{
    struct reason why = {""};
    small_save(path, file, size);
    struct model *m = model_open(path, &why);
    if (m)
        fail_msg("a file of %zu bytes was taken; expected: %s", size, reason);
    assert_contains(why.text, path);
    assert_contains(why.text, reason);
}

static void files_that_are_cut_are_refused(void **state)
{
    (void)state;
    struct small_model s;
    size_t size;
    two_tensors(&s);
    small_write(&s);
    char *file = small_file(&s, &size);
    small_seal(file, size);
    for (size_t i = 0; i < 50; i++)
        refuse(s.path, file, size * i / 50, "");
    refuse(s.path, file, size - 1, "cut off");
    char *longer = calloc(1, size + 64);
    memcpy(longer, file, size);
    refuse(s.path, longer, size + 64, "written over");
    free(longer);
    free(file);
    small_free(&s);
}

static void files_with_a_flipped_bit_are_refused(void **state)
{
    (void)state;
    struct small_model s;
    size_t size;
    two_tensors(&s);
    small_write(&s);
    char *file = small_file(&s, &size);
    small_seal(file, size);
    for (size_t at = 0; at < size; at += at < 64 + 3 * 80 ? 1 : 13) {
        file[at] ^= (char)(1 << at % 8);
        refuse(s.path, file, size, "");
        file[at] ^= (char)(1 << at % 8);
    }
    free(file);
    small_free(&s);
}

/* The digest is right, what it is of is not: a bad exporter. */
static void directories_that_lie_are_refused(void **state)
{
    (void)state;
    struct small_model s;
    size_t size;
    two_tensors(&s);
    small_write(&s);
    const size_t entry = 64 + 80;
    const struct {
        size_t at;
        const void *bytes;
        size_t n;
        const char *reason;
    } lies[] = {
        {entry, "\0", 1, "no proper name"},
        {entry, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 40, "no proper name"},
        {entry, "meta.name", 10, "twice"},
        {entry + 40, "\7", 1, "type 7"},
        {entry + 40, "\0", 1, "type 0"},
        {entry + 41, "\5", 1, "rank 5"},
        {entry + 41, "\0", 1, "rank 0"},
        {entry + 41, "\1", 1, "shape"},
        {entry + 44, (uint32_t[]){31}, 4, "shape"},
        {entry + 44, (uint32_t[]){0}, 4, "shape"},
        {entry + 44, (uint32_t[]){0x80000000, 0x80000000}, 8, "shape"},
        {entry + 64, (uint64_t[]){64}, 8, "outside"},
        {entry + 64, (uint64_t[]){64 * 4 + 4}, 8, "outside"},
        {entry + 64, (uint64_t[]){1 << 20}, 8, "outside"},
        {entry + 64, (uint64_t[]){UINT64_MAX - 63}, 8, "outside"},
        {entry + 72, (uint64_t[]){UINT64_MAX}, 8, "shape"},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        char *file = small_file(&s, &size);
        memcpy(file + lies[i].at, lies[i].bytes, lies[i].n);
        small_seal(file, size);
        refuse(s.path, file, size, lies[i].reason);
        free(file);
    }
    small_free(&s);
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    struct reason why;
    assert_null(model_open("/nowhere/at/all.stm", &why));
    assert_contains(why.text, "/nowhere/at/all.stm: No such file");
    assert_null(model_open("/tmp", &why));
    assert_contains(why.text, "no model file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_are_found_by_name_and_shape),
        cmocka_unit_test(lines_are_counted_and_can_be_refused),
        cmocka_unit_test(numbers_that_are_none_are_refused),
        cmocka_unit_test(files_that_are_cut_are_refused),
        cmocka_unit_test(files_with_a_flipped_bit_are_refused),
        cmocka_unit_test(directories_that_lie_are_refused),
        cmocka_unit_test(what_is_no_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
