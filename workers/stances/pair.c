#include "workers/stances/pair.h"

#include "workers/engine/input.h"
#include "workers/engine/relations.h"

#define STEPS_MAX 60 /* up a tree, which may be damaged input's */
#define ROOTS     22 /* of CAMEO codes: 20, none, unknown */

/* How a word stands to the way through the tree from the source's head up to the word that both hang on and down to the target's. */
enum where {
    WHERE_OFF,
    WHERE_UP,
    WHERE_TOP,
    WHERE_DOWN,
    WHERE_SOURCE,
    WHERE_TARGET,
    WHERE_BELOW,    /* + one of the above: hangs on such a word */
    WHERE_FAR = 11, /* hangs on a word that does */
    WHERE_COUNT
};

const uint8_t pair_sizes[PAIR_FEATURES] = {4, 16, WHERE_COUNT, REL_COUNT, UPOS_COUNT, 2 * ROOTS,
                                           4, 4,  3,           TAG_COUNT, 2,          VERB_ING + 1};

struct pieces mention_words(const struct doc *d, int32_t mention, const struct pieces *phrase)
{
    if (phrase->n > 0 || mention == NONE)
        return *phrase;
    struct pieces p = {ARENA_ARRAY(d->arena, struct piece, 1), 1};
    p.v[0] = (struct piece){d->mentions[mention].first, d->mentions[mention].last};
    return p;
}

struct look {
    const struct doc *d;
    const struct reading *r;
    const struct pair *pair;
    int32_t first, last;              /* tokens looked at */
    int32_t source_head, target_head; /* tokens, or NONE */
    struct piece source, target;      /* from the first to the last token of each, or NONE */
    uint8_t way[PAIR_WORDS];          /* enum where of each token, as far as it is on the way */
};

static bool covers(const struct pieces *p, int32_t token)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->v[i].first <= token && token < p->v[i].last)
            return true;
    return false;
}

static void stretch(const struct pieces *p, struct piece *to)
{
    for (size_t i = 0; i < p->n; i++) {
        to->first = to->first == NONE || p->v[i].first < to->first ? p->v[i].first : to->first;
        to->last = p->v[i].last > to->last ? p->v[i].last : to->last;
    }
}

/* The first word whose head is outside. */
static int32_t head_of(const struct doc *d, const struct pieces *p)
{
    for (size_t i = 0; i < p->n; i++)
        for (int32_t t = p->v[i].first; t < p->v[i].last; t++)
            if (d->tokens[t].head == NONE || !covers(p, d->tokens[t].head))
                return t;
    return p->n ? p->v[0].first : NONE;
}

/* A token and those above it; returns how many. */
static int climb(const struct doc *d, int32_t token, int32_t out[STEPS_MAX])
{
    int n = 0;
    for (; token != NONE && n < STEPS_MAX; token = d->tokens[token].head)
        out[n++] = token;
    return n;
}

static void mark(struct look *l, int32_t token, enum where w)
{
    if (token >= l->first && token < l->last)
        l->way[token - l->first] = (uint8_t)w;
}

static void find_way(struct look *l)
{
    int32_t up[STEPS_MAX], down[STEPS_MAX];
    int n = climb(l->d, l->source_head, up), m = climb(l->d, l->target_head, down);
    if (n > 0 && m > 0 &&
        up[n - 1] == down[m - 1]) { /* one tree: what is above the first common word is of no interest */
        while (n > 1 && m > 1 && up[n - 2] == down[m - 2]) {
            n--;
            m--;
        }
        mark(l, up[--n], WHERE_TOP);
        m--;
    }
    for (int i = 0; i < n; i++)
        mark(l, up[i], WHERE_UP);
    for (int i = 0; i < m; i++)
        mark(l, down[i], WHERE_DOWN);
    if (l->source_head != NONE)
        mark(l, l->source_head, WHERE_SOURCE);
    if (l->target_head != NONE)
        mark(l, l->target_head, WHERE_TARGET);
}

static enum where where_of(const struct look *l, int32_t token)
{
    uint8_t above[3] = {WHERE_OFF, WHERE_OFF, WHERE_OFF};
    for (int i = 0; i < 3 && token != NONE; i++, token = l->d->tokens[token].head)
        above[i] = token >= l->first && token < l->last ? l->way[token - l->first] : WHERE_OFF;
    if (above[0] != WHERE_OFF)
        return (enum where)above[0];
    if (above[1] != WHERE_OFF)
        return (enum where)(WHERE_BELOW - 1 + above[1]);
    return above[2] != WHERE_OFF ? WHERE_FAR : WHERE_OFF;
}

/* ---- one word ---- */

