#include "workers/actors/compose.h"

#define DEPTH_MAX       3  /* "a spokesman for the head of the office of ..." */
#define DETERMINERS_MAX 8  /* "more than half of all its many other" */
#define RUN_MAX         40 /* tokens of one noun run: longer ones are lists or noise */

static bool is_temporal(const struct phrases *p, int32_t i)
{
    return phrase_is_one(
        p, i,
        "yesterday today tomorrow monday tuesday wednesday thursday friday saturday sunday week "
        "month year night evening morning "
        "afternoon weekend january february march april june july august september october "
        "november december");
}

/* -- one run -- */

/* Determiners, numbers and what goes with them: "more than 40", "both of the", "its", "some". */
static int32_t skip_determiners(const struct phrases *p, int32_t i)
{
    int32_t k = i;
    for (; k < i + DETERMINERS_MAX; k++) {
        const struct part *part = phrase_part(p, k);
        enum upos u = phrase_upos(p, k);
        bool number = u == UPOS_NUM;
        bool about = phrase_is_one(p, k, "about some nearly almost around over") &&
                     (phrase_upos(p, k + 1) == UPOS_NUM);
        bool many = phrase_is_one(p, k, "many several few most other more such own");
        bool than = phrase_is_one(p, k, "than least") && phrase_upos(p, k + 1) == UPOS_NUM;
        bool of = phrase_is_one(p, k, "of") && k > i &&
                  phrase_is_one(
                      p, k - 1,
                      "both all some many most several two three four dozens hundreds thousands scores") &&
                  (phrase_upos(p, k + 1) == UPOS_DET ||
                   phrase_is_one(p, k - 1, "dozens hundreds thousands scores"));
        bool crowd = phrase_is_one(p, k, "dozens hundreds thousands scores") && phrase_is_one(p, k + 1, "of");
        bool poss = phrase_is_one(p, k, "my your his her its our their whose");
        if (part || !(u == UPOS_DET || number || about || many || than || of || crowd || poss))
            break;
    }
    return k;
}

static bool is_nominal(const struct phrases *p, int32_t i)
{
    const struct token *t = phrase_token(p, i);
    if (!t)
        return false;
    if (phrase_part(p, i))
        return true;
    return (t->upos == UPOS_NOUN || t->upos == UPOS_PROPN || t->upos == UPOS_ADJ || t->upos == UPOS_NUM ||
            t->upos == UPOS_X) &&
           !is_temporal(p, i);
}

/* Verbs whose first object is a receiver: in "promised Manila 12 vessels" the name is a phrase of its own. */
static bool receiver_follows(const struct phrases *p, int32_t i)
{
    const struct token *t = phrase_token(p, i - 1);
    return t && t->upos == UPOS_VERB &&
           words_in(t->lemma, "give offer promise tell send grant hand pay show lend award sell deny supply "
                              "provide cost deliver guarantee owe");
}

/* Where the run of nouns that begins at i ends. */
static int32_t run_end(const struct phrases *p, int32_t i)
{
    int32_t k = i;
    while (k < i + RUN_MAX && is_nominal(p, k)) {
        const struct part *part = phrase_part(p, k), *before = k > i ? phrase_part(p, k - 1) : NULL;
        bool after_name = before && before->kind == PART_NAME && before->name->kind != NAME_ADJECTIVE;
        bool new_phrase =
            k > i && (phrase_upos(p, k) == UPOS_NUM || phrase_is_one(p, k, "last next earlier late early")) &&
            !part;
        if (new_phrase && phrase_upos(p, k - 1) != UPOS_ADJ && phrase_upos(p, k - 1) != UPOS_NUM)
            break;
        bool name_ends = before && (phrase_is_person(before) || before->kind == PART_CAPS) &&
                         (!part || part->kind != PART_ROLE);
        if (name_ends && (phrase_is_person(before) || !is_nominal(p, k) || phrase_upos(p, k) == UPOS_ADJ))
            break;
        if (after_name && !part && before->first == i && receiver_follows(p, i))
            break;
        k = part ? part->last : k + 1;
    }
    return k;
}

