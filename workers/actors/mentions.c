#include "workers/actors/mentions.h"

#include "workers/actors/people.h"
#include "workers/actors/phrase.h"
#include "workers/text/words.h"

/* What mentions_run() knows of a mention beyond the mention itself. */
struct detail {
    bool known;       /* the lexicon's own name */
    bool person_name; /* [name_first, name_last) is the name in the text */
    bool supported;   /* a role, title or country came with it */
    bool nowhere;     /* unknown, and stands where places do */
    int32_t name_first, name_last;
};

struct finder {
    struct phrases phrases;
    struct doc *doc;
    const struct lexicon *lexicon;
    struct people people;
    struct detail *details;
    size_t cap, cap_details;
    struct str half; /* "Korea", once North or South Korea was named */
};

static bool is_one(const struct finder *f, int32_t i, const char *list)
{
    const struct sentence *s = f->phrases.sentence;
    return i >= s->first && i < s->last && words_in(f->doc->tokens[i].lower, list);
}

static struct actor_mention *add(struct finder *f, int32_t first, int32_t last, int32_t head,
                                 enum mention_kind kind)
{
    struct doc *d = f->doc;
    ARENA_GROW(d->arena, d->mentions, d->n_mentions, f->cap);
    ARENA_GROW(d->arena, f->details, d->n_mentions, f->cap_details);
    f->details[d->n_mentions] = (struct detail){0};
    struct actor_mention *m = &d->mentions[d->n_mentions++];
    *m = (struct actor_mention){.first = first,
                                .last = last,
                                .head = head,
                                .sentence = d->tokens[first].sentence,
                                .kind = kind,
                                .ids = ARENA_ARRAY(d->arena, struct identity, 1),
                                .n_ids = 1,
                                .antecedent = NONE};
    return m;
}

/* -- which places act -- */

/* "in Moscow", "travel to Luanda"; but "Moscow said", "urged Moscow to". */
static bool is_mere_place(const struct finder *f, const struct phrase *q, bool possessive)
{
    int32_t before = q->first - 1;
    const struct doc *d = f->doc;
    if (q->kind == MENTION_PLACE)
        return true;
    if (q->kind != MENTION_COUNTRY || possessive)
        return false;
    if (is_one(f, q->last, ",") && is_one(f, q->last + 1, "which who"))
        return false; /* it goes on to act */
    if (is_one(f, before, "in at near inside outside across throughout around via within into through"))
        return true;
    bool city = q->capital;
    if (city && is_one(f, before, "from to"))
        return before > 0 &&
               words_in(d->tokens[before - 1].lemma, "travel trip visit fly go return come arrive invitation "
                                                     "invite head move flight journey way road "
                                                     "drive back him her them flee withdraw");
    /* A date line: "LUANDA, March 4 -". */
    bool opens = q->first == f->phrases.sentence->first && city;
    if (opens && is_one(f, q->last, ", (") &&
        is_one(f, q->last + 1,
               WORDS_MONTHS
               "jan. feb. mar. apr. jun. jul. aug. sept. sep. oct. nov. dec. reuters ap afp xinhua"))
        return true;
    if (d->n_mentions == 0)
        return false;
    const struct actor_mention *last = &d->mentions[d->n_mentions - 1];
    bool joined = last->kind == MENTION_PLACE && last->last == before;
    return joined && (is_one(f, before, "and or") ||
                      (is_one(f, before, ",") && str_equal(last->ids->country, q->id.country)));
}

/* -- collecting -- */

static void emit(struct phrases *p, const struct phrase *q, bool possessive)
{
    struct finder *f = p->context;
    bool place = is_mere_place(f, q, possessive);
    bool nowhere = q->person_name && !q->known &&
                   is_one(f, q->first - 1, "in at near on off around across") && !q->id.role.p;
    struct actor_mention *m = add(f, q->first, q->last, q->head, place ? MENTION_PLACE : q->kind);
    *m->ids = q->id;
    m->possessive = possessive;
    if (place) {
        m->ids->role = (struct str){NULL, 0};
    } else if (q->kind == MENTION_COUNTRY && q->indefinite && q->known) {
        m->kind = MENTION_GENERIC; /* "a Ukrainian" */
        m->ids->name = (struct str){NULL, 0};
        m->ids->role = STR("CVL");
    }
    f->details[f->doc->n_mentions - 1] = (struct detail){
        q->known, q->person_name, q->id.office.p || q->id.role.p || q->id.country.p || q->id.gender,
        nowhere,  q->name_first,  q->name_last};
    bool half = q->kind == MENTION_COUNTRY && q->id.name.n > 6 &&
                (memcmp(q->id.name.p, "North ", 6) == 0 || memcmp(q->id.name.p, "South ", 6) == 0);
    if (half)
        f->half = (struct str){q->id.name.p + 6, q->id.name.n - 6};
}

