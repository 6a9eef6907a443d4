#include "workers/conllu.h"
#include "workers/engine/feats.h"
#include "workers/engine/relations.h"
#include "workers/text/text.h"

/* -- one word -- */

static void put_id(struct buf *out, int32_t n)
{
    char digits[12];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    buf_append(out, digits + at, sizeof digits - at);
}

/* Columns HEAD and DEPREL. Without a tree the first word is the root and all others depend on it. */
static void put_head(struct buf *out, const struct doc *d, int32_t i, int32_t first)
{
    const struct token *t = &d->tokens[i];
    int32_t head = d->has_tree ? t->head : i == first ? NONE : first;
    enum relation r = d->has_tree && t->deprel != REL_NONE ? (enum relation)t->deprel
                      : head == NONE                       ? REL_ROOT
                                                           : REL_DEP;
    put_id(out, head == NONE ? 0 : head - first + 1);
    buf_putc(out, '\t');
    buf_puts(out, relation_names[r]);
}

/* The column's parts that are no name, and the name that the word has now. */
static void put_misc(struct buf *out, struct str misc, enum name_tag name)
{
    bool any = false;
    for (const char *p = misc.p, *end = p + misc.n; p && p < end && !str_is(misc, "_");) {
        const char *bar = memchr(p, '|', (size_t)(end - p)), *stop = bar ? bar : end;
        if (stop > p && !(stop - p >= 5 && memcmp(p, "Name=", 5) == 0)) {
            buf_puts(out, any ? "|" : "");
            buf_append(out, p, (size_t)(stop - p));
            any = true;
        }
        p = stop + 1;
    }
    if (name != TAG_NONE) {
        buf_puts(out, any ? "|Name=" : "Name=");
        buf_puts(out, name_tag_names[name]);
        any = true;
    }
    buf_puts(out, any ? "" : "_");
}

static void put_word(struct buf *out, const struct doc *d, int32_t i, int32_t first, struct str misc)
{
    const struct token *t = &d->tokens[i];
    put_id(out, i - first + 1);
    buf_putc(out, '\t');
    buf_str(out, doc_token_text(d, i));
    buf_putc(out, '\t');
    buf_str(out, lemma_cased(d, i));
    buf_putc(out, '\t');
    buf_puts(out, upos_names[t->upos]);
    buf_puts(out, "\t_\t");
    buf_str(out, t->feats ? t->feats->text : STR("_"));
    buf_putc(out, '\t');
    put_head(out, d, i, first);
    buf_puts(out, "\t_\t");
    put_misc(out, misc, (enum name_tag)t->name);
    buf_putc(out, '\n');
}

static void put_range(struct buf *out, int32_t first, int32_t last, struct str form, struct str misc)
{
    put_id(out, first);
    buf_putc(out, '-');
    put_id(out, last);
    buf_putc(out, '\t');
    buf_str(out, form);
    buf_puts(out, "\t_\t_\t_\t_\t_\t_\t_\t");
    buf_str(out, misc);
    buf_putc(out, '\n');
}

/* -- what was read -- */

void conllu_write_read(const struct conllu *c, struct buf *out)
{
    for (size_t s = 0; s < c->doc->n_sentences; s++) {
        int32_t first = c->doc->sentences[s].first, i = first;
        for (size_t k = 0; k < c->sentences[s].n_rows; k++) {
            const struct conllu_row *row = &c->sentences[s].rows[k];
            switch (row->kind) {
            case CONLLU_COMMENT:
                buf_str(out, row->form);
                buf_putc(out, '\n');
                break;
            case CONLLU_RANGE: put_range(out, row->first, row->last, row->form, row->misc); break;
            case CONLLU_WORD: put_word(out, c->doc, i++, first, row->misc); break;
            }
        }
        buf_putc(out, '\n');
    }
}

/* -- what was text -- */

/* An id on one line; within sent_id also without white space. */
static void put_name(struct buf *out, struct str id, bool spaces)
{
    for (size_t i = 0; i < id.n; i++) {
        unsigned char c = (unsigned char)id.p[i];
        buf_putc(out, c < ' ' || c == 0x7f || (c == ' ' && !spaces) ? '_' : (char)c);
    }
}

static void put_comments(struct buf *out, const struct doc *d, size_t s, struct str id)
{
    const struct sentence *x = &d->sentences[s];
    size_t number = d->sentences_before + s;
    if (number == 0) {
        buf_puts(out, "# newdoc id = ");
        put_name(out, id, true);
        buf_putc(out, '\n');
    }
    if (s == 0 ? !d->within_paragraph : x->paragraph != x[-1].paragraph)
        buf_puts(out, "# newpar\n");
    buf_puts(out, "# sent_id = ");
    put_name(out, id, false);
    buf_putc(out, '-');
    put_id(out, (int32_t)number + 1);
    buf_puts(out, "\n# text = ");
    for (uint32_t i = x->begin; i < x->end; i++)
        buf_putc(out, d->text[i] == '\n' ? ' ' : d->text[i]);
    buf_putc(out, '\n');
}

/* The token behind the last one of the written word that token i begins. */
static int32_t end_of_word(const struct doc *d, int32_t i, int32_t last)
{
    do
        i++;
    while (i < last && d->tokens[i].joined);
    return i;
}

void conllu_write(const struct doc *d, struct str id, struct buf *out)
{
    static const struct str gap = {"_", 1}, no_gap = {"SpaceAfter=No", 13};
    for (size_t s = 0; s < d->n_sentences; s++) {
        const struct sentence *x = &d->sentences[s];
        if (x->first == x->last)
            continue;
        put_comments(out, d, s, id);
        for (int32_t i = x->first; i < x->last;) {
            int32_t end = end_of_word(d, i, x->last);
            bool several = end > i + 1;
            struct str misc = d->tokens[end - 1].space_after ? gap : no_gap;
            if (several) {
                uint32_t begin = d->tokens[i].begin;
                put_range(out, i - x->first + 1, end - x->first,
                          (struct str){d->text + begin, d->tokens[end - 1].end - begin}, misc);
            }
            for (; i < end; i++)
                put_word(out, d, i, x->first, several ? gap : misc);
        }
        buf_putc(out, '\n');
    }
}
