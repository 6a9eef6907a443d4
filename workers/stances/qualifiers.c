#include "workers/stances/qualifiers.h"

static const char *const future_modals[] = {"will", "shall", "'ll", "wo", NULL};
static const char *const possible_modals[] = {"may", "might", "could", "can", NULL};
static const char *const conditional_words[] = {"if", "unless", "provided", "should", NULL};
static const char *const doubtful_words[] = {
    "reportedly", "allegedly",   "alleged",    "possibly",    "perhaps",  "maybe",   "suspected",
    "apparently", "purportedly", "supposedly", "potentially", "rumoured", "rumored", NULL};
static const char *const expected_words[] = {"expected", "likely",  "unlikely", "thought", "believed",
                                             "rumoured", "rumored", "poised",   NULL};
static const char *const refusals[] = {"refuse", "decline", "fail",    "deny", "reject",
                                       "avoid",  "forget",  "neglect", NULL};
static const char *const plans[] = {"plan",     "agree", "promise", "vow",    "pledge",  "intend",
                                    "threaten", "offer", "decide",  "expect", "propose", "prepare",
                                    "due",      "want",  "hope",    "set",    "ready",   "about",
                                    "order",    "ask",   "urge",    NULL};
static const char *const allegations[] = {"accuse",   "suspect", "blame", "allege",      "charge",
                                          "consider", "mull",    "weigh", "contemplate", NULL};
static const char *const denials[] = {"deny", NULL};

/* The clause of the last verb of the cue. */
static const struct clause *clause_of_words(const struct reading *r, const struct pieces *cue)
{
    for (size_t p = cue->n; p-- > 0;)
        for (int32_t t = cue->v[p].last; t-- > cue->v[p].first;)
            if (r->clauses->at[t] != NONE)
                return &r->clauses->v[r->clauses->at[t]];
    return NULL;
}

static const struct clause *clause_of(const struct doc *d, const struct reading *r, const struct finding *f)
{
    if (f->hit == NONE)
        return clause_of_words(r, &f->cue);
    int32_t k = r->hits[f->hit].clause;
    if (k == NONE) { /* a noun: the verb that it is the object of, one word away */
        int32_t i = r->hits[f->hit].tokens.v[0].first;
        int32_t first = d->sentences[f->sentence].first;
        for (int32_t j = i - 1; j >= first && j >= i - 3; j--)
            if (r->clauses->at[j] != NONE)
                return &r->clauses->v[r->clauses->at[j]];
        return NULL;
    }
    return &r->clauses->v[k];
}

static const struct clause *governor_of(const struct reading *r, const struct clause *c)
{
    return c->governor == NONE ? NULL : &r->clauses->v[c->governor];
}

/* "without saying", "stopped short of saying", "unable to say", "has yet to say": words before a verb that say it is not
 * done. */
static bool is_held_back(const struct doc *d, const struct clause *c)
{
    static const char *const unable[] = {"unable", "unwilling", "reluctant", "unlikely", "yet", NULL};
    static const char *const ways[] = {"without", "instead", NULL};
    int32_t before = c->first - 1;
    if (before < 0 || (c->link != CLAUSE_INFINITIVE && c->link != CLAUSE_PARTICIPLE))
        return false;
    if (c->link == CLAUSE_INFINITIVE)
        return token_in(d, before, unable);
    if (token_is(d, before, "of"))
        before--;
    return token_in(d, before, ways) || token_is(d, before, "short");
}

/* What somebody denies did not happen: "denied that it had fired on the boats". */
static bool is_denied(const struct doc *d, const struct reading *r, const struct finding *f,
                      const struct clause *c)
{
    const struct finding *by = f->reported_by == NONE ? NULL : &d->findings[f->reported_by];
    if (!by || by->hit == NONE || c->link == CLAUSE_INFINITIVE ||
        !lemma_in(d, r->hits[by->hit].head, denials))
        return false;
    const struct clause *said = clause_of(d, r, by);
    return said && !said->negated;
}

static int polarity_of(const struct doc *d, const struct reading *r, const struct finding *f,
                       const struct clause *c)
{
    static const char *const nobody[] = {"no", "neither", "nobody", "none", "nothing", NULL};
    bool negative = (c->negated != is_held_back(d, c)) != is_denied(d, r, f, c);
    const struct clause *g = governor_of(r, c);
    if (c->link == CLAUSE_INFINITIVE && g && (g->negated || lemma_in(d, g->verb, refusals)))
        negative = !negative;
    if (np_some(c->subject) && !c->inverted && token_in(d, c->subject.first, nobody))
        negative = !negative;
    return negative ? POLARITY_NEGATIVE : POLARITY_POSITIVE;
}

/* Does an "if" open the clause of `token`, with no other verb's clause between? */
static bool is_conditional(const struct doc *d, const struct reading *r, int32_t token)
{
    int32_t first = d->sentences[d->tokens[token].sentence].first;
    int verbs = 0;
    for (int32_t i = token - 1; i >= first && i > token - 30; i--) {
        if (token_is(d, i, "if") || token_is(d, i, "unless"))
            return true;
        if (token_is(d, i, ",") || token_is(d, i, ";") || (r->clauses->at[i] != NONE && ++verbs > 1))
            return false;
    }
    return false;
}

