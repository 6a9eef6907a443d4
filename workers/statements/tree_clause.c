/* Clauses as the engine's trees have them; clause.c guesses them from word order where there is no tree. */
#include "workers/engine/feats.h"
#include "workers/statements/clause_impl.h"

/* How many clauses up a borrowed subject is looked for. */
#define CLIMB_MAX 10

struct planter {
    const struct doc *d;
    struct clauses *cs;
    const struct branches *b;
    int32_t *of; /* token -> clause whose predicate it is, or NONE */
    size_t cap;
};

/* Verbs of telling that do not introduce words the way clause_report_verbs do. */
static const char *const telling_verbs[] = {
    "deny",     "suggest", "predict", "urge",      "criticize", "criticise", "condemn",   "blame",
    "accuse",   "promise", "vow",     "pledge",    "demand",    "threaten",  "cite",      "maintain",
    "contend",  "assert",  "call",    "emphasize", "stress",    "describe",  "reiterate", "praise",
    "question", "reject",  "dismiss", "point",     NULL};

static const struct np no_np = {NONE, NONE, NONE, NONE};

/* ---- which words have a clause ---- */

/* An auxiliary with a verb of its own, a participle that works as an adjective or a preposition: no clause. */
static bool makes_clause(const struct doc *d, int32_t i)
{
    enum relation base = branch_base(d, i);
    if (token_upos(d, i) == UPOS_VERB)
        return base != REL_AMOD && base != REL_COMPOUND && base != REL_CASE && base != REL_MARK &&
               base != REL_FIXED && base != REL_FLAT && base != REL_CC;
    return token_upos(d, i) == UPOS_AUX && base != REL_AUX && base != REL_FIXED;
}

/* The word that the clause's dependents hang on: of "is ready" the adjective. */
static int32_t node_of(const struct doc *d, int32_t verb)
{
    return branch_base(d, verb) == REL_COP ? d->tokens[verb].head : verb;
}

/* ---- the verb's own words ---- */

/* Auxiliaries, negations, adverbs, "to": what stands before the verb and belongs to it. */
static bool in_group(const struct doc *d, const struct clause *c, int32_t i)
{
    enum relation base = branch_base(d, i);
    if (d->tokens[i].head != c->node && d->tokens[i].head != c->verb)
        return false;
    return base == REL_AUX || (base == REL_ADVMOD && d->mention_at[i] == NONE) ||
           (base == REL_MARK && token_upos(d, i) == UPOS_PART);
}

static bool has_form(const struct doc *d, int32_t i, int verbform)
{
    return d->tokens[i].feats && d->tokens[i].feats->verbform == verbform;
}

/* An -ing form, or without features what looks like one. */
static bool is_ing(const struct doc *d, int32_t i)
{
    return d->tokens[i].form == VERB_ING;
}

static bool is_past_participle(const struct doc *d, int32_t i)
{
    int form = d->tokens[i].form;
    return form == VERB_PARTICIPLE || (form == VERB_PAST && !has_form(d, i, VERBFORM_FIN));
}

/* Reads the words around the verb; `aux`: has it an auxiliary, a copula included. */
static bool read_words(const struct planter *p, struct clause *c)
{
    const struct doc *d = p->d;
    bool aux = c->verb != c->node || token_upos(d, c->verb) == UPOS_AUX;
    c->modal = NONE;
    for (int32_t i = p->b->child[c->node]; i != NONE; i = p->b->next[i]) {
        enum relation base = branch_base(d, i);
        if (base == REL_AUX) {
            aux = true;
            c->passive |= d->tokens[i].deprel == REL_AUX_PASS;
            if (c->modal == NONE && clause_is_modal(d, i))
                c->modal = i;
        }
        if (base == REL_ADVMOD || base == REL_AUX || base == REL_CC)
            c->negated |= clause_is_negation(d, i);
        c->passive |= d->tokens[i].deprel == REL_NSUBJ_PASS;
    }
    c->first = c->verb;
    while (c->first > 0 && in_group(d, c, c->first - 1))
        c->first--;
    return aux;
}

