/* Keys, hashes and shapes of words, against what train/data.py gives for the same words. */
#include <math.h>

#include "tests/unit/workers/engine/small_model.h"

static struct str key_of(const char *form)
{
    static char key[KEY_BYTES];
    return (struct str){key, input_key(str_from(form), key)};
}

static void keys_are_lower_case_and_plain(void **state)
{
    (void)state;
    assert_str(key_of("Élan"), "élan");
    assert_str(key_of("O’Neill"), "o'neill");
    assert_str(key_of("“"), "\"");
    assert_str(key_of("—"), "--");
    assert_str(key_of("…"), "...");
    assert_str(key_of("1,234.5"), "0,000.0");
    assert_str(key_of("ПУТИН"), "путин");
    assert_str(key_of("ЁŁÓDŹ"), "ёłódź");
    assert_str(key_of("×"), "×");
    assert_str(key_of(""), "");
}

static void long_keys_keep_their_ends(void **state)
{
    (void)state;
    static char word[1100] = "Donaudampfschifffahrtsgesellschaftskapitän";
    memset(word + strlen(word), 'x', 1000);
    assert_str(key_of(word), "donaudampfschiffxxxxxxxxxxxxxxxx");
    assert_str(key_of("abcdefghijklmnopqrstuvwxyz012345"), "abcdefghijklmnopqrstuvwxyz000000");
    assert_str(key_of("abcdefghijklmnopqrstuvwxyz012345Z"), "abcdefghijklmnoprstuvwxyz000000z");
}

static void hashes_are_those_of_training(void **state)
{
    (void)state;
    assert_int_equal(input_hash(128, "\xc3\xa9lan", 5), 4273665228u);
    assert_int_equal(input_hash(128, "donaudampfschiffxxxxxxxxxxxxxxxx", 32), 1810763054u);
    assert_int_equal(input_hash(1, "a", 1) & (TABLE_ROWS - 1), 3838);
    assert_int_equal(input_hash(17, "a", 1) & (TABLE_ROWS - 1), 3792);
    assert_int_equal(input_hash(64, "<a>", 3) & (TABLE_ROWS - 1), 7612);
}

