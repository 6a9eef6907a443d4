#include "workers/statements/clause_impl.h"
#include "workers/statements/quotes.h"

/* How far an interruption between commas may reach, in tokens. */
#define INTERRUPTION_MAX 40

struct finder {
    const struct doc *d;
    struct clauses *cs;
    size_t cap;
    size_t sentence_first; /* first clause of the sentence at hand */
};

static const struct np no_np = {NONE, NONE, NONE, NONE};

static const char *const modals[] = {"may", "might", "could", "would", "will", "shall", "should",
                                     "can", "must",  "'d",    "'ll",   "wo",   "ca",    NULL};
static const char *const negations[] = {"not", "n't", "never", "neither", "nor", "hardly", NULL};
static const char *const be_forms[] = {"be", "is",  "are", "was", "were", "been", "being", "am",
                                       "'s", "'re", "'m",  "get", "got",  "gets", NULL};
const char *const clause_object_control[] = {
    "urge",      "ask",       "tell",     "order",     "call",    "force",   "allow",  "persuade",
    "warn",      "invite",    "instruct", "encourage", "press",   "require", "enable", "compel",
    "push",      "want",      "expect",   "permit",    "request", "command", "beg",    "appeal",
    "advise",    "challenge", "direct",   "cause",     "get",     "let",     "make",   "help",
    "authorize", "lead",      "pressure", "implore",   "task",    NULL};
const char *const clause_object_gerund[] = {
    "accuse", "suspect", "blame",    "criticize", "criticise", "condemn", "prevent",    "stop",
    "bar",    "ban",     "thank",    "praise",    "convict",   "keep",    "discourage", "block",
    "deter",  "hinder",  "prohibit", "acquit",    "denounce",  NULL};

const char *const clause_report_verbs[] = {
    "say",   "add",    "tell",     "report",   "write",   "warn",   "announce", "declare", "explain",
    "note",  "ask",    "reply",    "insist",   "argue",   "claim",  "state",    "tweet",   "acknowledge",
    "admit", "recall", "conclude", "continue", "respond", "stress", NULL};

const char *const clause_subject_control[] = {"promise", "vow", "pledge", "threaten", "offer", "swear", NULL};

bool clause_is_modal(const struct doc *d, int32_t token)
{
    const struct token *t = &d->tokens[token];
    bool surname =
        t->capital && token > d->sentences[t->sentence].first && t[-1].upos == UPOS_PROPN; /* "Theresa May" */
    return token_in(d, token, modals) && !surname;
}

bool clause_is_negation(const struct doc *d, int32_t token)
{
    return token_in(d, token, negations);
}

/* -- the verb's own words -- */

static bool in_group(const struct doc *d, int32_t i)
{
    int u = token_upos(d, i);
    if (u == UPOS_AUX || u == UPOS_ADV)
        return true;
    if (u == UPOS_PART)
        return !token_is_possessive(d, i);
    return token_is(d, i, "long") || token_is(d, i, "not") || token_is(d, i, "n't");
}

static void read_group(const struct doc *d, struct clause *c, int32_t begin)
{
    bool be = false, aux = false;
    int32_t i = c->verb;
    c->modal = NONE;
    while (i > begin && in_group(d, i - 1) && d->mention_at[i - 1] == NONE) {
        i--;
        if (token_is(d, i, "to")) {
            c->link = CLAUSE_INFINITIVE;
            break;
        }
        if (clause_is_negation(d, i))
            c->negated = true;
        if (token_upos(d, i) == UPOS_AUX) {
            if (!aux)
                be = token_in(d, i, be_forms);
            aux = true;
            if (clause_is_modal(d, i))
                c->modal = i;
        }
    }
    c->first = i;
    int form = d->tokens[c->verb].form;
    bool past = form == VERB_PAST || form == VERB_PARTICIPLE;
    c->passive = be && past && token_upos(d, c->verb) == UPOS_VERB;
    if (c->link == CLAUSE_INFINITIVE)
        return;
    if (form == VERB_ING && !aux && token_upos(d, c->verb) == UPOS_VERB)
        c->link = CLAUSE_PARTICIPLE;
    else if (form == VERB_PARTICIPLE && !aux &&
             !(lemma_in(d, c->verb, clause_report_verbs) && !token_is(d, c->verb + 1, "by")))
        c->link = CLAUSE_REDUCED;
    else
        c->link = CLAUSE_FINITE;
}

