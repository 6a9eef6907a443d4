#include "workers/stances/judge.h"

#include "workers/stances/acts.h"
#include "workers/stances/guess.h"
#include "workers/stances/parties.h"

/* What the act of the rules is worth beside the nets' probabilities, and how likely an event has to be that they add
 * (workers/train/NOTES.md). */
#define RULES_ADD   0.8f
#define GUESS_LEAST 0.95f

static struct pieces words_of(const struct doc *d, int32_t mention, const struct pieces *phrase)
{
    if (phrase->n > 0 || mention == NONE)
        return *phrase;
    struct pieces p = {ARENA_ARRAY(d->arena, struct piece, 1), 1};
    p.v[0] = (struct piece){d->mentions[mention].first, d->mentions[mention].last};
    return p;
}

static const struct verdict *judge(const struct doc *d, const struct reading *r, const struct finding *f,
                                   struct scorer_doc *sd)
{
    struct verdict *v = ARENA_ARRAY(d->arena, struct verdict, 1);
    struct pair p = {words_of(d, f->source, &f->source_pieces), words_of(d, f->target, &f->target_pieces),
                     f->cue};
    struct pair_view view;
    pair_look(d, r, &p, &view);
    scorer_judge(sd, &view, false, v);
    return v;
}

/* The code of an act when nothing finer is known; a request is an appeal rather than a demand. */
static struct str plain_code(enum act_type a)
{
    static const char *const codes[ACT_COUNT] = {"010", "030", "040", "050", "080", "060",
                                                 "070", "087", "020", "110", "120", "130",
                                                 "140", "160", "150", "170", "190"};
    return str_from(codes[a]);
}

/* Sentences that say something already. */
static bool *told(const struct doc *d)
{
    bool *is = ARENA_ARRAY(d->arena, bool, d->n_sentences + 1);
    for (size_t k = 0; k < d->n_findings; k++)
        is[d->findings[k].sentence] |= d->findings[k].cue.n > 0;
    return is;
}

static bool is_known(const struct doc *d, int32_t mention)
{
    const struct identity *id =
        mention != NONE && d->mentions[mention].n_ids ? d->mentions[mention].ids : NULL;
    return id && (id->name.p || id->country.p);
}

/* Whose words no rule knows should at least be those of parties that we know, and of no game or market. */
static bool is_likely(const struct doc *d, const struct finding *f, enum act_type act)
{
    struct finding blow = *f;
    blow.cameo = plain_code(ACT_ASSAULT);
    return act != ACT_STATE && f->verdict->event >= GUESS_LEAST && !f->source_within &&
           is_known(d, f->source) && is_known(d, f->target) && parties_between(d, &blow);
}

static void add_guesses(struct doc *d, struct reading *r, struct scorer_doc *sd)
{
    size_t n;
    const struct guess *g = guesses_find(d, r, &n);
    const bool *is_told = told(d);
    for (size_t i = 0; i < n; i++) {
        if (is_told[r->clauses->v[g[i].clause].sentence])
            continue;
        int32_t id = guess_take(d, r, &g[i]);
        struct finding *f = &d->findings[id];
        f->verdict = judge(d, r, f, sd);
        enum act_type act = scorer_act(f->verdict);
        f->cameo = plain_code(act);
        if (!is_likely(d, f, act))
            guess_drop(d, r, id);
    }
}

void judge_findings(struct doc *d, struct reading *r, struct scorer_doc *sd)
{
    for (size_t k = 0; k < d->n_findings; k++)
        if (d->findings[k].cue.n > 0)
            d->findings[k].verdict = judge(d, r, &d->findings[k], sd);
    add_guesses(d, r, sd);
    parties_run(d, r);
    acts_find_reporters(d);
}

static float worth(const struct finding *f, int act, int rules)
{
    return act < 0 ? -1 : f->verdict->acts[act] + (act == rules ? RULES_ADD : 0);
}

void judge_acts(struct doc *d, const struct ontology *o)
{
    for (size_t k = 0; k < d->n_findings; k++) {
        struct finding *f = &d->findings[k];
        if (!f->verdict)
            continue;
        int rules = ontology_type(o, f->cameo), best = rules;
        for (int a = 0; a < ACT_COUNT; a++)
            if (worth(f, a, rules) > worth(f, best, rules))
                best = a;
        struct finding other = *f;
        other.cameo = plain_code((enum act_type)best);
        if (best != rules && parties_between(d, &other))
            f->cameo = other.cameo;
    }
}
