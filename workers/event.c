#include "workers/event.h"

#include <stdlib.h>

#include "proto/base/utf8.h"
#include "workers/actors/lexicon.h"
#include "workers/stances/scorer.h"

/* No phrase stands for more actors than this. */
#define IDENTITIES_MAX 8

struct builder {
    struct doc *d;
    const struct ontology *ontology;
    struct str model, lexicon;
    const struct confidence *confidence;
    struct article_ref *article;
    struct event_list *out;
    size_t cap;
    int32_t *act_of; /* by event: the first finding of its reciprocal act, or NONE */
    size_t act_of_cap;
    struct event_trace *traces;
    size_t traces_n, traces_cap;
};

static struct span body_span(const struct doc *d, struct piece p)
{
    return (struct span){d->to_body[d->tokens[p.first].begin], d->to_body[d->tokens[p.last - 1].end]};
}

/* The body's bytes; the cleaned text where the body is no UTF-8 there. */
static void append_text(const struct doc *d, struct piece p, struct span s, struct str *out, char *room)
{
    const char *from = d->article->body.p + s.begin;
    size_t n = s.end - s.begin;
    if (utf8_valid_prefix(from, n) != n) {
        from = d->text + d->tokens[p.first].begin;
        n = d->tokens[p.last - 1].end - d->tokens[p.first].begin;
    }
    if (out->n)
        room[out->n++] = ' ';
    memcpy(room + out->n, from, n);
    out->n += n;
}

static void fill(const struct doc *d, const struct pieces *p, struct span_list *spans, struct str *text)
{
    size_t room = 1;
    for (size_t i = 0; i < p->n; i++) {
        struct span s = body_span(d, p->v[i]);
        size_t clean = d->tokens[p->v[i].last - 1].end - d->tokens[p->v[i].first].begin;
        room += (s.end - s.begin > clean ? s.end - s.begin : clean) + 1;
    }
    spans->v = ARENA_ARRAY(d->arena, struct span, p->n + 1);
    spans->n = p->n;
    char *bytes = arena_alloc(d->arena, room);
    *text = (struct str){bytes, 0};
    for (size_t i = 0; i < p->n; i++) {
        spans->v[i] = body_span(d, p->v[i]);
        append_text(d, p->v[i], spans->v[i], text, bytes);
    }
}

static struct mention *new_mention(const struct doc *d, const struct pieces *p)
{
    struct mention *m = ARENA_ARRAY(d->arena, struct mention, 1);
    fill(d, p, &m->spans, &m->text);
    return m;
}

/* A mention's words, or the phrase around it; nobody (no words) where neither is there. */
static struct actor *new_actor(const struct doc *d, int32_t mention, const struct pieces *phrase, bool within,
                               size_t which)
{
    struct actor *a = ARENA_ARRAY(d->arena, struct actor, 1);
    struct piece one = {0, 0};
    struct pieces own = {&one, 1};
    if (phrase->n == 0 && mention != NONE) {
        one = (struct piece){d->mentions[mention].first, d->mentions[mention].last};
        phrase = &own;
    }
    fill(d, phrase, &a->spans, &a->text);
    if (mention == NONE || which >= d->mentions[mention].n_ids)
        return a;
    const struct identity *id = &d->mentions[mention].ids[which];
    a->country = id->country;
    if (!within) {
        a->name = id->name;
        a->role = id->role;
    }
    return a;
}

static struct statement *new_statement(const struct doc *d, const struct finding *f)
{
    if (!f->is_statement)
        return NULL;
    struct statement *s = ARENA_ARRAY(d->arena, struct statement, 1);
    s->mode = f->mode;
    s->content = f->content.n ? new_mention(d, &f->content) : NULL;
    return s;
}

static struct stance *new_stance(const struct doc *d, const struct finding *f)
{
    struct stance *s = ARENA_ARRAY(d->arena, struct stance, 1);
    s->label = f->stance;
    s->score = f->stance_score;
    s->toward = f->toward.n ? new_mention(d, &f->toward) : NULL;
    s->issue = f->issue;
    return s;
}

static struct qualifiers *new_qualifiers(const struct doc *d, const struct finding *f)
{
    struct qualifiers *q = ARENA_ARRAY(d->arena, struct qualifiers, 1);
    *q = (struct qualifiers){f->polarity, f->certainty, f->time};
    return q;
}