static enum clause_link link_of(const struct planter *p, const struct clause *c, bool aux)
{
    const struct doc *d = p->d;
    enum relation base = branch_base(d, c->node);
    for (int32_t i = p->b->child[c->node]; i != NONE; i = p->b->next[i])
        if (branch_base(d, i) == REL_MARK && token_is(d, i, "to") && i < c->verb)
            return CLAUSE_INFINITIVE;
    if (branch_child(d, p->b, c->node, REL_NSUBJ, 0) != NONE)
        return CLAUSE_FINITE;
    if (!aux && is_ing(d, c->verb))
        return CLAUSE_PARTICIPLE;
    if (!aux && is_past_participle(d, c->verb) &&
        ((base == REL_ACL && d->tokens[c->node].deprel != REL_ACL_RELCL) || base == REL_ADVCL))
        return CLAUSE_REDUCED;
    if (!aux && base == REL_XCOMP)
        return CLAUSE_INFINITIVE; /* "let it go" */
    return CLAUSE_FINITE;
}

/* ---- subjects ---- */

/* Of two words only one stands in a quotation that somebody says, or each in another: nothing links them. */
static bool parted(const struct planter *p, int32_t a, int32_t b)
{
    int32_t q = p->cs->quote_at[a], r = p->cs->quote_at[b];
    bool in_a = q != NONE && p->d->quotes[q].speech, in_b = r != NONE && p->d->quotes[r].speech;
    return (in_a || in_b) && q != r;
}

static bool is_relative_word(const struct doc *d, int32_t i)
{
    return token_is_relative(d, i) &&
           (token_upos(d, i) == UPOS_PRON || token_upos(d, i) == UPOS_SCONJ || token_upos(d, i) == UPOS_DET);
}

static void add_other(struct clause *c, struct np n)
{
    if (np_some(n) && c->n_others < NP_OTHERS)
        c->others[c->n_others++] = n;
}

/* Conjuncts of a noun, and theirs: parsers chain them as often as not. */
static void add_conjuncts(struct planter *p, struct clause *c, int32_t head, int depth)
{
    for (int32_t i = p->b->child[head]; i != NONE; i = p->b->next[i]) {
        if (branch_base(p->d, i) != REL_CONJ || i < head || !token_is_nominal(p->d, i))
            continue;
        add_other(c, branch_np(p->d, p->b, i));
        if (depth < NP_OTHERS)
            add_conjuncts(p, c, i, depth + 1);
    }
}

/* "North and South Korea" is one phrase to a tree and two who act. */
static void part_mentions(struct planter *p, struct clause *c)
{
    const struct doc *d = p->d;
    struct np whole = c->subject;
    int32_t first = d->mention_at[whole.first];
    if (first == NONE || first == whole.mention || d->mentions[first].possessive || c->n_others)
        return;
    int32_t and = d->mentions[first].last;
    if (and >= whole.last || token_upos(d, and) != UPOS_CCONJ || whole.mention == NONE)
        return;
    const struct actor_mention *a = &d->mentions[first], *b = &d->mentions[whole.mention];
    if (b->first != and+1)
        return;
    c->subject = (struct np){a->first, a->last, a->head, first};
    add_other(c, (struct np){b->first, b->last, b->head, whole.mention});
}

/* "A, B and C agreed": A, and B and C in c->others. */
static void take_subject(struct planter *p, struct clause *c, int32_t head)
{
    c->subject = branch_np(p->d, p->b, head);
    add_conjuncts(p, c, head, 1);
    if (np_some(c->subject))
        part_mentions(p, c);
}

/* The noun of "who": of "the role of X, who" the X, if only that acts. */
static int32_t antecedent(const struct planter *p, const struct clause *c, int32_t who)
{
    const struct doc *d = p->d;
    int32_t noun = d->tokens[c->node].head, i = who - 1;
    while (i > noun && token_is_comma(d, i))
        i--;
    if (!token_is(d, who, "who") || d->mention_at[noun] != NONE || i <= noun || d->mention_at[i] == NONE)
        return noun;
    const struct actor_mention *m = &d->mentions[d->mention_at[i]];
    return m->kind == MENTION_PERSON || m->kind == MENTION_GENERIC ? m->head : noun;
}

