/* feed.c: `stance feed`: files in, every article answered for. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/cli.h"
#include "proto/base/clock.h"

static const char help[] =
    "usage: stance feed [OPTION]... FILE...       ('-': standard input)\n"
    "\n"
    "Sends articles to stanced and waits until each is on the daemon's disk. What was fed before is a duplicate and does\n"
    "no harm: when in doubt, feed again.\n"
    "\n"
    "  --format FORMAT   text   one article a file\n"
    "                    jsonl  an object a line: body, and if you have them id, source, url, title, lang, published,\n"
    "                           revision, status, meta\n"
    "                    ninjs  IPTC ninjs 1 or 2: an object, a list of objects, or one after another\n"
    "                    auto   by the file's name and first line (default)\n"
    "  --window N        articles under way at most (default 64)\n"
    "  --timeout SEC     give up when the daemon answers nothing for so long (default 10; 0: never)\n"
    "  --quiet           no summary, no progress\n"
    "  -c FILE           the daemon's configuration: says where it listens (default /etc/stanced/stanced.conf if there)\n"
    "  --endpoint ADDR   its intake, instead (ipc:///run/stanced/intake.sock, tcp://host:port)\n"
    "%s"
    "\n"
    "Ends with 0: all are in; 65: some were rejected (each is named on standard error); 66: a file cannot be read;\n"
    "69: the daemon does not answer; 77: it does not let us in.\n"
    "\n"
    "  stance feed story.txt\n"
    "  stance feed --format ninjs wire/*.json\n"
    "  zcat archive.jsonl.gz | stance feed --format jsonl -\n";

struct feed {
    struct stance_feed *link;
    const char *file; /* now being read */
    enum stance_code code;
    struct reason why;
    bool bar, quiet;
    int64_t bytes_total, bytes_before; /* of all files (0: unknown), of the files already read */
    FILE *in;
    int64_t started, drawn; /* ms */
    long long accepted, duplicate, rejected;
};

/* Where an article came from, until it is answered. */
struct origin {
    size_t line;
    char file[];
};

/* ---- progress ---- */

static void clear_bar(struct feed *f)
{
    if (f->bar && f->drawn)
        fputs("\r\033[K", stderr);
}

static void draw_bar(struct feed *f)
{
    enum { CELLS = 30, EVERY_MS = 100 };
    int64_t now = clock_mono_ms();
    if (!f->bar || now - f->drawn < EVERY_MS)
        return;
    f->drawn = now;
    long long n = f->accepted + f->duplicate + f->rejected;
    int64_t at = f->bytes_before + (f->in && f->bytes_total ? ftello(f->in) : 0);
    fputs("\r\033[K", stderr);
    if (f->bytes_total > 0) {
        int full = (int)(at >= f->bytes_total ? CELLS : at * CELLS / f->bytes_total);
        fprintf(stderr, "[%.*s%*s] %3d%%  ", full, "##############################", CELLS - full, "",
                (int)(at >= f->bytes_total ? 100 : at * 100 / f->bytes_total));
    }
    fprintf(stderr, "%lld articles, %lld a second", n, n * 1000 / (now - f->started + 1));
}

static void reject(struct feed *f, const char *file, size_t line, const char *why)
{
    f->rejected++;
    clear_bar(f);
    fprintf(stderr, "%s:%zu: rejected: %s\n", file, line, why);
}

/* ---- articles ---- */

static void answered(void *arg, void *tag, const struct intake_reply *reply, unsigned sent)
{
    struct feed *f = arg;
    struct origin *o = tag;
    char why[REASON_MAX];
    if (!reply) {
        free(o);
        return;
    }
    snprintf(why, sizeof why, "%.*s", STR_ARGS(reply->reason));
    if (reply->status == INTAKE_REJECTED)
        reject(f, o->file, o->line, why);
    else if (reply->status == INTAKE_ACCEPTED || sent > 1) /* a second copy of ours: the first was accepted */
        f->accepted++;
    else
        f->duplicate++;
    free(o);
    draw_bar(f);
}

static bool take(void *arg, size_t line, const struct article *a, const struct reason *why)
{
    struct feed *f = arg;
    if (!a) {
        reject(f, f->file, line, why->text);
        return true;
    }
    struct origin *o = malloc(sizeof *o + strlen(f->file) + 1);
    f->code = o ? STANCE_OK : STANCE_FAILED;
    if (o) {
        o->line = line;
        strcpy(o->file, f->file);
        f->code = stance_feed_send(f->link, a, o, &f->why);
    }
    if (f->code != STANCE_OK)
        free(o);
    draw_bar(f);
    return f->code == STANCE_OK;
}

/* False when the file cannot be read or the daemon is gone (then f->code says so). */
static bool feed_file(struct feed *f, const char *path, int format)
{
    struct reason why;
    bool standard = strcmp(path, "-") == 0;
    f->file = standard ? "<stdin>" : path;
    f->in = standard ? stdin : fopen(path, "r");
    bool ok = f->in != NULL;
    if (!ok)
        reason_set(&why, "%s", strerror(errno));
    ok = ok && cli_read_articles(f->in, path, format, take, f, &why);
    if (!ok && f->code == STANCE_OK) {
        clear_bar(f);
        fprintf(stderr, "stance feed: %s: %s\n", f->file, why.text);
    }
    if (f->in && !standard)
        fclose(f->in);
    f->in = NULL;
    struct stat st;
    f->bytes_before += !standard && stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
    return ok;
}

