/* admin.c: `stance status` and `stance dead`: the operator's side. */
#include <getopt.h>

#include "clients/cli.h"
#include "proto/base/clock.h"
#include "proto/json.h"

static const char status_help[] =
    "usage: stance status [--json] [--timeout SEC] [-c FILE | --endpoint ADDR]\n"
    "\n"
    "How the daemon is doing: what waits, what was done, what its workers hold. Ends with 69 when it does "
    "not answer\n"
    "(--timeout, default 5 seconds), 77 when it does not let us in.\n"
    "\n"
    "%s\n"
    "  stance status --json | jq .waiting\n";

static const char dead_help[] =
    "usage: stance dead list [--json]\n"
    "       stance dead show ID            the article with the reason, as JSON\n"
    "       stance dead retry ID... | --all   back to the queue, with all attempts new\n"
    "       stance dead drop ID... | --all    gone for good\n"
    "\n"
    "Articles that no worker could classify: it died or took too long, several times. They stay in the "
    "quarantine until\n"
    "you say what becomes of them.\n"
    "\n"
    "  --timeout SEC     how long to wait for the daemon (default 5)\n"
    "  -c FILE           its configuration: says where it listens (default /etc/stanced/stanced.conf if "
    "there)\n"
    "  --endpoint ADDR   its control endpoint, instead\n"
    "%s\n"
    "Ends with 65 when the daemon knows no such article, 69 when it does not answer, 77 when it does not let us in.\n";

enum { OPT_JSON = 256, OPT_ALL, OPT_TIMEOUT, OPT_ENDPOINT, OPT_KEY, OPT_SERVER, OPT_HELP, DEAD_PAGE = 500 };
static const struct option options[] = {
    {"json", no_argument, NULL, OPT_JSON},
    {"all", no_argument, NULL, OPT_ALL},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"endpoint", required_argument, NULL, OPT_ENDPOINT},
    {"key", required_argument, NULL, OPT_KEY},
    {"server-key", required_argument, NULL, OPT_SERVER},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

struct admin {
    const char *command, *config, *endpoint;
    bool json, all;
    int64_t timeout;
    struct endpoints endpoints;
    struct key_files files;
    struct stance_keys room;
    const struct stance_keys *keys;
    struct arena *arena;
    struct message reply;
};

/* -1: go on; else the exit code. */
static int admin_options(struct admin *a, int argc, char **argv, const char *help)
{
    for (int c; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        switch (c) {
        case OPT_JSON: a->json = true; break;
        case OPT_ALL: a->all = true; break;
        case OPT_TIMEOUT:
            if (!cli_number(optarg, 1, 3600, &a->timeout))
                return cli_usage(a->command, "--timeout: expected seconds from 1 to 3600, not '%s'", optarg);
            break;
        case OPT_ENDPOINT: a->endpoint = optarg; break;
        case OPT_KEY: a->files.key = optarg; break;
        case OPT_SERVER: a->files.server = optarg; break;
        case 'c': a->config = optarg; break;
        case 'h':
        case OPT_HELP: printf(help, cli_keys_help); return EX_OK;
        default: return cli_usage(a->command, "wrong option");
        }
    }
    struct reason why;
    if (!endpoints_load(&a->endpoints, a->config, &why) ||
        !cli_keys(&a->files, &a->endpoints, &a->room, &a->keys, &why)) {
        fprintf(stderr, "stance %s: %s\n", a->command, why.text);
        return EX_CONFIG;
    }
    a->endpoint = a->endpoint ? a->endpoint : a->endpoints.control;
    return -1;
}

/* EX_OK with a->reply, or the exit code after the reason was said. */
static int ask(struct admin *a, const struct message *request, enum op expected)
{
    struct reason why;
    enum stance_code code =
        stance_ask(a->endpoint, a->keys, request, (int)a->timeout * 1000, a->arena, &a->reply, &why);
    if (code == STANCE_OK && a->reply.op != expected) {
        reason_set(&why, "unexpected answer '%s'", op_name(a->reply.op));
        code = STANCE_FAILED;
    }
    if (code != STANCE_OK)
        fprintf(stderr, "stance %s: %s\n", a->command, why.text);
    return cli_exit_code(code);
}

static void print_json(const struct message *m)
{
    struct buf line = BUF_INIT;
    json_write_message(m, &line);
    printf("%.*s\n", (int)line.len, line.data);
    buf_free(&line);
}

/* Peer text on the terminal, in a column (0: as wide as it is). */
static void print_text(struct str text, unsigned columns)
{
    struct buf b = BUF_INIT;
    unsigned wide = show_columns(text);
    show_text(&b, text, columns ? columns : wide);
    printf("%.*s", (int)b.len, b.data ? b.data : "");
    if (columns > wide)
        printf("%*s", (int)(columns - wide), "");
    buf_free(&b);
}

/* ---- status ---- */

