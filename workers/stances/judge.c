#include "workers/stances/judge.h"

#include "workers/stances/acts.h"
#include "workers/stances/guess.h"
#include "workers/stances/parties.h"
#include "workers/stances/targets.h"

/* What the act of the rules is worth beside the nets' probabilities, and how likely an event has to be that they add
 * (workers/train/NOTES.md). */
#define RULES_ADD   0.5f
#define GUESS_LEAST 0.9f

/* A finding and what it is judged with. */
struct judging {
    struct doc *d;
    const struct reading *r;
    struct scorer_doc *sd;
    const struct finding *f;
};

static void look(const struct judging *j, int32_t target, struct pair_view *view)
{
    static const struct pieces none = {NULL, 0};
    struct pair p = {mention_words(j->d, j->f->source, &j->f->source_pieces),
                     mention_words(j->d, target, &none), j->f->cue};
    pair_look(j->d, j->r, &p, view);
}

static float meant(void *who, int32_t target)
{
    const struct judging *j = who;
    struct pair_view view;
    look(j, target, &view);
    return scorer_meant(j->sd, &view);
}

static const struct verdict *judge(const struct judging *j)
{
    struct verdict *v = ARENA_ARRAY(j->d->arena, struct verdict, 1);
    struct pair_view view;
    look(j, j->f->target, &view);
    scorer_judge(j->sd, &view, false, v);
    return v;
}

static void judge_finding(struct judging *j, int32_t id, bool knows_targets)
{
    struct finding *f = &j->d->findings[id];
    int32_t tree = f->target;
    j->f = f;
    if (knows_targets && f->twin == NONE)
        f->target = targets_choose(j->d, f, meant, j);
    f->verdict = judge(j);
    if (f->target != tree)
        acts_mirror(j->d, id);
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

/* Whose words no rule knows should at least be those of two parties that we know, and of no game or market. */
static bool is_possible(const struct doc *d, const struct finding *f)
{
    struct finding blow = *f;
    blow.cameo = plain_code(ACT_ASSAULT);
    return !f->source_within && is_known(d, f->source) && is_known(d, f->target) &&
           mention_first(d, f->source) != mention_first(d, f->target) && parties_between(d, &blow);
}

/* The nets say that a finding is an act. */
static bool is_act(const struct judging *j, struct finding *f)
{
    f->verdict = judge(j);
    enum act_type act = scorer_act(f->verdict);
    f->cameo = plain_code(act);
    return act != ACT_STATE && f->verdict->event >= GUESS_LEAST;
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
        if (!is_possible(d, f) || !is_act(&(struct judging){d, r, sd, f}, f))
            guess_drop(d, r, id);
    }
}

void judge_findings(struct doc *d, struct reading *r, struct scorer_doc *sd, bool knows_targets)
{
    struct judging j = {d, r, sd, NULL};
    for (size_t k = 0; k < d->n_findings; k++) /* acts_mirror() may add some */
        if (d->findings[k].cue.n > 0)
            judge_finding(&j, (int32_t)k, knows_targets);
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
