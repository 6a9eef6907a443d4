/* The engine as a whole: against the formulas written down plainly, the same on all kernels, trees for any text, and
 * models that do not fit refused. */
#include <math.h>
#include <stdlib.h>

#include "proto/base/buf.h"
#include "tests/unit/workers/engine/small_model.h"
#include "workers/engine/engine_impl.h"
#include "workers/engine/relations.h"

static struct small_model file;
static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    small_engine(&file, 11);
    small_write(&file);
    arena = arena_new(0);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    small_free(&file);
    arena_free(arena);
    return 0;
}

/* Sentences parted by '|', words by spaces; '_' behind a word: no space after it. */
static struct doc *words(const char *text)
{
    size_t n = strlen(text);
    struct doc *d = ARENA_ARRAY(arena, struct doc, 1);
    d->arena = arena;
    d->text = text;
    d->text_len = (uint32_t)n;
    d->tokens = ARENA_ARRAY(arena, struct token, n + 1);
    d->sentences = ARENA_ARRAY(arena, struct sentence, n + 1);
    d->n_sentences = 1;
    for (const char *p = text; *p;) {
        size_t word = strcspn(p, " |");
        if (word > 0) {
            struct token *t = &d->tokens[d->n_tokens++];
            t->space_after = p[word - 1] != '_' || word == 1;
            t->begin = (uint32_t)(p - text);
            t->end = t->begin + (uint32_t)word - !t->space_after;
            t->sentence = (int32_t)d->n_sentences - 1;
            d->sentences[d->n_sentences - 1].last = (int32_t)d->n_tokens;
        }
        p += word;
        if (*p == '|') {
            d->sentences[d->n_sentences].first = d->sentences[d->n_sentences].last = (int32_t)d->n_tokens;
            d->n_sentences++;
        }
        p += *p != 0;
    }
    return d;
}

/* n words, of the vocabulary and not, in sentences of `length`. */
static struct doc *many_words(size_t n, size_t length)
{
    static const char *const some[] = {"The",   "president", "of", "Iran",  "Łukasz", "rejected",
                                       "7,000", "x",         "“_", "deal_", ",",      "says"};
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < n; i++)
        buf_printf(&text, "%s%s",
                   i % length ? " "
                   : i        ? "|"
                              : "",
                   some[(i * 7 + i / 5) % (sizeof some / sizeof *some)]);
    struct str copy = arena_str(arena, text.data ? text.data : "", text.len);
    buf_free(&text);
    return words(copy.p);
}

static void check_trees(const struct doc *d)
{
    assert_true(d->has_tree);
    for (size_t s = 0; s < d->n_sentences; s++) {
        int32_t first = d->sentences[s].first, last = d->sentences[s].last, roots = 0;
        for (int32_t i = first; i < last; i++) {
            const struct token *t = &d->tokens[i];
            roots += t->head == NONE;
            assert_true(t->head == NONE || (t->head >= first && t->head < last && t->head != i));
            assert_true((t->deprel == REL_ROOT) == (t->head == NONE));
            assert_non_null(t->feats);
            int steps = 0;
            for (int32_t at = i; at != NONE; at = d->tokens[at].head)
                assert_true(steps++ <= last - first);
            bool inner = t->name && t->name % 2 == 0;
            assert_false(inner && (i == first || (t[-1].name != t->name && t[-1].name != t->name - 1)));
        }
        assert_int_equal(roots, first < last);
    }
}

static struct engine *open_with(const char *kernels)
{
    struct reason why;
    const struct kernels *k = kernels_named(kernels, &why);
    if (!k)
        return NULL; /* not on this machine */
    struct engine *e = engine_open_with(file.path, k, &why);
    if (!e)
        fail_msg("%s", why.text);
    return e;
}

/* ---- by the book: net.py's formulas, with the rounding that the kernels do ---- */

static float *data_of(const char *format, const char *part)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", format, part);
    return (float *)(void *)small_find(&file, name)->data;
}

