#include <math.h>

#include "tests/unit/workers/small_lexicon.h"
#include "workers/text/boundary.h"

#define WORDS    8192
#define SUFFIXES 1024
#define DIM      BOUNDARY_DIM
#define HIDDEN   BOUNDARY_HIDDEN

static int8_t words[WORDS * DIM], suffixes[SUFFIXES * DIM], shapes[BOUNDARY_SHAPES * DIM];
static int16_t hidden[BOUNDARY_WINDOW * DIM * HIDDEN], out[HIDDEN];
static float bias[HIDDEN + 1];
static const struct boundary whole = {words,  suffixes,   shapes,        hidden,        out,
                                      bias,   WORDS *DIM, SUFFIXES *DIM, sizeof shapes, sizeof hidden / 2,
                                      HIDDEN, HIDDEN + 1};

/* A generator of our own: the same numbers everywhere. */
static uint32_t next(uint32_t *state)
{
    return (*state = *state * 1664525 + 1013904223) >> 8;
}

static void fill(uint32_t seed)
{
    for (size_t i = 0; i < sizeof words; i++)
        words[i] = (int8_t)(next(&seed) % 256 - 128);
    for (size_t i = 0; i < sizeof suffixes; i++)
        suffixes[i] = (int8_t)(next(&seed) % 256 - 128);
    for (size_t i = 0; i < sizeof shapes; i++)
        shapes[i] = (int8_t)(next(&seed) % 256 - 128);
    for (size_t i = 0; i < sizeof hidden / 2; i++)
        hidden[i] = (int16_t)(next(&seed) % 65536 - 32768);
    for (size_t i = 0; i < HIDDEN; i++)
        out[i] = (int16_t)(next(&seed) % 65536 - 32768);
    for (size_t i = 0; i <= HIDDEN; i++)
        bias[i] = (float)(next(&seed) % 20000) - 10000.0F;
}

static void clear(void)
{
    memset(words, 0, sizeof words);
    memset(suffixes, 0, sizeof suffixes);
    memset(shapes, 0, sizeof shapes);
    memset(hidden, 0, sizeof hidden);
    memset(out, 0, sizeof out);
    memset(bias, 0, sizeof bias);
}

static void tokens(struct small *s, const char *body)
{
    small_text(s, body, strlen(body));
    normalise_run(&s->doc);
    tokens_run(&s->doc, s->lexicon);
}

/* The sum of one window, written out the plain way. */
static bool plain(const struct doc *d, int32_t first, int32_t last, int32_t token)
{
    int64_t sum = (int64_t)bias[HIDDEN];
    for (int h = 0; h < HIDDEN; h++) {
        int64_t unit = (int64_t)bias[h];
        for (int k = 0; k < BOUNDARY_WINDOW; k++) {
            int32_t i = token + k - BOUNDARY_WINDOW / 2;
            struct boundary_rows r = {0, 0, BOUNDARY_SHAPES - 1};
            if (i >= first && i < last)
                r = boundary_rows(&whole, d, i, i == first || d->tokens[i - 1].space_after);
            for (int x = 0; x < DIM; x++) {
                int value = words[r.word * DIM + (uint32_t)x] + suffixes[r.suffix * DIM + (uint32_t)x] +
                            shapes[r.shape * DIM + (uint32_t)x];
                unit += value * hidden[((k * DIM / 2 + x / 2) * HIDDEN + h) * 2 + x % 2];
            }
        }
        sum += unit > 0 ? unit * out[h] : 0;
    }
    return sum > 0;
}

static void test_plain(void **state)
{
    (void)state;
    struct small s;
    size_t yes = 0, no = 0;
    tokens(
        &s,
        "Oslo's army didn't go; we'll see ... they can't (or 5 of them won't). \u00C9tienne SAID so, \"Why?\"");
    for (uint32_t seed = 1; seed < 40; seed++) {
        fill(seed);
        int32_t n = (int32_t)s.doc.n_tokens, first = (int32_t)(seed % 5), last = n - (int32_t)(seed % 7);
        bool ends[64] = {false};
        assert_true(n < 64);
        boundary_mark(&whole, &s.doc, first, last, ends);
        for (int32_t i = 0; i < n; i++) {
            bool expected = i >= first && i < last - 1 && plain(&s.doc, first, last, i);
            assert_int_equal(ends[i], expected);
            yes += expected;
            no += !expected;
        }
    }
    assert_true(yes > 100 && no > 100);
    small_end(&s);
}

