#include "workers/actors/mentions.h"
#include "workers/actors/people.h"
#include "workers/engine/relations.h"
#include "workers/text/words.h"

/* How far back evidence is looked for; also what keeps the work linear. */
#define SENTENCES_BACK 6
#define MENTIONS_BACK  60
#define GROUP_MAX      4

struct resolver {
    struct doc *doc;
    int32_t *first_of; /* sentence -> its first mention; n_sentences + 1 entries */
    int32_t *quote_of; /* mention -> quote that it stands in, or NONE */
    struct str place;  /* country of the date line, or absent */
};

static struct actor_mention *at(const struct resolver *r, int32_t m)
{
    return &r->doc->mentions[m];
}

static const struct token *token(const struct resolver *r, int32_t i)
{
    return &r->doc->tokens[i];
}

static bool is_one(const struct resolver *r, int32_t i, const char *list)
{
    return i >= 0 && (size_t)i < r->doc->n_tokens && words_in(token(r, i)->lower, list);
}

static bool is_body_code(struct str country)
{
    return str_is(country, "IGO") || str_is(country, "NGO") || str_is(country, "MNC");
}

static bool is_subject(const struct resolver *r, const struct actor_mention *m)
{
    int32_t next = m->last, end = r->doc->sentences[m->sentence].last;
    if (next < end && is_one(r, next, ",")) /* an apposition or a relative clause between */
        return m->first == r->doc->sentences[m->sentence].first;
    while (next < end && token(r, next)->upos == UPOS_ADV)
        next++;
    return next < end && !m->possessive &&
           (token(r, next)->upos == UPOS_VERB || token(r, next)->upos == UPOS_AUX ||
            is_one(r, next, "and on"));
}

static bool is_group_word(struct str lemma)
{
    return words_in(lemma,
                    "country nation side party neighbour neighbor government capital state delegation power");
}

/* -- what a pronoun may stand for -- */

enum wanted { WANT_HE, WANT_SHE, WANT_IT, WANT_THEY, WANT_COUNTRY, WANT_STATE };

static bool is_body_word(const struct resolver *r, int32_t head)
{
    return is_one(r, head,
                  "government ministry army military court tribunal agency commission council party "
                  "company union bank movement group police parliament opposition embassy bloc "
                  "alliance junta country nation coalition administration");
}

static bool fits(const struct resolver *r, const struct actor_mention *m, enum wanted want)
{
    const struct identity *id = m->ids;
    bool person = m->kind == MENTION_PERSON || (m->kind == MENTION_GENERIC && !id->plural && id->office.p &&
                                                (id->gender || id->name.p || !is_body_word(r, m->head)));
    switch (want) {
    case WANT_HE: return person && id->gender != 'f' && m->n_ids == 1;
    case WANT_SHE: return person && id->gender != 'm' && m->n_ids == 1;
    case WANT_IT:
        return m->n_ids == 1 && !id->plural &&
               (m->kind == MENTION_COUNTRY || m->kind == MENTION_ORG ||
                (m->kind == MENTION_GENERIC && !id->gender && !id->name.p && is_body_word(r, m->head)));
    case WANT_THEY: return m->n_ids > 1 || (id->plural && m->kind != MENTION_PRONOUN);
    case WANT_COUNTRY:
        return m->kind == MENTION_COUNTRY && m->n_ids == 1 && id->country.p && !is_body_code(id->country);
    case WANT_STATE:
        return (m->kind == MENTION_COUNTRY || m->kind == MENTION_PERSON || m->kind == MENTION_GENERIC) &&
               m->n_ids == 1 && id->country.p && !is_body_code(id->country);
    }
    return false;
}

/* The best antecedent of sentence `s` before mention `limit`: a subject, else the first that fits. */
static int32_t best_in(const struct resolver *r, int32_t s, int32_t limit, enum wanted want, int32_t quote)
{
    int32_t fallback = NONE, end = r->first_of[s + 1] < limit ? r->first_of[s + 1] : limit;
    int32_t begin = end - MENTIONS_BACK > r->first_of[s] ? end - MENTIONS_BACK : r->first_of[s];
    for (int32_t m = begin; m < end; m++) {
        const struct actor_mention *c = at(r, m);
        bool other_level = s == at(r, limit)->sentence && r->quote_of[m] != quote;
        if (c->kind == MENTION_PRONOUN || c->kind == MENTION_PLACE || other_level || !fits(r, c, want))
            continue;
        if (is_subject(r, c))
            return m;
        if (fallback == NONE)
            fallback = m;
    }
    return fallback;
}