/* -- subjects -- */

/* Does [first, last) hold a clause that stands by itself, longer than ", officials said,"? */
static bool holds_clause(const struct finder *f, int32_t first, int32_t last)
{
    if (last - first <= 6)
        return false;
    for (size_t k = f->cs->n; k > f->sentence_first; k--) {
        const struct clause *c = &f->cs->v[k - 1];
        if (c->verb < first)
            return false;
        if (c->verb < last && c->link == CLAUSE_FINITE && np_some(c->subject) && c->subject.first >= first &&
            !token_is_relative(f->d, first))
            return true;
    }
    return false;
}

/* The comma that opens what the comma at `close` ends, or NONE. */
static int32_t interruption_open(const struct finder *f, int32_t close, int32_t begin)
{
    const struct doc *d = f->d;
    for (int32_t j = close - 1; j > begin && j > close - INTERRUPTION_MAX; j--) {
        int32_t q = f->cs->quote_at[j];
        if (q != NONE && q != f->cs->quote_at[close] && d->quotes[q].first - 1 < j) {
            j = d->quotes[q].first - 1;
            continue;
        }
        if (token_is_comma(d, j) && token_is_nominal(d, j - 1))
            return holds_clause(f, j + 1, close) ? NONE : j;
    }
    return NONE;
}

static int32_t matching_left(const struct doc *d, int32_t close, int32_t begin)
{
    bool dash = token_is_dash(d, close);
    for (int32_t j = close - 1; j > begin && j > close - INTERRUPTION_MAX; j--)
        if (dash ? token_is_dash(d, j) : token_is(d, j, "("))
            return j;
    return NONE;
}

/* Words that are prepositions elsewhere, but also begin a clause: "after A attacked B". */
static bool takes_clause(const struct doc *d, int32_t i)
{
    static const char *const words[] = {"after", "before", "since", "until", "as", "than", "because", NULL};
    return token_in(d, i, words);
}

static bool is_adposition(const struct doc *d, int32_t i)
{
    return token_upos(d, i) == UPOS_ADP || (token_is(d, i, "to") && token_upos(d, i) == UPOS_PART);
}

/* A verb that only belongs to the noun on its left: "the offer [made by Moscow]", "the decision [to leave]".
 */
static bool is_modifier_verb(const struct finder *f, int32_t i)
{
    int32_t k = f->cs->at[i];
    if (k == NONE)
        return token_upos(f->d, i) == UPOS_AUX && i > 0;
    enum clause_link link = f->cs->v[k].link;
    return link != CLAUSE_FINITE || f->d->tokens[i].form == VERB_PAST;
}

/* The found phrase is behind a conjunction: "A, B and C agreed", "met A and B agreed", "of A and B agreed".
 * False: it is part of a prepositional phrase and *at goes on before that. */
static bool join_left(const struct finder *f, struct clause *c, struct np *found, int32_t begin, int32_t *at)
{
    static const char *const report[] = {"say", "think", "believe", "announce", "report", NULL};
    const struct doc *d = f->d;
    struct np list[NP_OTHERS + 1] = {*found};
    int n = 1;
    int32_t p = found->first - 1;
    while (n <= NP_OTHERS && p > begin &&
           (n == 1 || (token_is_comma(d, p) && d->mention_at[p - 1] != NONE))) {
        struct np left = np_before(d, p, begin);
        if (!np_some(left) || np_is_time(d, left))
            break;
        list[n++] = left;
        p = left.first - 1;
    }
    if (n == 1)
        return true;
    if (p >= begin && is_adposition(d, p) && !takes_clause(d, p)) {
        *at = p - 1;
        return false;
    }
    if (p >= begin && token_upos(d, p) == UPOS_VERB && !lemma_in(d, p, report))
        return true; /* left is that verb's object */
    *found = list[n - 1];
    for (int k = n - 2; k >= 0; k--)
        c->others[c->n_others++] = list[k];
    return true;
}