/* Of several the nearest: in "A, X said, is B" parsers give X and A to the one verb. */
static int32_t nearest_subject(const struct planter *p, const struct clause *c)
{
    int32_t found = NONE;
    for (int32_t i = p->b->child[c->node]; i != NONE; i = p->b->next[i])
        if (branch_base(p->d, i) == REL_NSUBJ && !parted(p, i, c->verb) && (found == NONE || i < c->verb))
            found = i;
    return found;
}

static void own_subject(struct planter *p, struct clause *c)
{
    const struct doc *d = p->d;
    int32_t s = nearest_subject(p, c);
    if (s != NONE && is_relative_word(d, s) && branch_base(d, c->node) == REL_ACL) {
        c->link = CLAUSE_RELATIVE;
        c->relative = s;
        c->subject = branch_np(d, p->b, antecedent(p, c, s));
    } else if (s != NONE) {
        take_subject(p, c, s);
        c->inverted = s > c->verb;
    } else if (c->link == CLAUSE_REDUCED && branch_base(d, c->node) == REL_ACL) {
        c->subject = branch_np(d, p->b, d->tokens[c->node].head);
    }
    if (c->passive) {
        for (int32_t i = p->b->child[c->node]; i != NONE && !np_some(c->agent); i = p->b->next[i])
            if (d->tokens[i].deprel == REL_OBL_AGENT ||
                (branch_base(d, i) == REL_OBL && branch_word(d, p->b, i, REL_CASE, "by") != NONE))
                c->agent = branch_np(d, p->b, i);
        if (np_is_time(d, c->agent))
            c->agent = no_np;
    }
}

static void add_clause(struct planter *p, int32_t verb)
{
    const struct doc *d = p->d;
    struct clauses *cs = p->cs;
    struct clause c = {.verb = verb,
                       .node = node_of(d, verb),
                       .sentence = d->tokens[verb].sentence,
                       .governor = NONE,
                       .relative = NONE,
                       .subject = no_np,
                       .agent = no_np};
    bool aux = read_words(p, &c);
    c.link = link_of(p, &c, aux);
    c.passive |= c.link == CLAUSE_REDUCED;
    own_subject(p, &c);
    ARENA_GROW(d->arena, cs->v, cs->n, p->cap);
    cs->at[verb] = (int32_t)cs->n;
    if (p->of[c.node] == NONE)
        p->of[c.node] = (int32_t)cs->n;
    cs->v[cs->n++] = c;
}

/* ---- what one clause has from another ---- */

/* The clause above, and the noun that lies between ("the offer to meet") or NONE. */
static int32_t above(const struct planter *p, int32_t node, int32_t *noun)
{
    const struct doc *d = p->d;
    *noun = NONE;
    int32_t i = d->tokens[node].head;
    for (int steps = 0; i != NONE && steps < CLIMB_MAX; steps++, i = d->tokens[i].head) {
        if (p->of[i] != NONE)
            return p->of[i];
        if (*noun == NONE)
            *noun = i;
    }
    return NONE;
}

/* A conjunct is what the first one is, where it has no words of its own that say otherwise. */
static void follow(struct planter *p, struct clause *c)
{
    const struct doc *d = p->d;
    int32_t g = p->of[d->tokens[c->node].head];
    if (g == NONE || c->link != CLAUSE_FINITE || np_some(c->subject))
        return;
    const struct clause *first = &p->cs->v[g];
    bool bare = c->first == c->verb && token_upos(d, c->verb) == UPOS_VERB;
    if (!bare)
        return;
    int form = d->tokens[c->verb].form;
    if (form == VERB_BASE || form == VERB_PRESENT) {
        if (c->modal == NONE && first->first < first->verb) {
            c->modal = first->modal;
            c->negated |= first->negated && first->verb < c->verb && form == VERB_BASE;
        }
        if (first->link == CLAUSE_INFINITIVE && has_form(d, c->verb, VERBFORM_INF)) {
            c->link = CLAUSE_INFINITIVE;
            c->governor = first->governor;
        }
    }
    if (first->passive && is_past_participle(d, c->verb)) {
        c->passive = true;
        if (first->link == CLAUSE_REDUCED)
            c->link = CLAUSE_REDUCED;
    }
}

