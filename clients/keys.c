/* keys.c: `stance keys`: key pairs, and the lists of who may connect by tcp. Works on files; the daemon looks at them by
 * itself. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/cli.h"

static const char help[] =
    "usage: stance keys new NAME [--dir DIR]   a new pair: NAME.key (secret, mode 0600) and NAME.pub, in DIR (default: here)\n"
    "       stance keys allow ROLE FILE        FILE (a .pub) may connect as feeder, worker, follower or operator\n"
    "       stance keys list [ROLE]            who may\n"
    "       stance keys revoke [ROLE] NAME     NAME (or its key) may not any more; without ROLE: in none\n"
    "\n"
    "A role is for an endpoint: feeders for intake, workers for work, followers for live and stream, operators for control.\n"
    "The daemon takes changes within a second: new keys may connect, connections of revoked ones are ended. Its own\n"
    "pair is made in the same way; [keys] secret names the file. ipc endpoints need no keys.\n"
    "\n"
    "  -c FILE           the daemon's configuration: [keys] allow is the folder of the lists\n"
    "                    (default /etc/stanced/stanced.conf if there)\n"
    "  --allow DIR       that folder, instead\n"
    "\n"
    "Ends with 65 when the key or the name is not known, or known otherwise; 73 when a file cannot be made.\n"
    "\n"
    "  stance keys new vienna\n"
    "  stance keys allow worker vienna.pub\n";

enum { OPT_DIR = 256, OPT_ALLOW, OPT_HELP };
static const struct option options[] = {
    {"dir", required_argument, NULL, OPT_DIR},
    {"allow", required_argument, NULL, OPT_ALLOW},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

struct keys {
    const char *dir, *config, *folder;
    struct endpoints endpoints;
};

enum { PATH_ROOM = 4096 };

static int fail(int code, const struct reason *why)
{
    fprintf(stderr, "stance keys: %s\n", why->text);
    return code;
}

/* ---- a list's file ---- */

static void list_path(const struct keys *k, int role, char path[PATH_ROOM])
{
    snprintf(path, PATH_ROOM, "%s/%s", k->folder, key_role_names[role]);
}

/* Two commands at once do not undo each other's work. The lock ends with the process. */
static bool lock_folder(const struct keys *k, struct reason *why)
{
    if (mkdir(k->folder, 0755) != 0 && errno != EEXIST)
        return reason_set(why, "%s: %s", k->folder, strerror(errno));
    int fd = open(k->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || flock(fd, LOCK_EX) != 0)
        return reason_set(why, "%s: %s", k->folder, strerror(errno));
    return true;
}

static bool read_text(const char *path, struct buf *out, struct reason *why)
{
    char piece[4096];
    FILE *file = fopen(path, "re");
    if (!file)
        return errno == ENOENT || reason_set(why, "%s: %s", path, strerror(errno));
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_append(out, piece, n);
    bool ok = !ferror(file) && !out->failed;
    fclose(file);
    return ok || reason_set(why, "%s: cannot be read", path);
}

/* Whole or not at all: the daemon never sees half a list. */
static bool write_text(const char *path, const struct buf *text, struct reason *why)
{
    char new[PATH_ROOM + 8];
    snprintf(new, sizeof new, "%s.new", path);
    int fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool ok = fd >= 0 && fchmod(fd, 0644) == 0 && !text->failed &&
              (text->len == 0 || write(fd, text->data, text->len) == (ssize_t)text->len) && fsync(fd) == 0;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    ok = ok && rename(new, path) == 0;
    if (!ok) {
        reason_set(why, "%s: %s", path, strerror(errno));
        unlink(new);
    }
    return ok;
}

/* ---- commands ---- */

static int keys_new(const struct keys *k, const char *name)
{
    struct reason why;
    if (!key_new(k->dir, name, &why))
        return fail(EX_CANTCREAT, &why);
    printf("%s/%s.key is secret: keep it where it is used. %s/%s.pub is for the other side.\n", k->dir, name,
           k->dir, name);
    return EX_OK;
}

static int keys_allow(const struct keys *k, int role, const char *file)
{
    char path[PATH_ROOM], text[KEY_TEXT];
    struct named_key key;
    struct key_list list;
    struct reason why;
    struct buf content = BUF_INIT;
    list_path(k, role, path);
    if (!key_read_public(file, &key, &why))
        return fail(EX_DATAERR, &why);
    if (!lock_folder(k, &why))
        return fail(EX_CANTCREAT, &why);
    if (!key_list_read(path, &list, &why))
        return fail(EX_CONFIG, &why);
    for (size_t i = 0; i < list.n; i++) {
        bool same = key_equal(&list.v[i].key, &key.key), named = strcmp(list.v[i].name, key.name) == 0;
        if (!same && !named)
            continue;
        if (same && named)
            printf("%s is allowed as %s already\n", key.name, key_role_names[role]);
        else
            reason_set(&why,
                       same ? "this key is allowed as %s already, with the name %s"
                            : "another key is allowed as %s with the name %s; revoke it first",
                       key_role_names[role], list.v[i].name);
        key_list_free(&list);
        return same && named ? EX_OK : fail(EX_DATAERR, &why);
    }
    key_list_free(&list);
    key_text(&key.key, text);
    bool ok = read_text(path, &content, &why);
    if (content.len && content.data[content.len - 1] != '\n')
        buf_putc(&content, '\n');
    buf_printf(&content, "public %s %s\n", key.name, text);
    ok = ok && write_text(path, &content, &why);
    buf_free(&content);
    if (!ok)
        return fail(EX_CANTCREAT, &why);
    printf("%s may connect as %s\n", key.name, key_role_names[role]);
    return EX_OK;
}

