/* show.c: events as a table that people read. Text of peers never reaches the terminal as it is. */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clients/cli.h"
#include "proto/base/clock.h"
#include "proto/base/utf8.h"
#include "proto/ontology.h"

enum {
    WIDTH_DEFAULT = 140,
    SEQ_COLUMNS = 6,
    ACTOR_COLUMNS = 26,
    ACT_COLUMNS = 10,
    STANCE_COLUMNS = 8,
    TEXT_LEAST = 20
};

static const char *const stance_words[] = {"support", "oppose", "mixed", "neutral"};

void show_open(struct show *s, FILE *out)
{
    struct winsize size;
    bool terminal = isatty(fileno(out)),
         known = terminal && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    *s = (struct show){
        .out = out, .width = known ? size.ws_col : WIDTH_DEFAULT, .colour = terminal && !getenv("NO_COLOR")};
}

/* Control characters (C0, DEL, C1) and what changes the direction of writing must not act on the terminal. */
static bool printable(uint32_t cp)
{
    return cp >= 0x20 && !(cp >= 0x7f && cp < 0xa0) && !(cp >= 0x202a && cp <= 0x202e) &&
           !(cp >= 0x2066 && cp <= 0x2069);
}

unsigned show_columns(struct str text)
{
    unsigned columns = 0;
    uint32_t cp;
    if (text.n == 0)
        return 0;
    for (const char *p = text.p, *end = text.p + text.n; p < end; columns++)
        p += utf8_decode(p, end, &cp);
    return columns;
}

void show_text(struct buf *out, struct str text, unsigned columns)
{
    if (text.n == 0)
        return;
    bool cut = show_columns(text) > columns;
    const char *p = text.p, *end = text.p + text.n;
    for (unsigned used = 0; p < end && used + cut < columns; used++) {
        uint32_t cp;
        char bytes[4];
        p += utf8_decode(p, end, &cp);
        buf_append(out, bytes, utf8_encode(printable(cp) ? cp : ' ', bytes));
    }
    if (cut && columns > 0)
        buf_puts(out, "…");
}

const char *show_duration(int64_t ms, char out[32])
{
    long long s = ms / 1000;
    if (s < 60)
        snprintf(out, 32, "%llds", s);
    else if (s < 3600)
        snprintf(out, 32, "%lldm %llds", s / 60, s % 60);
    else if (s < 86400)
        snprintf(out, 32, "%lldh %lldm", s / 3600, s / 60 % 60);
    else
        snprintf(out, 32, "%lldd %lldh", s / 86400, s / 3600 % 24);
    return out;
}

/* Text in a column of its own: padded to `columns` and a space behind. */
static void cell(struct buf *line, struct str text, unsigned columns)
{
    unsigned wide = show_columns(text);
    show_text(line, text, columns);
    for (unsigned i = wide; i < columns; i++)
        buf_putc(line, ' ');
    buf_putc(line, ' ');
}

static void actor_cell(struct buf *line, const struct actor *a)
{
    struct buf tail = BUF_INIT;
    if (!a) {
        cell(line, STR("-"), ACTOR_COLUMNS);
        return;
    }
    if (a->country.p || a->role.p)
        buf_printf(&tail, " %.*s%s%.*s", STR_ARGS(a->country), a->country.p && a->role.p ? "/" : "",
                   STR_ARGS(a->role));
    struct str name = a->name.p ? a->name : a->text, where = {tail.data, tail.len};
    struct buf both = BUF_INIT;
    unsigned room = show_columns(where) < ACTOR_COLUMNS ? ACTOR_COLUMNS - show_columns(where) : 0;
    show_text(&both, name, room);
    buf_str(&both, where);
    cell(line, (struct str){both.data, both.len}, ACTOR_COLUMNS);
    buf_free(&both);
    buf_free(&tail);
}

static const char *act_colour(enum quad quad)
{
    switch (quad) {
    case QUAD_VERBAL_COOPERATION: return "\033[32m";
    case QUAD_MATERIAL_COOPERATION: return "\033[1;32m";
    case QUAD_VERBAL_CONFLICT: return "\033[33m";
    case QUAD_MATERIAL_CONFLICT: return "\033[1;31m";
    default: return "\033[36m";
    }
}

static void act_cell(struct buf *line, const struct show *s, const struct event *e)
{
    if (s->colour)
        buf_puts(line, act_colour((enum quad)e->act->quad));
    cell(line, str_from(act_names[e->act->type]), ACT_COLUMNS);
    if (s->colour)
        buf_puts(line, "\033[0m");
}

/* What an event is about, in the article's words: the attributed words, else the cue; then what changes it.
 */
static void matter(struct buf *out, const struct event *e)
{
    const struct mention *content = e->statement ? e->statement->content : NULL;
    const struct qualifiers *q = e->qualifiers;
    if (q && q->polarity == POLARITY_NEGATIVE)
        buf_puts(out, "[not] ");
    if (q && q->certainty == CERTAINTY_POSSIBLE)
        buf_puts(out, "[possibly] ");
    if (q && q->certainty == CERTAINTY_CONDITIONAL)
        buf_puts(out, "[if] ");
    if (q && q->time == ACT_FUTURE)
        buf_puts(out, "[future] ");
    buf_str(out, e->act->cue.text);
    if (content) {
        buf_puts(out, e->act->cue.text.n ? ": " : "");
        buf_str(out, content->text);
    } else if (e->stance && e->stance->toward) {
        buf_puts(out, " | ");
        buf_str(out, e->stance->toward->text);
    }
}

static void article_heading(struct show *s, const struct article_ref *a)
{
    char time[CLOCK_TEXT] = "";
    struct buf line = BUF_INIT;
    snprintf(s->article, sizeof s->article, "%.*s", STR_ARGS(a->id));
    if (a->published != TIME_ABSENT)
        clock_format(a->published, time);
    buf_puts(&line, s->colour ? "\n\033[1m" : "\n");
    show_text(&line, a->title.p && a->title.n ? a->title : a->id, s->width - 22);
    buf_puts(&line, s->colour ? "\033[0m" : "");
    buf_printf(&line, "  %.10s\n", time);
    fwrite(line.data, 1, line.len, s->out);
    buf_free(&line);
}

void show_event(struct show *s, const struct event *e)
{
    struct buf line = BUF_INIT, text = BUF_INIT;
    unsigned used = SEQ_COLUMNS + 1 + 2 * (ACTOR_COLUMNS + 1) + ACT_COLUMNS + 1 + STANCE_COLUMNS + 1;
    if (!str_is(e->article->id, s->article))
        article_heading(s, e->article);
    buf_printf(&line, "%*lld ", SEQ_COLUMNS, (long long)e->seq);
    if (e->retracts) {
        buf_printf(&line, "events %lld to %lld are taken back", (long long)e->retracts->first,
                   (long long)e->retracts->last);
    } else if (e->source && e->act) {
        actor_cell(&line, e->source);
        act_cell(&line, s, e);
        actor_cell(&line, e->target);
        cell(&line, e->stance ? str_from(stance_words[e->stance->label]) : STR("-"), STANCE_COLUMNS);
        matter(&text, e);
        show_text(&line, (struct str){text.data, text.len},
                  s->width > used + TEXT_LEAST ? s->width - used : TEXT_LEAST);
    }
    buf_putc(&line, '\n');
    fwrite(line.data, 1, line.len, s->out);
    buf_free(&text);
    buf_free(&line);
}
