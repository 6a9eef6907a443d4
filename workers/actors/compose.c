#include "workers/actors/compose.h"

static struct str text_of(const struct phrases *p, int32_t first, int32_t last)
{
    const struct token *t = p->doc->tokens;
    return (struct str){p->doc->text + t[first].begin, t[last - 1].end - t[first].begin};
}

bool compose_is_body_code(struct str country)
{
    return str_is(country, "IGO") || str_is(country, "NGO") || str_is(country, "MNC");
}

void compose_take_name(const struct phrases *p, const struct part *part, struct phrase *out)
{
    const struct name *n = part->name;
    struct identity *id = &out->id;
    out->known = true;
    out->capital = n->kind == NAME_CAPITAL;
    bool holds = n->from <= p->doc->day && p->doc->day <= n->to;
    *id = (struct identity){.country = n->country, .gender = n->gender, .file = n->file, .line = n->line};
    switch (n->kind) {
    case NAME_COUNTRY:
    case NAME_CAPITAL:
    case NAME_ADJECTIVE:
        id->name = n->display;
        id->role = STR("GOV");
        break;
    case NAME_PEOPLE:
        id->role = STR("CVL");
        id->plural = true;
        break;
    case NAME_CITY: break;
    case NAME_METONYM:
    case NAME_ORG:
        id->name = n->display;
        id->role = n->role.p ? n->role : STR("GOV");
        break;
    case NAME_PERSON:
        id->name = n->display;
        id->role = holds ? n->role : (struct str){NULL, 0};
        id->office = holds ? n->office : (struct str){NULL, 0};
        break;
    }
    static const enum mention_kind kinds[] = {
        [NAME_COUNTRY] = MENTION_COUNTRY, [NAME_ADJECTIVE] = MENTION_COUNTRY,
        [NAME_PEOPLE] = MENTION_GENERIC,  [NAME_CAPITAL] = MENTION_COUNTRY,
        [NAME_CITY] = MENTION_PLACE,      [NAME_METONYM] = MENTION_COUNTRY,
        [NAME_ORG] = MENTION_ORG,         [NAME_PERSON] = MENTION_PERSON};
    out->kind = kinds[n->kind];
}

/* A role word that only grades the next one: the rebel in "rebel commander" decides, the army in "army
 * doctor" does not. */
static bool role_colours(struct str role)
{
    return str_is(role, "REB") || str_is(role, "OPP") || str_is(role, "UAF") || str_is(role, "CRM");
}

bool compose_is_plain_head(struct str role_phrase)
{
    return words_in(role_phrase, "leader official chief member head source representative delegate figure "
                                 "executive leadership delegation");
}

static void take_role(struct phrase *out, const struct part *part)
{
    const struct role *r = part->role;
    bool state = str_is(r->role, "GOV") || str_is(r->role, "LEG") || str_is(r->role, "MIL");
    bool keep = out->id.role.p && out->id.office.p &&
                (!r->role.p || (role_colours(out->id.role) && state) ||
                 (compose_is_plain_head(r->phrase) && !str_is(out->id.role, "CVL")));
    if (!keep)
        out->id.role = r->role;
    out->same_role = !out->id.role.p;
    out->id.office = r->office.p ? r->office : r->phrase;
    out->id.plural = part->plural;
    out->office = r->office.p && !part->plural;
    out->kind = MENTION_GENERIC;
    if (r->kind == ROLE_GROUP)
        out->id.plural = true;
}

void compose_take_owner(const struct identity *id, enum mention_kind kind, struct owner *owner)
{
    if (id->country.p)
        owner->country = id->country;
    if (id->role.p && kind != MENTION_PLACE)
        owner->role = id->role;
    owner->name = id->name;
    owner->body = kind == MENTION_ORG;
}

void compose_apply_owner(struct phrase *out, const struct owner *owner)
{
    if (!out->id.country.p)
        out->id.country = owner->country;
    bool ministers = out->id.office.p && memmem(out->id.office.p, out->id.office.n, "minister", 8);
    bool body = owner->country.p && compose_is_body_code(owner->country) && !ministers;
    if (out->same_role || (body && (str_is(out->id.role, "GOV") || str_is(out->id.role, "LEG")))) {
        out->id.role = owner->role;
        out->same_role = !owner->role.p;
    }
}

