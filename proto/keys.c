#include "proto/keys.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 512, LIST_MAX = 10000 /* each is compared with each */ };

const char *const key_role_names[ROLES] = {"feeder", "worker", "follower", "operator"};

int key_role(const char *name)
{
    for (int i = 0; i < ROLES; i++)
        if (strcmp(name, key_role_names[i]) == 0)
            return i;
    return -1;
}

/* ---- Z85: four bytes are five digits to the base 85, the highest first ---- */

static const char digits[] =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

bool key_parse(struct str text, struct key *out)
{
    if (text.n != KEY_TEXT - 1)
        return false;
    for (size_t i = 0; i < KEY_BYTES / 4; i++) {
        uint64_t value = 0;
        for (size_t k = 0; k < 5; k++) {
            char c = text.p[5 * i + k];
            const char *digit = c ? strchr(digits, c) : NULL;
            if (!digit)
                return false;
            value = value * 85 + (uint64_t)(digit - digits);
        }
        if (value > UINT32_MAX)
            return false;
        for (size_t k = 0; k < 4; k++)
            out->b[4 * i + k] = (unsigned char)(value >> (24 - 8 * k));
    }
    return true;
}

void key_text(const struct key *k, char out[KEY_TEXT])
{
    for (size_t i = 0; i < KEY_BYTES / 4; i++) {
        const unsigned char *b = k->b + 4 * i;
        uint32_t value = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
        for (size_t d = 5; d-- > 0; value /= 85)
            out[5 * i + d] = digits[value % 85];
    }
    out[KEY_TEXT - 1] = '\0';
}

bool key_equal(const struct key *a, const struct key *b)
{
    return sodium_memcmp(a->b, b->b, KEY_BYTES) == 0;
}

void key_wipe(struct key *k)
{
    sodium_memzero(k, sizeof *k);
}

struct key key_public_of(const struct key *secret)
{
    struct key out;
    crypto_scalarmult_base(out.b, secret->b);
    return out;
}

/* ---- lines ---- */

bool key_name_good(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n >= KEY_NAME || name[0] == '.' || name[0] == '-')
        return false;
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)name[i]) && !strchr("._-", name[i]))
            return false;
    return true;
}

static struct str next_word(struct str *rest)
{
    while (rest->n && (*rest->p == ' ' || *rest->p == '\t' || *rest->p == '\r')) {
        rest->p++;
        rest->n--;
    }
    struct str word = {rest->p, 0};
    while (word.n < rest->n && !strchr(" \t\r", word.p[word.n]))
        word.n++;
    rest->p += word.n;
    rest->n -= word.n;
    return word;
}

static enum key_line wrong(struct reason *why, const char *what)
{
    reason_set(why, "%s", what);
    return KEY_LINE_WRONG;
}

enum key_line key_line(struct str line, bool secret, struct named_key *out, struct reason *why)
{
    struct str kind = next_word(&line), name = next_word(&line), key = next_word(&line);
    if (kind.n == 0 || kind.p[0] == '#')
        return KEY_LINE_NONE;
    if (!secret && str_is(kind, "secret"))
        return wrong(why, "this is a secret key; expected the public one, from NAME.pub");
    if (secret && str_is(kind, "public"))
        return wrong(why, "this is a public key; expected the secret one, from NAME.key");
    if (!str_is(kind, secret ? "secret" : "public") || key.n == 0 || next_word(&line).n > 0)
        return wrong(why, secret ? "expected: secret NAME KEY" : "expected: public NAME KEY");
    if (name.n >= KEY_NAME)
        return wrong(why, "the name is longer than 64 characters");
    memcpy(out->name, name.p, name.n);
    out->name[name.n] = '\0';
    if (!key_name_good(out->name))
        return wrong(why, "the name may have letters, digits and . _ - and begins with none of . -");
    if (key.n != KEY_TEXT - 1) {
        reason_set(why, "the key has %zu characters; expected %d", key.n, KEY_TEXT - 1);
        return KEY_LINE_WRONG;
    }
    if (!key_parse(key, &out->key))
        return wrong(why, "the key is not Z85: a character or a group of five is wrong");
    if (sodium_is_zero(out->key.b, KEY_BYTES))
        return wrong(why, "the key is zero");
    return KEY_LINE_KEY;
}

