/* stance-code: articles in, events out, no daemon. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "proto/base/log.h"
#include "proto/base/utf8.h"
#include "proto/json.h"
#include "proto/wire.h"
#include "workers/conllu.h"
#include "workers/pairs.h"
#include "workers/pipeline.h"
#include "workers/roles_write.h"

#define LINE_MAX_BYTES ((size_t)16 << 20) /* a JSON line, or a plain text */
#define CHUNK          ((size_t)64 << 10)

static const char help[] =
    "usage: stance-code [options] [FILE|-]\n"
    "Reads articles and writes their events in order, one JSON object a line.\n\n"
    "Input is plain text (the whole file is one article) or JSON Lines with \"id\" and \"body\", and if you like\n"
    "\"title\", \"published\", \"lang\", ...: JSON when the first character is '{'.\n\n"
    "  --json         JSON Lines (default)\n"
    "  --table        a table for people, with the lexicon lines that decided\n"
    "  --conllu       no events, but the words with their tags and trees, in CoNLL-U\n"
    "  --pretokenized with --conllu: the input is CoNLL-U, too; its words stay, tags and trees are replaced\n"
    "  --roles        no events, but what the model's roles are learned from (workers/roles_write.h)\n"
    "  --pairs        no events, but what given sources do to given targets, a JSON object a line; the input is JSON Lines with\n"
    "                 \"id\", \"text\", \"source\" and \"target\": lists of [begin, end] in bytes of the text\n"
    "  --guesses      no events, but the clauses where the model may look for more (workers/pairs.h)\n"
    "  --candidates   no events, but who could be the target of each (workers/pairs.h)\n"
    "  --numbers      with --pairs: what the model sees of them, in binary (workers/pairs.h)\n"
    "  --config DIR   where ontology.tsv and issues.tsv are (default: $STANCED_CONFIG_DIR, ./config, the installed one)\n"
    "  --lexicon DIR  where the lexicon is (default: lexicon/ in the former)\n"
    "  --own-lexicon DIR  your own lines beside it: the same files, as far as they are there, and *.actors.txt, *.agents.txt\n"
    "  --model FILE   the language model; none: rules only (default: $STANCED_MODEL, else the one that is installed)\n"
    "  --help, --version\n\n"
    "exit codes: 0 all read, 64 usage, 65 some lines or sentences were wrong (each is told on stderr), 66 no such file,\n"
    "74 output failed, 78 a lexicon or ontology line or the model is wrong\n";

struct coder {
    const struct pipeline *pipeline;
    struct arena *arena;
    bool table, conllu, pretokenized, roles, pairs, numbers, guesses, candidates;
    const char *name; /* of the input, for messages */
    struct buf out;
    bool bad_input;
};

/* -- output -- */

/* `width` columns of text, cut by code points; control characters and line ends become spaces. width 0: all
 * of it. */
static void put_cell(struct buf *out, struct str s, size_t width)
{
    size_t columns = 0;
    for (const char *p = s.p, *end = s.p + s.n; p && p < end;) {
        uint32_t cp;
        unsigned n = utf8_decode(p, end, &cp);
        if (width && columns == width - 1 && p + n < end) {
            buf_puts(out, "…");
            columns++;
            break;
        }
        if (cp < 0x20 || cp == 0x7f)
            buf_putc(out, ' ');
        else
            buf_append(out, p, n);
        p += n;
        columns++;
    }
    for (; columns < width; columns++)
        buf_putc(out, ' ');
}

static void put_actor(struct coder *c, const struct actor *a, size_t width)
{
    if (!a) {
        put_cell(&c->out, STR("-"), width);
        return;
    }
    struct str who = a->name.p ? a->name : a->text;
    struct str cell = who;
    if (a->country.p || a->role.p)
        cell = arena_printf(c->arena, "%.*s [%.*s%s%.*s]", STR_ARGS(who), STR_ARGS(a->country),
                            a->country.p && a->role.p ? " " : "", STR_ARGS(a->role));
    put_cell(&c->out, cell, width);
}