/* The object of clause g as far as it can be the subject of what hangs on the verb. */
static struct np controller(const struct planter *p, const struct clause *g, const struct clause *c)
{
    const struct doc *d = p->d;
    if (lemma_in(d, g->verb, clause_subject_control))
        return no_np;
    bool xcomp = branch_base(d, c->node) == REL_XCOMP;
    bool gerund = c->link == CLAUSE_PARTICIPLE && c->verb > g->verb &&
                  lemma_in(d, g->verb, clause_object_gerund) &&
                  branch_child(d, p->b, c->node, REL_MARK, 0) != NONE;
    bool object = lemma_in(d, g->verb, clause_object_control);
    if (!xcomp && !gerund && !(object && c->link == CLAUSE_INFINITIVE))
        return no_np;
    if (g->passive)
        return g->subject;
    int32_t o = branch_child(d, p->b, g->node, REL_OBJ, 0);
    if (o == NONE)
        o = branch_child(d, p->b, g->node, REL_IOBJ, 0);
    if (o == NONE && object) { /* "called on X to" */
        o = branch_child(d, p->b, g->node, REL_OBL, g->verb);
        if (o > c->verb)
            o = NONE;
    }
    struct np n = o == NONE ? no_np : branch_np(d, p->b, o);
    return np_is_time(d, n) ? no_np : n;
}

/* "Putin's offer to meet" */
static struct np possessor(const struct planter *p, int32_t noun)
{
    for (int32_t i = p->b->child[noun]; i != NONE; i = p->b->next[i])
        if (p->d->tokens[i].deprel == REL_NMOD_POSS)
            return branch_np(p->d, p->b, i);
    return no_np;
}

static void lend(struct clause *c, const struct clause *by)
{
    c->subject = by->subject;
    c->relative = by->relative;
    memcpy(c->others, by->others, sizeof c->others);
    c->n_others = by->n_others;
    c->shared = true;
}

/* "X said that the step was needed, arguing ...", "... and denied ...": parsers hang the second verb on what is said,
 * the speaker goes on. True: X's clause lends its subject. */
static bool speaker_goes_on(struct planter *p, struct clause *c)
{
    const struct doc *d = p->d;
    bool participle = c->link == CLAUSE_PARTICIPLE && c->first > 0 && token_is_comma(d, c->first - 1);
    bool conjunct = branch_base(d, c->node) == REL_CONJ && c->subject.mention == NONE;
    bool tells = lemma_in(d, c->verb, clause_report_verbs) || lemma_in(d, c->verb, telling_verbs);
    if (!tells || !(participle || conjunct))
        return false;
    for (int32_t i = d->tokens[c->node].head, steps = 0; i != NONE && steps < CLIMB_MAX;
         i = d->tokens[i].head, steps++) {
        int32_t g = branch_base(d, i) == REL_CCOMP ? p->of[d->tokens[i].head] : NONE;
        if (g == NONE || p->cs->v[g].verb > c->verb || p->cs->v[g].subject.mention == NONE ||
            !lemma_in(d, p->cs->v[g].verb, clause_report_verbs) || parted(p, p->cs->v[g].verb, c->verb))
            continue;
        lend(c, &p->cs->v[g]);
        c->governor = g;
        return true;
    }
    return false;
}

