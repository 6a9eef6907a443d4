#include "workers/stances/parties.h"

#include "workers/text/words.h"

/* Things that hit, threaten and kill, and mean nothing by it. */
static bool is_nature(const struct doc *d, int32_t token)
{
    return words_in(
        d->tokens[token].lemma,
        "storm hurricane typhoon cyclone tornado blizzard wind gale rain rainfall snow snowfall hail frost "
        "lightning thunderstorm flood floodwater tide wave tsunami earthquake quake tremor aftershock "
        "volcano lava landslide mudslide avalanche wildfire bushfire fire blaze drought heat heatwave cold "
        "fog monsoon weather disease virus epidemic pandemic cancer malaria cholera ebola famine hunger");
}

/* Words of games: where one stands, who attacks is a team. */
static bool is_game_word(struct str lemma)
{
    return words_in(
        lemma, "goalkeeper midfielder winger quarterback pitcher batsman bowler wicket innings "
               "kickoff offside halftime half-time semifinal semi-final quarterfinal quarter-final playoff "
               "tournament championship whistle touchdown homer inning puck tee birdie medal cyclist sprint "
               "marathon tennis football soccer rugby cricket hockey basketball volleyball golf boxing");
}

static bool is_number(struct str w)
{
    for (size_t i = 0; i < w.n; i++)
        if (w.p[i] < '0' || w.p[i] > '9')
            return false;
    return w.n > 0 && w.n <= 3;
}

/* "2-1" of a game: no day of a month ("July 5-7"), no number of something ("2-3 rebels"). */
static bool is_score(const struct doc *d, int32_t first, int32_t end)
{
    const struct token *t = &d->tokens[first];
    if (first + 2 >= end || !str_is(t[1].lower, "-") || !is_number(t[0].lower) || !is_number(t[2].lower))
        return false;
    bool day = first > d->sentences[t->sentence].first && words_in(t[-1].lower, WORDS_MONTHS);
    bool counts =
        first + 3 < end && (t[3].upos == UPOS_NOUN || t[3].upos == UPOS_PROPN || t[3].upos == UPOS_ADJ);
    return !day && !counts;
}

/* "in straight sets", a score that is no vote's, or a word that only games have. */
static bool is_game(const struct doc *d, const struct finding *f)
{
    struct piece s = finding_around(d, f);
    bool score = false, vote = false;
    for (int32_t i = s.first; i < s.last; i++) {
        const struct token *t = &d->tokens[i];
        bool sets = str_is(t->lemma, "set") && i > s.first &&
                    words_in(d->tokens[i - 1].lower, "straight first second third");
        if (sets || is_game_word(t->lemma))
            return true;
        score |= is_score(d, i, s.last);
        vote |= words_in(t->lemma, "vote resolution majority parliament council court");
    }
    return score && !vote;
}

/* Words of markets: where one stands, a company or trader that retreats, cuts or strikes does so with prices. */
static bool is_market(const struct doc *d, const struct finding *f)
{
    const struct identity *id =
        f->source != NONE && d->mentions[f->source].n_ids ? d->mentions[f->source].ids : NULL;
    if (!id || !(str_is(id->role, "BUS") || str_is(id->role, "LAB")))
        return false;
    struct piece s = finding_around(d, f);
    for (int32_t i = s.first; i < s.last; i++)
        if (words_in(d->tokens[i].lemma,
                     "share bond stock index futures forecast profit investor trader gold yen percent"))
            return true;
    return false;
}

/* Whether somebody may act in politics as far as we know: who has a name or a country, an office or arms.
 * Somebody of whom only a trade is told does not. */
