/* stance-worker: takes articles from a daemon and gives events back. Usually started by the daemon itself. */
#include <getopt.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "proto/base/log.h"
#include "proto/in_hand.h"
#include "workers/confine.h"
#include "workers/task.h"

static const char help[] =
    "usage: stance-worker --connect ENDPOINT [options]\n"
    "Classifies articles for a stanced daemon until it is stopped (SIGTERM: after the article in hand).\n\n"
    "  --connect ENDPOINT  the daemon's work endpoint, as ipc:///run/stanced/work.sock\n"
    "  --key FILE          our secret key, for a tcp endpoint (made with 'stance keys new'); with it\n"
    "  --server-key FILE   the daemon's public key\n"
    "  --name NAME         how the daemon calls it (default: host and process number)\n"
    "  --capacity N        articles that it holds at once, 1 to 1024 (default 4)\n"
    "  --config DIR        where ontology.tsv and issues.tsv are\n"
    "  --lexicon DIR       where the lexicon is (default: lexicon/ in the former)\n"
    "  --own-lexicon DIR   your own lines beside it: the same files, as far as they are there, and *.actors.txt, *.agents.txt\n"
    "  --model FILE        the language model; none: rules only (default: $STANCED_MODEL, else the one that is installed)\n"
    "  --strict            connect once: end when the daemon goes away, for a service that is started again\n"
    "  --supervised PID    the same, and end when our parent does, process PID; it may look what we are at (proto/in_hand.h)\n"
    "  --help, --version\n\n"
    "Before the first article it gives up all but reading its own files: no writing, no other files, no programs, no\n"
    "other connections (without --strict: none of another kind).\n\n"
    "exit codes: 0 stopped, 64 usage, 69 the daemon is gone or not to be found, 71 the system lacks something, 78 a lexicon or ontology line or the model is wrong\n";

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    (void)number;
    stop = 1;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGHUP, SIG_IGN); /* the daemon tells its workers to reload */
}

/* A daemon that was killed cannot stop its workers. It may be dead before we ask to hear of it: then our parent is somebody
 * else by now, and only the daemon itself could tell us who it was. */
static void end_with_parent(const char *text)
{
    char *end;
    long parent = strtol(text, &end, 10);
    if (*end || parent < 1)
        die(EX_USAGE, "--supervised %s: expected the process number of our parent", text);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (parent != getppid())
        die(EX_UNAVAILABLE, "process %ld, which started us, is gone", parent);
}

static const char *default_name(void)
{
    static char name[96];
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    snprintf(name, sizeof name, "%s-%d", host, (int)getpid());
    return name;
}

static long read_capacity(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (*end || n < 1 || n > 1024)
        die(EX_USAGE, "--capacity %s: expected 1 to 1024", text);
    return n;
}

enum {
    OPT_CONNECT = 1,
    OPT_KEY,
    OPT_SERVER,
    OPT_NAME,
    OPT_CAPACITY,
    OPT_CONFIG,
    OPT_LEXICON,
    OPT_OWN_LEXICON,
    OPT_MODEL,
    OPT_SUPERVISED,
    OPT_STRICT,
    OPT_HELP,
    OPT_VERSION
};
static const struct option long_options[] = {
    {"key", required_argument, NULL, OPT_KEY},
    {"server-key", required_argument, NULL, OPT_SERVER},
    {"connect", required_argument, NULL, OPT_CONNECT},
    {"name", required_argument, NULL, OPT_NAME},
    {"capacity", required_argument, NULL, OPT_CAPACITY},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"lexicon", required_argument, NULL, OPT_LEXICON},
    {"own-lexicon", required_argument, NULL, OPT_OWN_LEXICON},
    {"model", required_argument, NULL, OPT_MODEL},
    {"strict", no_argument, NULL, OPT_STRICT},
    {"supervised", required_argument, NULL, OPT_SUPERVISED},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {0},
};

