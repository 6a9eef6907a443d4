#include "workers/statements/attribute.h"

#include "workers/statements/content.h"
#include "workers/statements/link.h"
#include "workers/statements/source.h"

/* What nobody in particular says ("it is believed that") is told when the model is surer of it. */
#define LEAST_OF_NOBODY 0.6

/* The lexicon's cue among the words of this one: the anchor's own, else one that tells words, else any; NONE. */
static int32_t hit_of(const struct reading *r, const struct attribution *x)
{
    int32_t best = r->hit_at[x->anchor];
    for (int32_t t = x->cue.first; t < x->cue.last && best == NONE; t++)
        if (r->hit_at[t] != NONE && r->hits[r->hit_at[t]].rule->says != SAYS_NO)
            best = r->hit_at[t];
    for (int32_t t = x->cue.first; t < x->cue.last && best == NONE; t++)
        best = r->hit_at[t];
    return best;
}

/* The word of [first, last) that the others hang on. */
static int32_t top_of(const struct doc *d, struct piece p)
{
    for (int32_t t = p.first; t < p.last; t++)
        if (d->tokens[t].upos != UPOS_PUNCT &&
            (d->tokens[t].head == NONE || d->tokens[t].head < p.first || d->tokens[t].head >= p.last))
            return t;
    return p.first;
}

/* Sources are the phrase's actor, and those that it is joined with by "and"; the "who" of a clause is whom it stands for. */
static size_t sources_of(const struct doc *d, const struct reading *r, const struct attribution *x,
                         struct np out[SOURCES_MAX])
{
    int32_t top = top_of(d, x->source), k = r->clauses->at[x->anchor];
    if (k != NONE && r->clauses->v[k].relative == top && np_some(r->clauses->v[k].subject)) {
        out[0] = r->clauses->v[k].subject;
        return 1;
    }
    size_t n = 0;
    out[n++] = (struct np){x->source.first, x->source.last, top, d->mention_at[top]};
    const struct branches *b = r->clauses->tree;
    for (int32_t c = b ? b->child[top] : NONE; c != NONE && n < SOURCES_MAX; c = b->next[c])
        if (branch_base(d, c) == REL_CONJ && c < x->source.last && d->mention_at[c] != NONE &&
            d->mention_at[c] != out[0].mention)
            out[n++] = branch_np(d, b, c);
    return n;
}

static void set_source(const struct doc *d, struct finding *f, struct np who, struct piece words)
{
    f->source = np_mention(d, who, &f->source_within);
    const struct actor_mention *m = f->source == NONE ? NULL : &d->mentions[f->source];
    f->source_pieces = (struct pieces){NULL, 0};
    if (m && !f->source_within && m->first == words.first && m->last == words.last)
        return;
    f->source_pieces = (struct pieces){ARENA_ARRAY(d->arena, struct piece, 1), 1};
    f->source_pieces.v[0] = words;
}

/* "[The embargo], the minister said, [would be lifted]": words between two commas part what they attribute, and the model
 * sees a short piece on one side less well than a long one on the other. */
static void fill_sides(const struct doc *d, const struct reading *r, struct attribution *x)
{
    const struct sentence *s = &d->sentences[d->tokens[x->anchor].sentence];
    int32_t first = x->cue.first, last = x->cue.last;
    if (x->source.first != NONE) {
        first = x->source.first < first ? x->source.first : first;
        last = x->source.last > last ? x->source.last : last;
    }
    if (x->content.n != 1 || first - 2 < s->first || !token_is_comma(d, first - 1) || last >= s->last ||
        !token_is_comma(d, last))
        return;
    const struct piece *only = x->content.v;
    struct piece before = {s->first, first - 1}, behind = *only;
    if (only->first <= last || only->first > last + 2 ||
        r->clauses->quote_at[x->anchor] != r->clauses->quote_at[s->first])
        return;
    int32_t top = top_of(d, before), head = d->tokens[top].head;
    if (head < behind.first || head >= behind.last || branch_base(d, top) != REL_NSUBJ)
        return;
    x->content.v = ARENA_ARRAY(d->arena, struct piece, 2);
    x->content.v[0] = before;
    x->content.v[1] = behind;
    x->content.n = 2;
}

/* Where a piece ends that begins with a quotation: not in a later sentence than that does. */
static int32_t end_of_speech(const struct doc *d, const struct clauses *cs, struct piece p)
{
    int32_t q = cs->quote_at[p.first];
    if (q == NONE || !d->quotes[q].speech || p.first > d->quotes[q].first || p.last <= d->quotes[q].last)
        return p.last;
    int32_t end = d->sentences[d->tokens[d->quotes[q].last - 1].sentence].last;
    end = end < d->quotes[q].last ? d->quotes[q].last : end;
    return p.last < end ? p.last : end;
}

/* A piece without words that only begin something: "two envoys had left; the". */
static int32_t end_of_words(const struct doc *d, struct piece p)
{
    int32_t last = p.last;
    while (last > p.first + 1 &&
           (d->tokens[last - 1].upos == UPOS_DET || d->tokens[last - 1].upos == UPOS_CCONJ ||
            d->tokens[last - 1].upos == UPOS_PUNCT))
        last--;
    return last;
}