static char gender_of_word(struct str lower)
{
    static const char *const male[] = {"spokesman", "chairman",    "king",   "prince",
                                       "emperor",   "businessman", "sultan", "congressman"},
                             *const female[] = {"spokeswoman", "chairwoman",    "queen",        "princess",
                                                "empress",     "businesswoman", "congresswoman"};
    for (size_t i = 0; i < sizeof male / sizeof *male; i++)
        if (str_is(lower, male[i]))
            return 'm';
    for (size_t i = 0; i < sizeof female / sizeof *female; i++)
        if (str_is(lower, female[i]))
            return 'f';
    return 0;
}

/* A plural that by its ending is of people, though no list has it: "cutters", "engineers", "fishermen". */
static bool is_person_noun(const struct token *t)
{
    static const char *const endings[] = {"ers", "ors", "ists", "men", "women", "ians", "eers", "ees"};
    if (t->upos != UPOS_NOUN ||
        words_in(t->lower, "papers orders powers borders numbers letters waters carriers tankers "
                           "headquarters sectors factors centers matters"
                           " offers talks tenders reactors motors errors missiles fighters centres rivers "
                           "winners corners quarters "
                           "computers tractors shoulders layers answers committees guarantees fees specimen "
                           "bombers helicopters cruisers containers barriers disasters "
                           "encounters shelters tigers trailers registers disorders indicators sensors "
                           "corridors doors floors mirrors tremors degrees trees "
                           "lists posters dinners reminders colors colours rumors rumours acres measures "
                           "members offenders quarters others clusters craters "
                           "characters chapters newspapers customers summers winters boosters launchers "
                           "shutters routers servers printers freighters"))
        return false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if (t->lower.n > n + 2 && memcmp(t->lower.p + t->lower.n - n, endings[i], n) == 0)
            return true;
    }
    return false;
}

/* "Bar Association", "Sons of ... Brigade": words that end the names of bodies. */
static bool names_body(const struct phrases *p, const struct part *part)
{
    return phrase_is_one(
        p, part->last - 1,
        "association union party front council committee commission agency ministry office "
        "institute university bank company "
        "corp group federation league movement army organization organisation foundation fund "
        "centre center network authority "
        "board court tribunal assembly congress forum society confederation alliance coalition "
        "brigade brigades force forces service "
        "department bureau observatory church inc. corporation club school college initiative "
        "campaign programme program airlines");
}

/* A run while its parts are joined, left to right. */
struct composing {
    const struct phrases *p;
    struct phrase *out;
    struct owner *owner;
    bool role_seen, titled;
    int32_t part_end; /* of the part before */
};

static void join_title(struct composing *c, const struct part *part)
{
    struct str word = c->p->doc->tokens[part->first].lower;
    c->out->id.role = parts_title_role(word);
    c->out->id.gender = parts_title_gender(word);
    c->out->actor = false;
    c->titled = true;
}

static void join_role(struct composing *c, const struct part *part)
{
    struct phrase *out = c->out;
    /* "Northern Liberation Front": a body's own name, not a person's. */
    bool body = part->role->kind != ROLE_PERSON && out->person_name && !out->known &&
                c->p->doc->tokens[part->last - 1].capital && part->first == c->part_end;
    /* "the Trump administration": whose it is, its head tells. */
    struct str none = {NULL, 0};
    const struct name *head =
        out->person_name && !out->known && out->name_last == part->first &&
                out->name_last - out->name_first == 1 && part->role->kind != ROLE_PERSON
            ? lexicon_surname(c->p->lexicon, out->id.name, c->p->doc->day, none, none, true)
            : NULL;
    if (head)
        out->id.country = head->country;
    body = body && !head;
    take_role(out, part);
    compose_apply_owner(out, c->owner);
    out->actor = c->role_seen = true;
    out->id.name = (struct str){NULL, 0};
    if (body) {
        out->kind = MENTION_ORG;
        out->id.name = text_of(c->p, out->name_first, part->last);
    }
    out->person_name = false;
}