static void put_row(struct coder *c, const struct event *e, const struct event_trace *t)
{
    static const char *const stances[] = {"support", "oppose", "mixed", "neutral"};
    put_actor(c, e->source, 36);
    buf_puts(&c->out, " | ");
    put_cell(&c->out, str_from(act_names[e->act->type]), 9);
    buf_puts(&c->out, " | ");
    put_actor(c, e->target, 30);
    buf_puts(&c->out, " | ");
    put_cell(&c->out, str_from(e->stance ? stances[e->stance->label] : "-"), 7);
    buf_puts(&c->out, " | ");
    put_cell(&c->out, e->act->cue.text, 20);
    buf_puts(&c->out, " | ");
    put_cell(&c->out, e->statement && e->statement->content ? e->statement->content->text : STR(""), 60);
    if (t->source_file)
        buf_printf(&c->out, " | %s:%u", t->source_file, t->source_line);
    if (t->target_file)
        buf_printf(&c->out, "%s%s:%u", t->source_file ? " " : " | ", t->target_file, t->target_line);
    if (t->cue_file)
        buf_printf(&c->out, "%s%s:%u", t->source_file || t->target_file ? " " : " | ", t->cue_file,
                   t->cue_line);
    buf_putc(&c->out, '\n');
}

static void flush_out(struct coder *c)
{
    if (c->out.failed)
        die(EX_OSERR, "out of memory for what is to be written of one article");
    if (c->out.len == 0)
        return;
    if (fwrite(c->out.data, 1, c->out.len, stdout) != c->out.len || fflush(stdout) != 0)
        die(EX_IOERR, "standard output: %s", strerror(errno));
    buf_clear(&c->out);
}

static void code_article(struct coder *c, const struct article *a)
{
    struct event_list events;
    struct event_trace *traces = NULL;
    pipeline_run_traced(c->pipeline, a, c->arena, &events, &traces);
    if (c->table && events.n) {
        put_cell(&c->out, a->id, 0);
        buf_puts(&c->out, ":\n");
    }
    for (size_t i = 0; i < events.n; i++) {
        if (c->table) {
            put_row(c, &events.v[i], &traces[i]);
        } else {
            json_write(&event_schema, &events.v[i], &c->out);
            buf_putc(&c->out, '\n');
        }
        if (c->out.len > CHUNK)
            flush_out(c);
    }
    flush_out(c);
}

struct parted_article {
    struct coder *c;
    struct str id;
};

static void put_part(void *article, const struct doc *doc)
{
    struct parted_article *a = article;
    conllu_write(doc, a->id, &a->c->out);
    flush_out(a->c);
}

static void put_roles(void *article, const struct doc *doc, const struct reading *r)
{
    struct parted_article *a = article;
    roles_write(doc, r, a->id, &a->c->out);
    flush_out(a->c);
}

static void handle_article(struct coder *c, const struct article *a)
{
    struct parted_article parts = {c, a->id};
    if (c->conllu)
        pipeline_parse_parts(c->pipeline, a, c->arena, put_part, &parts);
    else if (c->roles)
        pipeline_read_parts(c->pipeline, a, c->arena, put_roles, &parts);
    else if (c->guesses)
        pairs_guesses(c->pipeline, a, c->arena, &c->out);
    else if (c->candidates)
        pairs_candidates(c->pipeline, a, c->arena, &c->out);
    else
        code_article(c, a);
    flush_out(c);
}

/* -- input -- */

static void complain(void *coder, size_t line, const char *what)
{
    struct coder *c = coder;
    fprintf(stderr, "%s:%zu: %s\n", c->name, line, what);
    c->bad_input = true;
}

static void code_pair(struct coder *c, const char *text, size_t n, size_t line)
{
    struct pair_request q;
    struct pair_verdict v;
    struct reason why;
    bool ok = json_read(&pair_request_schema, text, n, c->arena, &q, &why);
    if (ok && c->numbers) {
        ok = pairs_write(c->pipeline, &q, c->arena, &c->out, &why);
    } else if (ok && (ok = pairs_judge(c->pipeline, &q, c->arena, &v, &why))) {
        json_write(&pair_verdict_schema, &v, &c->out);
        buf_putc(&c->out, '\n');
    }
    if (!ok)
        complain(c, line, why.text);
    flush_out(c);
}

