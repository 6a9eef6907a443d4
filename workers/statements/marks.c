#include "workers/statements/marks.h"

#include "workers/statements/content.h"
#include "workers/statements/link.h"

/* Words of a speaker's name in a transcript, of a name below a quotation, at most. */
#define NAME_WORDS 6
/* How sure a name before a colon or below a quotation is: as sure as a probability of the model's. */
#define MARK_P 0.93

static bool is_last(const struct doc *d, size_t s)
{
    return s + 1 == d->n_sentences || d->sentences[s + 1].paragraph != d->sentences[s].paragraph;
}

static bool is_first(const struct doc *d, size_t s)
{
    return s == 0 || d->sentences[s - 1].paragraph != d->sentences[s].paragraph;
}

/* A finding with `mark` for a cue and the words [first, last) of the source, which `mention` (or NONE) is. */
static int32_t add(struct doc *d, int32_t mark, int32_t first, int32_t last, int32_t mention)
{
    int32_t id = finding_new(d, d->tokens[mark].sentence);
    struct finding *f = &d->findings[id];
    struct piece *v = ARENA_ARRAY(d->arena, struct piece, 2);
    v[0] = (struct piece){mark, mark + 1};
    v[1] = (struct piece){first, last};
    f->cue = (struct pieces){v, 1};
    f->source_pieces = (struct pieces){v + 1, 1};
    f->source = mention;
    f->cameo = STR("010");
    f->is_statement = true;
    f->p = MARK_P;
    return id;
}

static bool is_finite_between(const struct reading *r, int32_t first, int32_t last)
{
    for (int32_t i = first; i < last; i++) {
        int32_t k = r->clauses->at[i];
        if (k != NONE && r->clauses->v[k].link == CLAUSE_FINITE && np_some(r->clauses->v[k].subject))
            return true;
    }
    return false;
}

/* "Putin: no talks before spring": the headline's way. */
static void after_mention(struct doc *d, const struct reading *r, const struct sentence *s)
{
    int32_t m = s->last - s->first > 4 ? d->mention_at[s->first] : NONE;
    if (m == NONE || d->mentions[m].first != s->first || !token_is(d, d->mentions[m].last, ":"))
        return;
    enum mention_kind kind = d->mentions[m].kind;
    int32_t colon = d->mentions[m].last;
    if (kind == MENTION_PLACE || kind == MENTION_PRONOUN || r->hit_at[colon] != NONE ||
        !is_finite_between(r, colon + 1, s->last))
        return;
    int32_t id = add(d, colon, d->mentions[m].first, d->mentions[m].last, m);
    content_add(d, r->clauses, &d->findings[id].content, colon + 1, s->last);
    d->findings[id].mode = content_mode(d, r->clauses, &d->findings[id].content);
}

/* No letter of the word is small, two or more are large. */
static bool is_shouted(const struct doc *d, int32_t i)
{
    struct str w = doc_token_text(d, i);
    size_t letters = 0;
    for (size_t k = 0; k < w.n; k++) {
        if (w.p[k] >= 'a' && w.p[k] <= 'z')
            return false;
        letters += w.p[k] >= 'A' && w.p[k] <= 'Z';
    }
    return letters >= 2;
}

/* "MOE: I think so. We'll see.": a transcript's way, to the end of the paragraph. */
static bool after_shouted(struct doc *d, const struct reading *r, size_t at)
{
    const struct sentence *s = &d->sentences[at];
    int32_t first = s->first, i;
    first += d->tokens[first].upos == UPOS_PUNCT && first + 1 < s->last;
    for (i = first; i < s->last && i < first + NAME_WORDS && is_shouted(d, i); i++)
        ;
    if (i == first || i + 1 >= s->last || !token_is(d, i, ":") || r->hit_at[i] != NONE)
        return false;
    size_t end = at;
    while (!is_last(d, end))
        end++;
    int32_t m = d->mention_at[i - 1];
    int32_t id = add(d, i, first, i, m != NONE && d->mentions[m].kind == MENTION_PERSON ? m : NONE);
    content_add(d, r->clauses, &d->findings[id].content, i + 1, d->sentences[end].last);
    d->findings[id].mode = MODE_DIRECT;
    return true;
}

/* '"..." - Jo Moe', at the end of a paragraph. */
static void behind_quote(struct doc *d, const struct reading *r, int32_t q, int32_t *owner)
{
    const struct quote *v = &d->quotes[q];
    int32_t dash = v->last + 1, name = dash + 1, last = name;
    if (owner[q] != NONE || !v->speech || v->outer_end == v->end || name >= (int32_t)d->n_tokens ||
        !token_is_dash(d, dash))
        return;
    size_t s = (size_t)d->tokens[name].sentence;
    int32_t end = d->sentences[s].last, paragraph = d->sentences[s].paragraph;
    if (!is_last(d, s) || paragraph != d->sentences[d->tokens[v->last - 1].sentence].paragraph)
        return;
    while (last < end && d->tokens[last].capital && d->tokens[last].upos == UPOS_PROPN)
        last++;
    if (last < name + 2 || last > name + NAME_WORDS || (last < end && d->tokens[last].upos != UPOS_PUNCT) ||
        end > last + 2 * NAME_WORDS || is_finite_between(r, name, end))
        return;
    int32_t m = d->mention_at[name];
    owner[q] = add(d, dash, name, last, m != NONE && d->mentions[m].kind == MENTION_PERSON ? m : NONE);
    content_add(d, r->clauses, &d->findings[owner[q]].content, v->first, v->last);
    d->findings[owner[q]].mode = MODE_DIRECT;
}

void marks_run(struct doc *d, struct reading *r, int32_t *quote_owner)
{
    for (size_t s = 0; s < d->n_sentences; s++)
        if (!is_first(d, s) || !after_shouted(d, r, s))
            after_mention(d, r, &d->sentences[s]);
    for (size_t q = 0; q < d->n_quotes; q++)
        behind_quote(d, r, (int32_t)q, quote_owner);
}