/* ---- files ---- */

typedef bool on_key(void *arg, int line, const struct named_key *key, struct reason *why);

/* Calls for each key of the file, until there is none or one is refused. */
static bool each_key(FILE *file, const char *path, bool secret, on_key *call, void *arg, struct reason *why)
{
    char line[LINE_MAX_BYTES];
    struct named_key key;
    struct reason what;
    bool ok = true;
    for (int n = 1; ok && fgets(line, sizeof line, file); n++) {
        size_t len = strcspn(line, "\n");
        if (line[len] != '\n' && !feof(file)) {
            ok = reason_set(why, "%s:%d: the line is too long, or it holds a NUL", path, n);
            break;
        }
        enum key_line is = key_line((struct str){line, len}, secret, &key, &what);
        if (is == KEY_LINE_WRONG)
            ok = reason_set(why, "%s:%d: %s", path, n, what.text);
        else if (is == KEY_LINE_KEY)
            ok = call(arg, n, &key, why);
    }
    if (ok && ferror(file))
        ok = reason_set(why, "%s: %s", path, strerror(errno));
    sodium_memzero(line, sizeof line);
    sodium_memzero(&key, sizeof key);
    return ok;
}

struct one {
    const char *path;
    struct named_key *out;
    bool found;
};

static bool take_one(void *arg, int line, const struct named_key *key, struct reason *why)
{
    struct one *o = arg;
    if (o->found)
        return reason_set(why, "%s:%d: a second key; expected one", o->path, line);
    *o->out = *key;
    return o->found = true;
}

static bool read_one(FILE *file, const char *path, bool secret, struct named_key *out, struct reason *why)
{
    struct one o = {path, out, false};
    bool ok = each_key(file, path, secret, take_one, &o, why);
    if (ok && !o.found)
        ok = reason_set(why, "%s: no key in it; expected a line: %s NAME KEY", path,
                        secret ? "secret" : "public");
    if (!ok)
        sodium_memzero(out, sizeof *out);
    return ok;
}

/* Without stdio's own buffer, which would keep a copy of a secret. */
static FILE *open_file(const char *path, struct stat *st, struct reason *why)
{
    FILE *file = fopen(path, "re");
    if (!file || fstat(fileno(file), st) != 0) {
        reason_set(why, "%s: %s", path, strerror(errno));
    } else if (!S_ISREG(st->st_mode)) {
        reason_set(why, "%s: is no file", path);
    } else {
        setvbuf(file, NULL, _IONBF, 0);
        return file;
    }
    if (file)
        fclose(file);
    return NULL;
}

bool key_read_public(const char *path, struct named_key *out, struct reason *why)
{
    struct stat st;
    FILE *file = open_file(path, &st, why);
    if (!file)
        return false;
    bool ok = read_one(file, path, false, out, why);
    fclose(file);
    return ok;
}

static bool is_credential(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    size_t n = folder ? strlen(folder) : 0;
    return n > 0 && strncmp(path, folder, n) == 0 && path[n] == '/' && !strchr(path + n + 1, '/');
}

bool key_read_secret(const char *path, struct named_key *out, struct reason *why)
{
    struct stat st;
    FILE *file = open_file(path, &st, why);
    if (!file)
        return false;
    bool ok = true;
    if ((st.st_mode & 077) != 0 && !is_credential(path))
        ok = reason_set(
            why, "%s: has mode %04o, so that others may read the secret key; expected 0600 (chmod 600)", path,
            (unsigned)st.st_mode & 07777);
    else if (prctl(PR_SET_DUMPABLE, 0) != 0)
        ok = reason_set(why, "this process cannot be kept from leaving a core: %s", strerror(errno));
    ok = ok && read_one(file, path, true, out, why);
    fclose(file);
    return ok;
}