static uint8_t side_of(struct piece p, int32_t token)
{
    return p.first == NONE ? 3 : token < p.first ? 0 : token < p.last ? 1 : 2;
}

static uint8_t root_of(struct str cameo)
{
    int root = cue_root(cameo);
    return (uint8_t)(root > 0 && root < ROOTS ? root : ROOTS - 1);
}

static void look_at(const struct look *l, int32_t token, uint8_t is[PAIR_FEATURES])
{
    const struct token *t = &l->d->tokens[token];
    is[PAIR_ROLE] = (uint8_t)(covers(&l->pair->source, token) + 2 * covers(&l->pair->target, token));
    is[PAIR_SIDE] = (uint8_t)(side_of(l->source, token) * 4 + side_of(l->target, token));
    is[PAIR_WHERE] = where_of(l, token);
    is[PAIR_RELATION] = t->deprel;
    is[PAIR_UPOS] = t->upos;
    is[PAIR_NAME] = t->name;
    is[PAIR_MARKED] = covers(&l->pair->cue, token);
    is[PAIR_FORM] = t->form;
    if (l->r->hit_at[token] == NONE)
        return;
    const struct cue_hit *h = &l->r->hits[l->r->hit_at[token]];
    is[PAIR_CUE] = (uint8_t)(root_of(h->rule->cameo) + (h->head == token ? 0 : ROOTS));
    is[PAIR_SIGN] = (uint8_t)(h->rule->stance + 2);
    is[PAIR_SAYS] = (uint8_t)(1 + h->rule->says);
    is[PAIR_NEGATED] = h->clause != NONE && l->r->clauses->v[h->clause].negated ? 2 : 1;
}

/* ---- which words ---- */

/* Of more than PAIR_WORDS words those around the pair's, as many before as behind. */
static void choose(struct look *l)
{
    struct piece all = {NONE, NONE};
    stretch(&l->pair->source, &all);
    stretch(&l->pair->target, &all);
    stretch(&l->pair->cue, &all);
    if (all.first == NONE)
        return;
    l->first = l->d->sentences[l->d->tokens[all.first].sentence].first;
    l->last = l->d->sentences[l->d->tokens[all.last - 1].sentence].last;
    if (l->last - l->first <= PAIR_WORDS)
        return;
    int32_t more = (PAIR_WORDS - (all.last - all.first)) / 2;
    if (more > 0 && all.first - more > l->first)
        l->first = all.first - more;
    else if (more <= 0)
        l->first = all.first;
    if (l->last - l->first > PAIR_WORDS)
        l->last = l->first + PAIR_WORDS;
}

void pair_look(const struct doc *d, const struct reading *r, const struct pair *p, struct pair_view *out)
{
    struct look l = {.d = d, .r = r, .pair = p, .source = {NONE, NONE}, .target = {NONE, NONE}};
    stretch(&p->source, &l.source);
    stretch(&p->target, &l.target);
    l.source_head = head_of(d, &p->source);
    l.target_head = head_of(d, &p->target);
    choose(&l);
    find_way(&l);
    out->n = 0;
    out->source = out->target = NONE;
    for (int32_t t = l.first; t < l.last; t++) {
        struct pair_word *w = &out->words[out->n];
        *w = (struct pair_word){.token = t};
        look_at(&l, t, w->is);
        w->lemma = d->tokens[t].name ? 0 : input_hash(0, d->tokens[t].lemma.p, d->tokens[t].lemma.n);
        if (t == l.source_head)
            out->source = (int32_t)out->n;
        if (t == l.target_head)
            out->target = (int32_t)out->n;
        out->n++;
    }
}

static uint32_t slot_of(uint32_t lemma, uint32_t kind)
{
    uint32_t h = (lemma ^ kind * 2654435761u) * 16777619u;
    return (h ^ h >> 15) & (PAIR_SLOTS - 1);
}

void pair_slots(const struct pair_view *v, size_t i, void (*each)(void *who, uint32_t slot), void *who)
{
    const struct pair_word *w = &v->words[i];
    if (w->is[PAIR_ROLE] != 0)
        return;
    each(who, slot_of(w->lemma, 1));
    each(who, slot_of(w->lemma, 2 + w->is[PAIR_SIDE]));
    if (w->is[PAIR_WHERE] != WHERE_OFF && w->is[PAIR_WHERE] != WHERE_FAR) {
        each(who, slot_of(w->lemma, 32));
        each(who, slot_of(w->lemma, 33 + w->is[PAIR_WHERE]));
    }
    if (i > 0 && w[-1].is[PAIR_ROLE] == 0)
        each(who, slot_of(w->lemma ^ w[-1].lemma * 31, 64));
}