static bool is_political(const struct doc *d, int32_t mention)
{
    static const char *const roles[] = {"GOV", "LEG", "JUD", "PTY", "REB", "SPY",
                                        "UAF", "IGO", "NGO", "MIL", "LAB"};
    if (mention == NONE)
        return false;
    const struct actor_mention *m = &d->mentions[mention];
    if ((m->kind != MENTION_GENERIC && m->kind != MENTION_PRONOUN) || m->n_ids != 1)
        return true;
    const struct identity *id = m->ids;
    if (id->name.p || id->country.p)
        return true;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (str_is(id->role, roles[i]))
            return true;
    return false;
}

/* Who strikes, marches or fights has no party but himself, and often no country in the text. */
static bool is_militant(const struct doc *d, int32_t mention)
{
    mention = mention_first(d, mention);
    if (mention == NONE || d->mentions[mention].n_ids == 0)
        return false;
    const struct actor_mention *m = &d->mentions[mention];
    for (int32_t i = m->first; i < m->last; i++)
        if (words_in(
                d->tokens[i].lemma,
                "activist protester demonstrator striker marcher dissident rioter mob crowd farmer student worker "
                "group gunman attacker bomber hacker country nation republic"))
            return true;
    return false;
}

/* Who has a country, or an office or a part in politics and a name: more than the name of a team. */
static bool is_official(const struct doc *d, int32_t mention)
{
    const struct identity *id =
        mention != NONE && d->mentions[mention].n_ids ? d->mentions[mention].ids : NULL;
    return id && (id->country.p || (id->name.p && id->role.p));
}

/* A noun and its words, none of them a name: "the baker". */
static bool is_plain_phrase(const struct doc *d, const struct pieces *p)
{
    bool noun = false;
    for (size_t i = 0; i < p->n; i++)
        for (int32_t t = p->v[i].first; t < p->v[i].last; t++) {
            if (d->tokens[t].upos == UPOS_PROPN || d->tokens[t].name)
                return false;
            noun |= d->tokens[t].upos == UPOS_NOUN;
        }
    return noun;
}

static bool is_crowd(const struct doc *d, const struct finding *f)
{
    return cue_root(f->cameo) == 14 && f->source != NONE && d->mentions[f->source].n_ids &&
           d->mentions[f->source].ids->role.p;
}

bool parties_between(const struct doc *d, const struct finding *f)
{
    int root = cue_root(f->cameo);
    bool blow = root == 13 || root >= 17;
    const struct pieces *p = &f->source_pieces;
    int32_t subject = f->source != NONE ? d->mentions[f->source].head : p->n ? p->v[p->n - 1].last - 1 : NONE;
    if (subject != NONE && is_nature(d, subject))
        return false;
    if ((blow || !is_official(d, f->source)) && is_game(d, f))
        return false;
    if ((blow || root == 8 || root == 16) && is_market(d, f))
        return false;
    /* Whom a pronoun or a phrase with a name in it stands for may be told elsewhere. */
    bool open = root < 15 &&
                (f->source == NONE ? !is_plain_phrase(d, p) : d->mentions[f->source].kind == MENTION_PRONOUN);
    return open || is_political(d, f->source) || is_political(d, f->target) || is_crowd(d, f) ||
           is_militant(d, f->source);
}

void parties_run(struct doc *d, struct reading *r)
{
    int32_t *moved = ARENA_ARRAY(d->arena, int32_t, d->n_findings + 1);
    size_t n = 0;
    for (size_t k = 0; k < d->n_findings; k++) {
        struct finding *f = &d->findings[k];
        bool keep = parties_between(d, f);
        if (!keep && f->is_statement) { /* he said something all the same */
            f->cameo = STR("010");
            keep = true;
        }
        moved[k] = keep ? (int32_t)n : NONE;
        if (moved[k] != NONE)
            d->findings[n++] = d->findings[k];
    }
    d->n_findings = n;
    for (size_t k = 0; k < n; k++)
        if (d->findings[k].twin != NONE)
            d->findings[k].twin = moved[d->findings[k].twin];
    for (size_t h = 0; h < r->n_hits; h++)
        if (r->hits[h].finding != NONE)
            r->hits[h].finding = moved[r->hits[h].finding];
}