/* "North" of "North and South Korea", and "the North" once such a country was named. False: neither. */
static bool read_half(struct finder *f, int32_t i, int32_t *next)
{
    const struct doc *d = f->doc;
    int32_t at = is_one(f, i, "the") ? i + 1 : i;
    if (!is_one(f, at, "north south") || !d->tokens[at].capital)
        return false;
    int32_t part = f->phrases.parts.at[at];
    if (part != NONE && f->phrases.parts.v[part].last > at + 1)
        return false;
    struct str other = {NULL, 0};
    if (is_one(f, at + 1, "and or") && is_one(f, at + 2, "north south") &&
        at + 3 < f->phrases.sentence->last && d->tokens[at + 3].capital)
        other = doc_token_text(d, at + 3);
    else if (at > i && f->half.p &&
             (at + 1 >= f->phrases.sentence->last ||
              (d->tokens[at + 1].upos != UPOS_PROPN && d->tokens[at + 1].upos != UPOS_NOUN)))
        other = f->half;
    if (!other.p)
        return false;
    struct str text = arena_printf(d->arena, "%.*s %.*s", STR_ARGS(doc_token_text(d, at)), STR_ARGS(other));
    const struct name *n = lexicon_on_day(lexicon_lookup(f->lexicon, text), d->day);
    if (!n || n->kind != NAME_COUNTRY)
        return false;
    struct phrase q = {
        .first = i,
        .last = at + 1,
        .core = at,
        .head = at,
        .actor = true,
        .kind = MENTION_COUNTRY,
        .known = true,
        .id = {
            .name = n->display, .country = n->country, .role = STR("GOV"), .file = n->file, .line = n->line}};
    emit(&f->phrases, &q, is_one(f, at + 1, "'s"));
    *next = at + 1;
    return true;
}

/* Pronouns, with what their form tells. */
static bool read_pronoun(struct finder *f, int32_t i)
{
    static const struct {
        const char *words;
        char gender;
        bool plural, possessive;
    } forms[] = {{"he him", 'm', false, false},
                 {"she", 'f', false, false},
                 {"it who i me you", 0, false, false},
                 {"they them we us", 0, true, false},
                 {"his", 'm', false, true},
                 {"its my whose your", 0, false, true},
                 {"their our", 0, true, true}};
    const struct token *t = &f->doc->tokens[i];
    if (t->upos != UPOS_PRON)
        return false;
    struct actor_mention *m = NULL;
    for (size_t k = 0; k < sizeof forms / sizeof *forms; k++)
        if (words_in(t->lower, forms[k].words)) {
            m = add(f, i, i + 1, i, MENTION_PRONOUN);
            m->possessive = forms[k].possessive;
            *m->ids = (struct identity){.gender = forms[k].gender, .plural = forms[k].plural};
        }
    if (!m && words_in(t->lower, "her")) {
        m = add(f, i, i + 1, i, MENTION_PRONOUN);
        m->ids->gender = 'f';
        enum upos next =
            i + 1 < f->phrases.sentence->last ? (enum upos)f->doc->tokens[i + 1].upos : UPOS_PUNCT;
        m->possessive = next == UPOS_NOUN || next == UPOS_ADJ || next == UPOS_PROPN;
    }
    return m != NULL;
}

static void read_sentence(struct finder *f)
{
    const struct sentence *s = f->phrases.sentence;
    for (int32_t i = s->first; i < s->last;) {
        int32_t next = i + 1;
        size_t before = f->doc->n_mentions;
        if (!read_half(f, i, &next)) {
            next = phrase_read(&f->phrases, i);
            /* A possessive that opens a phrase which names nobody is a mention by itself: "his plan". */
            if (f->doc->n_mentions == before && read_pronoun(f, i))
                next = i + 1;
        }
        i = next > i ? next : i + 1;
    }
}

/* -- persons -- */

static bool is_cue_verb(const struct finder *f, int32_t i)
{
    const struct doc *d = f->doc;
    return i >= 0 && (size_t)i < d->n_tokens && d->tokens[i].upos == UPOS_VERB &&
           lexicon_is_cue(f->lexicon, d->tokens[i].lemma, CUE_VERB);
}