/* Bytes of all files together; 0 when one of them has no size that is known before. */
static int64_t total_bytes(char **files, int n)
{
    int64_t total = 0;
    for (int i = 0; i < n; i++) {
        struct stat st;
        if (strcmp(files[i], "-") == 0 || stat(files[i], &st) != 0 || !S_ISREG(st.st_mode))
            return 0;
        total += st.st_size;
    }
    return total;
}

static int feed_all(struct feed *f, char **files, int n, int format)
{
    bool all_read = true;
    for (int i = 0; i < n && f->code == STANCE_OK; i++)
        all_read &= feed_file(f, files[i], format);
    if (f->code == STANCE_OK)
        f->code = stance_feed_drain(f->link, &f->why);
    clear_bar(f);
    if (f->code != STANCE_OK)
        fprintf(stderr, "stance feed: %s\n", f->why.text);
    if (!f->quiet)
        fprintf(stderr, "%lld accepted, %lld duplicate, %lld rejected\n", f->accepted, f->duplicate,
                f->rejected);
    if (f->code != STANCE_OK)
        return cli_exit_code(f->code);
    return !all_read ? EX_NOINPUT : f->rejected ? EX_DATAERR : EX_OK;
}

/* ---- options ---- */

enum { OPT_FORMAT = 256, OPT_WINDOW, OPT_TIMEOUT, OPT_QUIET, OPT_ENDPOINT, OPT_KEY, OPT_SERVER, OPT_HELP };
static const struct option options[] = {
    {"format", required_argument, NULL, OPT_FORMAT},
    {"window", required_argument, NULL, OPT_WINDOW},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"quiet", no_argument, NULL, OPT_QUIET},
    {"endpoint", required_argument, NULL, OPT_ENDPOINT},
    {"key", required_argument, NULL, OPT_KEY},
    {"server-key", required_argument, NULL, OPT_SERVER},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

struct settings {
    int format;
    int64_t window, timeout;
    bool quiet;
    const char *config, *endpoint;
    struct key_files files;
};

/* -1: go on; else the exit code. */
static int parse_options(int argc, char **argv, struct settings *s)
{
    for (int c; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        switch (c) {
        case OPT_FORMAT:
            s->format = cli_format(optarg);
            if (s->format < 0)
                return cli_usage("feed", "no format '%s'; there are: auto text jsonl ninjs", optarg);
            break;
        case OPT_WINDOW:
            if (!cli_number(optarg, 1, 65536, &s->window))
                return cli_usage("feed", "--window: expected a number from 1 to 65536, not '%s'", optarg);
            break;
        case OPT_TIMEOUT:
            if (!cli_number(optarg, 0, 86400, &s->timeout))
                return cli_usage("feed", "--timeout: expected seconds from 0 to 86400, not '%s'", optarg);
            break;
        case OPT_QUIET: s->quiet = true; break;
        case OPT_ENDPOINT: s->endpoint = optarg; break;
        case OPT_KEY: s->files.key = optarg; break;
        case OPT_SERVER: s->files.server = optarg; break;
        case 'c': s->config = optarg; break;
        case 'h':
        case OPT_HELP: printf(help, cli_keys_help); return EX_OK;
        default: return cli_usage("feed", "wrong option");
        }
    }
    return optind < argc ? -1 : cli_usage("feed", "no file given");
}

int feed_main(int argc, char **argv)
{
    struct settings s = {.format = FORMAT_AUTO, .window = 64, .timeout = 10};
    int code = parse_options(argc, argv, &s);
    if (code >= 0)
        return code;
    struct endpoints e;
    struct reason why;
    struct stance_keys room;
    const struct stance_keys *keys;
    if (!endpoints_load(&e, s.config, &why) || !cli_keys(&s.files, &e, &room, &keys, &why)) {
        fprintf(stderr, "stance feed: %s\n", why.text);
        return EX_CONFIG;
    }
    struct feed f = {.quiet = s.quiet, .bar = !s.quiet && isatty(STDERR_FILENO), .started = clock_mono_ms()};
    f.bytes_total = total_bytes(argv + optind, argc - optind);
    f.link = stance_feed_open(&(struct stance_feed_options){.endpoint = s.endpoint ? s.endpoint : e.intake,
                                                            .keys = keys,
                                                            .window = (unsigned)s.window,
                                                            .timeout_ms = (int)s.timeout * 1000,
                                                            .answer = answered,
                                                            .arg = &f},
                              &why);
    if (!f.link) {
        fprintf(stderr, "stance feed: %s\n", why.text);
        return EX_UNAVAILABLE;
    }
    code = feed_all(&f, argv + optind, argc - optind, s.format);
    stance_feed_close(f.link);
    return code;
}
