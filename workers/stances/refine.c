#include "workers/stances/refine.h"

/* Not to accept, sign, help or release is to refuse it. */
static void refine_refusal(struct finding *f)
{
    static const int roots[] = {3, 5, 6, 7, 8};
    if (f->polarity != POLARITY_NEGATIVE || f->is_statement)
        return;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (cue_root(f->cameo) == roots[i]) {
            f->cameo = STR("120");
            f->polarity = POLARITY_POSITIVE;
            if (f->time == ACT_FUTURE) /* who will not is refusing now */
                f->time = ACT_PRESENT;
            f->stance = STANCE_OPPOSE;
            return;
        }
}

/* "asked it to explain" is a request, "asked whether" none. */
static void refine_request(const struct doc *d, const struct reading *r, struct finding *f)
{
    static const char *const verbs[] = {"ask", "tell", NULL};
    if (f->hit == NONE || f->content.n == 0 || cue_root(f->cameo) != 1 ||
        !lemma_in(d, r->hits[f->hit].head, verbs))
        return;
    int32_t first = f->content.v[0].first;
    if (token_is(d, first - 1, "to") && first - 1 >= r->hits[f->hit].behind &&
        d->tokens[first].upos == UPOS_VERB)
        f->cameo = token_is(d, r->hits[f->hit].head, "told") ? STR("100") : STR("020");
}

static const struct identity *identity_of(const struct doc *d, int32_t mention)
{
    return mention != NONE && d->mentions[mention].n_ids ? d->mentions[mention].ids : NULL;
}

static bool same_side(const struct doc *d, int32_t a, int32_t b)
{
    const struct identity *x = identity_of(d, a), *y = identity_of(d, b);
    if (a == NONE || b == NONE)
        return false;
    if (a == b || d->mentions[b].antecedent == a)
        return true;
    return x && y && x->country.p && str_equal(x->country, y->country);
}

static bool other_country(const struct doc *d, int32_t a, int32_t b)
{
    const struct identity *x = identity_of(d, a), *y = identity_of(d, b);
    return x && y && x->country.p && y->country.p && !str_equal(x->country, y->country);
}

/* A statement by what is told in it: violence of others is an accusation, coming violence of one's own a
 * threat. */
static void refine_statement(const struct doc *d, struct finding *said, const struct finding *told)
{
    int root = cue_root(told->cameo);
    if (!said->is_statement || cue_root(said->cameo) != 1 || told->polarity == POLARITY_NEGATIVE ||
        root < 15 || root == 16)
        return;
    if (told->time == ACT_FUTURE && same_side(d, said->source, told->source)) {
        said->cameo = root >= 18 ? STR("138") : STR("130");
    } else if (told->time != ACT_FUTURE && other_country(d, said->source, told->source)) {
        said->cameo = STR("112");
        if (said->target == NONE)
            said->target = told->source;
        return;
    } else {
        return;
    }
    if (said->target == NONE && told->target != told->source)
        said->target = told->target;
}

void refine_run(struct doc *d, const struct reading *r)
{
    for (size_t k = 0; k < d->n_findings; k++) {
        refine_refusal(&d->findings[k]);
        refine_request(d, r, &d->findings[k]);
    }
    for (size_t k = 0; k < d->n_findings; k++)
        if (d->findings[k].reported_by != NONE)
            refine_statement(d, &d->findings[d->findings[k].reported_by], &d->findings[k]);
}

void refine_stances(struct doc *d)
{
    for (size_t k = 0; k < d->n_findings; k++) {
        const struct finding *told = &d->findings[k];
        if (told->reported_by == NONE || told->stance == STANCE_NEUTRAL)
            continue;
        struct finding *said = &d->findings[told->reported_by];
        if (!said->is_statement || said->stance != STANCE_NEUTRAL || said->content.n == 0 ||
            !same_side(d, said->source, told->source))
            continue;
        said->stance = told->stance;
        said->stance_score = told->stance_score * 0.75;
        said->toward = told->toward;
        if (told->issue.p)
            said->issue = told->issue;
    }
}
