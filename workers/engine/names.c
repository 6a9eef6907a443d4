#include "workers/engine/names.h"

#include "workers/engine/relations.h"

enum kind { NO_NAME, PERSON, ORGANISATION, PLACE };

static enum kind kind_of(const struct token *t)
{
    switch (t->name) {
    case TAG_B_PERSON:
    case TAG_I_PERSON: return PERSON;
    case TAG_B_ORGANISATION:
    case TAG_I_ORGANISATION: return ORGANISATION;
    case TAG_B_PLACE:
    case TAG_I_PLACE: return PLACE;
    default: return NO_NAME;
    }
}

static void put(struct doc *d, int32_t first, int32_t last, enum kind kind)
{
    static const uint8_t begins[] = {TAG_NONE, TAG_B_PERSON, TAG_B_ORGANISATION, TAG_B_PLACE};
    for (int32_t i = first; i < last; i++)
        d->tokens[i].name = (uint8_t)(begins[kind] + (i > first && kind != NO_NAME));
}

/* Whether word i belongs to the name that its head is the head of. */
static bool belongs(const struct doc *d, int32_t i)
{
    const struct token *t = &d->tokens[i];
    switch (t->deprel) {
    case REL_FLAT:
    case REL_GOESWITH: return t->capital || t->upos != UPOS_VERB;
    case REL_COMPOUND: return t->capital && (kind_of(t) || t->upos == UPOS_PROPN);
    case REL_AMOD: return t->capital && (kind_of(t) || t->upos == UPOS_PROPN);
    case REL_NUMMOD: return kind_of(t) != NO_NAME;
    default: return false;
    }
}

/* The head of the name that word i is in: up the tree as long as words belong. */
static int32_t head_of(const struct doc *d, int32_t i)
{
    while (d->tokens[i].head != NONE && belongs(d, i))
        i = d->tokens[i].head;
    return i;
}

static bool is_glue(const struct doc *d, int32_t i)
{
    static const char *const marks[] = {"-", "'", ".", "&", "/", ","};
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++)
        if (str_is(d->tokens[i].lower, marks[k]))
            return true;
    return false;
}

struct name_span {
    int32_t first, last;
};

/* Words around `head` that are of its name, with a hyphen, comma ... between two of them. */
static struct name_span around(const struct doc *d, int32_t head, int32_t begin, int32_t end)
{
    struct name_span s = {head, head + 1};
    for (;;) {
        if (s.first > begin && head_of(d, s.first - 1) == head)
            s.first--;
        else if (s.first > begin + 1 && is_glue(d, s.first - 1) && head_of(d, s.first - 2) == head)
            s.first -= 2;
        else
            break;
    }
    for (;;) {
        if (s.last < end && head_of(d, s.last) == head)
            s.last++;
        else if (s.last + 1 < end && is_glue(d, s.last) && head_of(d, s.last + 1) == head)
            s.last += 2;
        else
            return s;
    }
}

/* "Bank of Norway", "Court of the District": the end of the name with an "of" behind it, or `last`. */
static int32_t with_of(const struct doc *d, int32_t head, int32_t last, int32_t end, enum kind kind)
{
    int32_t at = last + 1;
    if (last >= end || !str_is(d->tokens[last].lower, "of"))
        return last;
    if (at < end && str_is(d->tokens[at].lower, "the"))
        at++;
    if (at >= end || !d->tokens[at].capital)
        return last;
    int32_t inner = head_of(d, at);
    const struct token *t = &d->tokens[inner];
    bool known = kind_of(t) != NO_NAME;
    if (rel_base(t->deprel) != REL_NMOD || t->head == NONE || head_of(d, t->head) != head || !t->capital ||
        (kind == PLACE ? kind_of(t) != PLACE : !known && t->upos != UPOS_PROPN))
        return last;
    struct name_span s = around(d, inner, at, end);
    return s.first == at ? s.last : last;
}

/* Names of one sentence, from the tree. */
static void assemble(struct doc *d, const struct sentence *s)
{
    for (int32_t i = s->first; i < s->last;) {
        int32_t head = head_of(d, i);
        if (kind_of(&d->tokens[head]) == NO_NAME) /* maybe a name within something that is none: "the Iran talks" */
            head = i;
        enum kind kind = kind_of(&d->tokens[head]);
        if (kind == NO_NAME) {
            i++;
            continue;
        }
        struct name_span name = {i, i + 1};
        if (head >= i) /* else its head is in a name that is already written: words between them were none */
            name = around(d, head, i, s->last);
        if (head < i || name.first > i) {
            if (kind_of(&d->tokens[i]) == NO_NAME) {
                i++;
                continue;
            }
            name = (struct name_span){i, i + 1};
            kind = kind_of(&d->tokens[i]);
        }
        if (kind != PERSON)
            for (int32_t more; (more = with_of(d, head, name.last, s->last, kind)) > name.last;)
                name.last = more;
        put(d, name.first, name.last, kind);
        if (i > s->first && kind_of(&d->tokens[i - 1]) == kind) /* nothing parts it from the one before */
            d->tokens[i].name++;
        i = name.last;
    }
}

/* ---- what the lexicon knows ---- */

static enum kind kind_of_entry(const struct name *n)
{
    switch (n->kind) {
    case NAME_COUNTRY:
    case NAME_CAPITAL:
    case NAME_CITY: return PLACE;
    case NAME_ORG: return ORGANISATION;
    case NAME_PERSON: return PERSON;
    default: return NO_NAME;
    }
}

static bool is_inside(const struct token *t)
{
    return t->name == TAG_I_PERSON || t->name == TAG_I_ORGANISATION || t->name == TAG_I_PLACE;
}

/* Whether the lexicon's name at [first, last) may replace what is said of these words: nothing longer, and of one word
 * only what is said of proper nouns and not of a person ("Jordan"). */
static bool may_replace(const struct doc *d, int32_t first, int32_t last, int32_t end)
{
    const struct token *t = &d->tokens[first];
    if (is_inside(t) || (last < end && is_inside(&d->tokens[last])))
        return false;
    return last - first > 1 || (t->upos == UPOS_PROPN && kind_of(t) != PERSON);
}

static void look_up(struct doc *d, const struct sentence *s, const struct lexicon *l)
{
    for (int32_t i = s->first; i < s->last; i++) {
        int32_t end;
        const struct name *n = d->tokens[i].capital ? lexicon_name(l, d, i, s->last, &end) : NULL;
        if (!n || kind_of_entry(n) == NO_NAME)
            continue;
        if (may_replace(d, i, end, s->last))
            put(d, i, end, kind_of_entry(n));
        i = end - 1;
    }
}

void names_run(struct doc *doc, const struct lexicon *lexicon)
{
    for (size_t i = 0; i < doc->n_sentences; i++) {
        assemble(doc, &doc->sentences[i]);
        if (lexicon)
            look_up(doc, &doc->sentences[i], lexicon);
    }
}
