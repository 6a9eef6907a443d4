#include "workers/pipeline.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "proto/base/hash.h"
#include "proto/base/log.h"
#include "proto/base/tsv.h"
#include "proto/wire.h"
#include "workers/actors/mentions.h"
#include "workers/confidence.h"
#include "workers/engine/engine.h"
#include "workers/engine/names.h"
#include "workers/event.h"
#include "workers/stances/acts.h"
#include "workers/stances/issues.h"
#include "workers/stances/judge.h"
#include "workers/stances/qualifiers.h"
#include "workers/stances/refine.h"
#include "workers/stances/stance.h"
#include "workers/statements/link.h"
#include "workers/statements/quotes.h"
#include "workers/statements/roles.h"
#include "workers/text/text.h"

#define RULES_NAME "rules-1"
#define NO_MODEL   "none"
#define PATH_BYTES 4096
/* Attributions that the model thinks less likely are not told. */
#define LEAST 0.4
/* A text of more than one and a half of these is read in parts, which bounds memory: some 12,000 words. Who "he" is
 * is not looked for across parts. */
#define PART_BYTES (64u << 10)

struct pipeline {
    struct lexicon *lexicon;
    struct ontology *ontology;
    struct issues *issues;
    struct engine *engine; /* NULL: rules only */
    struct roles *roles;   /* NULL: the model has none */
    struct confidence confidence;
    struct scorer *scorer; /* NULL: the model has none */
    bool lacks_model;
    char model_file[PATH_BYTES]; /* empty: rules only */
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

static bool load(struct pipeline *p, const char *config_dir, const char *lexicon_dir, const char *own_dir,
                 struct reason *why)
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
    if (!(p->lexicon = lexicon_open_with(lexicon_dir ? lexicon_dir : path, own_dir, why)))
        return false;
    parts[2] = lexicon_digest(p->lexicon);
    struct str bytes = {(const char *)parts, sizeof parts};
    digest_hex(digest_of(&bytes, 1), p->digest);
    return true;
}

/* ---- which model ---- */

/* The first directory above this program, wherever it is started from, that has this file: build/ lies in the checkout
 * that it was built in, build/asan below that. The path of the file in `out`, that of the directory's end in *end. */
static bool in_checkout(char out[PATH_BYTES], const char *file, size_t *end)
{
    ssize_t n = readlink("/proc/self/exe", out, PATH_BYTES - strlen(file) - 2);
    for (int up = 0; n > 0 && up < 6; up++) {
        while (n > 0 && out[--n] != '/')
            ;
        sprintf(out + n, "/%s", file);
        *end = (size_t)n;
        if (access(out, R_OK) == 0)
            return true;
    }
    return false;
}

/* The model of the checkout, which its name and version tell: the last one, if there are several. */
static bool checkout_model(char out[PATH_BYTES])
{
    size_t end;
    if (!in_checkout(out, "config/ontology.tsv", &end))
        return false;
    snprintf(out + end, PATH_BYTES - end, "/workers/model/*.stm");
    glob_t found;
    bool any = glob(out, 0, NULL, &found) == 0 && strlen(found.gl_pathv[found.gl_pathc - 1]) < PATH_BYTES;
    if (any)
        strcpy(out, found.gl_pathv[found.gl_pathc - 1]);
    globfree(&found);
    return any;
}

/* Opens the engine that `model` stands for; none is no failure where nobody named one. */
static bool load_engine(struct pipeline *p, const char *model, struct reason *why)
{
    char path[PATH_BYTES];
    const char *wanted = model ? model : getenv("STANCED_MODEL");
    if (!wanted || !*wanted) {
        wanted = checkout_model(path) ? path : STANCED_CONFIG_DIR "/model.stm";
        p->lacks_model = access(wanted, F_OK) != 0;
        if (p->lacks_model)
            return true;
    }
    if (strcmp(wanted, NO_MODEL) == 0)
        return true;
    snprintf(p->model_file, sizeof p->model_file, "%s", wanted);
    return (p->engine = engine_open(wanted, why)) && roles_open(p->engine, &p->roles, why) &&
           confidence_open(p->engine, &p->confidence, why) && scorer_open(p->engine, &p->scorer, why);
}