/* Whether the words around say that this name acts: a verb of saying or doing on either side. */
static bool acts(const struct finder *f, const struct actor_mention *m)
{
    const struct doc *d = f->doc;
    const struct sentence *s = &d->sentences[m->sentence];
    int32_t next = m->last;
    while (next < s->last && (d->tokens[next].upos == UPOS_AUX || d->tokens[next].upos == UPOS_ADV ||
                              words_in(d->tokens[next].lower, "not n't")))
        next++;
    if (next + 1 < s->last && words_in(d->tokens[next].lower, ",") &&
        words_in(d->tokens[next + 1].lower, "who"))
        return true;
    if (next < s->last && is_cue_verb(f, next) && d->tokens[next].form != VERB_ING)
        return true;
    return m->first > s->first && is_cue_verb(f, m->first - 1) &&
           words_in(d->tokens[m->first - 1].lemma, "say add tell ask warn reply note explain argue");
}

static bool is_acronym(struct str s)
{
    size_t capitals = 0;
    for (size_t i = 0; i < s.n; i++)
        capitals += s.p[i] >= 'A' && s.p[i] <= 'Z';
    return s.n >= 2 && capitals * 2 > s.n && capitals >= 2;
}

/* Whether the engine took the end of the name for one of that kind. */
static bool is_tagged(const struct finder *f, const struct detail *e, enum name_tag begins,
                      enum name_tag goes_on)
{
    int tag = f->doc->tokens[e->name_last - 1].name;
    return tag == (int)begins || tag == (int)goes_on;
}

/* GENERIC and PERSON side by side with a comma between: the same one. Returns the generic's index, or NONE.
 */
static int32_t apposition(const struct doc *d, int32_t i)
{
    if (i < 0 || (size_t)i + 1 >= d->n_mentions)
        return NONE;
    const struct actor_mention *a = &d->mentions[i], *b = a + 1;
    bool comma = a->sentence == b->sentence && b->first == a->last + 1 &&
                 str_is(d->tokens[a->last].lower, ",") && !a->possessive && !b->possessive;
    if (!comma || a->n_ids != 1 || b->n_ids != 1)
        return NONE;
    const struct sentence *s = &d->sentences[a->sentence];
    if (b->last < s->last &&
        (d->tokens[b->last].upos == UPOS_CCONJ || d->tokens[b->last].upos == UPOS_VERB ||
         d->tokens[b->last].upos == UPOS_AUX) &&
        !words_in(d->tokens[b->last].lemma, "say"))
        return NONE;
    bool first = a->kind == MENTION_GENERIC && b->kind == MENTION_PERSON && !a->ids->plural;
    bool second =
        a->kind == MENTION_PERSON && b->kind == MENTION_GENERIC && !b->ids->plural && b->ids->office.p;
    return first ? i : second ? i + 1 : NONE;
}

/* Drops mention i later: kind is kept, but no tokens. */
static void drop(struct actor_mention *m)
{
    m->last = m->first;
}

static void unite_appositions(struct finder *f)
{
    struct doc *d = f->doc;
    for (int32_t i = 0; (size_t)i + 1 < d->n_mentions; i++) {
        int32_t generic = apposition(d, i);
        if (generic == NONE)
            continue;
        int32_t person = generic == i ? i + 1 : i;
        if (f->details[person].nowhere)
            continue;
        struct actor_mention *g = &d->mentions[generic], *p = &d->mentions[person];
        people_merge(p->ids, g->ids);
        g->ids = p->ids;
        g->antecedent = person;
        f->details[person].supported = true;
    }
}

/* Full names first: they make the surnames known. */
static void register_people(struct finder *f)
{
    struct doc *d = f->doc;
    for (size_t i = 0; i < d->n_mentions; i++) {
        struct actor_mention *m = &d->mentions[i];
        struct detail *e = &f->details[i];
        if (m->kind != MENTION_PERSON || !e->person_name)
            continue;
        bool article =
            m->first < e->name_first && !e->supported && words_in(d->tokens[m->first].lower, "the a an");
        bool full = e->name_last - e->name_first > 1;
        if (!e->known &&
            (article ||
             (full && !e->supported && !acts(f, m) && !is_tagged(f, e, TAG_B_PERSON, TAG_I_PERSON)) ||
             d->sentences[m->sentence].heading)) {
            if (!full && !article)
                continue;
            m->kind = MENTION_ORG; /* perhaps: settle_names() asks whether it acts */
            continue;
        }
        if ((!full && !e->known) || e->nowhere)
            continue;
        struct person *known = people_add(&f->people, m->ids, (int32_t)i, d->tokens[e->name_first].lower,
                                          d->tokens[e->name_last - 1].lower);
        if (known->id != m->ids) {
            m->ids = known->id;
            m->antecedent = known->mention;
        }
    }
}

/* A surname that the article does not introduce, as of those whom everybody knows: "President Putin", "Putin
 * said". */