static struct act *new_act(const struct builder *b, const struct finding *f)
{
    struct act *a = ARENA_ARRAY(b->d->arena, struct act, 1);
    int type = ontology_type(b->ontology, f->cameo);
    a->type = type < 0 ? ACT_STATE : type;
    a->cameo = f->cameo;
    a->quad = (int)ontology_quad(b->ontology, a->type);
    a->score = ontology_score(b->ontology, f->cameo, a->type);
    fill(b->d, &f->cue, &a->cue.spans, &a->cue.text);
    return a;
}

/* An estimate by rule until a model gives better ones: a plain act with known parties is surest, a noun or an
 * unresolved pronoun least; a plain comment speaks for its sentence only when nothing else does. */
static double rules_confidence(const struct doc *d, const struct finding *f, const struct event *e)
{
    double c = e->act->type == ACT_STATE ? 0.50 : 0.65;
    if (f->source == NONE)
        c -= 0.15;
    else if (e->source->name.p)
        c += 0.10;
    else if (e->source->country.p)
        c += 0.05;
    if (f->source != NONE && d->mentions[f->source].kind == MENTION_PRONOUN)
        c -= 0.05;
    if (f->content.n)
        c += f->mode == MODE_DIRECT ? 0.12 : 0.08;
    if (e->target)
        c += 0.08;
    if (f->rule && f->rule->pos == CUE_NOUN)
        c -= 0.12;
    if (f->certainty != CERTAINTY_ASSERTED)
        c -= 0.04;
    return c < 0.05 ? 0.05 : c > 0.95 ? 0.95 : c;
}

/* The surest act of a sentence should be what it is mostly about. That words are somebody's does not hang on that. */
static double raw_confidence(const struct doc *d, const struct finding *f, const struct event *e)
{
    bool said = f->p > 0;
    if (said && (!f->verdict || e->act->type == ACT_STATE))
        return f->p;
    if (!f->verdict)
        return rules_confidence(d, f, e);
    double right = said ? f->p : (double)(f->verdict->event * f->verdict->acts[e->act->type]);
    return right * (0.2 + 0.8 * (double)f->verdict->main);
}

static double confidence_of(const struct builder *b, const struct finding *f, const struct event *e)
{
    double raw = raw_confidence(b->d, f, e);
    enum confidence_kind kind = !f->is_statement            ? CONFIDENCE_ACT
                                : e->act->type == ACT_STATE ? CONFIDENCE_WORDS
                                                            : CONFIDENCE_WORDS_AND_ACT;
    return b->confidence ? confidence_share(b->confidence, kind, raw) : raw;
}

static void trace(struct builder *b, const struct finding *f, size_t which)
{
    ARENA_GROW(b->d->arena, b->traces, b->traces_n, b->traces_cap);
    struct event_trace *t = &b->traces[b->traces_n++];
    *t = (struct event_trace){0};
    if (f->rule) {
        t->cue_file = f->rule->file;
        t->cue_line = f->rule->line;
    }
    if (f->source != NONE && which < b->d->mentions[f->source].n_ids) {
        t->source_file = b->d->mentions[f->source].ids[which].file;
        t->source_line = b->d->mentions[f->source].ids[which].line;
    }
    if (f->target != NONE) {
        t->target_file = b->d->mentions[f->target].ids->file;
        t->target_line = b->d->mentions[f->target].ids->line;
    }
}

static struct actor *reporter_of(const struct doc *d, const struct finding *f)
{
    if (f->reported_by == NONE)
        return NULL;
    const struct finding *by = &d->findings[f->reported_by];
    return new_actor(d, by->source, &by->source_pieces, by->source_within, 0);
}

/* Notes that the event at hand is one of those of an act that was done to one another. */
static void note_twin(struct builder *b, const struct finding *f)
{
    int32_t k = (int32_t)(f - b->d->findings);
    bool mutual = f->twin != NONE || (f->source != NONE && f->source == f->target);
    ARENA_GROW(b->d->arena, b->act_of, b->out->n, b->act_of_cap);
    b->act_of[b->out->n] = !mutual ? NONE : f->twin != NONE && f->twin < k ? f->twin : k;
}

