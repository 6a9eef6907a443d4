#include "daemon/config.h"

#include "proto/keys.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum type {
    INT,      /* int64_t, in [least, most] */
    SIZE,     /* the same, with K M G T */
    BOOL,     /* int64_t: yes or no */
    LEVEL,    /* int64_t: enum log_level */
    TEXT,     /* char[CONFIG_TEXT] */
    ENDPOINT, /* a ZeroMQ endpoint, or empty where `least` is 0 */
    HTTP      /* address:port, or empty */
};

static const struct option {
    const char *section, *key;
    enum type type;
    bool reload;
    size_t offset;
    const char *preset;
    int64_t least, most;
} options[] = {
#define OPTION(section_, key_, type_, reload_, preset_, least_, most_)                                       \
    {                                                                                                        \
#section_, #key_, type_, reload_, offsetof(struct config, section_.key_), preset_, least_, most_     \
    }
#define KIB INT64_C(1024)
    OPTION(store, path, TEXT, false, "/var/lib/stanced", 1, 0),
    OPTION(store, map_size, SIZE, false, "4G", 4 * KIB * KIB, 64 * KIB * KIB * KIB * KIB),
    OPTION(store, retain_days, INT, true, "30", 0, 36500),
    OPTION(store, retain_events, INT, true, "0", 0, INT64_MAX),
    OPTION(workers, count, INT, true, "2", 0, 256),
    OPTION(workers, command, TEXT, true, "", 0, 0),
    OPTION(workers, deadline_ms, INT, true, "60000", 100, 86400000),
    OPTION(workers, attempts, INT, true, "3", 1, 100),
    OPTION(endpoints, intake, ENDPOINT, false, "ipc:///run/stanced/intake.sock", 1, 0),
    OPTION(endpoints, work, ENDPOINT, false, "ipc:///run/stanced/work.sock", 1, 0),
    OPTION(endpoints, live, ENDPOINT, false, "ipc:///run/stanced/live.sock", 0, 0),
    OPTION(endpoints, stream, ENDPOINT, false, "ipc:///run/stanced/stream.sock", 0, 0),
    OPTION(endpoints, control, ENDPOINT, false, "ipc:///run/stanced/control.sock", 0, 0),
    OPTION(endpoints, http, HTTP, false, "127.0.0.1:9477", 0, 0),
    OPTION(endpoints, insecure, BOOL, false, "no", 0, 1),
    OPTION(keys, secret, TEXT, false, "", 0, 0),
    OPTION(keys, allow, TEXT, true, "/etc/stanced/keys/allow", 1, 0),
    OPTION(keys, key, TEXT, true, "", 0, 0),
    OPTION(keys, server, TEXT, true, "", 0, 0),
    OPTION(model, file, TEXT, true, "", 0, 0),
    OPTION(lexicon, dir, TEXT, true, "", 0, 0),
    OPTION(lexicon, own_dir, TEXT, true, "", 0, 0),
    OPTION(limits, max_body, SIZE, true, "1M", 1, 64 * KIB * KIB),
    OPTION(limits, max_followers, INT, true, "1000", 1, 100000),
    OPTION(limits, memory, SIZE, true, "256M", 64 * KIB * KIB, 64 * KIB * KIB * KIB * KIB),
    OPTION(log, level, LEVEL, true, "info", 0, 0),
#undef OPTION
};
enum { OPTIONS = sizeof options / sizeof *options, ERRORS_MAX = 50 };

struct parse {
    FILE *file;
    const char *name;
    int line;
    int lines[OPTIONS]; /* where each was given; 0: not at all */
    int errors;
    struct buf *out;
    struct config config;
};

