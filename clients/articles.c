/* articles.c: files to articles: plain text, JSON Lines in our own fields, and ninjs (IPTC's news in JSON).
 */
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "clients/cli.h"
#include "proto/base/utf8.h"
#include "proto/json.h"

#define FILE_MAX ((size_t)1 << 30) /* bytes of a file that has to be read whole (text, ninjs) */

static const char *const format_names[] = {"auto", "text", "jsonl", "ninjs", NULL};

int cli_format(const char *name)
{
    return name_index(format_names, str_from(name));
}

/* ---- reading ---- */

struct reader {
    FILE *in;
    char *line; /* the one read ahead; owned */
    size_t line_cap, line_len, line_number;
    cli_article_fn *fn;
    void *arg;
    struct arena *arena;
};

static bool read_failed(struct reason *why)
{
    return reason_set(why, "%s", errno ? strerror(errno) : "cannot be read");
}

/* 1: a line is there; 0: the end; -1: cannot be read. */
static int next_line(struct reader *r, struct reason *why)
{
    errno = 0;
    ssize_t n = getline(&r->line, &r->line_cap, r->in);
    if (n < 0 && ferror(r->in)) {
        read_failed(why);
        return -1;
    }
    r->line_len = n < 0 ? 0 : (size_t)n;
    r->line_number += n >= 0;
    return n >= 0;
}

static bool read_rest(struct reader *r, struct buf *out, struct reason *why)
{
    char piece[65536];
    size_t n;
    errno = 0;
    buf_append(out, r->line, r->line_len);
    while ((n = fread(piece, 1, sizeof piece, r->in)) > 0 && out->len <= FILE_MAX)
        buf_append(out, piece, n);
    if (ferror(r->in))
        return read_failed(why);
    if (out->len > FILE_MAX || out->failed)
        return reason_set(why, "too big: at most %zu MiB", FILE_MAX >> 20);
    return true;
}

/* ---- text ---- */

static bool read_text(struct reader *r, struct reason *why)
{
    struct buf text = BUF_INIT;
    struct article a;
    bool ok = read_rest(r, &text, why);
    if (ok) {
        stance_article_init(&a);
        a.body = (struct str){text.data ? text.data : "", text.len};
        ok = r->fn(r->arg, 1, &a, NULL);
    }
    buf_free(&text);
    return ok;
}

/* ---- JSON Lines ---- */

static bool blank(const char *p, size_t n)
{
    while (n > 0 && isspace((unsigned char)p[n - 1]))
        n--;
    return n == 0;
}

static bool read_jsonl(struct reader *r, struct reason *why)
{
    for (int more = r->line_number > 0; more >= 0; more = next_line(r, why)) {
        struct article a;
        struct reason bad;
        if (more == 0 && r->line_len == 0)
            return true;
        if (blank(r->line, r->line_len))
            continue;
        arena_reset(r->arena);
        bool ok = json_read(&article_schema, r->line, r->line_len, r->arena, &a, &bad);
        if (!r->fn(r->arg, r->line_number, ok ? &a : NULL, ok ? NULL : &bad))
            return false;
    }
    return false;
}

/* ---- ninjs: versions 1 (body_text, headline) and 2 (bodies[], headlines[]) ---- */

static struct str text_of(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)}
                             : (struct str){NULL, 0};
}

/* Elements that begin a new line; others are only left out. */
static bool breaks_line(struct str tag)
{
    static const char *const names[] = {"p",  "br", "div", "li", "tr", "h1",
                                        "h2", "h3", "h4",  "h5", "h6", "blockquote"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tag.n == strlen(names[i]) && strncasecmp(tag.p, names[i], tag.n) == 0)
            return true;
    return false;
}

