/* watch.c: `stance watch`: events out, as a table for people or as JSON Lines for programs. */
#include <getopt.h>
#include <signal.h>

#include "clients/cli.h"
#include "proto/base/clock.h"
#include "proto/json.h"

static const char help[] =
    "usage: stance watch [OPTION]...\n"
    "\n"
    "Shows events: those of the log, in order, then each as it comes, until Ctrl-C. When the daemon restarts, it goes on\n"
    "where it was.\n"
    "\n"
    "  --from SEQ        begin with this event (default 1: all that the log still holds)\n"
    "  --live            from now on, by the live feed; what it leaves out under load is fetched from the log\n"
    "%s  --json            JSON Lines instead of the table\n"
    "  --count N         end after N events\n"
    "  --until-idle      end when every article is classified and every event was shown\n"
    "  -c FILE           the daemon's configuration: says where it listens (default /etc/stanced/stanced.conf if there)\n"
    "  --endpoint ADDR   its stream (with --live: live) endpoint, instead;   --control ADDR  for --until-idle\n"
    "  --stream ADDR     with --live: its stream endpoint\n"
    "%s"
    "\n"
    "Columns: number of the event; who; what (PLOVER act); toward whom; with which stance; in the article's words.\n"
    "\n"
    "  stance watch --where 'act=ACCUSE,REJECT source=RUS'\n"
    "  stance watch --from 812 --json --until-idle > events.jsonl\n";

enum { SLICE_MS = 200 }; /* Ctrl-C and --until-idle are looked at as often */

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

struct settings {
    bool live, json, until_idle;
    int64_t from, count; /* count 0: no end */
    const char *where, *config, *endpoint, *control, *stream;
    struct key_files files;
};

struct watch {
    struct settings s;
    struct arena *arena; /* for the filter */
    struct where where;
    struct stance_keys room;
    const struct stance_keys *keys;
    struct show show;
    struct stance_follow *follow;
    struct stance_whole *live;
    int64_t shown, seen; /* events; the log was seen up to here */
};

static bool take(struct watch *w, const struct stance_item *item)
{
    if (item->kind == STANCE_WATERMARK && item->first > w->seen + 1)
        fprintf(stderr, "stance watch: events %lld to %lld are gone, the log begins with event %lld now\n",
                (long long)w->seen + 1, (long long)item->first - 1, (long long)item->first);
    w->seen = item->seq > w->seen ? item->seq : w->seen;
    if (item->kind == STANCE_WATERMARK)
        return true;
    w->shown++;
    if (w->s.json) {
        struct buf line = BUF_INIT;
        json_write(&event_schema, item->event, &line);
        buf_putc(&line, '\n');
        fwrite(line.data, 1, line.len, stdout);
        buf_free(&line);
    } else {
        show_event(&w->show, item->event);
    }
    return !ferror(stdout);
}

/* 1: nothing waits and nothing is left to show; 0: not yet; -1: the daemon does not say. */
static int idle(struct watch *w, struct reason *why)
{
    struct message reply, request = {.op = OP_STATUS};
    struct arena *a = arena_new(0);
    if (!a || stance_ask(w->s.control, w->keys, &request, 10000, a, &reply, why) != STANCE_OK ||
        reply.op != OP_STATUS_REPLY) {
        arena_free(a);
        return stop ? 0 : -1;
    }
    const struct msg_status_reply *r = &reply.u.status_reply;
    int is = r->waiting == 0 && r->in_work == 0 && (r->log_last <= w->seen || r->log_last < w->s.from);
    arena_free(a);
    return is;
}

static enum stance_code next(struct watch *w, struct stance_item *item, struct reason *why)
{
    return w->live ? stance_whole_next(w->live, item, SLICE_MS, why)
                   : stance_follow_next(w->follow, item, SLICE_MS, why);
}

