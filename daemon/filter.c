#include "daemon/filter.h"

#include <math.h>

bool filter_passes_all(const struct where *w)
{
    return !w || (!w->act.v && !w->quad.v && !w->source.v && !w->target.v && !w->stance.v && !w->issue.v &&
                  !w->source_role.v && !w->target_role.v && !w->reported_by.v && isnan(w->confidence));
}

static bool one_of(const struct str_list *l, struct str s)
{
    if (!l->v)
        return true;
    for (size_t i = 0; s.p && i < l->n; i++)
        if (str_equal(l->v[i], s))
            return true;
    return false;
}

static struct str country(const struct actor *a)
{
    return a ? a->country : (struct str){NULL, 0};
}

static struct str role(const struct actor *a)
{
    return a ? a->role : (struct str){NULL, 0};
}

static struct str label(const struct stance *s)
{
    static const char *const names[] = {[STANCE_SUPPORT] = "support",
                                        [STANCE_OPPOSE] = "oppose",
                                        [STANCE_MIXED] = "mixed",
                                        [STANCE_NEUTRAL] = "neutral"};
    return str_from(s ? names[s->label] : NULL);
}

bool filter_match(const struct where *w, const struct event *e)
{
    if (!w || e->retracts)
        return true;
    if (!e->act)
        return false;
    return one_of(&w->act, str_from(act_names[e->act->type])) &&
           one_of(&w->quad, str_from(quad_names[e->act->quad])) && one_of(&w->source, country(e->source)) &&
           one_of(&w->target, country(e->target)) && one_of(&w->stance, label(e->stance)) &&
           one_of(&w->issue, e->stance ? e->stance->issue : (struct str){NULL, 0}) &&
           one_of(&w->source_role, role(e->source)) && one_of(&w->target_role, role(e->target)) &&
           one_of(&w->reported_by, country(e->reported_by)) &&
           (isnan(w->confidence) || e->confidence >= w->confidence);
}