/* Gives events of one such act the id of its first; alone, it is none. */
static void mark_reciprocal(struct builder *b)
{
    int32_t *first = ARENA_ARRAY(b->d->arena, int32_t, b->d->n_findings + 1);
    for (size_t k = 0; k < b->d->n_findings; k++)
        first[k] = NONE;
    for (size_t i = 0; i < b->out->n; i++) {
        int32_t act = b->act_of[i];
        if (act == NONE)
            continue;
        if (first[act] == NONE) {
            first[act] = (int32_t)i;
            continue;
        }
        b->out->v[i].reciprocal = b->out->v[first[act]].reciprocal = b->out->v[first[act]].id;
    }
}

static void emit(struct builder *b, const struct finding *f, size_t source_id, size_t target_id)
{
    struct doc *d = b->d;
    const struct sentence *s = &d->sentences[f->sentence];
    ARENA_GROW(d->arena, b->out->v, b->out->n, b->cap);
    struct event *e = &b->out->v[b->out->n];
    static const struct pieces no_phrase = {NULL, 0};
    *e = (struct event){.v = 1, .seq = -1, .article = b->article, .model = b->model, .lexicon = b->lexicon};
    e->id = arena_printf(d->arena, "%.*s#%zu", STR_ARGS(d->article->id), b->out->n);
    e->sentence = ARENA_ARRAY(d->arena, struct sentence_ref, 1);
    *e->sentence = (struct sentence_ref){(int64_t)d->sentences_before + f->sentence, d->to_body[s->begin],
                                         d->to_body[s->end]};
    e->source = new_actor(d, f->source, &f->source_pieces, f->source_within, source_id);
    e->act = new_act(b, f);
    if (f->target != NONE)
        e->target = new_actor(d, f->target, &no_phrase, false, target_id);
    e->statement = new_statement(d, f);
    e->stance = new_stance(d, f);
    e->qualifiers = new_qualifiers(d, f);
    e->reported_by = reporter_of(d, f);
    e->confidence = confidence_of(b, f, e);
    note_twin(b, f);
    b->out->n++;
    trace(b, f, source_id);
}

static size_t identities(const struct doc *d, int32_t mention)
{
    size_t n = mention == NONE ? 0 : d->mentions[mention].n_ids;
    return n < IDENTITIES_MAX ? n : IDENTITIES_MAX;
}

static void build_finding(struct builder *b, const struct finding *f)
{
    size_t sources = identities(b->d, f->source);
    if (f->cue.n == 0 || (f->source == NONE && f->source_pieces.n == 0 && !f->is_statement))
        return;
    if (f->source != NONE && f->source == f->target) { /* each with every other one */
        for (size_t i = 0; i < sources; i++)
            for (size_t j = 0; j < sources; j++)
                if (i != j)
                    emit(b, f, i, j);
        return;
    }
    emit(b, f, 0, 0);
    for (size_t i = 1; i < sources && !f->source_within; i++)
        emit(b, f, i, 0);
}

static int32_t cue_start(const struct finding *f)
{
    return f->cue.n ? f->cue.v[0].first : NONE;
}

static int by_cue(const void *a, const void *b)
{
    const struct finding *x = *(const struct finding *const *)a, *y = *(const struct finding *const *)b;
    if (cue_start(x) != cue_start(y))
        return cue_start(x) < cue_start(y) ? -1 : 1;
    return (x > y) - (x < y);
}

static struct article_ref *refer_to(const struct doc *d)
{
    const struct article *a = d->article;
    struct article_ref *r = ARENA_ARRAY(d->arena, struct article_ref, 1);
    *r = (struct article_ref){.id = a->id,
                              .source = a->source,
                              .url = a->url,
                              .title = a->title,
                              .published = a->published,
                              .lang = a->lang,
                              .revision = a->revision};
    return r;
}

void events_build(struct doc *d, const struct ontology *o, const char *model, const char *lexicon,
                  const struct confidence *confidence, struct event_list *out, struct event_trace **traces)
{
    struct builder b = {.d = d,
                        .ontology = o,
                        .model = str_from(model),
                        .lexicon = str_from(lexicon),
                        .confidence = confidence,
                        .article = refer_to(d),
                        .out = out};
    *out = (struct event_list){NULL, 0};
    const struct finding **sorted = ARENA_ARRAY(d->arena, const struct finding *, d->n_findings + 1);
    for (size_t i = 0; i < d->n_findings; i++)
        sorted[i] = &d->findings[i];
    qsort(sorted, d->n_findings, sizeof *sorted, by_cue);
    for (size_t i = 0; i < d->n_findings; i++)
        build_finding(&b, sorted[i]);
    mark_reciprocal(&b);
    if (traces)
        *traces = b.traces;
}