static void code_line(struct coder *c, const char *text, size_t n, size_t line)
{
    struct article a;
    struct reason why;
    while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r' || text[n - 1] == ' '))
        n--;
    if (n == 0)
        return;
    arena_reset(c->arena);
    if (c->pairs) {
        code_pair(c, text, n, line);
        return;
    }
    if (!json_read(&article_schema, text, n, c->arena, &a, &why) ||
        !article_check(&a, LINE_MAX_BYTES, &why)) {
        complain(c, line, why.text);
        return;
    }
    if (!a.id.p)
        a.id = arena_printf(c->arena, "%s:%zu", c->name, line);
    if (a.status != ARTICLE_CANCELED)
        handle_article(c, &a);
}

/* Reads up to and with the next '\n' into `line`; of a longer line than the limit the rest is passed over.
 * False: end. */
static bool read_line(FILE *in, struct buf *line, bool *too_long)
{
    buf_clear(line);
    *too_long = false;
    char chunk[4096];
    for (bool any = false;;) {
        if (!fgets(chunk, sizeof chunk, in))
            return any;
        any = true;
        size_t n = strlen(chunk); /* a NUL within the line cuts this piece short: JSON has none */
        if (line->len + n > LINE_MAX_BYTES)
            *too_long = true;
        else
            buf_append(line, chunk, n);
        if (n > 0 && chunk[n - 1] == '\n')
            return true;
        if (feof(in))
            return true;
    }
}

static void code_lines(struct coder *c, FILE *in, const struct buf *head)
{
    struct buf line = BUF_INIT;
    bool too_long;
    size_t number = 1;
    for (size_t i = 0; i < head->len; i++)
        number += head->data[i] == '\n';
    for (; read_line(in, &line, &too_long); number++) {
        if (line.failed)
            die(EX_OSERR, "%s:%zu: out of memory", c->name, number);
        if (too_long)
            complain(c, number, "the line is longer than 16 MiB");
        else
            code_line(c, line.data, line.len, number);
    }
    buf_free(&line);
}

static void code_text(struct coder *c, FILE *in, const struct buf *head)
{
    struct buf text = BUF_INIT;
    buf_append(&text, head->data, head->len);
    char *chunk = malloc(CHUNK);
    if (!chunk)
        die(EX_OSERR, "out of memory");
    for (size_t n; (n = fread(chunk, 1, CHUNK, in)) > 0 && text.len + n <= LINE_MAX_BYTES;)
        buf_append(&text, chunk, n);
    free(chunk);
    if (text.failed)
        die(EX_OSERR, "%s: out of memory", c->name);
    if (!feof(in)) {
        complain(c, 1, "the text is longer than 16 MiB");
    } else if (text.len > 0) {
        struct article a = {.v = 1,
                            .id = str_from(c->name),
                            .published = TIME_ABSENT,
                            .revision = -1,
                            .status = -1,
                            .body = {text.data, text.len}};
        handle_article(c, &a);
    }
    buf_free(&text);
}

static void code_conllu(struct coder *c, FILE *in)
{
    struct conllu_reader *r = conllu_open(in, complain, c);
    struct conllu document;
    if (!r)
        die(EX_OSERR, "%s: out of memory", c->name);
    while (arena_reset(c->arena), conllu_read(r, c->arena, false, &document)) {
        pipeline_tag(c->pipeline, document.doc);
        conllu_write_read(&document, &c->out);
        flush_out(c);
    }
    conllu_close(r);
}

/* JSON Lines begin with '{'. Leaves the white space before the first other byte in `head`: a text's offsets
 * count it. */
static bool begins_as_json(FILE *in, struct buf *head)
{
    int ch;
    while (((ch = getc(in)) == ' ' || ch == '\t' || ch == '\n' || ch == '\r') && head->len < LINE_MAX_BYTES)
        buf_putc(head, (char)ch);
    if (ch != EOF)
        ungetc(ch, in);
    return ch == '{';
}