/* Walks left from `at`; the nearest noun phrase that no preposition governs. */
static struct np walk_left(const struct finder *f, struct clause *c, int32_t at, int32_t begin, int32_t quote)
{
    const struct doc *d = f->d;
    int verbs = 0;
    for (int32_t i = at; i >= begin;) {
        int32_t q = f->cs->quote_at[i];
        if (q != NONE && q != quote && d->quotes[q].speech) {
            i = d->quotes[q].first - 2;
            continue;
        }
        if (token_is_nominal(d, i) && !token_is_possessive(d, i)) {
            struct np n = np_before(d, i + 1, begin);
            int32_t p = (np_some(n) ? n.first : i) - 1;
            bool own = np_some(n) && n.last == at + 1 && p >= begin && takes_clause(d, p);
            if (!np_some(n) || np_is_time(d, n) || (p >= begin && is_adposition(d, p) && !own)) {
                i = p >= begin && is_adposition(d, p) ? p - 1 : p;
                continue;
            }
            if (p > begin && token_upos(d, p) == UPOS_CCONJ && !join_left(f, c, &n, begin, &i))
                continue;
            return n;
        }
        int u = token_upos(d, i);
        if (token_is_comma(d, i)) {
            int32_t open = interruption_open(f, i, begin);
            if (open == NONE)
                return no_np;
            i = open - 1;
        } else if (token_is(d, i, ")") || token_is_dash(d, i)) {
            int32_t open = matching_left(d, i, begin);
            if (open == NONE)
                return no_np;
            i = open - 1;
        } else if (u == UPOS_VERB || u == UPOS_AUX) {
            if (++verbs > 3 || !is_modifier_verb(f, i))
                return no_np;
            i--;
        } else if (u == UPOS_ADP || u == UPOS_ADV || u == UPOS_PART || f->cs->quote_at[i] != NONE) {
            i--;
        } else {
            return no_np;
        }
    }
    return no_np;
}

static bool stands_alone(const struct clause *c)
{
    return c->link == CLAUSE_FINITE || c->link == CLAUSE_RELATIVE;
}

/* The clause left of `before` that lends its subject: the nearest with an acting subject, else the nearest. A
 * relative clause that a comma has closed lends nothing. */
static int32_t lender(const struct finder *f, int32_t before, int32_t quote)
{
    int32_t nearest = NONE;
    bool comma = false;
    int32_t i = before;
    for (size_t k = f->cs->n; k > f->sentence_first; k--) {
        const struct clause *c = &f->cs->v[k - 1];
        for (; i > c->verb; i--)
            comma |= token_is_comma(f->d, i);
        if (c->verb >= before || !stands_alone(c) || f->cs->quote_at[c->verb] != quote)
            continue;
        if (c->link == CLAUSE_RELATIVE && comma)
            continue;
        if (c->subject.mention != NONE)
            return (int32_t)k - 1;
        if (nearest == NONE)
            nearest = (int32_t)k - 1;
    }
    return nearest;
}

static void lend_others(struct clause *c, const struct clause *from)
{
    memcpy(c->others, from->others, sizeof c->others);
    c->n_others = from->n_others;
}

static void borrow(struct finder *f, struct clause *c, int32_t from)
{
    c->governor = from;
    c->shared = true;
    if (from == NONE)
        return;
    const struct clause *g = &f->cs->v[from];
    c->subject = g->passive && np_some(g->agent) && c->link == CLAUSE_PARTICIPLE ? g->agent : g->subject;
    lend_others(c, g);
}

/* The last clause of the sentence whose verb lies in [from, before). */
static int32_t clause_before(const struct finder *f, int32_t before, int32_t from)
{
    for (size_t k = f->cs->n; k > f->sentence_first; k--)
        if (f->cs->v[k - 1].verb < before)
            return f->cs->v[k - 1].verb >= from ? (int32_t)k - 1 : NONE;
    return NONE;
}

struct np clause_object(const struct doc *d, const struct clause *c, int32_t from, int32_t end)
{
    int32_t i = from > c->verb ? from : c->verb + 1;
    while (i < end &&
           (token_upos(d, i) == UPOS_ADV || (token_upos(d, i) == UPOS_PART && !token_is(d, i, "to"))) &&
           d->mention_at[i] == NONE)
        i++;
    return i < end && token_is_nominal(d, i) && !token_is_possessive(d, i) ? np_at(d, i, end) : no_np;
}