static int32_t find_antecedent(const struct resolver *r, int32_t m, enum wanted want, int32_t sentences)
{
    int32_t s = at(r, m)->sentence;
    for (int32_t back = 0; back <= sentences && s - back >= 0; back++) {
        int32_t found = best_in(r, s - back, m, want, r->quote_of[m]);
        if (found != NONE)
            return found;
    }
    return NONE;
}

/* "it is likely that", "it was clear to": stands for nobody. */
static bool is_expletive(const struct resolver *r, const struct actor_mention *m)
{
    int32_t i = m->last, end = r->doc->sentences[m->sentence].last;
    bool be = false;
    for (int32_t k = i;
         k < end && k < i + 3 && (token(r, k)->upos == UPOS_AUX || token(r, k)->upos == UPOS_ADV); k++, i++)
        be |= str_is(token(r, k)->lemma, "be");
    if (!be || i >= end || (token(r, i)->upos != UPOS_ADJ && token(r, i)->form != VERB_PARTICIPLE))
        return false;
    return is_one(r, i + 1, "that to for when if") || is_one(r, i + 2, "that to for");
}

static void take(struct resolver *r, int32_t m, int32_t antecedent)
{
    at(r, m)->antecedent = antecedent;
    at(r, m)->ids = at(r, antecedent)->ids;
    at(r, m)->n_ids = at(r, antecedent)->n_ids;
}

/* "A, B and C" that ends at mention `last`: its first member. */
static int32_t list_start(const struct resolver *r, int32_t last)
{
    int32_t first = last;
    while (first > 0 && last - first < GROUP_MAX) {
        const struct actor_mention *a = at(r, first - 1), *b = at(r, first);
        bool joined = a->sentence == b->sentence && b->first == a->last + 1 && is_one(r, a->last, "and ,") &&
                      a->n_ids == 1 &&
                      (a->kind == MENTION_COUNTRY || a->kind == MENTION_PERSON || a->kind == MENTION_ORG) &&
                      a->kind == b->kind;
        if (!joined)
            break;
        first--;
    }
    return first;
}

static void take_list(struct resolver *r, int32_t m, int32_t first, int32_t last)
{
    struct identity *ids = ARENA_ARRAY(r->doc->arena, struct identity, (size_t)(last - first + 1));
    for (int32_t i = first; i <= last; i++)
        ids[i - first] = *at(r, i)->ids;
    at(r, m)->ids = ids;
    at(r, m)->n_ids = (size_t)(last - first + 1);
    at(r, m)->antecedent = first;
}

/* "they": a plural, or a list of names, the nearest sentence first. */
static void resolve_they(struct resolver *r, int32_t m)
{
    int32_t s = at(r, m)->sentence;
    for (int32_t back = 0; back <= 2 && s - back >= 0; back++) {
        int32_t plural = best_in(r, s - back, m, WANT_THEY, r->quote_of[m]);
        int32_t end = r->first_of[s - back + 1] < m ? r->first_of[s - back + 1] : m;
        int32_t begin =
            end - MENTIONS_BACK > r->first_of[s - back] ? end - MENTIONS_BACK : r->first_of[s - back];
        for (int32_t i = begin; i < end; i++) {
            int32_t first = list_start(r, i);
            if (first < i && is_subject(r, at(r, i)) && (plural == NONE || first < plural)) {
                take_list(r, m, first, i);
                return;
            }
        }
        if (plural != NONE) {
            take(r, m, plural);
            return;
        }
    }
}