struct pipeline *pipeline_open(const char *config_dir, const char *lexicon_dir, const char *own_dir,
                               const char *model, struct reason *why)
{
    struct pipeline *p = calloc(1, sizeof *p);
    if (!p) {
        reason_set(why, "%s: out of memory", config_dir);
        return NULL;
    }
    if (!load(p, config_dir, lexicon_dir, own_dir, why) || !load_engine(p, model, why)) {
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
    scorer_close(p->scorer);
    roles_close(p->roles);
    engine_close(p->engine);
    free(p);
}

const char *pipeline_model(const struct pipeline *p)
{
    return p->engine ? engine_name(p->engine) : RULES_NAME;
}

const struct roles *pipeline_roles(const struct pipeline *p)
{
    return p->roles;
}

const char *pipeline_model_file(const struct pipeline *p)
{
    return p->model_file[0] ? p->model_file : NULL;
}

const struct engine *pipeline_engine(const struct pipeline *p)
{
    return p->engine;
}

const struct scorer *pipeline_scorer(const struct pipeline *p)
{
    return p->scorer;
}

const struct ontology *pipeline_ontology(const struct pipeline *p)
{
    return p->ontology;
}

bool pipeline_lacks_model(const struct pipeline *p)
{
    return p->lacks_model;
}

const char *pipeline_lexicon(const struct pipeline *p)
{
    return p->digest;
}

void pipeline_tag(const struct pipeline *p, struct doc *doc)
{
    if (p->engine) {
        engine_run(p->engine, doc);
        names_run(doc, p->lexicon);
    } else {
        tags_run(doc, p->lexicon);
    }
    lemma_run(doc, p->lexicon);
}

static struct doc *normalised(const struct article *article, struct arena *arena)
{
    struct doc *d = ARENA_ARRAY(arena, struct doc, 1);
    d->arena = arena;
    d->article = article;
    d->day = clock_day(article->published == TIME_ABSENT ? clock_wall_ms() : article->published);
    normalise_run(d);
    return d;
}

static void parse(const struct pipeline *p, struct doc *d)
{
    tokens_run(d, p->lexicon);
    sentences_run(d, p->lexicon, p->engine ? engine_boundary(p->engine) : NULL);
    pipeline_tag(p, d);
}

/* Where a part that begins at `at` ends: behind a paragraph, else a line, else a word, else a character. */
static uint32_t part_end(const struct doc *whole, uint32_t at)
{
    if (whole->text_len - at <= PART_BYTES + PART_BYTES / 2)
        return whole->text_len;
    const char *least = whole->text + at + PART_BYTES / 2, *most = whole->text + at + PART_BYTES;
    const char *line = NULL, *word = NULL;
    for (const char *p = most; p > least; p--) {
        if (p[-1] == '\n' && p[-2] == '\n')
            return (uint32_t)(p - whole->text);
        line = !line && p[-1] == '\n' ? p : line;
        word = !word && p[-1] == ' ' ? p : word;
    }
    while (((unsigned char)*most & 0xC0) == 0x80)
        most--;
    return (uint32_t)((line ? line : word ? word : most) - whole->text);
}

/* The part of the whole that begins at *at, as a document of its own whose offsets lead to the same body. */
static struct doc next_part(const struct doc *whole, uint32_t *at, struct arena *scratch)
{
    struct doc d = *whole;
    uint32_t end = part_end(whole, *at);
    d.arena = scratch;
    d.within_paragraph = *at > 1 && memcmp(whole->text + *at - 2, "\n\n", 2) != 0;
    d.text += *at;
    d.to_body += *at;
    d.text_len = end - *at;
    *at = end;
    return d;
}

static struct arena *scratch_new(void)
{
    struct arena *scratch = arena_new(0);
    if (!scratch)
        die(EX_OSERR, "out of memory");
    return scratch;
}

/* The article in parts, each as a document of its own in memory that is used again. */
static void each_part(struct doc *whole, void (*part)(void *who, struct doc *doc), void *who)
{
    struct arena *scratch = scratch_new();
    for (uint32_t at = 0; at < whole->text_len;) {
        struct doc d = next_part(whole, &at, scratch);
        part(who, &d);
        whole->sentences_before += d.n_sentences;
        arena_reset(scratch);
    }
    arena_free(scratch);
}

struct parsing {
    const struct pipeline *p;
    void (*parsed)(void *who, const struct doc *doc);
    void (*read)(void *who, const struct doc *doc, const struct reading *r);
    void *who;
};

static struct reading *read_doc(const struct pipeline *p, struct doc *d)
{
    d->keeps_states = p->engine != NULL;
    parse(p, d);
    mentions_run(d, p->lexicon);
    quotes_find(d);
    coref_run(d, p->lexicon);
    return cues_find(d, p->lexicon);
}

static void part_parsed(void *who, struct doc *d)
{
    const struct parsing *x = who;
    parse(x->p, d);
    x->parsed(x->who, d);
}

static void part_read(void *who, struct doc *d)
{
    const struct parsing *x = who;
    const struct reading *r = read_doc(x->p, d);
    x->read(x->who, d, r);
}

void pipeline_parse_parts(const struct pipeline *p, const struct article *article, struct arena *arena,
                          void (*part)(void *who, const struct doc *doc), void *who)
{
    struct parsing x = {.p = p, .parsed = part, .who = who};
    each_part(normalised(article, arena), part_parsed, &x);
}

void pipeline_read_parts(const struct pipeline *p, const struct article *article, struct arena *arena,
                         void (*part)(void *who, const struct doc *doc, const struct reading *r), void *who)
{
    struct parsing x = {.p = p, .read = part, .who = who};
    each_part(normalised(article, arena), part_read, &x);
}

struct doc *pipeline_read(const struct pipeline *p, const struct article *article, struct arena *arena,
                          struct reading **reading)
{
    struct doc *d = normalised(article, arena);
    *reading = read_doc(p, d);
    return d;
}

static void find(const struct pipeline *p, struct doc *d, struct reading *r)
{
    struct attributions said = {NULL, 0};
    if (p->roles)
        said = roles_run(p->roles, d, r, LEAST);
    link_run(d, r, p->roles ? &said : NULL);
    acts_run(d, r);
}

struct doc *pipeline_find(const struct pipeline *p, const struct article *article, struct arena *arena,
                          struct reading **reading)
{
    struct doc *d = pipeline_read(p, article, arena, reading);
    find(p, d, *reading);
    return d;
}

static void classify(const struct pipeline *p, struct doc *d, struct event_list *out,
                     struct event_trace **traces)
{
    struct reading *r = read_doc(p, d);
    find(p, d, r);
    struct scorer_doc *sd = p->scorer && d->n_tokens > 0 ? scorer_begin(p->scorer, d) : NULL;
    if (sd)
        judge_findings(d, r, sd, scorer_knows_targets(p->scorer));
    qualifiers_run(d, r);
    refine_run(d, r);
    stance_run(d, r, p->issues);
    if (sd)
        judge_acts(d, p->ontology);
    refine_stances(d);
    events_build(d, p->ontology, pipeline_model(p), pipeline_lexicon(p), &p->confidence, out, traces);
}

/* Events of one part, copied out of its scratch memory: packed and unpacked, which is what any reader would do. */
static void keep(struct event_list *all, size_t *cap, const struct event_list *part,
                 const struct article *article, struct arena *arena)
{
    size_t before = all->n;
    for (size_t i = 0; i < part->n; i++) {
        struct buf packed = BUF_INIT;
        struct reason why;
        part->v[i].id = arena_printf(arena, "%.*s#%zu", STR_ARGS(article->id), all->n);
        if (part->v[i].reciprocal.n) { /* its number counts from the whole article's first, too */
            size_t first = strtoul(part->v[i].reciprocal.p + article->id.n + 1, NULL, 10);
            part->v[i].reciprocal = arena_printf(arena, "%.*s#%zu", STR_ARGS(article->id), before + first);
        }
        wire_pack(&event_schema, &part->v[i], &packed);
        if (packed.failed)
            die(EX_OSERR, "out of memory");
        char *bytes = arena_alloc(arena, packed.len);
        memcpy(bytes, packed.data, packed.len);
        ARENA_GROW(arena, all->v, all->n, *cap);
        if (!wire_unpack(&event_schema, bytes, packed.len, arena, &all->v[all->n], &why))
            BUG("an event that was packed is refused: %s", why.text);
        all->n++;
        buf_free(&packed);
    }
}

struct keeping {
    const struct pipeline *p;
    struct doc *whole;
    struct event_list *out;
    struct event_trace **traces;
    size_t cap, cap_traces, n_traces;
};

static void part_kept(void *who, struct doc *d)
{
    struct keeping *k = who;
    struct event_list part;
    struct event_trace *traces = NULL;
    classify(k->p, d, &part, &traces);
    keep(k->out, &k->cap, &part, k->whole->article, k->whole->arena);
    for (size_t i = 0; k->traces && i < part.n; i++, k->n_traces++) {
        ARENA_GROW(k->whole->arena, *k->traces, k->n_traces, k->cap_traces);
        (*k->traces)[k->n_traces] = traces[i];
    }
}

static void run_in_parts(const struct pipeline *p, struct doc *whole, struct event_list *out,
                         struct event_trace **traces)
{
    struct keeping k = {.p = p, .whole = whole, .out = out, .traces = traces};
    *out = (struct event_list){NULL, 0};
    each_part(whole, part_kept, &k);
}

void pipeline_run_traced(const struct pipeline *p, const struct article *article, struct arena *arena,
                         struct event_list *out, struct event_trace **traces)
{
    struct doc *d = normalised(article, arena);
    if (part_end(d, 0) == d->text_len)
        classify(p, d, out, traces);
    else
        run_in_parts(p, d, out, traces);
}

void pipeline_run(const struct pipeline *p, const struct article *article, struct arena *arena,
                  struct event_list *out)
{
    pipeline_run_traced(p, article, arena, out, NULL);
}

const char *pipeline_default_config(void)
{
    static char path[PATH_BYTES];
    size_t end;
    const char *dir = getenv("STANCED_CONFIG_DIR");
    if (dir && *dir)
        return dir;
    if (!in_checkout(path, "config/ontology.tsv", &end))
        return STANCED_CONFIG_DIR;
    path[end + strlen("/config")] = 0;
    return path;
}