static void find_infinitive(struct finder *f, struct clause *c, int32_t begin)
{
    const struct doc *d = f->d;
    struct np before = np_before(d, c->first, begin);
    if (np_some(before) && before.first > begin && token_is(d, before.first - 1, "for")) {
        c->subject = before; /* "for Iran to sign" */
        return;
    }
    int32_t g = clause_before(f, c->first, begin);
    c->governor = g;
    if (np_some(before) && before.mention == NONE && token_upos(d, before.head) == UPOS_NOUN) {
        const struct actor_mention *m =
            d->mention_at[before.first] == NONE ? NULL : &d->mentions[d->mention_at[before.first]];
        if (m && m->possessive) { /* "Putin's offer to meet" */
            c->subject = (struct np){m->first, m->last, m->head, d->mention_at[before.first]};
            return;
        }
    }
    if (g == NONE)
        return;
    const struct clause *by = &f->cs->v[g];
    if (lemma_in(d, by->verb, clause_object_control) && !by->passive) {
        struct np o = clause_object(d, by, by->verb + 1, c->first);
        if (!np_some(o)) { /* "called on X to" */
            int32_t i = by->verb + 1;
            if (i + 1 < c->first && token_upos(d, i) == UPOS_ADP)
                o = np_at(d, i + 1, c->first);
        }
        if (np_some(o)) {
            c->subject = o;
            return;
        }
    }
    c->subject = by->subject;
    lend_others(c, by);
    c->shared = true;
}

static void find_participle(struct finder *f, struct clause *c, int32_t begin, int32_t quote)
{
    const struct doc *d = f->d;
    int32_t p = c->first - 1;
    if (p < begin)
        return;
    if (token_upos(d, p) ==
        UPOS_CCONJ) { /* "planning A and preparing B": as the participle before, if there is one */
        for (size_t k = f->cs->n; k > f->sentence_first; k--)
            if (f->cs->v[k - 1].link == CLAUSE_PARTICIPLE && np_some(f->cs->v[k - 1].subject)) {
                borrow(f, c, (int32_t)k - 1);
                return;
            }
        borrow(f, c, lender(f, c->first, quote));
        return;
    }
    if (token_upos(d, p) == UPOS_ADP || token_upos(d, p) == UPOS_SCONJ) {
        int32_t g = clause_before(f, p, begin);
        if (g != NONE && lemma_in(d, f->cs->v[g].verb, clause_object_gerund)) {
            const struct clause *by = &f->cs->v[g];
            struct np o = by->passive ? by->subject : clause_object(d, by, by->verb + 1, p);
            if (np_some(o)) {
                c->subject = o;
                c->governor = g;
                return;
            }
        }
        borrow(f, c, lender(f, c->first, quote));
        return;
    }
    if (token_is_comma(d, p) || token_is_dash(d, p) || token_upos(d, p) == UPOS_VERB ||
        token_upos(d, p) == UPOS_AUX || token_upos(d, p) == UPOS_ADV) {
        borrow(f, c, lender(f, c->first, quote));
        return;
    }
    struct np n = np_before(d, c->first, begin);
    if (np_some(n) && !np_is_time(d, n))
        c->subject = n;
    else
        borrow(f, c, lender(f, c->first, quote));
}

/* Is there a finite clause in [begin, end)? */
static bool stands_before(const struct finder *f, int32_t begin, int32_t end)
{
    for (size_t k = f->cs->n; k > f->sentence_first; k--) {
        const struct clause *c = &f->cs->v[k - 1];
        if (c->verb >= begin && c->verb < end && c->link == CLAUSE_FINITE && np_some(c->subject))
            return true;
    }
    return false;
}