/* -- chains and what hangs on them -- */

/* Whether the token at i is a possessive mark with something possessed behind. */
static bool is_possessive_mark(const struct phrases *p, int32_t i)
{
    const struct token *t = phrase_token(p, i), *before = phrase_token(p, i - 1);
    if (!t || !before || before->space_after)
        return false;
    if (str_is(t->lower, "'s"))
        return t->upos == UPOS_PART;
    bool plural = before->lower.n && before->lower.p[before->lower.n - 1] == 's';
    return words_in(t->lower, "' \u2019") && plural && t->space_after && is_nominal(p, i + 1);
}

static int32_t read_phrase(struct phrases *p, int32_t i, int depth, struct phrase *out, bool emit);

static bool country_role(const struct phrase *q)
{
    return q->id.country.p != NULL;
}

/* Whether "of X", "for X", "in X" behind a role belongs to its phrase and may tell whose it is. */
static bool attaches(const struct phrases *p, const struct phrase *out, int32_t at)
{
    if (phrase_is_one(p, at, "of"))
        return true;
    if (phrase_is_one(p, at, "for"))
        return phrase_is_one(p, out->head,
                             "spokesman spokeswoman spokesperson spokesmen spokespeople representative "
                             "representatives minister secretary commissioner lawyer "
                             "lawyers candidate envoy adviser chief director head negotiator coordinator");
    if (phrase_is_one(p, at, "to"))
        return phrase_is_one(
            p, out->head,
            "ambassador envoy ambassadors envoys representative adviser delegate emissary high-commissioner");
    return phrase_is_one(p, at, "in from at") && !out->id.country.p;
}

static void attach(struct phrases *p, struct phrase *out, int depth, struct owner *owner)
{
    for (int n = 0; n < 2 && depth < DEPTH_MAX && attaches(p, out, out->last); n++) {
        struct phrase of = {.first = out->last + 1};
        int32_t end = read_phrase(p, out->last + 1, depth + 1, &of, false);
        bool to = phrase_is_one(p, out->last, "to"), place = phrase_is_one(p, out->last, "in from at");
        if (end == out->last + 1 || of.last <= of.first)
            return;
        bool tells = country_role(&of) || (of.actor && of.id.role.p);
        if (!tells && (!phrase_is_one(p, out->last, "of for") || !out->office))
            return;
        if (place && !country_role(&of))
            return;
        if (tells && !to) {
            compose_take_owner(&of.id, of.kind, owner);
            bool plain = out->id.office.p && compose_is_plain_head(out->id.office) &&
                         of.kind == MENTION_GENERIC && of.id.role.p;
            if (plain && !place && !str_is(of.id.role, "CVL"))
                out->id.role = of.id.role;
            if (place && !compose_is_body_code(of.id.country))
                owner->role = owner->role.p && of.kind == MENTION_PLACE ? owner->role : STR("GOV");
            compose_apply_owner(out, owner);
        }
        out->last = end;
    }
}

/* "Foreign Minister X of Turkey". */
static void attach_country(struct phrases *p, struct phrase *out, int depth)
{
    struct phrase of = {.first = out->last + 1};
    int32_t end = read_phrase(p, out->last + 1, depth + 1, &of, false);
    if (!of.actor || of.kind != MENTION_COUNTRY)
        return;
    if (!out->id.country.p)
        out->id.country = of.id.country;
    out->last = end;
}

/* "the US president" has a name on a given day. */
static void find_holder(const struct phrases *p, struct phrase *out, const struct owner *owner)
{
    if (!out->office || out->indefinite || out->id.plural || out->id.name.p)
        return;
    for (int32_t i = out->first; i < out->head; i++)
        if (phrase_is_one(p, i,
                          "former ex late then-president deputy acting vice next future new first assistant"))
            return;
    const struct name *n =
        owner->body ? lexicon_holder(p->lexicon, owner->name, out->id.office, p->doc->day) : NULL;
    if (!n && out->id.country.p && !compose_is_body_code(out->id.country))
        n = lexicon_holder(p->lexicon, out->id.country, out->id.office, p->doc->day);
    if (!n)
        return;
    out->id.name = n->display;
    out->id.gender = n->gender;
    out->id.file = n->file;
    out->id.line = n->line;
}