static void complain(struct parse *p, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void complain(struct parse *p, int line, const char *format, ...)
{
    char text[2 * CONFIG_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (p->errors++ < ERRORS_MAX)
        buf_printf(p->out, "%s:%d: %s\n", p->name, line, text);
}

static void *member(struct config *c, const struct option *o)
{
    return (char *)c + o->offset;
}

static size_t member_size(const struct option *o)
{
    return o->type == TEXT || o->type == ENDPOINT || o->type == HTTP ? CONFIG_TEXT : sizeof(int64_t);
}

static bool parse_number(const char *s, bool with_unit, int64_t *out)
{
    char *end;
    errno = 0;
    long long v = strtoll(s, &end, 10);
    if (errno || end == s || isspace((unsigned char)*s))
        return false;
    if (with_unit && *end) {
        static const char units[] = "KMGT";
        const char *unit = strchr(units, toupper((unsigned char)*end));
        if (!unit || end[1] || __builtin_mul_overflow(v, 1LL << (10 * (unit - units + 1)), &v))
            return false;
        end++;
    }
    *out = v;
    return *end == '\0';
}

static bool parse_bool(const char *s, int64_t *out)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(s, words[i]) == 0) {
            *out = (int64_t)(i % 2);
            return true;
        }
    return false;
}

static bool parse_level(const char *s, int64_t *out)
{
    static const char *const words[] = {"error", "warning", "notice", "info", "debug"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(s, words[i]) == 0) {
            *out = LOG_LEVEL_ERROR + (int64_t)i;
            return true;
        }
    return false;
}

/* Is it address:port with a port of 0 to 65535? */
static bool is_http(const char *s)
{
    const char *colon = strrchr(s, ':');
    int64_t port;
    return colon && colon != s && parse_number(colon + 1, false, &port) && port >= 0 && port <= 65535;
}

/* What should have been there, or NULL when the value is good (and set). */
static const char *set(const struct option *o, struct config *c, const char *value, char text[64])
{
    int64_t number = 0;
    bool numeric = member_size(o) == sizeof number;
    switch (o->type) {
    case INT:
    case SIZE:
        snprintf(text, 64, "a %s from %" PRId64 " to %" PRId64,
                 o->type == INT ? "number" : "size such as 64M or 4G", o->least, o->most);
        if (!parse_number(value, o->type == SIZE, &number) || number < o->least || number > o->most)
            return text;
        break;
    case BOOL:
        if (!parse_bool(value, &number))
            return "yes or no";
        break;
    case LEVEL:
        if (!parse_level(value, &number))
            return "error, warning, notice, info or debug";
        break;
    case TEXT:
        if (o->least && !*value)
            return "a text that is not empty";
        break;
    case ENDPOINT:
        if (*value ? strncmp(value, "ipc://", 6) != 0 && strncmp(value, "tcp://", 6) != 0 : o->least > 0)
            return "an endpoint: ipc://PATH or tcp://ADDRESS:PORT";
        break;
    case HTTP:
        if (*value && !is_http(value))
            return "ADDRESS:PORT such as 127.0.0.1:9477, or nothing";
        break;
    }
    if (numeric)
        memcpy(member(c, o), &number, sizeof number);
    else if (strlen(value) >= CONFIG_TEXT)
        return "a shorter text";
    else
        strcpy(member(c, o), value);
    return NULL;
}

/* inih's handler: one "key = value". Errors are collected, all of them, so it never stops. */
static int take(void *arg, const char *section, const char *key, const char *value)
{
    struct parse *p = arg;
    bool section_known = false;
    for (int i = 0; i < OPTIONS; i++) {
        const struct option *o = &options[i];
        if (strcmp(section, o->section) != 0)
            continue;
        section_known = true;
        if (strcmp(key, o->key) != 0)
            continue;
        char text[64];
        if (p->lines[i])
            complain(p, p->line, "[%s] %s was given in line %d already", section, key, p->lines[i]);
        p->lines[i] = p->line;
        const char *expected = set(o, &p->config, value, text);
        if (expected)
            complain(p, p->line, "[%s] %s = %s: expected %s", section, key, value, expected);
        return 1;
    }
    if (section_known)
        complain(p, p->line, "unknown key \"%s\" in [%s]", key, section);
    else if (*section)
        complain(p, p->line, "unknown section [%s]", section);
    else
        complain(p, p->line, "\"%s\" stands before any [section]", key);
    return 1;
}

