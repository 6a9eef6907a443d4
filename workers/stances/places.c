#include "workers/stances/places.h"

/* How far behind a cue a place is looked for, in tokens. */
#define REACH 25

int32_t skip_circumstance(const struct doc *d, const struct clauses *cs, int32_t i, int32_t end)
{
    static const char *const governed[] = {"of", "for", "about", "against", "to", NULL};
    for (int32_t before = NONE; i < end && i != before;) {
        before = i;
        const struct token *t = &d->tokens[i];
        if (cs->quote_at[i] != NONE)
            return i;
        if (t->upos == UPOS_ADV && d->mention_at[i] == NONE) {
            i++;
        } else if (t->upos == UPOS_ADP && i + 1 < end) {
            struct np n = np_at(d, i + 1, end);
            if (np_some(n) && (np_is_time(d, n) || !token_in(d, i, governed)))
                i = n.last;
        } else if (np_is_time(d, np_at(d, i, end))) {
            i = np_at(d, i, end).last;
        } else if (token_is(d, i, ",")) {
            for (int32_t j = i + 1; j < end && j < i + 5 && cs->at[j] == NONE; j++)
                if (token_is(d, j, ",")) {
                    i = j + 1;
                    break;
                }
        }
    }
    return i;
}

static int32_t find_object(const struct doc *d, const struct reading *r, const struct cue_hit *h, int32_t end)
{
    if (h->rule->pos == CUE_VERB && h->clause != NONE && r->clauses->v[h->clause].passive &&
        !np_some(h->moved)) {
        const struct clause *c = &r->clauses->v[h->clause];
        return np_some(c->subject) ? c->subject.first : NONE;
    }
    int32_t i = h->behind;
    while (i < end && d->tokens[i].upos == UPOS_ADV && d->mention_at[i] == NONE)
        i++;
    int32_t q = i < end ? r->clauses->quote_at[i] : NONE;
    if (q != NONE && d->quotes[q].first - 1 == i) /* demanded "full" access */
        return i;
    if (i < end && np_some(np_at(d, i, end)) && !np_is_time(d, np_at(d, i, end)))
        return i;
    /* The object of a cue that ends in a noun may stand between its words: "handed him a protest note". */
    for (size_t p = 0; p + 1 < h->tokens.n; p++) {
        int32_t from = h->tokens.v[p].last;
        struct np n = np_at(d, from, h->tokens.v[p + 1].first);
        if (np_some(n))
            return from;
    }
    i = skip_circumstance(d, r->clauses, h->behind, end);
    return i < end && np_some(np_at(d, i, end)) ? i : NONE;
}

static int32_t find_infinitive(const struct doc *d, const struct reading *r, const struct cue_hit *h,
                               int32_t end)
{
    for (int32_t i = h->behind; i + 1 < end && i < h->behind + REACH; i++) {
        if (token_is(d, i, "to") && (d->tokens[i + 1].upos == UPOS_VERB || d->tokens[i + 1].upos == UPOS_AUX))
            return i + 1;
        if (r->clauses->at[i] != NONE || token_is(d, i, ","))
            return NONE;
    }
    return NONE;
}

static int32_t find_preposition(const struct doc *d, const struct reading *r, const struct cue_hit *h,
                                struct str word, int32_t end)
{
    for (int32_t i = h->behind; i + 1 < end && i < h->behind + REACH; i++) {
        if (str_equal(d->tokens[i].lower, word) && d->tokens[i + 1].upos != UPOS_PUNCT)
            if (!token_is(d, i, "to") || d->tokens[i + 1].upos != UPOS_VERB)
                return i + 1;
        int32_t k = r->clauses->at[i];
        if (k != NONE && r->clauses->v[k].link != CLAUSE_REDUCED &&
            r->clauses->v[k].link != CLAUSE_PARTICIPLE)
            return NONE;
        if (token_is(d, i, ",") || token_is(d, i, ";"))
            return NONE;
    }
    return NONE;
}

int32_t place_find(const struct doc *d, const struct reading *r, const struct cue_hit *h, struct str place,
                   int32_t end)
{
    if (str_is(place, "obj"))
        return find_object(d, r, h, end);
    if (str_is(place, "subj"))
        return h->clause == NONE ? NONE : r->clauses->v[h->clause].subject.first;
    if (str_is(place, "inf"))
        return find_infinitive(d, r, h, end);
    if (str_is(place, "ing")) {
        int32_t i = skip_circumstance(d, r->clauses, h->behind, end);
        return i < end && r->clauses->at[i] != NONE && d->tokens[i].form == VERB_ING ? i : NONE;
    }
    if (str_is(place, "that") || str_is(place, "whether"))
        return NONE; /* statements/link reads clauses */
    if (str_is(place, "poss")) {
        struct np n = np_before(d, h->head + 1, d->sentences[d->tokens[h->head].sentence].first);
        return np_some(n) && n.first < h->head ? n.first : NONE;
    }
    return find_preposition(d, r, h, place, end);
}

int32_t places_find(const struct doc *d, const struct reading *r, const struct cue_hit *h,
                    struct str_list places, int32_t end)
{
    for (size_t p = 0; p < places.n; p++) {
        int32_t at = place_find(d, r, h, places.v[p], end);
        if (at != NONE)
            return at;
    }
    return NONE;
}

struct piece place_phrase(const struct doc *d, const struct reading *r, int32_t at, int32_t end)
{
    if (r->clauses->at[at] != NONE || d->tokens[at].upos == UPOS_VERB || d->tokens[at].upos == UPOS_AUX)
        return (struct piece){at, end};
    struct np n = np_at(d, at, end);
    if (!np_some(n))
        return (struct piece){at, end};
    int32_t last = n.last;
    while (last + 1 < end && d->tokens[last].upos == UPOS_ADP) {
        struct np more = np_at(d, last + 1, end);
        if (np_some(more) && !np_is_time(d, more))
            last = more.last;
        else if (r->clauses->at[last + 1] != NONE && d->tokens[last + 1].form == VERB_ING)
            return (struct piece){at, end};
        else
            break;
    }
    return (struct piece){at, last};
}
