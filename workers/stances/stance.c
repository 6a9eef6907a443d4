#include "workers/stances/stance.h"

#include "workers/stances/places.h"
#include "workers/stances/scorer.h"

/* What it is worth beside the nets' probabilities that rules see a stance, or see none (workers/train/NOTES.md). */
#define SIGN_ADD    0.6f
#define NEITHER_ADD 0.7f

static struct pieces one_piece(const struct doc *d, struct piece p)
{
    while (p.last > p.first && d->tokens[p.last - 1].upos == UPOS_PUNCT)
        p.last--;
    if (p.first >= p.last)
        return (struct pieces){NULL, 0};
    struct pieces v = {ARENA_ARRAY(d->arena, struct piece, 1), 1};
    v.v[0] = p;
    return v;
}

static struct pieces find_matter(const struct doc *d, const struct reading *r, const struct finding *f)
{
    const struct cue_hit *h = &r->hits[f->hit];
    if (np_some(h->moved) &&
        h->moved.head + 1 < h->tokens.v[h->tokens.n - 1].first) { /* "doubts [about A] expressed" */
        struct cue_hit from = *h;
        from.behind = h->moved.head + 1;
        int32_t at = places_find(d, r, &from, h->rule->matter, h->head);
        return at == NONE ? (struct pieces){NULL, 0} : one_piece(d, place_phrase(d, r, at, h->head));
    }
    int32_t end = clause_end(d, r->clauses, h->behind);
    int32_t at = places_find(d, r, h, h->rule->matter, end);
    if (at == NONE)
        return (struct pieces){NULL, 0};
    return one_piece(d, place_phrase(d, r, at, at < h->behind ? h->tokens.v[0].first : end));
}

static struct str issue_of(const struct doc *d, const struct issues *issues, const struct finding *f)
{
    const struct pieces *where[] = {&f->toward, &f->content};
    for (size_t w = 0; w < 2; w++)
        for (size_t i = 0; i < where[w]->n && i < 4; i++) {
            struct piece p = where[w]->v[i];
            struct str issue = issues_of(issues, d, p.first, p.last < p.first + 250 ? p.last : p.first + 250);
            if (issue.p)
                return issue;
        }
    const struct sentence *s = &d->sentences[f->sentence];
    return issues_of(issues, d, s->first, s->last);
}

static int rules_sign(const struct finding *f)
{
    int sign = f->stance == STANCE_OPPOSE ? -1 /* refine_run() may have decided */
               : f->rule                  ? f->rule->stance
                                          : 0;
    if (str_is(f->cameo, "112") || str_is(f->cameo, "130") || str_is(f->cameo, "138"))
        sign = -1;
    return f->polarity == POLARITY_NEGATIVE && !f->is_statement ? -sign : sign;
}

/* What rules and nets together think likeliest. */
static int best_sign(const struct verdict *v, int rules)
{
    int best = rules;
    float most = v->event_stances[rules + 1] + (rules ? SIGN_ADD : NEITHER_ADD);
    for (int s = -1; s <= 1; s++)
        if (s != rules && v->event_stances[s + 1] > most) {
            most = v->event_stances[s + 1];
            best = s;
        }
    return best;
}

static double score_of(const struct finding *f, int sign)
{
    double sure = f->verdict ? (double)f->verdict->event_stances[sign + 1] : 0.8;
    return sign * sure * (f->certainty == CERTAINTY_ASSERTED ? 1 : 0.625);
}

void stance_run(struct doc *d, const struct reading *r, const struct issues *issues)
{
    for (size_t k = 0; k < d->n_findings; k++) {
        struct finding *f = &d->findings[k];
        int sign = f->verdict ? best_sign(f->verdict, rules_sign(f)) : rules_sign(f);
        if (f->hit != NONE)
            f->toward = find_matter(d, r, f);
        if (f->toward.n == 0 && sign != 0 && f->content.n > 0)
            f->toward = one_piece(d, f->content.v[0]);
        f->stance = sign > 0 ? STANCE_SUPPORT : sign < 0 ? STANCE_OPPOSE : STANCE_NEUTRAL;
        f->stance_score = score_of(f, sign);
        if (sign == 0)
            f->toward = (struct pieces){NULL, 0};
        f->issue = issue_of(d, issues, f);
    }
}