static void shapes_are_those_of_training(void **state)
{
    (void)state;
    const struct {
        const char *form;
        bool first, space;
        unsigned shape;
    } words[] = {{"Élan", 0, 1, 97},    {"O’Neill", 0, 1, 201},   {"“", 0, 1, 1},    {"1,234.5", 0, 1, 21},
                 {"ПУТИН", 0, 1, 145},  {"U.S.", 0, 1, 149},      {"ńŃ", 0, 1, 193}, {"IBM", 1, 1, 147},
                 {"iPhone", 0, 1, 193}, {"co-op", 0, 0, 60},      {"2nd", 0, 1, 65}, {"2024", 0, 1, 33},
                 {"'s", 0, 0, 56},      {"No.", 1, 1, 103},       {"A", 0, 1, 97},   {"ß", 0, 0, 48},
                 {"×", 0, 0, 0},        {"McDonald’s", 0, 1, 201}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_int_equal(input_shape(str_from(words[i].form), words[i].first, words[i].space),
                         words[i].shape);
    for (int b = 0; b < 256; b++) /* whatever the byte is */
        assert_true(input_shape((struct str){(char[]){(char)b}, 1}, true, true) < SHAPES);
}

/* What data.py and net.py say a word is worth, by the book. */
static void expected_row(struct small_model *s, unsigned shape, const uint32_t *affixes, size_t n_affixes,
                         const uint32_t *trigrams, size_t n_trigrams, float *x)
{
    const float *base = (const float *)(void *)small_find(s, "embed.base")->data;
    const float *shapes = (const float *)(void *)small_find(s, "shape.rows")->data;
    for (size_t c = 0; c < 64; c++) {
        double sum = base[c], mean = 0;
        for (size_t i = 0; i < n_affixes; i++)
            sum += (double)((int8_t *)small_find(s, "affix.rows")->data)[affixes[i] * 64 + c] *
                   ((float *)(void *)small_find(s, "affix.scale")->data)[affixes[i]];
        for (size_t i = 0; i < n_trigrams; i++)
            mean += (double)((int8_t *)small_find(s, "trigram.rows")->data)[trigrams[i] * 64 + c] *
                    ((float *)(void *)small_find(s, "trigram.scale")->data)[trigrams[i]];
        x[c] = (float)(sum + (n_trigrams ? mean / (double)n_trigrams : 0) + shapes[shape * 64 + c]);
    }
}

static void assert_close(const float *a, const float *b)
{
    for (size_t c = 0; c < 64; c++)
        if (fabsf(a[c] - b[c]) > 1e-5f)
            fail_msg("channel %zu: %g, expected %g", c, (double)a[c], (double)b[c]);
}

static uint32_t row_of(const struct input *in, const struct kernels *k, struct str form, bool first,
                       bool space, float *x)
{
    struct input_word w;
    input_read(in, form, first, space, &w);
    input_find(in, &w);
    input_row(in, k, &w, x);
    return w.row;
}

static void words_become_rows(void **state)
{
    (void)state;
    struct small_model s;
    struct reason why;
    struct input in;
    float x[64], want[64];
    small_engine(&s, 3);
    small_write(&s);
    struct model *m = model_open(s.path, &why);
    assert_non_null(m);
    if (!input_open(&in, m, &why))
        fail_msg("%s", why.text);
    const struct kernels *k = kernels_named("plain", &why);

    assert_int_equal(row_of(&in, k, STR("Iran"), true, true, x), 3);
    assert_int_equal(row_of(&in, k, STR("Ira"), true, true, x), UINT32_MAX);
    assert_int_equal(row_of(&in, k, STR(""), true, true, x), UINT32_MAX);
    row_of(&in, k, STR("Iran"), true, true, x);
    const float *shape =
        (const float *)(void *)small_find(&s, "shape.rows")->data + input_shape(STR("Iran"), true, true) * 64;
    for (size_t c = 0; c < 64; c++)
        want[c] = shape[c] + (float)((int8_t *)small_find(&s, "embed.rows")->data)[3 * 64 + c] *
                                 ((float *)(void *)small_find(&s, "embed.scale")->data)[3];
    assert_close(x, want);

    row_of(&in, k, STR("a"), false, true, x);
    expected_row(&s, 49, (uint32_t[]){3838, 3792}, 2, (uint32_t[]){7612}, 1, want);
    assert_close(x, want);
    row_of(&in, k, STR(""), false, false, x);
    expected_row(&s, 0, NULL, 0, NULL, 0, want);
    assert_close(x, want);
    static char word[1000];
    memset(word, 'Q', sizeof word);
    row_of(&in, k, (struct str){word, sizeof word}, false, true, x);
    for (size_t c = 0; c < 64; c++)
        assert_true(isfinite(x[c]));
    model_close(m);
    small_free(&s);
}

/* A vocabulary that would be read out of bounds, or be searched for ever. */
static void broken_vocabularies_are_refused(void **state)
{
    (void)state;
    const struct {
        const char *tensor, *reason;
        uint32_t at, value;
    } breaks[] = {{"vocab.offset", "ends before it begins", 2, 1000},
                  {"vocab.offset", "leads out of", 11, 1000000},
                  {"vocab.slots", "leads to no word", 5, 4000},
                  {"vocab.slots", "none is free", UINT32_MAX, 1}};
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        struct small_model s;
        struct reason why;
        struct input in;
        small_engine(&s, 3);
        struct small_tensor *t = small_find(&s, breaks[i].tensor);
        for (uint32_t k = 0; k < t->dims[0]; k++)
            if (breaks[i].at == k || breaks[i].at == UINT32_MAX)
                ((uint32_t *)(void *)t->data)[k] = breaks[i].value;
        small_write(&s);
        struct model *m = model_open(s.path, &why);
        assert_non_null(m);
        assert_false(input_open(&in, m, &why));
        assert_contains(why.text, breaks[i].reason);
        model_close(m);
        small_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_lower_case_and_plain),
        cmocka_unit_test(long_keys_keep_their_ends),
        cmocka_unit_test(hashes_are_those_of_training),
        cmocka_unit_test(shapes_are_those_of_training),
        cmocka_unit_test(words_become_rows),
        cmocka_unit_test(broken_vocabularies_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