/* Does a clause with "if" hang on the verb, before it or behind? "until" is a condition of what is yet to come. */
static bool has_condition(const struct doc *d, const struct reading *r, const struct clause *c)
{
    static const char *const words[] = {"if", "unless", "provided", "until"};
    const struct branches *b = r->clauses->tree;
    for (int32_t t = b ? branch_child(d, b, c->node, REL_ADVCL, 0) : NONE; t != NONE;
         t = branch_child(d, b, c->node, REL_ADVCL, t + 1))
        for (size_t w = 0; w < sizeof words / sizeof *words - (c->modal == NONE); w++)
            if (branch_word(d, b, t, REL_MARK, words[w]) != NONE)
                return true;
    return false;
}

static bool holds_condition(const struct doc *d, const struct pieces *p)
{
    for (size_t k = 0; k < p->n; k++)
        for (int32_t i = p->v[k].first; i < p->v[k].last && i < p->v[k].first + 250; i++)
            if (token_in(d, i, conditional_words) && !token_is(d, i, "should"))
                return true;
    return false;
}

static int certainty_of(const struct doc *d, const struct reading *r, const struct finding *f,
                        const struct clause *c)
{
    for (int32_t i = c->first; i <= c->verb; i++)
        if (token_in(d, i, doubtful_words))
            return CERTAINTY_POSSIBLE;
    const struct clause *g = governor_of(r, c);
    if (g && c->link == CLAUSE_PARTICIPLE && lemma_in(d, g->verb, allegations))
        return CERTAINTY_POSSIBLE;
    if (c->link == CLAUSE_INFINITIVE && token_in(d, c->first - 1, expected_words))
        return CERTAINTY_POSSIBLE;
    /* Who says what would be if something else were says so without any condition; who offers, threatens or asks does not. */
    bool plain = f->cameo.n < 2 || memcmp(f->cameo.p, "01", 2) == 0;
    if (is_conditional(d, r, c->first) || has_condition(d, r, c) ||
        (f->is_statement && !plain && holds_condition(d, &f->content)))
        return CERTAINTY_CONDITIONAL;
    if (c->modal != NONE && token_in(d, c->modal, possible_modals))
        return CERTAINTY_POSSIBLE;
    if (c->modal != NONE && (token_is(d, c->modal, "would") || token_is(d, c->modal, "should"))) {
        const struct sentence *s = &d->sentences[f->sentence];
        for (int32_t i = s->first; i < s->last; i++)
            if (token_is(d, i, "if") || token_is(d, i, "unless"))
                return CERTAINTY_CONDITIONAL;
        return f->reported_by == NONE ? CERTAINTY_CONDITIONAL : CERTAINTY_ASSERTED;
    }
    if (f->cue.n && f->cue.v[0].first > 0 && token_in(d, f->cue.v[0].first - 1, doubtful_words))
        return CERTAINTY_POSSIBLE;
    return CERTAINTY_ASSERTED;
}

static int time_of(const struct doc *d, const struct reading *r, const struct clause *c, int depth)
{
    const struct clause *g = governor_of(r, c);
    static const char *const perhaps[] = {"may", "might", NULL};
    static const char *const have[] = {"have", NULL};
    if (c->modal != NONE && token_in(d, c->modal, perhaps)) /* "may leave", but "may have left" */
        return c->modal + 1 < c->verb && lemma_in(d, c->modal + 1, have) ? ACT_PAST : ACT_FUTURE;
    if (c->modal != NONE)
        return token_in(d, c->modal, future_modals) || token_is(d, c->modal, "would") ? ACT_FUTURE
                                                                                      : ACT_PRESENT;
    if (c->link == CLAUSE_INFINITIVE) {
        if (!g || lemma_in(d, g->verb, plans) || d->tokens[g->verb].upos == UPOS_AUX)
            return ACT_FUTURE;
        return depth < 4 ? time_of(d, r, g, depth + 1) : ACT_PAST;
    }
    if (c->link == CLAUSE_PARTICIPLE)
        return g && depth < 4 ? time_of(d, r, g, depth + 1) : ACT_PRESENT;
    static const char *const now[] = {"is", "are", "am", "'re", "'m", NULL};
    int32_t lead = NONE;
    for (int32_t i = c->first; i < c->verb; i++)
        if (d->tokens[i].upos == UPOS_AUX && lead == NONE)
            lead = i;
    int form = d->tokens[c->verb].form;
    if (lead == NONE)
        return form == VERB_PAST || form == VERB_PARTICIPLE ? ACT_PAST : ACT_PRESENT;
    if (token_in(d, lead, now))
        return ACT_PRESENT;
    if (form == VERB_ING && (token_is(d, lead, "has") || token_is(d, lead, "have")))
        return ACT_PRESENT; /* "has been pushing" */
    if ((token_is(d, lead, "do") || token_is(d, lead, "does")))
        return ACT_PRESENT;
    return ACT_PAST;
}

void qualifiers_run(struct doc *d, const struct reading *r)
{
    for (size_t k = 0; k < d->n_findings; k++) {
        struct finding *f = &d->findings[k];
        const struct clause *c = clause_of(d, r, f);
        f->polarity = POLARITY_POSITIVE;
        f->certainty = CERTAINTY_ASSERTED;
        f->time = f->rule && f->rule->pos == CUE_PHRASE ? ACT_PRESENT : ACT_PAST;
        if (!c)
            continue;
        f->polarity = polarity_of(d, r, f, c);
        f->certainty = certainty_of(d, r, f, c);
        f->time = time_of(d, r, c, 0);
    }
}
