#include "daemon/auth.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ---- the decision ---- */

int auth_role(struct str endpoint)
{
    static const struct {
        const char *endpoint;
        enum key_role role;
    } whose[] = {{"intake", ROLE_FEEDER},
                 {"work", ROLE_WORKER},
                 {"live", ROLE_FOLLOWER},
                 {"stream", ROLE_FOLLOWER},
                 {"control", ROLE_OPERATOR}};
    for (size_t i = 0; i < sizeof whose / sizeof *whose; i++)
        if (str_is(endpoint, whose[i].endpoint))
            return (int)whose[i].role;
    return -1;
}

static int by_key(const void *a, const void *b)
{
    return memcmp(((const struct named_key *)a)->key.b, ((const struct named_key *)b)->key.b, KEY_BYTES);
}

void auth_sort(struct key_list *l)
{
    if (l->n)
        qsort(l->v, l->n, sizeof *l->v, by_key);
}

static const struct named_key *find(const struct key_list *l, const struct key *k)
{
    struct named_key wanted = {.key = *k};
    return l->n ? bsearch(&wanted, l->v, l->n, sizeof *l->v, by_key) : NULL;
}

bool auth_takes_away(const struct key_list *old, const struct key_list *fresh)
{
    for (size_t i = 0; i < old->n; i++)
        if (!find(fresh, &old->v[i].key))
            return true;
    return false;
}

const struct named_key *auth_decide(const struct key_list lists[ROLES], const struct auth_peer *peer,
                                    struct reason *why)
{
    struct key key;
    char text[KEY_TEXT];
    int role = auth_role(peer->endpoint);
    /* 1. Only endpoints that are ours: an unknown domain is nobody's. */
    if (role < 0) {
        reason_set(why, "no endpoint of that name");
        return NULL;
    }
    /* 2. Only peers who have proved a key. */
    if (!str_is(peer->mechanism, "CURVE") || peer->credentials.n != KEY_BYTES) {
        reason_set(why, "it shows no key");
        return NULL;
    }
    memcpy(key.b, peer->credentials.p, KEY_BYTES);
    /* 3. Whose key stands in the list of the endpoint's role. */
    const struct named_key *known = find(&lists[role], &key);
    if (known)
        return known;
    /* 4. Nobody else; whoever is known in another role gets told so in the log. */
    key_text(&key, text);
    for (int i = 0; i < ROLES && !known; i++)
        if ((known = find(&lists[i], &key)))
            reason_set(why, "%s is a %s and no %s", known->name, key_role_names[i], key_role_names[role]);
    if (!known)
        reason_set(why, "the key %s is not allowed", text);
    return NULL;
}

/* ---- files ---- */

/* What tells that a file was written since: rename gives another inode, a write another time or size. */
struct stamp {
    dev_t dev;
    ino_t ino;
    off_t size;
    mode_t mode;
    struct timespec modified, changed;
};

struct auth {
    struct key secret;
    char folder[CONFIG_TEXT];
    struct key_list lists[ROLES];
    struct stamp taken[ROLES];   /* the files as they were when the lists were taken from them */
    struct stamp refused[ROLES]; /* as they were when we last complained */
};

static struct stamp stamp_of(const char *path)
{
    struct stat st;
    struct stamp s;
    memset(&s, 0, sizeof s); /* padding too: stamps are compared as bytes */
    if (stat(path, &st) != 0)
        return s;
    s.dev = st.st_dev;
    s.ino = st.st_ino;
    s.size = st.st_size;
    s.mode = st.st_mode;
    s.modified = st.st_mtim;
    s.changed = st.st_ctim;
    return s;
}

static void list_path(const struct auth *a, int role, char out[2 * CONFIG_TEXT])
{
    snprintf(out, 2 * CONFIG_TEXT, "%s/%s", a->folder, key_role_names[role]);
}

enum { LIST_SAME, LIST_FRESH, LIST_WRONG };

/* LIST_FRESH: the file has changed and is right, *fresh is set. LIST_WRONG: with the reason. */
static int read_list(struct auth *a, int role, struct key_list *fresh, struct reason *why)
{
    char path[2 * CONFIG_TEXT];
    list_path(a, role, path);
    /* before reading: a file that is written meanwhile is read again the next time */
    struct stamp now = stamp_of(path);
    if (memcmp(&now, &a->taken[role], sizeof now) == 0)
        return LIST_SAME;
    if (!key_list_read(path, fresh, why))
        return LIST_WRONG;
    a->taken[role] = now;
    auth_sort(fresh);
    return LIST_FRESH;
}

/* A wrong list is read again each time, it may have been bad luck; but complained of once. */
static void complain(struct auth *a, int role, const struct reason *why)
{
    char path[2 * CONFIG_TEXT];
    list_path(a, role, path);
    struct stamp now = stamp_of(path);
    if (memcmp(&now, &a->refused[role], sizeof now) != 0)
        log_error("%s; the old list of %ss stays", why->text, key_role_names[role]);
    a->refused[role] = now;
}

static bool read_lists(struct auth *a, struct reason *why)
{
    for (int i = 0; i < ROLES; i++)
        if (read_list(a, i, &a->lists[i], why) == LIST_WRONG)
            return false;
    return true;
}

bool auth_open(const struct config *c, struct auth **out, struct reason *why)
{
    char path[4096];
    struct named_key secret;
    *out = NULL;
    if (!config_key(c, path, sizeof path))
        return true;
    struct auth *a = calloc(1, sizeof *a);
    if (!a || sodium_init() < 0) {
        free(a);
        return reason_set(why, "out of memory");
    }
    snprintf(a->folder, sizeof a->folder, "%s", c->keys.allow);
    if (!key_read_secret(path, &secret, why) || !read_lists(a, why)) {
        key_wipe(&secret.key);
        auth_free(a);
        return false;
    }
    a->secret = secret.key;
    key_wipe(&secret.key);
    *out = a;
    return true;
}

void auth_free(struct auth *a)
{
    if (!a)
        return;
    auth_forget_secret(a);
    for (int i = 0; i < ROLES; i++)
        key_list_free(&a->lists[i]);
    free(a);
}

const struct key *auth_secret(const struct auth *a)
{
    return &a->secret;
}

void auth_forget_secret(struct auth *a)
{
    key_wipe(&a->secret);
}

const struct key_list *auth_lists(const struct auth *a)
{
    return a->lists;
}

bool auth_refresh(struct auth *a, const char *folder)
{
    bool taken = false;
    if (strcmp(a->folder, folder) != 0) {
        snprintf(a->folder, sizeof a->folder, "%s", folder);
        memset(a->taken, 0xff, sizeof a->taken);
    }
    for (int i = 0; i < ROLES; i++) {
        struct key_list fresh;
        struct reason why;
        int got = read_list(a, i, &fresh, &why);
        if (got == LIST_WRONG)
            complain(a, i, &why);
        if (got != LIST_FRESH)
            continue;
        log_notice("keys allowed as %s: %zu, before %zu", key_role_names[i], fresh.n, a->lists[i].n);
        taken = auth_takes_away(&a->lists[i], &fresh) || taken;
        key_list_free(&a->lists[i]);
        a->lists[i] = fresh;
    }
    return taken;
}

bool auth_still(const struct auth *a, const char *endpoint, const char *key)
{
    struct key k;
    int role = auth_role(str_from(endpoint));
    return role >= 0 && key && key_parse(str_from(key), &k) && find(&a->lists[role], &k);
}