/* out [rows][outs] = x [rows][ins] W + b; returns outs. */
static size_t product(const char *name, const float *x, size_t rows, float *out)
{
    const int8_t *w = (const int8_t *)(void *)data_of(name, "weight");
    const float *scale = data_of(name, "scale"), *bias = data_of(name, "bias");
    char weight[64];
    snprintf(weight, sizeof weight, "%s.weight", name);
    size_t outs = small_find(&file, weight)->dims[0], ins = small_find(&file, weight)->dims[1];
    for (size_t r = 0; r < rows; r++) {
        float most = 0;
        for (size_t i = 0; i < ins; i++)
            most = fmaxf(most, fabsf(x[r * ins + i]));
        for (size_t o = 0; o < outs; o++) {
            double sum = 0;
            for (size_t i = 0; i < ins && most > 0; i++)
                sum += (double)nearbyintf(x[r * ins + i] * (127.0f / most)) * w[o * ins + i];
            out[r * outs + o] = (float)(sum * (double)(most / 127.0f) * (double)scale[o] + (double)bias[o]);
        }
    }
    return outs;
}

static double sigmoid(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

static void window_by_the_book(float *x, size_t n)
{
    static float three[64 * 192], g[64 * 128];
    memset(three, 0, sizeof three);
    for (size_t t = 0; t < n; t++)
        for (size_t s = 0; s < 3; s++)
            if (t + s >= 1 && t + s <= n)
                memcpy(three + t * 192 + s * 64, x + (t + s - 1) * 64, 64 * sizeof *x);
    product("layer0", three, n, g);
    for (size_t t = 0; t < n; t++)
        for (size_t c = 0; c < 64; c++)
            x[t * 64 + c] += (float)((double)g[t * 128 + c] * sigmoid((double)g[t * 128 + 64 + c]));
}

static void recurrent_by_the_book(const char *name, float *x, size_t n)
{
    static float u[64 * 192];
    const float *v = data_of(name, "v");
    product(name, x, n, u);
    for (size_t c = 0; c < 64; c++) {
        double h = 0;
        for (size_t i = 0; i < n; i++) {
            size_t t = c < 32 ? i : n - 1 - i;
            double z = sigmoid((double)u[t * 192 + c] + (double)v[c] * h);
            double r = sigmoid((double)u[t * 192 + 128 + c] + (double)v[64 + c] * h);
            h += z * ((double)u[t * 192 + 64 + c] - h);
            x[t * 64 + c] += (float)(r * (h - (double)x[t * 64 + c]));
        }
    }
}

struct seen {
    float x[64 * 64], heads[64 * 256], scores[64 * 80];
    size_t rows, outs, columns;
};

static void look(void *who, struct scratch *s)
{
    struct seen *seen = who;
    seen->rows = scratch_rows(s);
    memcpy(seen->x, s->x, seen->rows * 64 * sizeof(float));
    seen->outs = s->engine->heads.outs;
    for (size_t i = 0; i < seen->rows; i++)
        memcpy(seen->heads + i * seen->outs, s->wide + i * s->engine->heads.out_stride,
               seen->outs * sizeof(float));
    seen->columns = heads_scores(s, &s->runs[0]);
    memcpy(seen->scores, s->scores, seen->rows * seen->columns * sizeof(float));
}

static void assert_close(float got, float want, const char *what, size_t i, size_t j)
{
    if (!(fabsf(got - want) < 1e-3f * (1.0f + fabsf(want))))
        fail_msg("%s of word %zu, %zu: %g, by the book %g", what, i, j, (double)got, (double)want);
}

static void numbers_are_those_of_the_book(void **state)
{
    (void)state;
    static struct seen seen;
    static float x[64 * 64], heads[64 * 256], relu[64 * 40], arcs[64 * 48];
    struct engine *e = open_with("plain");
    struct doc *d = many_words(23, 23);
    size_t n = 23, arc = 40, far = 4;
    engine_run_with(e, d, NULL, look, &seen);
    for (size_t i = 0; i < n; i++) {
        struct input_word w;
        input_read(&e->input, doc_token_text(d, (int32_t)i), i == 0, i == 0 || d->tokens[i - 1].space_after,
                   &w);
        input_find(&e->input, &w);
        input_row(&e->input, e->kernels, &w, x + i * 64);
    }
    window_by_the_book(x, n);
    recurrent_by_the_book("layer1", x, n);
    recurrent_by_the_book("layer2", x, n);
    size_t outs = product("heads", x, n, heads);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < arc; k++)
            relu[i * arc + k] = fmaxf(0, heads[i * outs + k]);
    product("arc", relu, n, arcs);
    assert_int_equal(seen.outs, outs);
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < 64; c++)
            assert_close(seen.x[i * 64 + c], x[i * 64 + c], "channel", i, c);
        for (size_t o = 0; o < outs; o++)
            assert_close(seen.heads[i * outs + o], heads[i * outs + o], "output", i, o);
        const float *u = arcs + i * (arc + 2 * far),
                    *root = (const float *)(void *)small_find(&file, "root.arc")->data;
        for (size_t j = 0; j <= n; j++) {
            double sum = 0;
            for (size_t k = 0; k < arc; k++)
                sum +=
                    (double)u[k] * (j ? fmax(0, (double)heads[(j - 1) * outs + arc + k]) : (double)root[k]);
            size_t way = j > i + 1 ? j - 1 - i : i + 1 - j, bucket = way >= 9   ? 3
                                                                     : way >= 4 ? 2
                                                                     : way >= 2 ? 1
                                                                                : 0;
            if (j > 0)
                sum += (double)u[arc + bucket + (j > i + 1 ? far : 0)];
            if (j != i + 1)
                assert_close(seen.scores[i * seen.columns + j], (float)sum, "arc", i, j);
        }
    }
    check_trees(d);
    engine_close(e);
}

