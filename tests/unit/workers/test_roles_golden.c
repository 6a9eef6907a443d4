/* The model's roles against an independent computation of the same: workers/train/roles_reference.py, in numpy, wrote
 * tests/data/golden.roles. The same anchors, whose and which words; probabilities but for rounding. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/buf.h"
#include "tests/unit/unit.h"
#include "workers/pipeline.h"
#include "workers/statements/roles.h"

#define TEXT   "tests/data/golden.txt"
#define GOLDEN "tests/data/golden.roles"
#define LEAST  0.4
#define NEAR   0.03 /* of probabilities: int8 steps fall to the other side of a half */

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    struct buf b = BUF_INIT;
    for (int c; (c = getc(f)) != EOF;)
        buf_putc(&b, (char)c);
    buf_putc(&b, 0);
    fclose(f);
    return b.data;
}

struct seen {
    const struct roles *roles;
    struct buf lines;
    double p[256];
    size_t n;
};

static void put_pieces(struct buf *out, const struct doc *d, const struct piece *v, size_t n)
{
    buf_putc(out, '\t');
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s%u-%u", i ? "," : "", d->to_body[d->tokens[v[i].first].begin],
                   d->to_body[d->tokens[v[i].last - 1].end]);
    if (n == 0)
        buf_putc(out, '-');
}

static void keep(void *who, const struct doc *d, const struct reading *r)
{
    struct seen *s = who;
    struct attributions said = roles_run(s->roles, d, r, LEAST);
    for (size_t i = 0; i < said.n && s->n < 256; i++) {
        const struct attribution *x = &said.v[i];
        buf_printf(&s->lines, "%u", d->to_body[d->tokens[x->anchor].begin]);
        put_pieces(&s->lines, d, &x->cue, 1);
        put_pieces(&s->lines, d, &x->source, x->source.first != NONE);
        put_pieces(&s->lines, d, x->content.v, x->content.n);
        buf_putc(&s->lines, '\n');
        s->p[s->n++] = x->p;
    }
}

/* The file's lines without their probabilities, which are compared as they come. */
static struct buf without_p(char *golden, const struct seen *s)
{
    struct buf b = BUF_INIT;
    size_t n = 0;
    for (char *line; (line = strtok_r(golden, "\n", &golden)); n++) {
        char *p = strchr(line, '\t'), *rest = p ? strchr(p + 1, '\t') : NULL;
        assert_non_null(rest);
        buf_printf(&b, "%.*s%s\n", (int)(p - line), line, rest);
        if (n < s->n && fabs(strtod(p + 1, NULL) - s->p[n]) > NEAR)
            fail_msg("%s: the program says %.3f", line, s->p[n]);
    }
    buf_putc(&b, 0);
    return b;
}

static void same_as_reference(void **state)
{
    (void)state;
    struct reason why;
    struct pipeline *p = pipeline_open("config", NULL, NULL, NULL, &why);
    assert_non_null(p);
    if (pipeline_lacks_model(p)) {
        pipeline_close(p);
        print_message("skipped: no model in this checkout\n");
        skip();
    }
    char *text = read_file(TEXT), *golden = read_file(GOLDEN);
    assert_non_null(pipeline_roles(p));
    struct article a = {.v = 1, .id = STR("golden"), .published = TIME_ABSENT, .body = str_from(text)};
    struct seen seen = {.roles = pipeline_roles(p), .lines = BUF_INIT};
    struct arena *arena = arena_new(0);
    pipeline_read_parts(p, &a, arena, keep, &seen);
    buf_putc(&seen.lines, 0);
    struct buf want = without_p(golden, &seen);
    assert_string_equal(seen.lines.data, want.data);
    assert_true(seen.n >= 5);
    buf_free(&seen.lines);
    buf_free(&want);
    arena_free(arena);
    pipeline_close(p);
    free(text);
    free(golden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_reference)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
