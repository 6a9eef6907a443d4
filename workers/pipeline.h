/* pipeline.h: an article in, its events out. What stance-worker and stance-code share. */
#ifndef STANCED_PIPELINE_H
#define STANCED_PIPELINE_H

#include "proto/base/arena.h"
#include "proto/event.h"
#include "proto/reason.h"

struct doc;
struct engine;
struct reading;
struct roles;
struct scorer;

/* Lexicon, ontology, issues and the model: read once, never written after, shared by all articles. */
struct pipeline;

/* `config_dir` holds ontology.tsv, issues.tsv and lexicon/; a `lexicon_dir` of NULL means config_dir/lexicon; `own_dir`:
 * what a user adds to it (lexicon.h), NULL: nothing;
 * `model`: a file, or "none": rules only; NULL: $STANCED_MODEL, else the one of the checkout that the program was built
 * in (workers/model), else the installed one, else rules. NULL with a reason "file:line: ..." when something cannot be loaded. */
struct pipeline *pipeline_open(const char *config_dir, const char *lexicon_dir, const char *own_dir,
                               const char *model, struct reason *why);
void pipeline_close(struct pipeline *p);
const char *pipeline_model(const struct pipeline *p);           /* "en-news-1", "rules-1": event.model */
const char *pipeline_model_file(const struct pipeline *p);      /* NULL: rules only */
const struct engine *pipeline_engine(const struct pipeline *p); /* NULL: rules only */
const struct roles *pipeline_roles(const struct pipeline *p);   /* of its model; NULL: none */
const struct scorer *pipeline_scorer(const struct pipeline *p); /* of its model; NULL: none */
const struct ontology *pipeline_ontology(const struct pipeline *p);
bool pipeline_lacks_model(const struct pipeline *p);    /* nobody named one, and none was found */
const char *pipeline_lexicon(const struct pipeline *p); /* hex digest of all files read: event.lexicon */

/* The stages that read language, without actors and events: text, words, sentences, their tags, lemmas and (with a
 * model) trees; in bounded memory (but for 6 bytes a byte of text): `part` gets a stretch of the article at a time, as
 * a document of its own, which ends with the call. */
void pipeline_parse_parts(const struct pipeline *p, const struct article *article, struct arena *arena,
                          void (*part)(void *who, const struct doc *doc), void *who);

/* The same up to the actors, quotations and cues: what statements are found in. */
void pipeline_read_parts(const struct pipeline *p, const struct article *article, struct arena *arena,
                         void (*part)(void *who, const struct doc *doc, const struct reading *r), void *who);

/* The last of the former stages, for a document whose words are given (text_given()): tags, lemmas, trees. */
void pipeline_tag(const struct pipeline *p, struct doc *doc);

/* The stages up to the cues, of a text that is short enough to be read at once, with the engine's states where there is a
 * scorer for them. All in `arena`. */
struct doc *pipeline_read(const struct pipeline *p, const struct article *article, struct arena *arena,
                          struct reading **reading);

/* The same, and what the rules and the roles find in it: the document's findings, not refined yet. */
struct doc *pipeline_find(const struct pipeline *p, const struct article *article, struct arena *arena,
                          struct reading **reading);

/* Classifies one article: any body up to 4 GiB - 1, any bytes. The events live in `arena`, as all scratch
 * does; the caller resets it between articles. Cannot fail, but out of memory ends the process. Deterministic:
 * the same article and files give the same events. */
void pipeline_run(const struct pipeline *p, const struct article *article, struct arena *arena,
                  struct event_list *out);

/* Which lexicon lines an event comes from; file NULL: none (a composed or unknown actor). */
struct event_trace {
    const char *source_file, *cue_file, *target_file;
    uint32_t source_line, cue_line, target_line;
};

/* The same, and a trace for each event. */
void pipeline_run_traced(const struct pipeline *p, const struct article *article, struct arena *arena,
                         struct event_list *out, struct event_trace **traces);

/* Where the lexicon is when nobody says so: $STANCED_CONFIG_DIR, else config/ of the checkout that the
 * program was built in, else the installed one. */
const char *pipeline_default_config(void);

#endif