/* ---- states for later stages ---- */

/* Gathers the chunks' rows, one behind the other: they come in the order of the tokens. */
struct gathered {
    float *x;
    size_t rows;
};

static void gather_states(void *who, struct scratch *s)
{
    struct gathered *g = who;
    memcpy(g->x + g->rows * 64, s->x, scratch_rows(s) * 64 * sizeof(float));
    g->rows += scratch_rows(s);
}

static void states_are_the_last_layers_rows(void **state)
{
    (void)state;
    struct engine *e = open_with("plain");
    struct doc *d = many_words(3 * CHUNK_WORDS, 11);
    struct gathered g = {ARENA_ARRAY(arena, float, d->n_tokens * 64), 0};
    d->keeps_states = true;
    engine_run_with(e, d, NULL, gather_states, &g);
    assert_int_equal(g.rows, d->n_tokens);
    assert_int_equal(d->states.width, 64);
    for (size_t i = 0; i < d->n_tokens; i++)
        for (size_t k = 0; k < 64; k++) {
            float step = d->states.scale[i], far = g.x[i * 64 + k] - (float)d->states.v[i * 64 + k] * step;
            assert_true(fabsf(far) <= step * 0.51f);
        }
    struct doc *without = many_words(20, 11);
    engine_run(e, without);
    assert_int_equal(without->states.width, 0);
    engine_close(e);
}

/* ---- the same on all kernels ---- */

static void gather(void *who, struct scratch *s)
{
    struct buf *all = who;
    size_t rows = scratch_rows(s);
    buf_append(all, s->x, rows * s->engine->width * sizeof(float));
    buf_append(all, s->wide, rows * s->engine->heads.out_stride * sizeof(float));
    buf_append(all, s->relations, rows * s->engine->rel.out_stride * sizeof(float));
    for (size_t r = 0; r < s->n_runs; r++) {
        size_t columns = heads_scores(s, &s->runs[r]), n = s->runs[r].last - s->runs[r].first;
        for (size_t i = 0; i < n; i++)
            buf_append(all, s->scores + i * columns, (n + 1) * sizeof(float));
    }
}

static void all_kernels_say_the_same(void **state)
{
    (void)state;
    static const char *const others[] = {"avx2", "avx512"};
    for (size_t length = 1; length < 260; length = length * 6 + 1) {
        struct buf first = BUF_INIT;
        struct doc *want = many_words(400, length);
        struct engine *plain = open_with("plain"), *e;
        engine_run_with(plain, want, NULL, gather, &first);
        check_trees(want);
        for (size_t k = 0; k < 2; k++) {
            struct buf other = BUF_INIT;
            struct doc *d = many_words(400, length);
            if (!(e = open_with(others[k])))
                continue;
            engine_run_with(e, d, NULL, gather, &other);
            assert_int_equal(other.len, first.len);
            assert_memory_equal(other.data, first.data, first.len);
            for (size_t i = 0; i < d->n_tokens; i++) {
                const struct token *a = &d->tokens[i], *b = &want->tokens[i];
                assert_true(a->upos == b->upos && a->head == b->head && a->deprel == b->deprel &&
                            a->name == b->name);
                assert_true(str_equal(a->feats->text, b->feats->text));
            }
            buf_free(&other);
            engine_close(e);
        }
        engine_close(plain);
        buf_free(&first);
    }
}