static int watch_loop(struct watch *w)
{
    struct reason why;
    while (!stop && (w->s.count == 0 || w->shown < w->s.count)) {
        struct stance_item item;
        enum stance_code code = next(w, &item, &why);
        if (code == STANCE_OK && !take(w, &item))
            return EX_IOERR;
        if (code == STANCE_REFUSED || code == STANCE_DENIED || code == STANCE_FAILED) {
            fprintf(stderr, "stance watch: %s\n", why.text);
            return cli_exit_code(code);
        }
        bool quiet = code == STANCE_TIMEOUT || (code == STANCE_OK && item.kind == STANCE_WATERMARK);
        if (quiet)
            fflush(stdout);
        int done = quiet && w->s.until_idle ? idle(w, &why) : 0;
        if (done < 0) {
            fprintf(stderr, "stance watch: %s\n", why.text);
            return EX_UNAVAILABLE;
        }
        if (done > 0)
            break;
    }
    return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

/* ---- options ---- */

enum {
    OPT_LIVE = 256,
    OPT_FROM,
    OPT_WHERE,
    OPT_JSON,
    OPT_COUNT,
    OPT_IDLE,
    OPT_ENDPOINT,
    OPT_CONTROL,
    OPT_KEY,
    OPT_SERVER,
    OPT_STREAM,
    OPT_HELP
};
static const struct option options[] = {
    {"live", no_argument, NULL, OPT_LIVE},
    {"from", required_argument, NULL, OPT_FROM},
    {"where", required_argument, NULL, OPT_WHERE},
    {"json", no_argument, NULL, OPT_JSON},
    {"count", required_argument, NULL, OPT_COUNT},
    {"until-idle", no_argument, NULL, OPT_IDLE},
    {"endpoint", required_argument, NULL, OPT_ENDPOINT},
    {"key", required_argument, NULL, OPT_KEY},
    {"server-key", required_argument, NULL, OPT_SERVER},
    {"control", required_argument, NULL, OPT_CONTROL},
    {"stream", required_argument, NULL, OPT_STREAM},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* -1: go on; else the exit code. */
static int parse_options(int argc, char **argv, struct settings *s)
{
    for (int c; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        switch (c) {
        case OPT_LIVE: s->live = true; break;
        case OPT_FROM:
            if (!cli_number(optarg, 1, INT64_MAX, &s->from))
                return cli_usage("watch", "--from: expected the number of an event, not '%s'", optarg);
            break;
        case OPT_WHERE: s->where = optarg; break;
        case OPT_JSON: s->json = true; break;
        case OPT_COUNT:
            if (!cli_number(optarg, 1, INT64_MAX, &s->count))
                return cli_usage("watch", "--count: expected a number from 1, not '%s'", optarg);
            break;
        case OPT_IDLE: s->until_idle = true; break;
        case OPT_ENDPOINT: s->endpoint = optarg; break;
        case OPT_KEY: s->files.key = optarg; break;
        case OPT_SERVER: s->files.server = optarg; break;
        case OPT_CONTROL: s->control = optarg; break;
        case OPT_STREAM: s->stream = optarg; break;
        case 'c': s->config = optarg; break;
        case 'h':
        case OPT_HELP: printf(help, cli_where_help, cli_keys_help); return EX_OK;
        default: return cli_usage("watch", "wrong option");
        }
    }
    if (optind < argc)
        return cli_usage("watch", "'%s' is too much", argv[optind]);
    if (s->live && (s->until_idle || s->where || s->from != 1))
        return cli_usage("watch", "--live goes with neither --from, --where nor --until-idle");
    return -1;
}

static bool watch_open(struct watch *w, const struct endpoints *e, struct reason *why)
{
    w->s.control = w->s.control ? w->s.control : e->control;
    if (w->s.live)
        w->live =
            stance_whole_open(&(struct stance_whole_options){.live = w->s.endpoint ? w->s.endpoint : e->live,
                                                             .keys = w->keys,
                                                             .stream = w->s.stream ? w->s.stream : e->stream,
                                                             .after = -1},
                              why);
    else
        w->follow = stance_follow_open(
            &(struct stance_follow_options){.endpoint = w->s.endpoint ? w->s.endpoint : e->stream,
                                            .keys = w->keys,
                                            .after = w->s.from - 1,
                                            .where = w->s.where ? &w->where : NULL},
            why);
    return w->live || w->follow;
}

int watch_main(int argc, char **argv)
{
    struct watch w = {.s = {.from = 1}};
    struct endpoints e;
    struct reason why;
    int code = parse_options(argc, argv, &w.s);
    if (code >= 0)
        return code;
    w.seen = w.s.from - 1;
    w.arena = arena_new(0);
    if (w.s.where && !cli_where_parse(w.s.where, w.arena, &w.where, &why)) {
        code = cli_usage("watch", "--where: %s", why.text);
    } else if (!endpoints_load(&e, w.s.config, &why) || !cli_keys(&w.s.files, &e, &w.room, &w.keys, &why)) {
        fprintf(stderr, "stance watch: %s\n", why.text);
        code = EX_CONFIG;
    } else if (!watch_open(&w, &e, &why)) {
        fprintf(stderr, "stance watch: %s\n", why.text);
        code = EX_UNAVAILABLE;
    } else {
        struct sigaction act = {.sa_handler = on_signal};
        sigaction(SIGINT, &act, NULL);
        sigaction(SIGTERM, &act, NULL);
        show_open(&w.show, stdout);
        code = watch_loop(&w);
    }
    stance_follow_close(w.follow);
    stance_whole_close(w.live);
    arena_free(w.arena);
    return code;
}
