/* stanced: command line, config, then the wheel. */
#include "daemon/auth.h"
#include "daemon/files.h"
#include "daemon/wheel.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define DEFAULT_CONFIG "/etc/stanced/stanced.conf"

static const char usage[] =
    "usage: stanced [-c FILE] [--check]\n"
    "\n"
    "Turns news articles into diplomatic events. Feed it with `stance feed`, watch it with `stance watch`.\n"
    "\n"
    "  -c, --config FILE   the config (" DEFAULT_CONFIG " when it is there, else defaults)\n"
    "      --check         check the config, say OK or what is wrong, do not start\n"
    "      --version       print the version\n"
    "  -h, --help          print this\n"
    "\n"
    "SIGTERM stops after the work in hand is done (10 seconds at most), a second one at once.\n"
    "SIGHUP reads the config, the allow lists of keys and the lexicon again.\n"
    "\n"
    "Exit codes: 0 stopped or OK, 64 wrong arguments, 69 an endpoint cannot be bound,\n"
    "71 the system lacks something, 73 the store cannot be opened, 78 the config or a lexicon line is wrong.\n";

enum { OPT_CHECK = 256, OPT_VERSION };

struct arguments {
    const char *config;
    bool check;
};

static struct arguments parse(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"check", no_argument, NULL, OPT_CHECK},
                                            {"version", no_argument, NULL, OPT_VERSION},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct arguments a = {0};
    for (int c; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        switch (c) {
        case 'c': a.config = optarg; break;
        case OPT_CHECK: a.check = true; break;
        case OPT_VERSION: printf("stanced %s\n", STANCED_VERSION); exit(EX_OK);
        case 'h': fputs(usage, stdout); exit(EX_OK);
        default: fputs("try: stanced --help\n", stderr); exit(EX_USAGE);
        }
    }
    if (optind < argc) {
        fprintf(stderr, "stanced: unexpected argument \"%s\"\ntry: stanced --help\n", argv[optind]);
        exit(EX_USAGE);
    }
    if (!a.config && access(DEFAULT_CONFIG, F_OK) == 0)
        a.config = DEFAULT_CONFIG;
    return a;
}

/* What the config's own check does not look at: key files. */
static int check_keys(const struct config *config)
{
    struct auth *auth;
    struct reason why;
    if (!auth_open(config, &auth, &why)) {
        fprintf(stderr, "%s\n", why.text);
        return EX_CONFIG;
    }
    auth_free(auth);
    puts("OK");
    return EX_OK;
}

int main(int argc, char **argv)
{
    struct arguments a = parse(argc, argv);
    struct config config;
    struct buf errors = BUF_INIT;
    log_open("stanced", LOG_LEVEL_INFO);
    if (!config_load(a.config, &config, &errors)) {
        fwrite(errors.data, 1, errors.len, stderr);
        buf_free(&errors);
        return EX_CONFIG;
    }
    if (a.check)
        return check_keys(&config);
    log_open("stanced", (enum log_level)config.log.level);
    files_setup();
    umask(0007); /* sockets and store: for the owner and its group */
    struct wheel *w = wheel_new(&config, a.config);
    int code = wheel_run(w);
    wheel_free(w);
    return code;
}
