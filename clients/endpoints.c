/* endpoints.c: where the daemon is: the defaults, or what its configuration file says. */
#include <ini.h>
#include <unistd.h>

#include "clients/cli.h"

#define DEFAULT_FILE "/etc/stanced/stanced.conf"

static const struct name {
    const char *section, *name, *by_default;
    size_t offset;
} names[] = {
    {"endpoints", "intake", "ipc:///run/stanced/intake.sock", offsetof(struct endpoints, intake)},
    {"endpoints", "live", "ipc:///run/stanced/live.sock", offsetof(struct endpoints, live)},
    {"endpoints", "stream", "ipc:///run/stanced/stream.sock", offsetof(struct endpoints, stream)},
    {"endpoints", "control", "ipc:///run/stanced/control.sock", offsetof(struct endpoints, control)},
    {"keys", "key", "", offsetof(struct endpoints, key)},
    {"keys", "server", "", offsetof(struct endpoints, server)},
    {"keys", "allow", "/etc/stanced/keys/allow", offsetof(struct endpoints, allow)},
};

/* The daemon may bind to all addresses; a client on the same machine connects to the loopback. */
static bool set_endpoint(char out[ENDPOINT_MAX], const char *value)
{
    bool any = strncmp(value, "tcp://*:", 8) == 0 || strncmp(value, "tcp://0.0.0.0:", 14) == 0;
    int n = any ? snprintf(out, ENDPOINT_MAX, "tcp://127.0.0.1%s", strrchr(value, ':'))
                : snprintf(out, ENDPOINT_MAX, "%s", value);
    return n < ENDPOINT_MAX;
}

static int take_line(void *arg, const char *section, const char *name, const char *value)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(section, names[i].section) == 0 && strcmp(name, names[i].name) == 0)
            return set_endpoint((char *)arg + names[i].offset, value);
    return 1;
}

bool endpoints_load(struct endpoints *e, const char *path, struct reason *why)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        set_endpoint((char *)e + names[i].offset, names[i].by_default);
    if (!path && access(DEFAULT_FILE, R_OK) != 0)
        return true;
    path = path ? path : DEFAULT_FILE;
    int line = ini_parse(path, take_line, e);
    if (line < 0)
        return reason_set(why, "%s: cannot be read", path);
    if (line > 0)
        return reason_set(why, "%s:%d: expected 'name = value' or '[section]'", path, line);
    return true;
}

const char cli_keys_help[] =
    "  --key FILE        our secret key, for a tcp endpoint (made with 'stance keys new'; default: [keys] key)\n"
    "  --server-key FILE the daemon's public key (default: [keys] server)\n";

bool cli_keys(const struct key_files *given, const struct endpoints *e, struct stance_keys *room,
              const struct stance_keys **keys, struct reason *why)
{
    const char *key = given->key ? given->key : e->key, *server = given->server ? given->server : e->server;
    *keys = NULL;
    if (!*key && !*server)
        return true;
    if (!*key || !*server)
        return reason_set(why, "--key and --server-key (or [keys] key and server) go together: %s is missing",
                          *key ? "--server-key" : "--key");
    if (!stance_keys_load(room, key, server, why))
        return false;
    *keys = room;
    return true;
}