static void resolve_pronoun(struct resolver *r, int32_t m)
{
    struct actor_mention *p = at(r, m);
    struct str w = token(r, p->head)->lower;
    int32_t found = NONE;
    if (words_in(w, "who whose")) {
        bool behind = m > 0 && at(r, m - 1)->sentence == p->sentence && at(r, m - 1)->last >= p->first - 1 &&
                      at(r, m - 1)->last <= p->first;
        found = behind && at(r, m - 1)->kind != MENTION_PLACE ? m - 1 : NONE;
    } else if (words_in(w, "he him his")) {
        found = find_antecedent(r, m, WANT_HE, SENTENCES_BACK);
    } else if (words_in(w, "she her")) {
        found = find_antecedent(r, m, WANT_SHE, SENTENCES_BACK);
    } else if (words_in(w, "it its")) {
        int32_t before = p->first - 1;
        bool object =
            !p->possessive && before >= 0 && token(r, before)->sentence == p->sentence &&
            (token(r, before)->upos == UPOS_VERB || token(r, before)->upos == UPOS_ADP) &&
            !words_in(token(r, before)->lemma,
                      "say believe claim think add announce insist warn state note argue declare deny");
        if (!object && !is_expletive(r, p))
            found = find_antecedent(r, m, WANT_IT, 2);
    } else if (words_in(w, "they them their")) {
        resolve_they(r, m);
    }
    if (found == NONE)
        return;
    char gender = p->ids->gender;
    take(r, m, found);
    if (gender && !p->ids->gender && p->n_ids == 1)
        p->ids->gender = gender;
}

/* -- "the minister", "both leaders", "its spokesman" -- */

static bool ends_with_word(struct str phrase, struct str word)
{
    return phrase.n >= word.n && word.n && memcmp(phrase.p + phrase.n - word.n, word.p, word.n) == 0 &&
           (phrase.n == word.n || phrase.p[phrase.n - word.n - 1] == ' ');
}

/* An earlier mention of the same office or body: "the minister" after "Foreign Minister X". */
static int32_t same_office(const struct resolver *r, int32_t m)
{
    const struct actor_mention *g = at(r, m);
    struct str word = token(r, g->head)->lemma;
    for (int32_t i = m - 1; i >= 0 && m - i <= MENTIONS_BACK; i--) {
        const struct actor_mention *c = at(r, i);
        if ((c->kind != MENTION_PERSON && c->kind != MENTION_GENERIC && c->kind != MENTION_ORG) ||
            c->n_ids != 1 || c->ids == g->ids)
            continue;
        bool same_head = c->kind != MENTION_PERSON && str_equal(token(r, c->head)->lemma, word);
        bool same_office =
            c->ids->office.p && (ends_with_word(c->ids->office, g->ids->office.p ? g->ids->office : word));
        bool plural = c->ids->plural == g->ids->plural;
        bool country =
            !g->ids->country.p || !c->ids->country.p || str_equal(g->ids->country, c->ids->country);
        if ((same_head || same_office) && plural && country)
            return i;
    }
    return NONE;
}

/* "the movement", "the agency": an organisation named before, of the same role where the word has one. */
static int32_t same_body(const struct resolver *r, int32_t m, int32_t word)
{
    const struct actor_mention *g = at(r, m);
    if (!is_one(r, word,
                "group movement agency organisation organization bloc alliance union body watchdog court "
                "company party militia faction front association federation ngo charity fund bank network "
                "tribunal army rebels insurgents militants fighters guerrillas separatists"))
        return NONE;
    for (int32_t i = m - 1; i >= 0 && m - i <= MENTIONS_BACK; i--) {
        const struct actor_mention *c = at(r, i);
        bool role = !g->ids->role.p || str_equal(c->ids->role, g->ids->role);
        bool rebel = str_is(c->ids->role, "REB") || str_is(c->ids->role, "UAF");
        bool arms =
            c->kind == MENTION_GENERIC && rebel && c->ids->country.p && g->ids->plural; /* "the M23 rebels" */
        if ((c->kind == MENTION_ORG || arms) && c->n_ids == 1 &&
            (role || (rebel && is_one(r, word, "group movement party"))))
            return i;
    }
    return NONE;
}

/* How many "both leaders", "the two sides", "the three governments" are; 0: not so many. */
static int count_of(const struct resolver *r, const struct actor_mention *g)
{
    if (is_one(r, g->first, "both"))
        return 2;
    if (!is_one(r, g->first, "the these those"))
        return 0;
    return is_one(r, g->first + 1, "two") ? 2 : is_one(r, g->first + 1, "three") ? 3 : 0;
}

/* Different ones for "both leaders": persons or states, whichever the word asks for; the nearest that were
 * named. */
