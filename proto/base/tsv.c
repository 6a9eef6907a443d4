#include "proto/base/tsv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/utf8.h"

#define FILE_MAX_BYTES ((size_t)64 << 20)

struct tsv {
    char *path, *bytes;
    size_t len, at, line; /* `at`: where the next line begins; `line`: number of the one read last, from 1 */
};

static bool read_file(struct tsv *t, struct reason *why)
{
    FILE *f = fopen(t->path, "rbe");
    if (!f)
        return reason_set(why, "%s: %s", t->path, strerror(errno));
    size_t cap = 0;
    for (;;) {
        if (t->len == cap) {
            cap = cap ? cap * 2 : 1 << 16;
            char *more = cap <= 2 * FILE_MAX_BYTES ? realloc(t->bytes, cap) : NULL;
            if (!more)
                break;
            t->bytes = more;
        }
        size_t n = fread(t->bytes + t->len, 1, cap - t->len, f);
        t->len += n;
        if (n == 0)
            break;
    }
    int error = ferror(f) ? errno : 0;
    fclose(f);
    if (error)
        return reason_set(why, "%s: %s", t->path, strerror(error));
    return t->len < cap ? true : reason_set(why, "%s: larger than %zu MiB", t->path, FILE_MAX_BYTES >> 20);
}

struct tsv *tsv_open(const char *path, struct reason *why)
{
    struct tsv *t = calloc(1, sizeof *t);
    if (!t || !(t->path = strdup(path))) {
        free(t);
        reason_set(why, "out of memory");
        return NULL;
    }
    if (!read_file(t, why)) {
        tsv_close(t);
        return NULL;
    }
    size_t valid = utf8_valid_prefix(t->bytes, t->len), line = 1;
    if (valid < t->len) {
        for (size_t i = 0; i < valid; i++)
            line += t->bytes[i] == '\n';
        reason_set(why, "%s:%zu: is not UTF-8", path, line);
        tsv_close(t);
        return NULL;
    }
    return t;
}

void tsv_close(struct tsv *t)
{
    if (!t)
        return;
    free(t->path);
    free(t->bytes);
    free(t);
}

static struct str trim(const char *p, const char *end)
{
    while (p < end && *p == ' ')
        p++;
    while (end > p && end[-1] == ' ')
        end--;
    return (struct str){p, (size_t)(end - p)};
}

/* Splits a line; returns the number of columns that it has, of which at most `most` are kept. */
static size_t split(const char *p, const char *end, struct str *columns, size_t most)
{
    size_t n = 0;
    for (;;) {
        const char *tab = memchr(p, '\t', (size_t)(end - p)), *stop = tab ? tab : end;
        if (n < most)
            columns[n] = trim(p, stop);
        n++;
        if (!tab)
            return n;
        p = tab + 1;
    }
}

int tsv_next(struct tsv *t, struct str *columns, size_t least, size_t most, struct reason *why)
{
    while (t->at < t->len) {
        const char *p = t->bytes + t->at, *end = memchr(p, '\n', t->len - t->at);
        size_t n = end ? (size_t)(end - p) : t->len - t->at;
        t->at += n + (end != NULL);
        t->line++;
        if (n && p[n - 1] == '\r')
            n--;
        if (n == 0 || p[0] == '#' || trim(p, p + n).n == 0)
            continue;
        for (size_t i = 0; i < most; i++)
            columns[i] = STR("");
        size_t got = split(p, p + n, columns, most);
        if (got >= least && got <= most)
            return 1;
        tsv_fail(t, why, "%zu columns, expected %zu%s%.0zu, separated by tabs", got, least,
                 least < most ? " to " : "", least < most ? most : 0);
        return -1;
    }
    return 0;
}

bool tsv_fail(const struct tsv *t, struct reason *why, const char *format, ...)
{
    char what[REASON_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return reason_set(why, "%s:%zu: %s", t->path, t->line, what);
}

size_t tsv_line(const struct tsv *t)
{
    return t->line;
}

struct str tsv_bytes(const struct tsv *t)
{
    return (struct str){t->bytes, t->len};
}