/* The files given, else what systemd has for us. NULL: no keys. */
static const struct task_keys *load_keys(const char *key_file, const char *server_file)
{
    static struct task_keys keys;
    char key_path[4096], server_path[4096];
    struct named_key key, server;
    struct reason why;
    if (!key_file && key_credential("worker.key", key_path, sizeof key_path))
        key_file = key_path;
    if (!server_file && key_credential("server.pub", server_path, sizeof server_path))
        server_file = server_path;
    if (!key_file && !server_file)
        return NULL;
    if (!key_file || !server_file)
        die(EX_USAGE, "--key and --server-key go together");
    if (!key_read_secret(key_file, &key, &why) || !key_read_public(server_file, &server, &why))
        die(EX_CONFIG, "%s", why.text);
    keys = (struct task_keys){key.key, server.key};
    key_wipe(&key.key);
    return &keys;
}

/* tcp://NAME:PORT with the name's address in its place: once confined, nobody can be asked. */
static const char *with_address(const char *endpoint)
{
    static char out[NI_MAXHOST + 32];
    char name[NI_MAXHOST], address[NI_MAXHOST];
    const char *host = endpoint + 6, *port = strrchr(endpoint, ':');
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
    if (strncmp(endpoint, "tcp://", 6) != 0 || port < host || *host == '[' ||
        (size_t)(port - host) >= sizeof name)
        return endpoint;
    snprintf(name, sizeof name, "%.*s", (int)(port - host), host);
    int rc = getaddrinfo(name, NULL, &hints, &found);
    if (rc == 0)
        rc = getnameinfo(found->ai_addr, found->ai_addrlen, address, sizeof address, NULL, 0, NI_NUMERICHOST);
    if (rc != 0)
        die(EX_UNAVAILABLE, "%s: %s", endpoint, gai_strerror(rc));
    snprintf(out, sizeof out, "tcp://%s%s", address, port);
    freeaddrinfo(found);
    return out;
}

/* What may be read again: the folders of what was read. */
static bool confine_to(const struct task_options *o, const struct pipeline *p)
{
    char model[4096];
    const char *file = pipeline_model_file(p), *slash = file ? strrchr(file, '/') : NULL;
    snprintf(model, sizeof model, "%.*s", slash ? (int)(slash - file) : 1, slash ? file : ".");
    const char *const folders[] = {o->config_dir, o->lexicon_dir, o->own_dir, file ? model : NULL};
    return confine_files(folders, sizeof folders / sizeof *folders);
}

int main(int argc, char **argv)
{
    const char *key = NULL, *server = NULL;
    struct task_options o = {.name = default_name(), .capacity = 4, .stop = &stop};
    log_open("stance-worker", LOG_LEVEL_INFO);
    for (int c; (c = getopt_long(argc, argv, "", long_options, NULL)) != -1;) {
        switch (c) {
        case OPT_CONNECT: o.endpoint = optarg; break;
        case OPT_KEY: key = optarg; break;
        case OPT_SERVER: server = optarg; break;
        case OPT_NAME: o.name = optarg; break;
        case OPT_CAPACITY: o.capacity = read_capacity(optarg); break;
        case OPT_CONFIG: o.config_dir = optarg; break;
        case OPT_LEXICON: o.lexicon_dir = optarg; break;
        case OPT_OWN_LEXICON: o.own_dir = optarg; break;
        case OPT_MODEL: o.model = optarg; break;
        case OPT_SUPERVISED: end_with_parent(optarg); o.in_hand = in_hand_map(); /* fall through */
        case OPT_STRICT: o.strict = true; break;
        case OPT_HELP: fputs(help, stdout); return EX_OK;
        case OPT_VERSION: puts("stance-worker " STANCED_VERSION); return EX_OK;
        default: fputs(help, stderr); return EX_USAGE;
        }
    }
    if (!o.endpoint || optind < argc) {
        fputs(help, stderr);
        return EX_USAGE;
    }
    if (!o.config_dir)
        o.config_dir = pipeline_default_config();
    o.endpoint = with_address(o.endpoint);
    o.keys = load_keys(key, server);
    catch_signals();
    struct reason why;
    struct pipeline *p = pipeline_open(o.config_dir, o.lexicon_dir, o.own_dir, o.model, &why);
    if (!p)
        die(EX_CONFIG, "%s", why.text);
    if (pipeline_lacks_model(p))
        log_info("no language model is installed: words are read by rules");
    o.files = confine_to(&o, p);
    return task_run(&o, p);
}