/* "..., said X": the phrase behind the verb is its subject. */
static bool find_inverted(const struct finder *f, struct clause *c, int32_t begin, int32_t end)
{
    const struct doc *d = f->d;
    if (c->verb != c->first || c->verb + 1 >= end || d->tokens[c->verb].form == VERB_ING ||
        !token_is_nominal(d, c->verb + 1))
        return false;
    int32_t p = c->first - 1;
    bool after_comma = p >= begin && (token_is_comma(d, p) || token_is(d, p, "?") || token_is(d, p, "!"));
    int32_t q = p >= 0 ? f->cs->quote_at[p] : NONE;
    bool after_quote = q != NONE && q != f->cs->quote_at[c->verb] && (p >= begin || d->quotes[q].speech);
    if (!after_comma && !after_quote)
        return false;
    struct np n = np_at(d, c->verb + 1, end);
    if (!np_some(n) || np_is_time(d, n))
        return false;
    if (n.last < end && (token_upos(d, n.last) == UPOS_VERB || token_upos(d, n.last) == UPOS_AUX))
        return false; /* "X, a spokesman, said Y would" */
    if (!after_quote && !stands_before(f, begin, p))
        return false; /* "X, a spokesman, told Y" */
    c->subject = n;
    c->inverted = true;
    return true;
}

static void find_finite(struct finder *f, struct clause *c, int32_t begin, int32_t end, int32_t quote)
{
    const struct doc *d = f->d;
    if (lemma_in(d, c->verb, clause_report_verbs) && find_inverted(f, c, begin, end))
        return;
    int32_t p = c->first - 1;
    if (p < begin)
        return;
    if (token_upos(d, p) == UPOS_CCONJ) {
        borrow(f, c, lender(f, c->first, quote));
        return;
    }
    if (token_is_relative(d, p) && p > begin) {
        int32_t before = token_is_comma(d, p - 1) ? p - 1 : p;
        struct np n = np_before(d, before, begin);
        if (np_some(n)) {
            c->subject = n;
            c->link = CLAUSE_RELATIVE;
            return;
        }
    }
    if (token_is_comma(d, p) && p > begin) { /* "A rejected B, denounced C" */
        if (interruption_open(f, p, begin) == NONE) {
            borrow(f, c, lender(f, c->first, quote));
            return;
        }
    }
    c->subject = walk_left(f, c, p, begin, quote);
}

static void find_agent(const struct doc *d, struct clause *c, int32_t end)
{
    for (int32_t i = c->verb + 1; i < end && i < c->verb + 12; i++) {
        if (token_is(d, i, "by") && i + 1 < end && token_is_nominal(d, i + 1)) {
            struct np n = np_at(d, i + 1, end);
            if (np_some(n) && !np_is_time(d, n)) {
                c->agent = n;
                return;
            }
        }
        int u = token_upos(d, i);
        if (u == UPOS_VERB || token_is_comma(d, i) || u == UPOS_SCONJ)
            return;
    }
}

/* A participle right behind a noun, with "by" or a preposition behind it, is that noun's: "an order issued by
 * X". */
static bool is_reduced(const struct doc *d, const struct clause *c, int32_t begin, int32_t end)
{
    if (c->verb != c->first || d->tokens[c->verb].form != VERB_PAST || c->verb == begin || c->verb + 1 >= end)
        return false;
    return token_is(d, c->verb + 1, "by") && token_is_nominal(d, c->verb - 1) && c->verb + 2 < end &&
           token_is_nominal(d, c->verb + 2);
}

static bool is_clause_verb(const struct doc *d, int32_t i, int32_t end)
{
    if (token_upos(d, i) == UPOS_VERB)
        return true;
    if (token_upos(d, i) != UPOS_AUX)
        return false;
    int32_t j = i + 1;
    while (j < end && in_group(d, j) && !token_is(d, j, "to") && token_upos(d, j) != UPOS_AUX)
        j++;
    return j >= end || (token_upos(d, j) != UPOS_VERB && token_upos(d, j) != UPOS_AUX);
}