bool key_credential(const char *name, char *path, size_t room)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    char first = '#';
    if (!folder || !*folder || snprintf(path, room, "%s/%s", folder, name) >= (int)room)
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool there = fd >= 0 && read(fd, &first, 1) == 1 && first != '#';
    if (fd >= 0)
        close(fd);
    return there;
}

/* ---- a new pair ---- */

static bool write_key(const char *path, const char *kind, const char *name, const struct key *k, mode_t mode,
                      struct reason *why)
{
    char text[KEY_TEXT], line[KEY_NAME + KEY_TEXT + 16];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return reason_set(why, "%s: %s", path,
                          errno == EEXIST ? "is there already; it stays" : strerror(errno));
    key_text(k, text);
    int n = snprintf(line, sizeof line, "%s %s %s\n", kind, name, text);
    bool ok = fchmod(fd, mode) == 0 && write(fd, line, (size_t)n) == n && fsync(fd) == 0;
    if (!ok) {
        reason_set(why, "%s: %s", path, strerror(errno));
        unlink(path);
    }
    close(fd);
    sodium_memzero(text, sizeof text);
    sodium_memzero(line, sizeof line);
    return ok;
}

bool key_new(const char *folder, const char *name, struct reason *why)
{
    char secret_path[4096], public_path[4096];
    struct key public, secret;
    if (!key_name_good(name))
        return reason_set(why, "%s: a name has 1 to 64 letters, digits and . _ - and begins with none of . -",
                          name);
    if (snprintf(secret_path, sizeof secret_path, "%s/%s.key", folder, name) >= (int)sizeof secret_path)
        return reason_set(why, "the folder's name is too long");
    snprintf(public_path, sizeof public_path, "%s/%s.pub", folder, name);
    if (sodium_init() < 0 || crypto_box_keypair(public.b, secret.b) != 0)
        return reason_set(why, "no random numbers to be had");
    prctl(PR_SET_DUMPABLE, 0);
    bool ok = write_key(secret_path, "secret", name, &secret, 0600, why);
    if (ok && !write_key(public_path, "public", name, &public, 0644, why)) {
        unlink(secret_path);
        ok = false;
    }
    key_wipe(&secret);
    return ok;
}

/* ---- allow lists ---- */

struct collect {
    const char *path;
    struct key_list *list;
    size_t room;
};

static bool collect(void *arg, int line, const struct named_key *key, struct reason *why)
{
    struct collect *c = arg;
    struct key_list *l = c->list;
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->v[i].name, key->name) == 0 || key_equal(&l->v[i].key, &key->key))
            return reason_set(why, "%s:%d: this %s stands in an earlier line already", c->path, line,
                              strcmp(l->v[i].name, key->name) == 0 ? "name" : "key");
    if (l->n == c->room) {
        size_t room = c->room ? 2 * c->room : 16;
        struct named_key *v = room <= LIST_MAX ? realloc(l->v, room * sizeof *v) : NULL;
        if (!v)
            return reason_set(why, "%s:%d: more than %d keys", c->path, line, LIST_MAX);
        l->v = v;
        c->room = room;
    }
    l->v[l->n++] = *key;
    return true;
}

bool key_list_read(const char *path, struct key_list *out, struct reason *why)
{
    struct key_list list = {NULL, 0};
    struct stat st;
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        *out = list;
        return true;
    }
    FILE *file = open_file(path, &st, why);
    if (!file)
        return false;
    bool ok = true;
    if (st.st_mode & 02)
        ok = reason_set(why, "%s: has mode %04o, so that anybody may let himself in; expected 0644", path,
                        (unsigned)st.st_mode & 07777);
    ok = ok && each_key(file, path, false, collect, &(struct collect){path, &list, 0}, why);
    fclose(file);
    if (ok)
        *out = list;
    else
        key_list_free(&list);
    return ok;
}

void key_list_free(struct key_list *l)
{
    free(l->v);
    *l = (struct key_list){NULL, 0};
}