/* The content with the whole of each quotation of speech that it begins or ends in. */
static void set_content(struct doc *d, const struct reading *r, int32_t id, const struct attribution *x,
                        int32_t *quote_owner)
{
    const struct clauses *cs = r->clauses;
    struct finding *f = &d->findings[id];
    int32_t done = 0;
    for (size_t i = 0; i < x->content.n; i++) {
        struct piece p = x->content.v[i];
        p.last = end_of_words(d, p);
        int32_t ends[] = {cs->quote_at[p.first], cs->quote_at[p.last - 1]};
        for (int32_t t = p.first; t < p.last; t++)
            if (cs->quote_at[t] != NONE && quote_owner[cs->quote_at[t]] == NONE)
                quote_owner[cs->quote_at[t]] = id;
        for (int e = 0; e < 2; e++) {
            if (ends[e] == NONE || ends[e] == cs->quote_at[x->anchor] || !d->quotes[ends[e]].speech)
                continue;
            const struct quote *q = &d->quotes[ends[e]];
            p.first = q->first < p.first ? q->first : p.first;
            p.last = q->last > p.last ? q->last : p.last;
        }
        p.last = end_of_speech(d, cs, p);
        p.first = p.first < done ? done : p.first;
        if (p.first < p.last)
            content_add(d, cs, &f->content, p.first, p.last);
        done = p.last > done ? p.last : done;
    }
}

/* "He went on:", and the next paragraph is a quotation. */
static void set_next_paragraph(struct doc *d, const struct reading *r, int32_t id, int32_t anchor,
                               int32_t *quote_owner)
{
    int32_t next = d->sentences[d->tokens[anchor].sentence].last;
    int32_t q = next < (int32_t)d->n_tokens && token_is(d, next - 1, ":") ? r->clauses->quote_at[next] : NONE;
    if (q == NONE || quote_owner[q] != NONE || d->quotes[q].first > next + 1 || !d->quotes[q].speech)
        return;
    quote_owner[q] = id;
    content_add(d, r->clauses, &d->findings[id].content, d->quotes[q].first, d->quotes[q].last);
}

static void add(struct doc *d, struct reading *r, struct attribution *x, int32_t *quote_owner)
{
    fill_sides(d, r, x);
    int32_t id = finding_new(d, d->tokens[x->anchor].sentence), hit = hit_of(r, x);
    struct finding *f = &d->findings[id];
    f->hit = hit;
    f->rule = hit == NONE ? NULL : r->hits[hit].rule;
    f->cameo = f->rule && f->rule->cameo.n ? f->rule->cameo : STR("010");
    f->cue = (struct pieces){ARENA_ARRAY(d->arena, struct piece, 1), 1};
    f->cue.v[0] = x->cue;
    f->is_statement = true;
    f->p = x->p * x->p_words;
    set_content(d, r, id, x, quote_owner);
    f = &d->findings[id];
    if (f->content.n == 0)
        set_next_paragraph(d, r, id, x->anchor, quote_owner);
    if (f->content.n == 0) {
        d->n_findings--;
        return;
    }
    f->mode = content_mode(d, r->clauses, &f->content);
    if (hit != NONE)
        r->hits[hit].finding = id;
    if (x->source.first == NONE)
        return;
    struct np sources[SOURCES_MAX];
    size_t n = sources_of(d, r, x, sources);
    set_source(d, f, sources[0], x->source);
    for (size_t i = 1; i < n; i++) {
        int32_t twin = finding_new(d, d->findings[id].sentence);
        d->findings[twin] = d->findings[id];
        set_source(d, &d->findings[twin], sources[i], (struct piece){sources[i].first, sources[i].last});
    }
}

/* The quotation that a piece lies in and that has to do with the sentence of an anchor outside of it, or NONE. */
static int32_t quote_of(const struct doc *d, const struct reading *r, struct piece p, int32_t anchor,
                        bool beside)
{
    int32_t q = r->clauses->quote_at[p.first];
    if (q == NONE || q == r->clauses->quote_at[anchor] || p.last > d->quotes[q].last + 1)
        return NONE;
    int32_t s = d->tokens[anchor].sentence, first = d->tokens[d->quotes[q].first].sentence;
    return (s == first || s == d->tokens[d->quotes[q].last - 1].sentence) == beside ? q : NONE;
}

/* Two may claim a quotation: then it is theirs who stand in its sentence. */
static void settle_claims(const struct doc *d, const struct reading *r, struct attributions *said)
{
    int32_t *claim = ARENA_ARRAY(d->arena, int32_t, d->n_quotes + 1);
    for (size_t q = 0; q < d->n_quotes; q++)
        claim[q] = NONE;
    for (size_t i = 0; i < said->n; i++)
        for (size_t k = 0; k < said->v[i].content.n; k++) {
            int32_t q = quote_of(d, r, said->v[i].content.v[k], said->v[i].anchor, true);
            if (q != NONE)
                claim[q] = (int32_t)i;
        }
    for (size_t i = 0; i < said->n; i++) {
        struct pieces *p = &said->v[i].content;
        size_t n = 0;
        for (size_t k = 0; k < p->n; k++) {
            int32_t q = quote_of(d, r, p->v[k], said->v[i].anchor, false);
            if (q == NONE || claim[q] == NONE || claim[q] == (int32_t)i)
                p->v[n++] = p->v[k];
        }
        p->n = n;
    }
}

void attribute_run(struct doc *d, struct reading *r, struct attributions *said, int32_t *quote_owner)
{
    settle_claims(d, r, said);
    for (size_t i = 0; i < said->n; i++)
        if (said->v[i].source.first != NONE || said->v[i].p >= LEAST_OF_NOBODY)
            add(d, r, &said->v[i], quote_owner);
}