static void add_clause(struct finder *f, int32_t verb, const struct sentence *s)
{
    const struct doc *d = f->d;
    struct clauses *cs = f->cs;
    int32_t quote = cs->quote_at[verb], begin = s->first, end = s->last;
    if (quote != NONE && d->quotes[quote].speech) { /* a quotation is a text of its own */
        begin = d->quotes[quote].first > begin ? d->quotes[quote].first : begin;
        end = d->quotes[quote].last < end ? d->quotes[quote].last : end;
    }
    struct clause c = {.verb = verb,
                       .node = verb,
                       .relative = NONE,
                       .sentence = d->tokens[verb].sentence,
                       .governor = NONE,

                       .subject = no_np,
                       .agent = no_np};
    read_group(d, &c, begin);
    if (c.link == CLAUSE_FINITE && is_reduced(d, &c, begin, end))
        c.link = CLAUSE_REDUCED;
    if (c.link == CLAUSE_REDUCED)
        c.passive = true;
    if (c.passive)
        find_agent(d, &c, end);
    switch (c.link) {
    case CLAUSE_INFINITIVE: find_infinitive(f, &c, begin); break;
    case CLAUSE_PARTICIPLE: find_participle(f, &c, begin, quote); break;
    case CLAUSE_REDUCED: c.subject = np_before(d, c.first, begin); break;
    default: find_finite(f, &c, begin, end, quote);
    }
    ARENA_GROW(d->arena, cs->v, cs->n, f->cap);
    cs->at[verb] = (int32_t)cs->n;
    cs->v[cs->n++] = c;
}

static struct clauses *clauses_new(const struct doc *d)
{
    struct clauses *cs = ARENA_ARRAY(d->arena, struct clauses, 1);
    cs->at = ARENA_ARRAY(d->arena, int32_t, d->n_tokens + 1);
    cs->quote_at = quotes_at(d);
    for (size_t i = 0; i < d->n_tokens; i++)
        cs->at[i] = NONE;
    return cs;
}

struct clauses *clauses_find(const struct doc *d)
{
    struct clauses *cs = clauses_new(d);
    struct finder f = {.d = d, .cs = cs};
    for (size_t s = 0; s < d->n_sentences; s++) {
        f.sentence_first = cs->n;
        for (int32_t i = d->sentences[s].first; i < d->sentences[s].last; i++)
            if (is_clause_verb(d, i, d->sentences[s].last))
                add_clause(&f, i, &d->sentences[s]);
    }
    if (!d->has_tree)
        return cs;
    struct clauses *grown = clauses_new(d);
    grown->tree = branches_find(d);
    tree_clauses(d, grown, cs);
    return grown;
}

/* Does the comma at i begin something that no longer belongs to what stands before it? */
static bool comma_parts(const struct doc *d, const struct clauses *cs, int32_t i, int32_t end)
{
    static const char *const parting[] = {
        "but",       "while",   "as",     "although",   "though",  "whereas", "and",  "or",
        "prompting", "saying",  "adding", "citing",     "after",   "before",  "when", "even",
        "according", "calling", "urging", "suggesting", "despite", NULL};
    if (i + 1 >= end)
        return true;
    if (!token_in(d, i + 1, parting))
        return false;
    if (!token_is(d, i + 1, "and") && !token_is(d, i + 1, "or"))
        return true;
    for (int32_t j = i + 2; j < end && j < i + 9; j++) {
        if (cs->at[j] != NONE)
            return cs->v[cs->at[j]].link == CLAUSE_FINITE;
        if (token_is_comma(d, j))
            return false;
    }
    return false;
}

int32_t clause_end(const struct doc *d, const struct clauses *cs, int32_t from)
{
    if (from >= (int32_t)d->n_tokens)
        return (int32_t)d->n_tokens;
    const struct sentence *s = &d->sentences[d->tokens[from > 0 ? from - 1 : 0].sentence];
    int32_t end = s->last, quote = cs->quote_at[from > 0 ? from - 1 : 0];
    if (quote != NONE && d->quotes[quote].speech && d->quotes[quote].last < end)
        end = d->quotes[quote].last;
    for (int32_t i = from; i < end; i++) {
        int32_t q = cs->quote_at[i];
        if (q != NONE && q != quote && d->quotes[q].last > i) {
            i = (d->quotes[q].last < end ? d->quotes[q].last : end) - 1;
            continue;
        }
        if (token_is(d, i, ";") || token_is(d, i, ".") || token_is(d, i, "?") || token_is(d, i, "!") ||
            (token_is_dash(d, i) && d->tokens[i].space_after))
            return i;
        if (token_is_comma(d, i) && comma_parts(d, cs, i, end))
            return i;
    }
    return end;
}