static void join_person(struct composing *c, const struct part *part, const struct identity *person)
{
    struct phrase *out = c->out;
    /* The text's own words for the role are fresher than the lexicon's; the lexicon's country is surer. */
    struct str role = c->role_seen && out->id.role.p ? out->id.role : person->role;
    struct str office = person->office.p ? person->office : out->id.office;
    out->id = *person;
    out->id.role = role;
    out->id.office = office;
    out->person_name = true;
    out->name_first = part->first;
    out->name_last = part->last;
}

static void join_name(struct composing *c, const struct part *part)
{
    struct phrase seen = {.kind = MENTION_PLACE};
    compose_take_name(c->p, part, &seen);
    if (phrase_is_person(part)) {
        join_person(c, part, &seen.id);
    } else if (!c->role_seen || part->name->kind != NAME_CITY) {
        compose_take_owner(&seen.id, seen.kind, c->owner);
        if (!c->role_seen || seen.kind == MENTION_ORG)
            c->out->id = seen.id;
    }
    c->out->kind = seen.kind;
    c->out->known = c->out->actor = true;
    c->out->capital = seen.capital;
}

static void join_caps(struct composing *c, const struct part *part)
{
    struct phrase *out = c->out;
    bool bare = !c->role_seen && !c->titled, body = names_body(c->p, part);
    out->kind = MENTION_PERSON;
    out->id.name = text_of(c->p, part->first, part->last);
    out->person_name = out->actor = true;
    out->known = false;
    out->name_first = part->first;
    out->name_last = part->last;
    if (!out->id.country.p)
        out->id.country = c->owner->country;
    if (bare || body)
        out->id.role = (struct str){NULL, 0}; /* an adjective's GOV is not the person's */
    if (body || (bare && out->definite)) {
        out->kind = MENTION_ORG;
        out->person_name = !body;
    }
}

/* Runs that end in a plain noun may act all the same: people by their ending, groups by what precedes. */
static void join_last_noun(struct composing *c, int32_t last)
{
    struct phrase *out = c->out;
    bool people = is_person_noun(&c->p->doc->tokens[last]);
    bool group =
        c->role_seen && phrase_is_one(c->p, last,
                                      "faction factions group groups unit units boss bosses cell cells "
                                      "network wing team figures chiefs");
    bool party = phrase_is_one(c->p, last,
                               "country countries nation nations side sides neighbour neighbours neighbor "
                               "neighbors parties powers capitals governments");
    /* "an army base", "a police convoy": who is struck there. */
    bool site = c->role_seen &&
                phrase_is_one(c->p, last,
                              "base bases camp camps checkpoint checkpoints post posts outpost outposts "
                              "vehicle vehicles convoy convoys headquarters barracks patrol patrols "
                              "compound position positions depot garrison bastion stronghold");
    group = group || site;
    if (!people && !group && !party)
        return;
    out->actor = true;
    out->kind = MENTION_GENERIC;
    if (people || group) {
        struct str role = c->role_seen ? out->id.role : (struct str){NULL, 0};
        if (people && !role.p)
            role = STR("CVL");
        out->id = (struct identity){.country = c->owner->country, .role = role, .plural = people};
        return;
    }
    out->id.name = (struct str){NULL, 0};
    out->id.plural |= !phrase_is_one(c->p, last, "country nation side neighbour neighbor");
    compose_apply_owner(out, c->owner);
}

void compose_run(const struct phrases *p, struct phrase *out, int32_t end, struct owner *owner)
{
    struct composing c = {p, out, owner, false, false, out->core};
    for (int32_t k = out->core; k < end;) {
        const struct part *part = phrase_part(p, k);
        if (!part) {
            out->actor = false; /* something stands behind the last part: "Norwegian offer" */
            k++;
            continue;
        }
        char gender = gender_of_word(p->doc->tokens[part->last - 1].lower);
        switch (part->kind) {
        case PART_TITLE: join_title(&c, part); break;
        case PART_ROLE: join_role(&c, part); break;
        case PART_NAME: join_name(&c, part); break;
        case PART_CAPS: join_caps(&c, part); break;
        }
        out->id.gender = gender ? gender : out->id.gender;
        c.part_end = k = part->last;
    }
    out->last = end;
    out->head = out->actor ? c.part_end - 1 : end - 1;
    if (!out->actor)
        join_last_noun(&c, end - 1);
}
