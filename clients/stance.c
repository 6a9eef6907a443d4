/* stance.c: the `stance` command line: chooses the command. */
#include "clients/cli.h"
#include "proto/base/log.h"

static const char help[] =
    "stance: feed articles to stanced, watch its events, look after it\n"
    "\n"
    "  stance feed FILE...    articles in; every one is on the daemon's disk or reported when it ends\n"
    "  stance watch           events out, from the log's beginning and then as they come\n"
    "  stance status          how the daemon is doing\n"
    "  stance dead ...        articles that could not be classified: list, show, retry, drop\n"
    "  stance keys ...        who may connect by tcp: new, allow, list, revoke\n"
    "\n"
    "  stance COMMAND --help  options and examples           stance --version\n";

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {{"feed", feed_main},
                {"watch", watch_main},
                {"status", status_main},
                {"dead", dead_main},
                {"keys", keys_main}};

int main(int argc, char **argv)
{
    log_open("stance", LOG_LEVEL_INFO);
    if (argc < 2) {
        fputs(help, stderr);
        return EX_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        fputs(help, stdout);
        return EX_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("stance %s\n", STANCED_VERSION);
        return EX_OK;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "stance: no command '%s'\n\n%s", argv[1], help);
    return EX_USAGE;
}