static void run(struct coder *c, const char *path)
{
    FILE *in = stdin;
    c->name = path ? path : "-";
    if (path && strcmp(path, "-") != 0 && !(in = fopen(path, "r")))
        die(EX_NOINPUT, "%s: %s", path, strerror(errno));
    struct buf head = BUF_INIT;
    if (c->pretokenized)
        code_conllu(c, in);
    else if (c->pairs || begins_as_json(in, &head))
        code_lines(c, in, &head);
    else
        code_text(c, in, &head);
    buf_free(&head);
    if (ferror(in))
        die(EX_IOERR, "%s: %s", c->name, strerror(errno));
    if (in != stdin)
        fclose(in);
}

enum {
    OPT_JSON = 1,
    OPT_TABLE,
    OPT_CONLLU,
    OPT_PRETOKENIZED,
    OPT_ROLES,
    OPT_PAIRS,
    OPT_NUMBERS,
    OPT_GUESSES,
    OPT_CANDIDATES,
    OPT_CONFIG,
    OPT_LEXICON,
    OPT_OWN_LEXICON,
    OPT_MODEL,
    OPT_HELP,
    OPT_VERSION
};
static const struct option long_options[] = {
    {"json", no_argument, NULL, OPT_JSON},
    {"table", no_argument, NULL, OPT_TABLE},
    {"conllu", no_argument, NULL, OPT_CONLLU},
    {"pretokenized", no_argument, NULL, OPT_PRETOKENIZED},
    {"roles", no_argument, NULL, OPT_ROLES},
    {"pairs", no_argument, NULL, OPT_PAIRS},
    {"guesses", no_argument, NULL, OPT_GUESSES},
    {"candidates", no_argument, NULL, OPT_CANDIDATES},
    {"numbers", no_argument, NULL, OPT_NUMBERS},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"lexicon", required_argument, NULL, OPT_LEXICON},
    {"own-lexicon", required_argument, NULL, OPT_OWN_LEXICON},
    {"model", required_argument, NULL, OPT_MODEL},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {0},
};

int main(int argc, char **argv)
{
    const char *config = NULL, *lexicon = NULL, *own = NULL, *model = NULL;
    struct coder c = {.out = BUF_INIT};
    log_open("stance-code", LOG_LEVEL_INFO);
    for (int o; (o = getopt_long(argc, argv, "", long_options, NULL)) != -1;) {
        switch (o) {
        case OPT_JSON: c.table = c.conllu = false; break;
        case OPT_TABLE: c.table = true; break;
        case OPT_CONLLU: c.conllu = true; break;
        case OPT_PRETOKENIZED: c.pretokenized = true; break;
        case OPT_ROLES: c.roles = true; break;
        case OPT_PAIRS: c.pairs = true; break;
        case OPT_GUESSES: c.guesses = true; break;
        case OPT_CANDIDATES: c.candidates = true; break;
        case OPT_NUMBERS: c.numbers = true; break;
        case OPT_CONFIG: config = optarg; break;
        case OPT_LEXICON: lexicon = optarg; break;
        case OPT_OWN_LEXICON: own = optarg; break;
        case OPT_MODEL: model = optarg; break;
        case OPT_HELP: fputs(help, stdout); return EX_OK;
        case OPT_VERSION: puts("stance-code " STANCED_VERSION); return EX_OK;
        default: fputs(help, stderr); return EX_USAGE;
        }
    }
    if (argc - optind > 1 || (c.pretokenized && !c.conllu) || (c.numbers && !c.pairs)) {
        fputs(help, stderr);
        return EX_USAGE;
    }
    struct reason why;
    struct pipeline *p =
        pipeline_open(config ? config : pipeline_default_config(), lexicon, own, model, &why);
    if (!p)
        die(EX_CONFIG, "%s", why.text);
    if (c.pairs && (c.numbers ? !pipeline_engine(p) : !pipeline_scorer(p)))
        die(EX_CONFIG, "%s: this model knows nothing of pairs", pipeline_model(p));
    c.pipeline = p;
    if (!(c.arena = arena_new(0)))
        die(EX_OSERR, "out of memory");
    run(&c, argv[optind]);
    buf_free(&c.out);
    arena_free(c.arena);
    pipeline_close(p);
    return c.bad_input ? EX_DATAERR : EX_OK;
}