/* Adjectives and names within a run that names nobody: "the Norwegian offer", "Iran nuclear deal". */
static void emit_modifiers(struct phrases *p, const struct phrase *run)
{
    for (int32_t k = run->core; k < run->last;) {
        const struct part *part = phrase_part(p, k);
        if (part && part->kind == PART_NAME && part->name->kind != NAME_CITY) {
            struct phrase m = {.first = part->first,
                               .last = part->last,
                               .core = part->first,
                               .head = part->last - 1,
                               .actor = true};
            compose_take_name(p, part, &m);
            p->emit(p, &m, part->last < run->last);
        }
        k = part ? part->last : k + 1;
    }
}

static void start_run(const struct phrases *p, struct phrase *run, int32_t i)
{
    *run = (struct phrase){.first = i, .head = NONE};
    run->core = skip_determiners(p, i);
    for (int32_t k = i; k < run->core; k++) {
        run->definite |= phrase_is_one(p, k, "the this that these those both its his her their our my");
        run->indefinite |= phrase_is_one(p, k, "a an some another any several many no");
        run->id.plural |= phrase_is_one(p, k, "both these those two three several many");
    }
}

/* Reads a phrase into *out. With `emit`, phrases that stand for themselves are emitted; without, it is part
 * of another. */
static int32_t read_phrase(struct phrases *p, int32_t i, int depth, struct phrase *out, bool emit)
{
    struct owner owner = {0};
    struct phrase whole = {.first = i}, run;
    bool possessed = false;
    for (int32_t at = i;;) {
        start_run(p, &run, at);
        int32_t end = run_end(p, run.core);
        if (end == run.core)
            return i + 1;
        compose_run(p, &run, end, &owner);
        bool mark = is_possessive_mark(p, end);
        if (possessed && run.actor && run.kind != MENTION_COUNTRY) {
            compose_apply_owner(&run, &owner);
            run.first = whole.first;
            run.definite = true;
        } else if (possessed) {
            if (emit && whole.actor)
                p->emit(p, &whole, true);
            else if (emit)
                emit_modifiers(p, &whole);
            possessed = false;
            owner = (struct owner){0};
            start_run(p, &run, at);
            compose_run(p, &run, end, &owner);
        }
        whole = run;
        if (!mark)
            break;
        if (run.actor)
            compose_take_owner(&run.id, run.kind, &owner);
        possessed = true;
        if (!is_nominal(p, end + 1)) {
            if (emit && whole.actor)
                p->emit(p, &whole, true);
            else if (emit)
                emit_modifiers(p, &whole);
            *out = whole;
            out->last = end;
            return end + 1;
        }
        at = end + 1;
    }
    bool role_head = whole.actor && whole.id.office.p && whole.kind == MENTION_GENERIC;
    int32_t run_last = whole.last;
    if (role_head)
        attach(p, &whole, depth, &owner);
    else if (whole.actor && whole.kind == MENTION_PERSON && !whole.known &&
             phrase_is_one(p, whole.last, "of") && depth < DEPTH_MAX)
        attach_country(p, &whole, depth);
    if (role_head)
        find_holder(p, &whole, &owner);
    if (whole.same_role && owner.role.p)
        whole.id.role = owner.role;
    if (whole.same_role && !whole.id.role.p && whole.id.country.p && !compose_is_body_code(whole.id.country))
        whole.id.role = STR("GOV");
    if (emit && whole.actor) {
        p->emit(p, &whole, false);
    } else if (emit) {
        struct phrase plain = whole;
        plain.last = run_last;
        emit_modifiers(p, &plain);
    }
    *out = whole;
    return whole.last;
}

int32_t phrase_read(struct phrases *p, int32_t i)
{
    struct phrase out;
    return read_phrase(p, i, 0, &out, true);
}