static bool settle_surname(struct finder *f, int32_t i)
{
    struct doc *d = f->doc;
    struct actor_mention *m = &d->mentions[i];
    const struct detail *e = &f->details[i];
    struct str none = {NULL, 0}, own_role = m->ids->role;
    const struct name *n =
        lexicon_surname(f->lexicon, doc_token_text(d, e->name_last - 1), d->day,
                        e->supported ? m->ids->country : none, m->ids->office, e->supported || acts(f, m));
    if (!n)
        return false;
    bool holds = n->from <= d->day && d->day <= n->to;
    *m->ids = (struct identity){
        .name = n->display, .country = n->country, .gender = n->gender, .file = n->file, .line = n->line};
    m->ids->role = own_role.p ? own_role : holds ? n->role : none;
    m->ids->office = holds ? n->office : none;
    m->kind = MENTION_PERSON;
    struct str word = d->tokens[e->name_last - 1].lower;
    m->ids = people_add(&f->people, m->ids, i, word, word)->id;
    return true;
}

/* Names alone, and names that nobody knows. */
static void settle_names(struct finder *f)
{
    struct doc *d = f->doc;
    for (size_t i = 0; i < d->n_mentions; i++) {
        struct actor_mention *m = &d->mentions[i];
        struct detail *e = &f->details[i];
        if (!e->person_name || e->known || (m->kind != MENTION_PERSON && m->kind != MENTION_ORG))
            continue;
        struct person *known = people_find(&f->people, d->tokens[e->name_last - 1].lower);
        bool single = e->name_last - e->name_first == 1;
        if (known && known->id != m->ids && (single || str_equal(known->id->name, m->ids->name))) {
            struct identity own = *m->ids;
            own.name = (struct str){NULL, 0};
            people_merge(known->id, &own);
            m->kind = MENTION_PERSON;
            m->ids = known->id;
            m->antecedent = known->mention < (int32_t)i ? known->mention : NONE;
        } else if (single && !e->nowhere && settle_surname(f, (int32_t)i)) {
            continue;
        } else if (m->kind == MENTION_ORG || single || e->nowhere) {
            bool tagged = is_tagged(f, e, TAG_B_ORGANISATION, TAG_I_ORGANISATION) ||
                          is_tagged(f, e, TAG_B_PERSON, TAG_I_PERSON);
            bool keep = !e->nowhere && (e->supported || tagged || acts(f, m));
            bool body = m->kind == MENTION_ORG || is_acronym(m->ids->name);
            if (!keep || (body && !acts(f, m) && !tagged))
                drop(m);
            else if (body)
                m->kind = MENTION_ORG;
        }
    }
}

/* Takes the dropped ones out; antecedents follow. */
static void compact(struct finder *f)
{
    struct doc *d = f->doc;
    int32_t *moved = ARENA_ARRAY(d->arena, int32_t, d->n_mentions + 1);
    size_t n = 0;
    for (size_t i = 0; i < d->n_mentions; i++) {
        moved[i] = d->mentions[i].last > d->mentions[i].first ? (int32_t)n : NONE;
        if (moved[i] != NONE)
            d->mentions[n++] = d->mentions[i];
    }
    d->n_mentions = n;
    for (size_t i = 0; i < n; i++)
        if (d->mentions[i].antecedent != NONE)
            d->mentions[i].antecedent = moved[d->mentions[i].antecedent];
    d->mention_at = ARENA_ARRAY(d->arena, int32_t, d->n_tokens + 1);
    for (size_t i = 0; i <= d->n_tokens; i++)
        d->mention_at[i] = NONE;
    for (size_t i = 0; i < n; i++)
        for (int32_t k = d->mentions[i].first; k < d->mentions[i].last; k++)
            d->mention_at[k] = (int32_t)i;
}

void mentions_run(struct doc *doc, const struct lexicon *lexicon)
{
    struct finder f = {.doc = doc, .lexicon = lexicon, .cap = 16, .cap_details = 16};
    doc->n_mentions = 0;
    doc->mentions = ARENA_ARRAY(doc->arena, struct actor_mention, f.cap);
    f.details = ARENA_ARRAY(doc->arena, struct detail, f.cap_details);
    f.phrases = (struct phrases){.doc = doc, .lexicon = lexicon, .emit = emit, .context = &f};
    parts_find(doc, lexicon, &f.phrases.parts);
    people_open(&f.people, doc->arena);
    for (size_t s = 0; s < doc->n_sentences; s++) {
        f.phrases.sentence = &doc->sentences[s];
        read_sentence(&f);
    }
    unite_appositions(&f);
    register_people(&f);
    settle_names(&f);
    people_close(&f.people);
    compact(&f);
}