static void neighbours_in_a_chunk_do_not_matter(void **state)
{
    (void)state;
    struct engine *e = open_with("plain");
    struct doc *alone = words("The president of Iran rejected a deal_ .");
    struct doc *among = words("Yes|He says so .|The president of Iran rejected a deal_ .|No_ , no_ !");
    engine_run(e, alone);
    engine_run(e, among);
    for (size_t i = 0; i < alone->n_tokens; i++) {
        const struct token *a = &alone->tokens[i], *b = &among->tokens[i + 5];
        assert_int_equal(a->upos, b->upos);
        assert_int_equal(a->deprel, b->deprel);
        assert_int_equal(a->head == NONE ? NONE : a->head + 5, b->head);
    }
    engine_close(e);
}

static void any_text_gets_trees(void **state)
{
    (void)state;
    struct engine *e = open_with("plain");
    struct doc *none = words("");
    engine_run(e, none);
    check_trees(none);
    struct doc *some = words("||A||b c|");
    engine_run(e, some);
    check_trees(some);
    assert_int_equal(some->tokens[0].head, NONE);
    for (size_t length = 249; length < 900; length += 1 + (length > 253) * 250) {
        struct doc *long_ones = many_words(2 * length, length);
        engine_run(e, long_ones);
        check_trees(long_ones);
    }
    size_t before = arena_used(arena);
    engine_run(e, many_words(100, 20));
    arena_reset(arena);
    struct doc *d = many_words(6000, 20);
    before = arena_used(arena);
    engine_run(e, d);
    assert_true(arena_used(arena) - before < 2 << 20); /* however long it is */
    check_trees(d);
    engine_close(e);
}

/* ---- models that do not fit ---- */

static void refuse(struct small_model *m, const char *reason)
{
    struct reason why = {""};
    small_write(m);
    struct engine *e = engine_open(m->path, &why);
    if (e)
        fail_msg("it was taken; expected: %s", reason);
    assert_contains(why.text, m->path);
    assert_contains(why.text, reason);
    small_free(m);
}

static void set_text(struct small_model *m, const char *name, const char *text)
{
    struct small_tensor *t = small_find(m, name);
    free(t->data);
    t->dims[0] = (uint32_t)strlen(text);
    t->bytes = strlen(text);
    t->data = strdup(text);
}

static void unknown_labels_and_shapes_are_refused(void **state)
{
    (void)state;
    static const char *const texts[][3] = {
        {"labels.upos", "NOUN\nVERB\nPUNCT\nDET\nVERBY",
         "labels.upos: line 5: an unknown part of speech 'VERBY'"},
        {"labels.upos", "NOUN\nVERB\nPUNCT\nDET", "heads.sizes: number 4 is 5"},
        {"labels.feats", "_\nNumber\n_\n_", "labels.feats: line 2: 'Number' is no list of features"},
        {"labels.deprel", "nsubj\nroot\nverbs", "labels.deprel: line 3: an unknown relation 'verbs'"},
        {"labels.deprel", "nsubj\nobj\nobl\nnsubj:pass\npunct\ncase", "there is no root"},
        {"labels.deprel", "nsubj\nroot", "rel.weight should be"},
        {"labels.name", "O\nB-PER\nI-PER\nB-ORG\nI-ORG\nB-LOC\nI-GOD",
         "labels.name: line 7: an unknown name tag 'I-GOD'"},
    };
    struct small_model m;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        small_engine(&m, 1);
        set_text(&m, texts[i][0], texts[i][1]);
        refuse(&m, texts[i][2]);
    }
    small_engine(&m, 1);
    small_find(&m, "meta.layers")->data[1] = 2;
    refuse(&m, "layer1 is of an unknown kind 2");
    small_engine(&m, 1);
    small_find(&m, "meta.layers")->data[1] = 0;
    refuse(&m, "layer1.weight should be i8[128][192]");
    small_engine(&m, 1);
    ((uint32_t *)(void *)small_find(&m, "far.from")->data)[2] = 1;
    refuse(&m, "far.from: the distances do not grow");
    small_engine(&m, 1);
    ((uint32_t *)(void *)small_find(&m, "heads.sizes")->data)[0] = 4000;
    refuse(&m, "heads.sizes: number 0 is 4000");
    small_engine(&m, 1);
    strcpy(small_find(&m, "root.rel")->name, "root.relative");
    refuse(&m, "it has no root.rel");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_are_those_of_the_book, set_up, tear_down),
        cmocka_unit_test_setup_teardown(states_are_the_last_layers_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_kernels_say_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(neighbours_in_a_chunk_do_not_matter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_text_gets_trees, set_up, tear_down),
        cmocka_unit_test(unknown_labels_and_shapes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