static void resolve_several(struct resolver *r, int32_t m, int wanted)
{
    struct actor_mention *g = at(r, m);
    bool states = is_group_word(token(r, g->head)->lemma);
    struct identity found[3];
    int32_t first = NONE;
    int n = 0;
    for (int32_t i = m - 1; i >= 0 && m - i <= MENTIONS_BACK && n < wanted; i--) {
        const struct actor_mention *c = at(r, i);
        const struct identity *id = c->ids;
        bool fit =
            states ? c->kind != MENTION_PRONOUN && c->kind != MENTION_PLACE : c->kind == MENTION_PERSON;
        if (!fit || c->n_ids != 1 || !id->country.p || g->sentence - c->sentence > SENTENCES_BACK ||
            str_is(id->role, "MED") || str_is(id->role, "NGO"))
            continue;
        bool again = false;
        for (int k = 0; k < n; k++)
            again |= states ? str_equal(found[k].country, id->country) &&
                                  str_is(found[k].role, "REB") == str_is(id->role, "REB")
                            : str_equal(found[k].name, id->name);
        if (again)
            continue;
        found[n++] = *id;
        first = i;
    }
    if (n < wanted)
        return;
    struct identity *ids = ARENA_ARRAY(r->doc->arena, struct identity, (size_t)wanted);
    for (int i = 0; i < wanted; i++) {
        ids[i] = found[wanted - 1 - i];
        if (states && g->ids->role.p)
            ids[i].role = g->ids->role;
    }
    g->ids = ids;
    g->n_ids = (size_t)wanted;
    g->antecedent = first;
}

static bool tells_country(const struct actor_mention *c)
{
    return c->n_ids == 1 && c->ids->country.p && !is_body_code(c->ids->country);
}

/* Whether the tree says that something is done to it, or for it. */
static bool is_done_to(const struct resolver *r, const struct actor_mention *g)
{
    int rel = token(r, g->head)->deprel;
    return r->doc->has_tree && (rel == REL_OBJ || rel == REL_IOBJ || rel == REL_OBL || rel == REL_NSUBJ_PASS);
}

/* The country that the sentence leads to: the only one there, the one that acts, the nearest. */
static struct str sentence_country(const struct resolver *r, int32_t m)
{
    const struct actor_mention *g = at(r, m);
    struct str subject = {NULL, 0}, nearest = {NULL, 0}, later = {NULL, 0};
    int32_t first =
        r->first_of[g->sentence] > m - MENTIONS_BACK ? r->first_of[g->sentence] : m - MENTIONS_BACK;
    for (int32_t i = first; i < r->first_of[g->sentence + 1] && i - m < MENTIONS_BACK; i++) {
        const struct actor_mention *c = at(r, i);
        if (i == m || !tells_country(c) || (r->quote_of[i] != NONE && r->quote_of[i] != r->quote_of[m]))
            continue;
        if (!subject.p && c->kind != MENTION_PLACE && is_subject(r, c))
            subject = c->ids->country;
        bool acts = c->kind != MENTION_PLACE && is_subject(r, c);
        if (i < m && !acts)
            nearest = c->ids->country; /* the last one that is done to, or the place */
        else if (!acts && !later.p)
            later = c->ids->country;
    }
    /* Who acts is of the country of those who act; whom something is done to seldom is. */
    struct str other = nearest.p ? nearest : later;
    if (is_done_to(r, g) && other.p)
        return other;
    return subject.p ? subject : other;
}

/* The only country that the sentence tells, before or behind; absent: none, or several. */
static struct str sole_country(const struct resolver *r, int32_t m)
{
    const struct actor_mention *g = at(r, m);
    struct str sole = {NULL, 0};
    int32_t first =
        r->first_of[g->sentence] > m - MENTIONS_BACK ? r->first_of[g->sentence] : m - MENTIONS_BACK;
    for (int32_t i = first; i < r->first_of[g->sentence + 1] && i - m < MENTIONS_BACK; i++) {
        const struct actor_mention *c = at(r, i);
        if (i == m || !tells_country(c))
            continue;
        if (sole.p && !str_equal(sole, c->ids->country))
            return (struct str){NULL, 0};
        sole = c->ids->country;
    }
    return sole;
}