/* Steps over "<...>" at p, and over what stands inside script and style. */
static const char *skip_tag(const char *p, const char *end, struct buf *out)
{
    bool closing = p + 1 < end && p[1] == '/';
    struct str tag = {p + 1 + closing, 0};
    while (tag.p + tag.n < end && isalnum((unsigned char)tag.p[tag.n]))
        tag.n++;
    const char *close = memchr(p, '>', (size_t)(end - p));
    bool hidden = !closing && ((tag.n == 6 && strncasecmp(tag.p, "script", 6) == 0) ||
                               (tag.n == 5 && strncasecmp(tag.p, "style", 5) == 0));
    if (breaks_line(tag) && out->len > 0 && out->data[out->len - 1] != '\n')
        buf_puts(out, tag.n == 2 && !closing ? "\n" : "\n\n");
    if (!close)
        return end;
    for (p = close + 1; hidden && p < end; p++)
        if (*p == '<' && p + 1 < end && p[1] == '/')
            return skip_tag(p, end, out);
    return p;
}

/* Leaves the tags out. Entities stay: every body may have them, and the workers read them. */
static struct str text_of_html(struct arena *a, struct str html)
{
    struct buf out = BUF_INIT;
    for (const char *p = html.p, *end = html.p + html.n; p < end;) {
        bool tag = *p == '<' && p + 1 < end && (isalpha((unsigned char)p[1]) || p[1] == '/' || p[1] == '!');
        if (tag)
            p = skip_tag(p, end, &out);
        else
            buf_putc(&out, *p++);
    }
    struct str text = arena_str(a, out.data ? out.data : "", out.len);
    buf_free(&out);
    return text;
}

/* The value of the first of objects {value, contenttype?} with this content type (NULL: any). */
static struct str value_of(const json_t *list, const char *content_type)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) if (!content_type || str_is(text_of(item, "contenttype"),
                                                                  content_type)) return text_of(item,
                                                                                                "value");
    return (struct str){NULL, 0};
}

static struct str ninjs_body(struct arena *a, const json_t *item)
{
    const json_t *bodies = json_object_get(item, "bodies");
    struct str text = text_of(item, "body_text"), html = text_of(item, "body_html");
    if (!text.p)
        text = value_of(bodies, "text/plain");
    if (!html.p)
        html = value_of(bodies, "text/html");
    return text.p ? text : html.p ? text_of_html(a, html) : (struct str){NULL, 0};
}

static int64_t ninjs_revision(const json_t *item)
{
    const json_t *v = json_object_get(item, "version");
    int64_t n;
    if (json_is_integer(v))
        return json_integer_value(v) >= 0 ? json_integer_value(v) : -1;
    return json_is_string(v) && cli_number(json_string_value(v), 0, INT32_MAX, &n) ? n : -1;
}

static bool ninjs_published(const json_t *item, int64_t *out, struct reason *why)
{
    struct str text = text_of(item, "versioncreated");
    if (!text.p)
        text = text_of(item, "firstcreated");
    if (text.p && !clock_parse(text, out))
        return reason_set(why, "versioncreated: '%.*s' is no RFC 3339 time", STR_ARGS(text));
    return true;
}

static bool ninjs_article(struct arena *a, const json_t *item, struct article *out, struct reason *why)
{
    struct str status = text_of(item, "pubstatus");
    if (!json_is_object(item))
        return reason_set(why, "ninjs: expected an object");
    stance_article_init(out);
    out->id = text_of(item, "uri");
    out->title = text_of(item, "headline");
    if (!out->title.p)
        out->title = value_of(json_object_get(item, "headlines"), NULL);
    if (out->id.n > 4 && memcmp(out->id.p, "http", 4) == 0)
        out->url = out->id;
    out->source = text_of(item, "copyrightholder");
    out->lang = text_of(item, "language");
    out->revision = ninjs_revision(item);
    out->body = ninjs_body(a, item);
    if (!status.p)
        status = text_of(item, "status");
    if (str_is(status, "withheld"))
        return reason_set(why, "ninjs: pubstatus is 'withheld': not to be published");
    out->status = str_is(status, "canceled") ? ARTICLE_CANCELED : ARTICLE_USABLE;
    if (!out->body.p && out->status == ARTICLE_USABLE)
        return reason_set(why, "ninjs: neither body_text nor body_html (nor bodies)");
    return ninjs_published(item, &out->published, why);
}