/* Finds the subject of clause k that has none of its own: in the clause above, or above that. */
static void borrow(struct planter *p, size_t k)
{
    const struct doc *d = p->d;
    struct clause *c = &p->cs->v[k];
    const struct clause *low = c;
    for (int steps = 0; steps < CLIMB_MAX; steps++) {
        int32_t noun, g = above(p, low->node, &noun);
        enum relation base = branch_base(d, low->node);
        if (c->governor == NONE)
            c->governor = g;
        if (noun != NONE && base == REL_ACL) {
            bool of = low->link == CLAUSE_INFINITIVE || branch_child(d, p->b, low->node, REL_MARK, 0) != NONE;
            c->subject = of ? possessor(p, noun) : branch_np(d, p->b, noun);
            if (np_some(c->subject))
                return;
        }
        bool own_words = !parted(p, low->verb, c->verb);
        if (g == NONE || (base == REL_CCOMP && low->link != CLAUSE_PARTICIPLE && own_words))
            return;
        const struct clause *by = &p->cs->v[g];
        if (parted(p, by->verb, c->verb)) {
            low = by; /* '"...," X said, adding' may hang on a verb within the marks */
            continue;
        }
        if (base != REL_CONJ && noun == NONE) {
            c->subject = controller(p, by, low);
            if (np_some(c->subject))
                return;
        }
        if (by->link == CLAUSE_REDUCED ||
            (by->passive && np_some(by->agent) && c->link == CLAUSE_PARTICIPLE)) {
            c->subject = np_some(by->agent) && c->link == CLAUSE_PARTICIPLE ? by->agent : by->subject;
            c->shared = true;
            return;
        }
        if (np_some(by->subject)) {
            lend(c, by);
            return;
        }
        low = by;
    }
}

/* A finite verb without a subject is rare in news and a mistake of the parser most times; and so is another one than
 * X in '..., said X'. */
static void take_guess(const struct doc *d, const struct clauses *cs, const struct clauses *guess,
                       struct clause *c)
{
    int32_t k = guess->at[c->verb];
    if (k == NONE || c->link != CLAUSE_FINITE)
        return;
    const struct clause *by = &guess->v[k];
    bool turned = by->inverted && !c->inverted && lemma_in(d, c->verb, clause_report_verbs);
    if (np_some(c->subject) && !turned)
        return;
    if (by->link != CLAUSE_FINITE && by->link != CLAUSE_RELATIVE)
        return;
    c->subject = by->subject;
    memcpy(c->others, by->others, sizeof c->others);
    c->n_others = by->n_others;
    c->inverted = by->inverted;
    int32_t head = c->subject.head; /* word order knows the apposition, the tree the name */
    if (np_some(c->subject) && branch_base(d, head) == REL_APPOS && d->tokens[head].head < head &&
        cs->quote_at[d->tokens[head].head] == cs->quote_at[head])
        c->subject = branch_np(d, cs->tree, d->tokens[head].head);
}

void tree_clauses(const struct doc *d, struct clauses *cs, const struct clauses *guess)
{
    struct planter p = {.d = d, .cs = cs, .b = cs->tree};
    p.of = ARENA_ARRAY(d->arena, int32_t, d->n_tokens + 1);
    for (size_t i = 0; i < d->n_tokens; i++)
        p.of[i] = NONE;
    for (size_t i = 0; i < d->n_tokens; i++)
        if (makes_clause(d, (int32_t)i))
            add_clause(&p, (int32_t)i);
    for (size_t k = 0; k < cs->n; k++) {
        struct clause *c = &cs->v[k];
        if (branch_base(d, c->node) == REL_CONJ)
            follow(&p, c);
        bool finite = c->link == CLAUSE_FINITE || c->link == CLAUSE_RELATIVE;
        if (!finite)
            c->governor = c->governor == NONE ? above(&p, c->node, &(int32_t){NONE}) : c->governor;
        if (!np_some(c->subject) && (!finite || branch_base(d, c->node) == REL_CONJ))
            if (borrow(&p, k), c->shared)
                speaker_goes_on(&p, c);
        take_guess(d, cs, guess, c);
    }
}
