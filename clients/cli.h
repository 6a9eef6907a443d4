/* cli.h: what the commands of `stance` share. Private to clients/stance.c, feed.c, watch.c, admin.c and their
 * helpers. */
#ifndef STANCED_CLI_H
#define STANCED_CLI_H

#include <stdio.h>
#include <sysexits.h>

#include "clients/libstance.h"
#include "proto/base/buf.h"

/* The commands: argv[0] is the command's own name. They return an exit code of sysexits.h. */
int feed_main(int argc, char **argv);
int watch_main(int argc, char **argv);
int status_main(int argc, char **argv);
int dead_main(int argc, char **argv);
int keys_main(int argc, char **argv);

/* ---- endpoints.c: where the daemon is ---- */

#define ENDPOINT_MAX 256
struct endpoints {
    char intake[ENDPOINT_MAX], live[ENDPOINT_MAX], stream[ENDPOINT_MAX], control[ENDPOINT_MAX];
    char key[ENDPOINT_MAX], server[ENDPOINT_MAX],
        allow[ENDPOINT_MAX]; /* [keys]: files, empty: none; a folder */
};

/* The defaults, then what [endpoints] and [keys] of the file says. `path` NULL: /etc/stanced/stanced.conf when it is
 * there. Names that are not ours are skipped: the daemon checks the file. */
bool endpoints_load(struct endpoints *e, const char *path, struct reason *why);

/* What --key and --server-key say (NULL: what the config says). *keys is NULL when there are none. */
struct key_files {
    const char *key, *server;
};
bool cli_keys(const struct key_files *given, const struct endpoints *e, struct stance_keys *room,
              const struct stance_keys **keys, struct reason *why);
extern const char cli_keys_help[];

/* ---- where.c: 'act=REJECT,ACCUSE source=RUS' ---- */

/* Lists live in the arena. Acts, countries and roles may be in lower case. A value or a key that does not
 * exist is refused with the list of those that do. */
bool cli_where_parse(const char *text, struct arena *a, struct where *out, struct reason *why);
extern const char cli_where_help[];

/* ---- articles.c: files to articles ---- */

enum feed_format { FORMAT_AUTO, FORMAT_TEXT, FORMAT_JSONL, FORMAT_NINJS };
int cli_format(const char *name); /* -1: no such format */

/* Called for each article; a is NULL when there is none to be had at that line, and `why` says why. False
 * stops. */
typedef bool cli_article_fn(void *arg, size_t line, const struct article *a, const struct reason *why);

/* Reads a file to its end. False when it cannot be read (reason without the file's name), or fn said stop
 * (reason empty). The article is valid during the call of fn only. */
bool cli_read_articles(FILE *in, const char *name, int format, cli_article_fn *fn, void *arg,
                       struct reason *why);

/* ---- show.c: events for people ---- */

#define SHOW_ID_MAX 257
struct show {
    FILE *out;
    unsigned width; /* columns */
    bool colour;
    char article[SHOW_ID_MAX]; /* of the line before: a new article gets a heading */
};
void show_open(struct show *s, FILE *out);
void show_event(struct show *s, const struct event *e);

/* Peer text for a terminal: control characters become spaces, cut at `columns` with an ellipsis. Appends. */
void show_text(struct buf *out, struct str text, unsigned columns);
unsigned show_columns(struct str text); /* how wide it is */

/* "3m 20s", "2d 4h"; returns `out`. */
const char *show_duration(int64_t ms, char out[32]);

/* ---- cli.c: small things ---- */

/* "stance feed: FORMAT" to stderr with a hint at --help; returns EX_USAGE. */
int cli_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A whole number from least to most; false when the text is none. */
bool cli_number(const char *text, int64_t least, int64_t most, int64_t *out);

/* The exit code that belongs to a result of the library. */
int cli_exit_code(enum stance_code code);

#endif