static void print_status(const struct msg_status_reply *r)
{
    char up[32];
    printf("stanced ");
    print_text(r->version, 0);
    printf(", ");
    print_text(r->state, 0);
    printf(", up %s\n\n", show_duration(r->uptime_ms, up));
    printf("articles  %lld waiting, %lld in work, %lld dead\n", (long long)r->waiting, (long long)r->in_work,
           (long long)r->dead);
    printf("since up  %lld accepted, %lld classified, %lld duplicate, %lld rejected, %lld told to wait\n",
           (long long)r->accepted, (long long)r->classified, (long long)r->duplicates, (long long)r->rejected,
           (long long)r->busy);
    if (r->log_first <= r->log_last)
        printf("events    %lld to %lld in the log", (long long)r->log_first, (long long)r->log_last);
    else
        printf("events    none in the log");
    printf(", %lld followers, %lld sent live\n", (long long)r->followers, (long long)r->live_sent);
    printf("store     %.1f of %.0f MiB\n", (double)r->store_bytes / 1048576,
           (double)r->store_map_bytes / 1048576);
    if (r->workers.n > 0)
        printf("\n%-20s %-10s %8s %6s %10s %8s %9s  %s\n", "worker", "state", "pid", "holds", "done",
               "failed", "restarts", "version, model");
    for (size_t i = 0; i < r->workers.n; i++) {
        const struct worker_status *w = &r->workers.v[i];
        print_text(w->name, 20);
        putchar(' ');
        print_text(w->state, 10);
        printf(" %8lld %6lld %10lld %8lld %9lld  ", (long long)w->pid, (long long)w->held, (long long)w->done,
               (long long)w->failed, (long long)(w->restarts < 0 ? 0 : w->restarts));
        print_text(w->version.p ? w->version : STR("-"), 0);
        printf(", ");
        print_text(w->model.p ? w->model : STR("-"), 0);
        putchar('\n');
    }
}

int status_main(int argc, char **argv)
{
    struct admin a = {.command = "status", .timeout = 5};
    int code = admin_options(&a, argc, argv, status_help);
    if (code >= 0)
        return code;
    if (optind < argc)
        return cli_usage("status", "'%s' is too much", argv[optind]);
    a.arena = arena_new(0);
    code = ask(&a, &(struct message){.op = OP_STATUS}, OP_STATUS_REPLY);
    if (code == EX_OK && a.json)
        print_json(&a.reply);
    else if (code == EX_OK)
        print_status(&a.reply.u.status_reply);
    arena_free(a.arena);
    return code;
}

/* ---- dead ---- */

static void print_dead(const struct dead_entry *d, bool first)
{
    char when[CLOCK_TEXT];
    if (first)
        printf("%-20s %8s  %-32s %-44s %s\n", "since", "attempts", "id", "reason", "title");
    printf("%-20.20s %8lld  ", clock_format(d->when, when), (long long)d->attempts);
    print_text(d->id, show_columns(d->id) < 32 ? 32 : 0);
    putchar(' ');
    print_text(d->reason, show_columns(d->reason) < 44 ? 44 : 0);
    putchar(' ');
    print_text(d->title, 0);
    putchar('\n');
}

static void print_dead_json(const struct dead_entry *d)
{
    struct buf line = BUF_INIT;
    json_write(&dead_entry_schema, d, &line);
    printf("%.*s\n", (int)line.len, line.data);
    buf_free(&line);
}

static int dead_list(struct admin *a)
{
    struct message request = {.op = OP_DEAD_LIST, .u.dead_query = {.after = -1, .limit = DEAD_PAGE}};
    int64_t shown = 0;
    for (;;) {
        arena_reset(a->arena);
        int code = ask(a, &request, OP_DEAD_LIST_REPLY);
        if (code != EX_OK)
            return code;
        const struct dead_entry_list *list = &a->reply.u.dead_list_reply.dead;
        for (size_t i = 0; i < list->n; i++, shown++) {
            if (a->json)
                print_dead_json(&list->v[i]);
            else
                print_dead(&list->v[i], shown == 0);
        }
        if (list->n == 0)
            break;
        request.u.dead_query.after = list->v[list->n - 1].article;
    }
    if (shown == 0 && !a->json)
        puts("the quarantine is empty");
    return EX_OK;
}

static int dead_show(struct admin *a, struct str_list ids)
{
    int code = ask(a, &(struct message){.op = OP_DEAD_SHOW, .u.dead_ids.ids = ids}, OP_DEAD_SHOW_REPLY);
    if (code == EX_OK)
        print_json(&a->reply);
    return code;
}

static int dead_change(struct admin *a, enum op op, struct str_list ids)
{
    int code = ask(a, &(struct message){.op = op, .u.dead_ids.ids = ids}, OP_CHANGED);
    if (code != EX_OK)
        return code;
    int64_t n = a->reply.u.changed.n;
    printf("%lld %s %s\n", (long long)n, n == 1 ? "article" : "articles",
           op == OP_DEAD_RETRY ? "back in the queue" : "dropped");
    return n < (int64_t)ids.n ? EX_DATAERR : EX_OK;
}

static int dead_run(struct admin *a, const char *what, char **names, int n)
{
    struct str_list ids = {ARENA_ARRAY(a->arena, struct str, (size_t)n + 1), (size_t)n};
    for (int i = 0; i < n; i++)
        ids.v[i] = str_from(names[i]);
    if (strcmp(what, "list") == 0)
        return n == 0 ? dead_list(a) : cli_usage("dead", "list takes no ID");
    if (strcmp(what, "show") == 0)
        return n == 1 ? dead_show(a, ids) : cli_usage("dead", "show wants one ID");
    bool retry = strcmp(what, "retry") == 0;
    if (!retry && strcmp(what, "drop") != 0)
        return cli_usage("dead", "no '%s'; there are: list show retry drop", what);
    if (a->all == (n > 0))
        return cli_usage("dead", "%s wants IDs or --all", what);
    if (a->all)
        ids = (struct str_list){NULL, 0}; /* absent: all */
    return dead_change(a, retry ? OP_DEAD_RETRY : OP_DEAD_DROP, ids);
}

int dead_main(int argc, char **argv)
{
    struct admin a = {.command = "dead", .timeout = 5};
    int code = admin_options(&a, argc, argv, dead_help);
    if (code >= 0)
        return code;
    if (optind >= argc)
        return cli_usage("dead", "list, show, retry or drop?");
    a.arena = arena_new(0);
    code = dead_run(&a, argv[optind], argv + optind + 1, argc - optind - 1);
    arena_free(a.arena);
    return code;
}