static bool ninjs_item(struct reader *r, size_t line, const json_t *item)
{
    struct article a;
    struct reason bad;
    arena_reset(r->arena);
    bool ok = ninjs_article(r->arena, item, &a, &bad);
    return r->fn(r->arg, line, ok ? &a : NULL, ok ? NULL : &bad);
}

static size_t count_lines(const char *p, const char *end)
{
    size_t n = 0;
    while ((p = memchr(p, '\n', (size_t)(end - p)))) {
        p++;
        n++;
    }
    return n;
}

/* One object, a list of objects, or one object after another. */
static bool ninjs_values(struct reader *r, const char *p, const char *end)
{
    size_t line = 1;
    for (bool go = true; go;) {
        const char *start = p;
        while (p < end && isspace((unsigned char)*p))
            p++;
        line += count_lines(start, p);
        if (p == end)
            return true;
        json_error_t error;
        json_t *value =
            json_loadb(p, (size_t)(end - p), JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &error);
        if (!value) {
            struct reason bad;
            reason_set(&bad, "not JSON: %s", error.text);
            return r->fn(r->arg, line + (size_t)(error.line > 0 ? error.line - 1 : 0), NULL, &bad);
        }
        size_t i, n = json_is_array(value) ? json_array_size(value) : 1;
        for (i = 0; go && i < n; i++)
            go = ninjs_item(r, line, json_is_array(value) ? json_array_get(value, i) : value);
        json_decref(value);
        line += count_lines(p, p + error.position);
        p += error.position;
    }
    return false;
}

static bool read_ninjs(struct reader *r, struct reason *why)
{
    struct buf text = BUF_INIT;
    bool ok = read_rest(r, &text, why);
    if (ok)
        ok = ninjs_values(r, text.data ? text.data : "", text.data ? text.data + text.len : "");
    buf_free(&text);
    return ok;
}

/* ---- which format is it ---- */

static bool holds(const struct reader *r, const char *word)
{
    return memmem(r->line, r->line_len, word, strlen(word)) != NULL;
}

/* By the first line: an object that has an article's body in it is ours; any other JSON is taken for ninjs.
 */
static int guess_format(const struct reader *r, const char *name)
{
    size_t n = strlen(name), at = 0;
    if (n > 4 && strcmp(name + n - 4, ".txt") == 0)
        return FORMAT_TEXT;
    while (at < r->line_len && isspace((unsigned char)r->line[at]))
        at++;
    if (at == r->line_len || (r->line[at] != '{' && r->line[at] != '['))
        return FORMAT_TEXT;
    if (holds(r, "\"body_text\"") || holds(r, "\"body_html\"") || holds(r, "\"bodies\""))
        return FORMAT_NINJS;
    bool lines = n > 6 && (strcmp(name + n - 6, ".jsonl") == 0 || strcmp(name + n - 6, "ndjson") == 0);
    return lines || holds(r, "\"body\"") ? FORMAT_JSONL : FORMAT_NINJS;
}

bool cli_read_articles(FILE *in, const char *name, int format, cli_article_fn *fn, void *arg,
                       struct reason *why)
{
    struct reader r = {.in = in, .fn = fn, .arg = arg, .arena = arena_new(0)};
    why->text[0] = '\0';
    bool ok = r.arena != NULL || reason_set(why, "out of memory");
    int more = ok ? next_line(&r, why) : -1;
    ok = more >= 0;
    if (more > 0 || format == FORMAT_TEXT) {
        format = format == FORMAT_AUTO ? guess_format(&r, name) : format;
        ok = format == FORMAT_TEXT    ? read_text(&r, why)
             : format == FORMAT_JSONL ? read_jsonl(&r, why)
                                      : read_ninjs(&r, why);
    }
    free(r.line);
    arena_free(r.arena);
    return ok;
}