/* Rows as boundaries.py --features prints them (its tokens all have space before and behind). */
static void test_rows(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        uint32_t word_row, suffix_row, shape;
    } expected[] = {
        {"The", 4799, 250, 7},   {"U.S.", 286, 516, 27},    {"1990s", 5738, 202, 23},
        {"\"", 2836, 539, 39},   {"\?!", 2899, 532, 39},    {"-----", 991, 349, 39},
        {"Ärger", 4206, 774, 7}, {"iPhone", 3325, 746, 19}, {"7:30", 5243, 606, 35},
        {"—", 897, 488, 39},     {"don", 5008, 618, 3},     {"Inc.", 8041, 473, 27},
        {"...", 4661, 407, 39},  {"!!!", 3674, 958, 39},    {"I", 5729, 4, 15},
        {"“", 2836, 539, 39},    {"``", 2836, 539, 39},     {"\?", 259, 316, 39},
        {"é", 7608, 162, 3},     {"NATO", 5785, 567, 11},   {"...\?", 2899, 532, 39},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct small s;
        char body[64];
        snprintf(body, sizeof body, "%s x", expected[i].word);
        tokens(&s, body);
        if (s.doc.n_tokens != 2)
            fail_msg("'%s' is %zu tokens", body, s.doc.n_tokens);
        struct boundary_rows r = boundary_rows(&whole, &s.doc, 0, true);
        if (r.word != expected[i].word_row || r.suffix != expected[i].suffix_row ||
            r.shape != expected[i].shape)
            fail_msg("'%s': %u %u %u", expected[i].word, r.word, r.suffix, r.shape);
        small_end(&s);
    }
}

/* A sentence ends before a word with a capital: one unit looks at the shape of the token behind. Not after a title or a
 * quotation's comma, whatever the model says. */
static void test_sentences(void **state)
{
    (void)state;
    struct small s;
    clear();
    for (int space = 0; space < 4; space++)
        shapes[(4 + space) * DIM + 3] = 1;
    hidden[((5 * DIM / 2 + 1) * HIDDEN + 7) * 2 + 1] = 100;
    out[7] = 1;
    bias[HIDDEN] = -50;
    tokens(&s, "we go Now it ends. and Mr. Moe's old \"plan,\" Berge said\n\nNot here");
    sentences_run(&s.doc, s.lexicon, &whole);
    static const char *const expected[] = {"we go", "Now it ends. and Mr. Moe's old \"plan,\" Berge said",
                                           "Not here"};
    assert_int_equal(s.doc.n_sentences, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct sentence *x = &s.doc.sentences[i];
        assert_str(((struct str){s.doc.text + x->begin, x->end - x->begin}), expected[i]);
        assert_int_equal(x->first, i ? s.doc.sentences[i - 1].last : 0);
        assert_int_equal(x->paragraph, i == 2);
        for (int32_t t = x->first; t < x->last; t++)
            assert_int_equal(s.doc.tokens[t].sentence, i);
    }
    assert_true(s.doc.sentences[2].heading);
    assert_int_equal(s.doc.sentences[2].last, s.doc.n_tokens);
    small_end(&s);
}

static void refuse(const char *what, size_t offset, size_t n)
{
    struct boundary b = whole;
    struct reason why = {""};
    memcpy((char *)&b + offset, &n, sizeof n);
    assert_false(boundary_check(&b, &why));
    if (!strstr(why.text, what))
        fail_msg("'%s' does not say '%s'", why.text, what);
}

static void test_check(void **state)
{
    (void)state;
    struct reason why = {""};
    clear();
    assert_true(boundary_check(&whole, &why));
    refuse("words", offsetof(struct boundary, n_words), DIM);
    refuse("words", offsetof(struct boundary, n_words), WORDS * DIM - 1);
    refuse("suffixes", offsetof(struct boundary, n_suffixes), 0);
    refuse("shapes", offsetof(struct boundary, n_shapes), sizeof shapes - DIM);
    refuse("hidden", offsetof(struct boundary, n_hidden), sizeof hidden);
    refuse("out", offsetof(struct boundary, n_out), HIDDEN - 1);
    refuse("bias", offsetof(struct boundary, n_bias), HIDDEN);
    refuse("words", offsetof(struct boundary, words), 0);
    refuse("hidden", offsetof(struct boundary, hidden), 0);
    bias[3] = NAN;
    assert_false(boundary_check(&whole, &why));
    bias[3] = 4e8F; /* the sum of a unit could run over */
    assert_false(boundary_check(&whole, &why));
    bias[3] = 0;
    bias[HIDDEN] = INFINITY;
    assert_false(boundary_check(&whole, &why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_plain), cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_sentences), cmocka_unit_test(test_check)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