/* The country that the sentence, the ones before it, or the date line lead to. */
static struct str context_country(const struct resolver *r, int32_t m)
{
    int32_t sentence = at(r, m)->sentence;
    struct str here = sentence_country(r, m);
    if (here.p)
        return here;
    for (int32_t s = sentence - 1; s >= 0 && sentence - s <= SENTENCES_BACK; s--) {
        int32_t found = best_in(r, s, m, WANT_STATE, NONE);
        if (found != NONE)
            return at(r, found)->ids->country;
    }
    return r->place;
}

/* "Western diplomats", "14 other governments", "diplomats": of several countries, or of none that is named.
 */
static bool is_of_many(const struct resolver *r, const struct actor_mention *g)
{
    if (!g->ids->plural && is_one(r, g->first, "the")) /* "the foreign secretary", "the regional governor" */
        return false;
    for (int32_t i = g->first; i < g->last && i < g->first + 6; i++)
        if (is_one(r, i,
                   "western european arab african asian caribbean nordic baltic gulf eastern foreign other "
                   "international regional global neighbouring neighboring "
                   "world american balkan islamic muslim allied donor"))
            return true;
    bool bare = g->ids->plural && !is_one(r, g->first, "the their its his her these those");
    return bare && str_is(g->ids->role, "GOV") &&
           is_one(r, g->head,
                  "diplomats governments leaders ministers envoys ambassadors delegates mediators states "
                  "countries nations");
}

