#include "workers/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "proto/base/hash.h"
#include "proto/base/log.h"
#include "proto/base/tsv.h"
#include "workers/actors/mentions.h"
#include "workers/event.h"
#include "workers/stances/acts.h"
#include "workers/stances/issues.h"
#include "workers/stances/qualifiers.h"
#include "workers/stances/refine.h"
#include "workers/stances/stance.h"
#include "workers/statements/link.h"
#include "workers/statements/quotes.h"
#include "workers/text/text.h"

#define MODEL_NAME "rules-1"
#define PATH_BYTES 4096
#define PART_BYTES (64u << 10) /* of text: some 12,000 words */

struct pipeline {
    struct lexicon *lexicon;
    struct ontology *ontology;
    struct issues *issues;
    char digest[DIGEST_HEX];
};

static bool path_join(char out[PATH_BYTES], const char *dir, const char *name, struct reason *why)
{
    int n = snprintf(out, PATH_BYTES, "%s/%s", dir, name);
    return (n > 0 && n < PATH_BYTES) || reason_set(why, "%s/%s: the path is too long", dir, name);
}

static bool load_ontology(struct pipeline *p, const char *path, struct digest *digest, struct reason *why)
{
    p->ontology = ontology_load(path, why);
    struct tsv *t = p->ontology ? tsv_open(path, why) : NULL;
    if (!t)
        return false;
    struct str bytes = tsv_bytes(t);
    *digest = digest_of(&bytes, 1);
    tsv_close(t);
    return true;
}

static bool load(struct pipeline *p, const char *config_dir, const char *lexicon_dir, struct reason *why)
{
    char path[PATH_BYTES];
    struct digest parts[3];
    if (!path_join(path, config_dir, "ontology.tsv", why) || !load_ontology(p, path, &parts[0], why))
        return false;
    if (!path_join(path, config_dir, "issues.tsv", why) || !(p->issues = issues_open(path, why)))
        return false;
    parts[1] = issues_digest(p->issues);
    if (!lexicon_dir && !path_join(path, config_dir, "lexicon", why))
        return false;
    if (!(p->lexicon = lexicon_open(lexicon_dir ? lexicon_dir : path, why)))
        return false;
    parts[2] = lexicon_digest(p->lexicon);
    struct str bytes = {(const char *)parts, sizeof parts};
    digest_hex(digest_of(&bytes, 1), p->digest);
    return true;
}

struct pipeline *pipeline_open(const char *config_dir, const char *lexicon_dir, const char *model,
                               struct reason *why)
{
    if (model) {
        reason_set(why, "%s: this build has no language engine, only rules", model);
        return NULL;
    }
    struct pipeline *p = calloc(1, sizeof *p);
    if (!p) {
        reason_set(why, "%s: out of memory", config_dir);
        return NULL;
    }
    if (!load(p, config_dir, lexicon_dir, why)) {
        pipeline_close(p);
        return NULL;
    }
    return p;
}

void pipeline_close(struct pipeline *p)
{
    if (!p)
        return;
    if (p->lexicon)
        lexicon_close(p->lexicon);
    if (p->ontology)
        ontology_free(p->ontology);
    issues_close(p->issues);
    free(p);
}

const char *pipeline_model(const struct pipeline *p)
{
    (void)p;
    return MODEL_NAME;
}

const char *pipeline_lexicon(const struct pipeline *p)
{
    return p->digest;
}

void pipeline_tag(const struct pipeline *p, struct doc *doc)
{
    tags_run(doc, p->lexicon);
    lemma_run(doc, p->lexicon);
}

static struct doc *split(const struct pipeline *p, const struct article *article, struct arena *arena)
{
    struct doc *d = ARENA_ARRAY(arena, struct doc, 1);
    d->arena = arena;
    d->article = article;
    d->day = clock_day(article->published == TIME_ABSENT ? clock_wall_ms() : article->published);
    normalise_run(d);
    sentences_run(d, p->lexicon);
    return d;
}

struct doc *pipeline_parse(const struct pipeline *p, const struct article *article, struct arena *arena)
{
    struct doc *d = split(p, article, arena);
    tokens_run(d, p->lexicon);
    pipeline_tag(p, d);
    return d;
}

void pipeline_parse_parts(const struct pipeline *p, const struct article *article, struct arena *arena,
                          void (*part)(void *who, const struct doc *doc, size_t first), void *who)
{
    const struct doc *whole = split(p, article, arena);
    struct arena *scratch = arena_new(0);
    if (!scratch)
        die(EX_OSERR, "out of memory");
    for (size_t first = 0, next; first < whole->n_sentences; first = next) {
        const struct sentence *s = &whole->sentences[first];
        for (next = first + 1; next < whole->n_sentences; next++)
            if (whole->sentences[next].end - s->begin > PART_BYTES)
                break;
        struct doc d = *whole;
        d.arena = scratch;
        d.sentences += first;
        d.n_sentences = next - first;
        tokens_run(&d, p->lexicon);
        pipeline_tag(p, &d);
        part(who, &d, first);
        arena_reset(scratch);
    }
    arena_free(scratch);
}

void pipeline_run_traced(const struct pipeline *p, const struct article *article, struct arena *arena,
                         struct event_list *out, struct event_trace **traces)
{
    struct doc *d = pipeline_parse(p, article, arena);
    mentions_run(d, p->lexicon);
    quotes_find(d);
    coref_run(d, p->lexicon);
    struct reading *r = cues_find(d, p->lexicon);
    link_run(d, r);
    acts_run(d, r);
    qualifiers_run(d, r);
    refine_run(d, r);
    stance_run(d, r, p->issues);
    refine_stances(d);
    events_build(d, p->ontology, pipeline_model(p), pipeline_lexicon(p), out, traces);
}

void pipeline_run(const struct pipeline *p, const struct article *article, struct arena *arena,
                  struct event_list *out)
{
    pipeline_run_traced(p, article, arena, out, NULL);
}

/* The checkout that this program was built in, wherever it is started from: build/ lies in it, build/asan
 * below that. */
static const char *checkout_config(void)
{
    static char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - sizeof "/config/ontology.tsv");
    for (int up = 0; n > 0 && up < 4; up++) {
        while (n > 0 && path[--n] != '/')
            ;
        strcpy(path + n, "/config/ontology.tsv");
        if (access(path, R_OK) == 0) {
            path[n + (ssize_t)strlen("/config")] = 0;
            return path;
        }
    }
    return NULL;
}

const char *pipeline_default_config(void)
{
    const char *dir = getenv("STANCED_CONFIG_DIR");
    if (!dir || !*dir)
        dir = checkout_config();
    return dir ? dir : STANCED_CONFIG_DIR;
}
