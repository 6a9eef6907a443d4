#include "workers/stances/targets.h"

/* The tree's target stays when it is as likely as that, and else counts so much more than others; it gives way to nobody who is at
 * least so likely. In texts of more sentences than a brief has, nobody is added: there an act without a place for its target mostly
 * has none (workers/train/NOTES.md). */
#define STAYS     0.5f
#define TREE_ADDS 0.15f
#define DROPS     0.7f
#define BRIEF     2

static bool is_somebody(const struct doc *d, int32_t mention)
{
    const struct actor_mention *m = &d->mentions[mention];
    return m->n_ids > 0 && (m->ids->country.p || m->ids->name.p || m->ids->role.p);
}

static int32_t distance(const struct finding *f, const struct actor_mention *m)
{
    int32_t cue = f->cue.v[0].first;
    return m->first > cue ? m->first - cue : cue - m->first;
}

/* Takes out the one that is farthest from the cue. */
static void drop_farthest(const struct doc *d, const struct finding *f, int32_t *v, size_t n)
{
    size_t far = 0;
    for (size_t i = 1; i < n; i++)
        if (distance(f, &d->mentions[v[i]]) > distance(f, &d->mentions[v[far]]))
            far = i;
    memmove(v + far, v + far + 1, (n - far - 1) * sizeof *v);
}

size_t targets_possible(const struct doc *d, const struct finding *f, int32_t out[TARGETS_MAX])
{
    int32_t all[TARGETS_MAX + 1];
    size_t n = 0;
    if (f->cue.n == 0)
        return 0;
    struct piece around = finding_around(d, f);
    for (int32_t t = around.first; t < around.last; t++) {
        int32_t m = d->mention_at[t];
        if (m == NONE || d->mentions[m].first != t || !is_somebody(d, m) ||
            (f->source != NONE && mention_first(d, m) == mention_first(d, f->source)))
            continue;
        all[n++] = m;
        if (n > TARGETS_MAX)
            drop_farthest(d, f, all, n--);
    }
    memcpy(out, all, n * sizeof *out);
    return n;
}

/* Somebody else who does the same: "X and Y oppose it". Findings of one cue stand side by side. */
static bool does_it_too(const struct doc *d, const struct finding *f, int32_t mention)
{
    const struct finding *end = d->findings + d->n_findings;
    for (const struct finding *o = f + 1; f->hit != NONE && o < end && o->hit == f->hit; o++)
        if (o->source == mention)
            return true;
    for (const struct finding *o = f; f->hit != NONE && o > d->findings && o[-1].hit == f->hit; o--)
        if (o[-1].source == mention)
            return true;
    return false;
}

/* Who tells of it: whom it reaches he is seldom, and mostly named as something else then ("it", "his country"). */
static bool tells_it(const struct doc *d, const struct finding *f, int32_t mention)
{
    int32_t teller = f->reported_by != NONE ? d->findings[f->reported_by].source : NONE;
    return teller != NONE && mention == teller;
}

/* Where the tree shows nobody. Only what is agreed, talked over, supported or worked on together is done to one another. */
static bool can_be_added(const struct doc *d, const struct finding *f, int32_t mention)
{
    const struct identity *id = d->mentions[mention].ids;
    int root = cue_root(f->cameo);
    bool together = root >= 3 && root <= 6;
    return (id->country.p || id->name.p) && (together || !does_it_too(d, f, mention));
}

/* The mention that is likeliest to be meant and likelier than *most, which then is how likely; else the tree's target. */
static int32_t likeliest(const struct doc *d, const struct finding *f, bool add,
                         float (*meant)(void *who, int32_t target), void *who, float *most)
{
    int32_t best = f->target, all[TARGETS_MAX];
    size_t n = targets_possible(d, f, all);
    for (size_t i = 0; i < n; i++) {
        if (all[i] == f->target || tells_it(d, f, all[i]) || (add && !can_be_added(d, f, all[i])))
            continue;
        float p = meant(who, all[i]);
        if (p > *most) {
            *most = p;
            best = all[i];
        }
    }
    return best;
}

int32_t targets_choose(const struct doc *d, const struct finding *f,
                       float (*meant)(void *who, int32_t target), void *who)
{
    bool add = f->target == NONE;
    if ((add && d->n_sentences > BRIEF) || (!add && f->target == f->source))
        return f->target;
    float most = meant(who, f->target);
    if (!add && most >= STAYS)
        return f->target;
    most += add ? 0 : TREE_ADDS;
    int32_t best = likeliest(d, f, add, meant, who, &most);
    float nobody = add ? 0 : meant(who, NONE);
    return nobody > most && nobody >= DROPS ? NONE : best;
}