static int keys_list(const struct keys *k, int only)
{
    char path[PATH_ROOM], text[KEY_TEXT];
    struct key_list list;
    struct reason why;
    for (int role = 0; role < ROLES; role++) {
        if (only >= 0 && role != only)
            continue;
        list_path(k, role, path);
        if (!key_list_read(path, &list, &why))
            return fail(EX_CONFIG, &why);
        for (size_t i = 0; i < list.n; i++) {
            key_text(&list.v[i].key, text);
            printf("%-8s  %s  %s\n", key_role_names[role], text, list.v[i].name);
        }
        key_list_free(&list);
    }
    return EX_OK;
}

/* Takes the lines with this name or key out of a list. -1: it cannot; else how many. */
static int revoke_in(const char *path, const char *who, struct reason *why)
{
    struct buf content = BUF_INIT, kept = BUF_INIT;
    int n = 0;
    bool ok = read_text(path, &content, why);
    for (size_t at = 0; ok && at < content.len;) {
        const char *line = content.data + at, *end = memchr(line, '\n', content.len - at);
        size_t len = end ? (size_t)(end - line) : content.len - at;
        struct named_key key;
        char text[KEY_TEXT] = "";
        bool is_key = key_line((struct str){line, len}, false, &key, NULL) == KEY_LINE_KEY;
        if (is_key)
            key_text(&key.key, text);
        if (is_key && (strcmp(key.name, who) == 0 || strcmp(text, who) == 0))
            n++;
        else
            buf_append(&kept, line, len + (end != NULL));
        at += len + 1;
    }
    ok = ok && (n == 0 || write_text(path, &kept, why));
    buf_free(&content);
    buf_free(&kept);
    return ok ? n : -1;
}

static int keys_revoke(const struct keys *k, int only, const char *who)
{
    char path[PATH_ROOM];
    struct reason why;
    int all = 0;
    if (!lock_folder(k, &why))
        return fail(EX_CANTCREAT, &why);
    for (int role = 0; role < ROLES; role++) {
        if (only >= 0 && role != only)
            continue;
        list_path(k, role, path);
        int n = revoke_in(path, who, &why);
        if (n < 0)
            return fail(EX_CANTCREAT, &why);
        if (n > 0)
            printf("%s may not connect as %s any more\n", who, key_role_names[role]);
        all += n;
    }
    if (all > 0)
        return EX_OK;
    reason_set(&why, "no list in %s has %s", k->folder, who);
    return fail(EX_DATAERR, &why);
}

/* ---- the command line ---- */

static int run(const struct keys *k, const char *what, char **words, int n)
{
    int role = n > 0 ? key_role(words[0]) : -1;
    if (strcmp(what, "new") == 0)
        return n == 1 ? keys_new(k, words[0]) : cli_usage("keys", "new wants one NAME");
    if (strcmp(what, "allow") == 0 && n == 2)
        return role >= 0
                   ? keys_allow(k, role, words[1])
                   : cli_usage("keys", "no role '%s'; there are: feeder worker follower operator", words[0]);
    if (strcmp(what, "allow") == 0)
        return cli_usage("keys", "allow wants a ROLE and a FILE");
    if (strcmp(what, "list") == 0)
        return n == 0 || (n == 1 && role >= 0) ? keys_list(k, role)
                                               : cli_usage("keys", "list takes at most a ROLE");
    if (strcmp(what, "revoke") == 0) {
        if (n == 2 && role >= 0)
            return keys_revoke(k, role, words[1]);
        return n == 1 ? keys_revoke(k, -1, words[0])
                      : cli_usage("keys", "revoke wants a NAME, after a ROLE if you like");
    }
    return cli_usage("keys", "no '%s'; there are: new allow list revoke", what);
}

int keys_main(int argc, char **argv)
{
    struct keys k = {.dir = "."};
    struct reason why;
    for (int c; (c = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        switch (c) {
        case OPT_DIR: k.dir = optarg; break;
        case OPT_ALLOW: k.folder = optarg; break;
        case 'c': k.config = optarg; break;
        case 'h':
        case OPT_HELP: fputs(help, stdout); return EX_OK;
        default: return cli_usage("keys", "wrong option");
        }
    }
    if (optind >= argc)
        return cli_usage("keys", "new, allow, list or revoke?");
    if (!endpoints_load(&k.endpoints, k.config, &why))
        return fail(EX_CONFIG, &why);
    k.folder = k.folder ? k.folder : k.endpoints.allow;
    if (strlen(k.folder) > PATH_ROOM - 32)
        return cli_usage("keys", "the folder's name is too long");
    return run(&k, argv[optind], argv + optind + 1, argc - optind - 1);
}