/* inih's reader: fgets that counts lines and does not let a long one pass as two. */
static char *read_line(char *to, int size, void *arg)
{
    struct parse *p = arg;
    if (!fgets(to, size, p->file))
        return NULL;
    p->line++;
    size_t n = strlen(to);
    if (n + 1 == (size_t)size && to[n - 1] != '\n' && !feof(p->file)) {
        complain(p, p->line, "the line is longer than %d bytes", size - 2);
        for (int c; (c = fgetc(p->file)) != EOF && c != '\n';)
            ;
        strcpy(to, "\n");
    }
    return to;
}

static bool is_loopback(const char *http)
{
    return strncmp(http, "127.", 4) == 0 || strncmp(http, "[::1]:", 6) == 0 ||
           strncmp(http, "localhost:", 10) == 0;
}

bool config_key(const struct config *c, char *path, size_t room)
{
    return key_credential("stanced.key", path, room) ||
           (*c->keys.secret && snprintf(path, room, "%s", c->keys.secret) < (int)room);
}

/* Rules between keys, once all of them are known. */
static void check_whole(struct parse *p)
{
    char path[4096];
    bool encrypted = config_key(&p->config, path, sizeof path);
    for (int i = 0; i < OPTIONS; i++) {
        const struct option *o = &options[i];
        const char *value = member(&p->config, o);
        if (p->config.endpoints.insecure)
            break;
        if (o->type == ENDPOINT && strncmp(value, "tcp://", 6) == 0 && !encrypted)
            complain(
                p, p->lines[i],
                "[%s] %s = %s: tcp needs a key, [keys] secret = FILE; expected that, ipc://PATH, or insecure = yes",
                o->section, o->key, value);
        if (o->type == HTTP && *value && !is_loopback(value))
            complain(p, p->lines[i], "[%s] %s = %s: expected a loopback address, or insecure = yes",
                     o->section, o->key, value);
    }
    for (int i = 0; i < OPTIONS; i++)
        for (int j = i + 1; j < OPTIONS; j++) {
            const char *a = member(&p->config, &options[i]), *b = member(&p->config, &options[j]);
            bool both = options[i].type == ENDPOINT && options[j].type == ENDPOINT && *a && p->lines[j];
            if (both && strcmp(a, b) == 0 && !(strncmp(a, "tcp://", 6) == 0 && strchr(a + 6, '*')))
                complain(p, p->lines[j], "[endpoints] %s = %s: is that of %s", options[j].key, b,
                         options[i].key);
        }
}

bool config_load(const char *path, struct config *out, struct buf *errors)
{
    struct parse p = {.name = path, .out = errors};
    for (int i = 0; i < OPTIONS; i++) {
        char text[64];
        if (set(&options[i], &p.config, options[i].preset, text))
            BUG("default of [%s] %s", options[i].section, options[i].key);
    }
    if (path) {
        p.file = fopen(path, "re");
        if (!p.file) {
            buf_printf(errors, "%s: %s\n", path, strerror(errno));
            return false;
        }
        int broken = ini_parse_stream(read_line, &p, take, &p);
        if (ferror(p.file))
            complain(&p, p.line, "cannot be read");
        fclose(p.file);
        if (broken > 0)
            complain(&p, broken, "expected [section], key = value, or a comment");
        check_whole(&p);
    }
    if (p.errors > ERRORS_MAX)
        buf_printf(errors, "%s: %d errors more\n", path, p.errors - ERRORS_MAX);
    if (p.errors == 0)
        *out = p.config;
    return p.errors == 0;
}

void config_apply(struct config *running, const struct config *fresh, struct buf *restart)
{
    struct config from = *fresh;
    for (int i = 0; i < OPTIONS; i++) {
        const struct option *o = &options[i];
        void *old = member(running, o), *new = member(&from, o);
        bool text = member_size(o) == CONFIG_TEXT;
        if (text ? strcmp(old, new) == 0 : memcmp(old, new, sizeof(int64_t)) == 0)
            continue;
        if (o->reload)
            memcpy(old, new, member_size(o));
        else
            buf_printf(restart, "%s[%s] %s", restart->len ? ", " : "", o->section, o->key);
    }
}
