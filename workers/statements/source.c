#include "workers/statements/source.h"

static const char *const support_verbs[] = {
    "announce", "make",    "extend", "issue",    "give",      "launch", "hold",    "voice", "express",
    "deliver",  "send",    "carry",  "stage",    "conduct",   "mount",  "level",   "raise", "begin",
    "start",    "open",    "resume", "impose",   "reiterate", "renew",  "repeat",  "lodge", "file",
    "submit",   "present", "take",   "continue", "have",      "sign",   "provide", "step",  NULL};

static struct np np_of_mention(const struct doc *d, int32_t m)
{
    const struct actor_mention *a = &d->mentions[m];
    return (struct np){a->first, a->last, a->head, m};
}

bool mention_acts(const struct doc *d, int32_t mention)
{
    const struct actor_mention *m = &d->mentions[mention];
    if (m->kind == MENTION_PLACE)
        return false;
    return m->kind != MENTION_PRONOUN || m->n_ids > 0;
}

int32_t np_mention(const struct doc *d, struct np n, bool *within)
{
    *within = false;
    if (!np_some(n))
        return NONE;
    if (n.mention != NONE && (!d->mentions[n.mention].possessive || d->mentions[n.mention].last == n.last))
        return n.mention;
    *within = true;
    for (int32_t i = n.first; i < n.last; i++)
        if (d->mention_at[i] != NONE)
            return d->mention_at[i];
    return NONE;
}

bool np_is_abstract(const struct doc *d, struct np n)
{
    static const char *const endings[] = {"tion", "sion", "ment", "ness", "ity", "ism",
                                          "ance", "ence", "ship", "ing",  NULL};
    static const char *const bodies[] = {
        "administration", "organization",  "organisation", "commission",  "government",
        "department",     "delegation",    "coalition",    "opposition",  "federation",
        "statement",      "document",      "association",  "corporation", "institution",
        "foundation",     "university",    "community",    "parliament",  "establishment",
        "management",     "investigation", "publication",  "television",  "majority",
        "minority",       "authority",     "city",         "alliance",    "audience",
        "leadership",     "filing",        "briefing",     "testimony",   "regiment",
        "intelligence",   "charity",       "party",        "entity",      "declaration",
        "resolution",     "station",       "version",      "ruling",      NULL};
    static const char *const things[] = {
        "situation", "move",    "fact",   "event",       "trend",   "issue",  "crisis",   "conflict",
        "war",       "dispute", "attack", "development", "step",    "thing",  "incident", "vote",
        "deal",      "process", "change", "challenge",   "tension", "effort", "talk",     NULL};
    if (d->tokens[n.head].upos != UPOS_NOUN || lemma_in(d, n.head, bodies))
        return false;
    if (lemma_in(d, n.head, things))
        return true;
    struct str w = d->tokens[n.head].lemma;
    for (const char *const *e = endings; *e; e++)
        if (w.n > strlen(*e) && memcmp(w.p + w.n - strlen(*e), *e, strlen(*e)) == 0)
            return true;
    return false;
}

/* The words of a source: with a tree the whole phrase, "the head of the union, a former judge"; the "who" that stands
 * for it in its clause. */
static struct piece source_words(const struct doc *d, const struct reading *r, const struct finding *f,
                                 struct np n)
{
    int32_t k = f->hit == NONE ? NONE : r->hits[f->hit].clause;
    const struct clause *c = k == NONE ? NULL : &r->clauses->v[k];
    if (c && c->relative != NONE && c->subject.head == n.head)
        return (struct piece){c->relative, c->relative + 1};
    return r->clauses->tree ? branch_phrase(d, r->clauses->tree, n) : (struct piece){n.first, n.last};
}

void source_set(const struct doc *d, const struct reading *r, struct finding *f, struct np n)
{
    f->source = np_mention(d, n, &f->source_within);
    struct piece words = source_words(d, r, f, n);
    if (f->source != NONE && !f->source_within && words.first == d->mentions[f->source].first &&
        words.last == d->mentions[f->source].last)
        return;
    f->source_pieces = (struct pieces){ARENA_ARRAY(d->arena, struct piece, 1), 1};
    f->source_pieces.v[0] = words;
}

/* "talks between A and B" */
static int source_between(const struct doc *d, const struct cue_hit *h, int32_t end,
                          struct np source[SOURCES_MAX])
{
    for (int32_t i = h->behind; i + 1 < end && i < h->behind + 4; i++) {
        if (token_is(d, i, "between") || token_is(d, i, "among")) {
            source[0] = np_at(d, i + 1, end);
            if (!np_some(source[0]))
                return 0;
            int32_t and = source[0].last;
            if (and+1 < end && d->tokens[and].upos == UPOS_CCONJ)
                source[1] = np_at(d, and+1, end);
            return and+1 < end && d->tokens[and].upos == UPOS_CCONJ && np_some(source[1]) ? 2 : 1;
        }
        if (d->tokens[i].upos == UPOS_PUNCT || d->tokens[i].upos == UPOS_VERB)
            break;
    }
    return 0;
}

/* "Putin's offer", "an offer by Putin", "Putin made an offer", "talks between Putin and Trump". */
static int source_of_noun(const struct doc *d, const struct reading *r, const struct cue_hit *h,
                          struct np source[SOURCES_MAX])
{
    const struct sentence *s = &d->sentences[d->tokens[h->head].sentence];
    struct np n = np_before(d, h->head + 1, s->first);
    if (np_some(n) && n.first < h->head && d->mention_at[n.first] != NONE &&
        d->mentions[d->mention_at[n.first]].possessive) {
        source[0] = np_of_mention(d, d->mention_at[n.first]);
        return 1;
    }
    int both = source_between(d, h, s->last, source);
    if (both)
        return both;
    for (int32_t i = h->behind; i < s->last && i < h->behind + 6; i++) {
        if (d->tokens[i].upos == UPOS_PUNCT || d->tokens[i].upos == UPOS_VERB)
            break;
        if ((token_is(d, i, "by") || token_is(d, i, "from")) && i + 1 < s->last) {
            source[0] = np_at(d, i + 1, s->last);
            return np_some(source[0]) && source[0].mention != NONE;
        }
    }
    int32_t before = np_some(n) ? n.first : h->head;
    for (int32_t i = before - 1; i >= s->first && i >= before - 2; i--) {
        int32_t k = r->clauses->at[i];
        if (k == NONE)
            continue;
        const struct clause *c = &r->clauses->v[k];
        if (c->passive || !lemma_in(d, c->verb, support_verbs))
            return 0;
        source[0] = c->subject;
        return np_some(source[0]);
    }
    return 0;
}

int source_find(const struct doc *d, const struct reading *r, const struct cue_hit *h,
                struct np source[SOURCES_MAX])
{
    const struct sentence *s = &d->sentences[d->tokens[h->head].sentence];
    if (h->rule->pos == CUE_NOUN)
        return source_of_noun(d, r, h, source);
    if (h->clause == NONE) {
        if (h->rule->pos != CUE_PHRASE || h->behind >= s->last)
            return 0;
        source[0] = np_at(d, h->behind, s->last);
        return np_some(source[0]);
    }
    const struct clause *c = &r->clauses->v[h->clause];
    if (c->passive && h->rule->pos == CUE_VERB) {
        source[0] = c->agent;
        return np_some(c->agent);
    }
    source[0] = c->subject;
    if (!np_some(source[0]))
        return 0;
    memcpy(source + 1, c->others, sizeof c->others);
    return 1 + c->n_others;
}
