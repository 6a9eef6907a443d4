/* Which files make a lexicon: ours, then those of a user's directory. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/base/buf.h"
#include "workers/actors/lexicon_impl.h"
#include "workers/actors/phoenix.h"

/* What the files are, all of them in one: the digests of each. */
static bool add_digest(struct buf *digests, struct str bytes)
{
    struct digest d = digest_of(&bytes, 1);
    buf_append(digests, d.b, sizeof d.b);
    return !digests->failed;
}

static bool load_table(struct lexicon *l, const char *dir, const struct lexicon_file *file, enum rank rank,
                       struct buf *digests, struct reason *why)
{
    struct load f = {
        .lexicon = l, .file = arena_printf(l->arena, "%s/%s", dir, file->name).p, .rank = rank, .why = why};
    struct str columns[9];
    int got;
    f.tsv = tsv_open(f.file, why);
    if (!f.tsv)
        return false;
    while ((got = tsv_next(f.tsv, columns, file->least, file->most, why)) > 0)
        if (!file->line(&f, columns))
            break;
    bool ok =
        got == 0 && (add_digest(digests, tsv_bytes(f.tsv)) || reason_set(why, "%s: out of memory", f.file));
    tsv_close(f.tsv);
    return ok;
}

/* -- the user's directory -- */

/* What a file in it is for. Notes, hidden files and what editors leave behind are nobody's mistake; anything else is,
 * as it would be passed over in silence. */
enum own_file { OWN_TABLE, OWN_DICTIONARY, OWN_NOTE, OWN_UNKNOWN };

static enum own_file own_kind(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < LEXICON_FILES; i++)
        if (strcmp(name, lexicon_files[i].name) == 0)
            return OWN_TABLE;
    if (phoenix_is_dictionary(name))
        return OWN_DICTIONARY;
    return name[0] == '.' || name[n - 1] == '~' || strncmp(name, "README", 6) == 0 ? OWN_NOTE : OWN_UNKNOWN;
}

struct own {
    struct dirent **v; /* by name */
    int n;
};

static bool own_list(const char *dir, struct own *own, struct reason *why)
{
    own->n = dir ? scandir(dir, &own->v, NULL, alphasort) : 0;
    if (own->n < 0) {
        int error = errno;
        *own = (struct own){NULL, 0};
        return reason_set(why, "%s: %s", dir, strerror(error));
    }
    for (int i = 0; i < own->n; i++)
        if (own_kind(own->v[i]->d_name) == OWN_UNKNOWN)
            return reason_set(
                why,
                "%s/%s: expected countries.tsv, organisations.tsv, people.tsv, roles.tsv, cues.tsv, "
                "irregular.tsv, abbreviations.tsv, *.actors.txt or *.agents.txt",
                dir, own->v[i]->d_name);
    return true;
}

static bool own_has(const struct own *own, const char *name)
{
    for (int i = 0; i < own->n; i++)
        if (strcmp(own->v[i]->d_name, name) == 0)
            return true;
    return false;
}

static bool load_dictionaries(struct lexicon *l, const char *dir, const struct own *own, struct buf *digests,
                              struct reason *why)
{
    bool ok = true;
    for (int i = 0; ok && i < own->n; i++) {
        if (own_kind(own->v[i]->d_name) != OWN_DICTIONARY)
            continue;
        struct buf bytes = BUF_INIT;
        struct load f = {.lexicon = l,
                         .file = arena_printf(l->arena, "%s/%s", dir, own->v[i]->d_name).p,
                         .rank = RANK_DICTIONARY,
                         .why = why};
        ok = phoenix_load(&f, &bytes) && (add_digest(digests, (struct str){bytes.data, bytes.len}) ||
                                          reason_set(why, "%s: out of memory", f.file));
        buf_free(&bytes);
    }
    return ok;
}

/* -- all of it -- */

/* Every node has a slot, so that queries need not check. */
static bool fill_slots(const struct trie *trie, struct slot **slots, size_t cap)
{
    size_t n = trie_nodes(trie);
    if (n <= cap)
        return true;
    struct slot *v = realloc(*slots, n * sizeof *v);
    if (!v)
        return false;
    memset(v + cap, 0, (n - cap) * sizeof *v);
    *slots = v;
    return true;
}

static bool load_all(struct lexicon *l, const char *dir, const char *own_dir, struct reason *why)
{
    struct buf digests = BUF_INIT;
    struct own own = {NULL, 0};
    bool ok = own_list(own_dir, &own, why);
    /* Abbreviations first: they decide how the other files' texts are cut into words. A table of the user's directly
     * behind ours: his people may be of his countries. */
    for (size_t i = 0; ok && i < LEXICON_FILES; i++) {
        const struct lexicon_file *file = &lexicon_files[(i + LEXICON_FILES - 1) % LEXICON_FILES];
        ok = load_table(l, dir, file, RANK_OURS, &digests, why) &&
             (!own_has(&own, file->name) || load_table(l, own_dir, file, RANK_OWN, &digests, why));
    }
    ok = ok && load_dictionaries(l, own_dir, &own, &digests, why);
    if (ok && (!fill_slots(l->names, &l->name_slots, l->cap_names) ||
               !fill_slots(l->roles, &l->role_slots, l->cap_roles)))
        ok = reason_set(why, "%s: out of memory", dir);
    if (ok)
        l->digest = digest_of(&(struct str){digests.data, digests.len}, 1);
    buf_free(&digests);
    for (int i = 0; i < own.n; i++)
        free(own.v[i]);
    free(own.v);
    return ok;
}

struct lexicon *lexicon_open_with(const char *dir, const char *own, struct reason *why)
{
    struct lexicon *l = calloc(1, sizeof *l);
    if (l) {
        l->arena = arena_new(0);
        l->names = trie_new();
        l->roles = trie_new();
        l->countries = table_new();
        l->holders = table_new();
        l->surnames = table_new();
        l->cues = table_new();
        l->forms = table_new();
        l->abbreviations = table_new();
    }
    if (!l || !l->arena || !l->names || !l->roles || !l->countries || !l->holders || !l->surnames ||
        !l->cues || !l->forms || !l->abbreviations)
        reason_set(why, "%s: out of memory", dir);
    else if (load_all(l, dir, own, why))
        return l;
    lexicon_close(l);
    return NULL;
}

struct lexicon *lexicon_open(const char *dir, struct reason *why)
{
    return lexicon_open_with(dir, NULL, why);
}