/* Roles of people who belong to some state; a journalist or a priest may be from anywhere. */
static bool needs_country(const struct identity *id)
{
    static const char *const roles[] = {"GOV", "MIL", "LEG", "JUD", "OPP", "PTY", "SPY", "REB",
                                        "LAB", "CVL", "EDU", "BUS", "REL", "MED", "UAF", "CRM"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (str_is(id->role, roles[i]))
            return true;
    return !id->role.p && id->office.p;
}

/* A possessor that has to be looked up: "its spokesman", "the country's army". WANT_STATE: none. */
static enum wanted possessor(const struct resolver *r, const struct actor_mention *g)
{
    if (is_one(r, g->first, "its"))
        return WANT_IT;
    if (is_one(r, g->first, "his"))
        return WANT_HE;
    if (is_one(r, g->first, "her"))
        return WANT_SHE;
    if (is_one(r, g->first, "their"))
        return WANT_THEY;
    bool country = g->last - g->first > 3 && is_one(r, g->first, "the") &&
                   is_one(r, g->first + 1, "country nation") && is_one(r, g->first + 2, "'s");
    return country ? WANT_COUNTRY : WANT_STATE;
}

/* The nearest country before, in this sentence or the one before, that is not `own`: whose "its neighbour" is. */
static struct str other_country(const struct resolver *r, int32_t m, struct str own)
{
    for (int32_t i = m - 1; i >= 0 && m - i <= MENTIONS_BACK && at(r, m)->sentence - at(r, i)->sentence <= 1;
         i--)
        if (tells_country(at(r, i)) && !str_equal(at(r, i)->ids->country, own))
            return at(r, i)->ids->country;
    return (struct str){NULL, 0};
}

static void resolve_generic(struct resolver *r, int32_t m)
{
    struct actor_mention *g = at(r, m);
    struct identity *id = g->ids;
    struct str word = token(r, g->head)->lemma;
    int several = id->plural && g->n_ids == 1 && !id->country.p ? count_of(r, g) : 0;
    if (several) {
        resolve_several(r, m, several);
        return;
    }
    if (words_in(word, "country nation") && !id->plural && !id->country.p &&
        is_one(r, g->first, "the this")) {
        int32_t found = find_antecedent(r, m, WANT_COUNTRY, 3);
        if (found != NONE)
            take(r, m, found);
        return;
    }
    enum wanted want = possessor(r, g);
    int32_t owner =
        want != WANT_STATE
            ? find_antecedent(r, m, want, want == WANT_IT || want == WANT_THEY ? 2 : SENTENCES_BACK)
            : NONE;
    if (owner != NONE) {
        bool other = words_in(word, "counterpart neighbour neighbor rival opponent enemy");
        if (!id->country.p)
            id->country =
                other ? other_country(r, m, at(r, owner)->ids->country) : at(r, owner)->ids->country;
        if (!id->role.p)
            id->role = at(r, owner)->ids->role;
        return;
    }
    int32_t of = g->last - 1 > g->head && !id->country.p ? same_body(r, m, g->last - 1) : NONE;
    if (of != NONE) { /* "a spokesman for the movement" */
        id->country = at(r, of)->ids->country;
        id->role = at(r, of)->ids->role;
        return;
    }
    bool definite = is_one(r, g->first, "the this that these those");
    if (!definite || id->name.p || g->antecedent != NONE)
        return;
    int32_t found = same_office(r, m);
    if (found == NONE)
        found = same_body(r, m, g->head);
    if (found == NONE)
        return;
    bool alone = g->last - g->first <= 2 || !id->country.p;
    if (alone && !id->plural && at(r, found)->kind != MENTION_COUNTRY &&
        (!id->country.p || at(r, found)->ids->name.p)) {
        struct identity own = *id;
        take(r, m, found);
        own.name = (struct str){NULL, 0};
        if (at(r, found)->kind != MENTION_ORG)
            people_merge(g->ids, &own);
    } else {
        g->antecedent = found;
        if (!id->country.p)
            id->country = at(r, found)->ids->country;
    }
}

/* -- all of it -- */

static void index_mentions(struct resolver *r)
{
    struct doc *d = r->doc;
    r->first_of = ARENA_ARRAY(d->arena, int32_t, d->n_sentences + 1);
    r->quote_of = ARENA_ARRAY(d->arena, int32_t, d->n_mentions + 1);
    size_t m = 0, q = 0;
    for (size_t s = 0; s <= d->n_sentences; s++) {
        while (m < d->n_mentions && (size_t)d->mentions[m].sentence < s)
            m++;
        r->first_of[s] = (int32_t)m;
    }
    for (m = 0; m < d->n_mentions; m++) {
        while (q < d->n_quotes && d->quotes[q].last <= d->mentions[m].first)
            q++;
        bool inside = q < d->n_quotes && d->quotes[q].first <= d->mentions[m].first && d->quotes[q].speech;
        r->quote_of[m] = inside ? (int32_t)q : NONE;
    }
    if (d->n_mentions && d->mentions[0].kind == MENTION_PLACE &&
        d->mentions[0].first == d->sentences[d->mentions[0].sentence].first)
        r->place = d->mentions[0].ids->country;
}

void coref_run(struct doc *doc, const struct lexicon *lexicon)
{
    struct resolver r = {.doc = doc};
    (void)lexicon;
    index_mentions(&r);
    for (int32_t m = 0; (size_t)m < doc->n_mentions; m++) {
        struct actor_mention *x = at(&r, m);
        if (x->kind == MENTION_PRONOUN)
            resolve_pronoun(&r, m);
        else if (x->kind == MENTION_GENERIC)
            resolve_generic(&r, m);
        bool bare =
            (x->kind == MENTION_GENERIC || x->kind == MENTION_PERSON) && x->n_ids == 1 && !x->ids->country.p;
        if (bare && x->kind == MENTION_PERSON && x->ids->office.p) {
            int32_t office = same_office(&r, m);
            if (office != NONE)
                x->ids->country = at(&r, office)->ids->country;
        }
        /* Its apposition may know better, and shares the identity. */
        bare =
            bare && !x->ids->country.p && !((size_t)m + 1 < doc->n_mentions && at(&r, m + 1)->ids == x->ids);
        bool speakers = is_one(&r, x->first, "my our your");
        if (bare && !speakers && needs_country(x->ids) && !is_of_many(&r, x) &&
            !(x->ids->plural && count_of(&r, x)))
            x->ids->country = context_country(&r, m);
        bool unknown =
            (x->kind == MENTION_PERSON || x->kind == MENTION_ORG) && x->n_ids == 1 && !x->ids->country.p;
        if (unknown)
            x->ids->country = sole_country(&r, m);
        /* "aid agencies", "the bloc": of no country, but of a kind. */
        bool kind = x->kind == MENTION_GENERIC && x->n_ids == 1 && !x->ids->country.p;
        if (kind && (str_is(x->ids->role, "NGO") || str_is(x->ids->role, "IGO")))
            x->ids->country = x->ids->role;
        bool speaker =
            x->kind == MENTION_GENERIC && x->n_ids == 1 && x->ids->country.p && !x->ids->role.p &&
            words_in(x->ids->office.p ? x->ids->office : STR(""), "spokesman spokeswoman spokesperson");
        if (speaker && !is_body_code(x->ids->country))
            x->ids->role = STR("GOV");
    }
}
