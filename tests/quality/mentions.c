/* mentions: articles in (JSON Lines), what the actor stages know of each mention out: a JSON object a line with the
 * article's id, bytes of the body, kind, and name, country and role of its first identity.
 * Usage: mentions <articles.jsonl >mentions.jsonl */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "proto/base/buf.h"
#include "proto/base/log.h"
#include "proto/json.h"
#include "workers/actors/mentions.h"
#include "workers/pipeline.h"
#include "workers/statements/quotes.h"

struct reader {
    const struct lexicon *lexicon;
    struct str id; /* of the article */
};

static void put(const char *key, struct str value)
{
    printf(", \"%s\": \"", key);
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] != '"' && value.p[i] != '\\' && (unsigned char)value.p[i] >= ' ')
            putchar(value.p[i]);
    putchar('"');
}

static void print_mentions(void *reader, const struct doc *doc)
{
    static const char *const kinds[] = {"person", "country", "org", "generic", "pronoun", "place"};
    const struct reader *r = reader;
    struct doc d = *doc;
    mentions_run(&d, r->lexicon);
    quotes_find(&d);
    coref_run(&d, r->lexicon);
    for (size_t i = 0; i < d.n_mentions; i++) {
        const struct actor_mention *m = &d.mentions[i];
        printf("{\"begin\": %u, \"end\": %u, \"possessive\": %d", d.to_body[d.tokens[m->first].begin],
               d.to_body[d.tokens[m->last - 1].end], m->possessive);
        put("id", r->id);
        put("kind", str_from(kinds[m->kind]));
        put("name", m->ids->name);
        put("country", m->ids->country);
        put("role", m->ids->role);
        puts("}");
    }
}

int main(void)
{
    struct reason why;
    char path[4096], *line = NULL;
    size_t cap = 0;
    log_open("mentions", LOG_LEVEL_INFO);
    const char *config = pipeline_default_config();
    snprintf(path, sizeof path, "%s/lexicon", config);
    struct lexicon *lexicon = lexicon_open(path, &why);
    struct pipeline *p = lexicon ? pipeline_open(config, NULL, NULL, NULL, &why) : NULL;
    if (!p)
        die(EX_CONFIG, "%s", why.text);
    struct arena *arena = arena_new(0);
    for (ssize_t n; (n = getline(&line, &cap, stdin)) > 0;) {
        struct article a;
        arena_reset(arena);
        if (!json_read(&article_schema, line, (size_t)n, arena, &a, &why))
            die(EX_DATAERR, "%s", why.text);
        struct reader r = {lexicon, a.id};
        pipeline_parse_parts(p, &a, arena, print_mentions, &r);
    }
    free(line);
    pipeline_close(p);
    lexicon_close(lexicon);
    arena_free(arena);
    return 0;
}
