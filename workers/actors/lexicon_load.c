/* The lines of the lexicon's tables: checked, and put where queries find them. */
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/clock.h"
#include "proto/base/tsv.h"
#include "workers/actors/lexicon.h"
#include "workers/actors/lexicon_impl.h"
#include "workers/text/text.h"

#define ALWAYS_FROM INT32_MIN
#define ALWAYS_TO   INT32_MAX

#define FAIL(load, ...) tsv_fail((load)->tsv, (load)->why, __VA_ARGS__)

static struct str keep(const struct load *f, struct str s)
{
    return s.n ? arena_str(f->lexicon->arena, s.p, s.n) : (struct str){NULL, 0};
}

static uint32_t line_of(const struct load *f)
{
    return f->tsv ? (uint32_t)tsv_line(f->tsv) : f->line;
}

static bool no_memory(const struct load *f)
{
    return f->tsv ? FAIL(f, "out of memory") : reason_set(f->why, "%s: out of memory", f->file);
}

/* The next part of a "a|b|c" column; false at the end. Empty parts are skipped. */
static bool next_part(struct str *column, struct str *part)
{
    while (column->n) {
        const char *bar = memchr(column->p, '|', column->n);
        size_t n = bar ? (size_t)(bar - column->p) : column->n;
        *part = (struct str){column->p, n};
        column->p += n + (bar != NULL);
        column->n -= n + (bar != NULL);
        while (part->n && part->p[0] == ' ')
            part->p++, part->n--;
        while (part->n && part->p[part->n - 1] == ' ')
            part->n--;
        if (part->n)
            return true;
    }
    return false;
}

/* -- columns -- */

/* YYYY, YYYY-MM or YYYY-MM-DD; the shorter ones mean their first day, or their last one for the end of a
 * term. */
static bool read_day(const struct load *f, struct str s, bool is_end, int32_t *day)
{
    static const char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    *day = is_end ? ALWAYS_TO : ALWAYS_FROM;
    if (s.n == 0)
        return true;
    char text[16];
    int year = 0, month = is_end ? 12 : 1;
    bool shaped = s.n == 4 || s.n == 7 || s.n == 10;
    for (size_t i = 0; shaped && i < s.n; i++)
        shaped = i == 4 || i == 7 ? s.p[i] == '-' : s.p[i] >= '0' && s.p[i] <= '9';
    if (shaped) {
        year = (s.p[0] - '0') * 1000 + (s.p[1] - '0') * 100 + (s.p[2] - '0') * 10 + s.p[3] - '0';
        if (s.n > 4)
            month = (s.p[5] - '0') * 10 + s.p[6] - '0';
        shaped = month >= 1 && month <= 12;
    }
    int64_t wall;
    if (shaped) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        int last = days[month - 1] + (month == 2 && leap);
        int of_month = s.n == 10 ? (s.p[8] - '0') * 10 + s.p[9] - '0' : is_end ? last : 1;
        snprintf(text, sizeof text, "%04d-%02d-%02d", year % 10000, month % 100, of_month % 100);
        shaped = clock_parse(str_from(text), &wall);
    }
    if (!shaped)
        return FAIL(f, "bad date '%.*s', expected YYYY-MM-DD, YYYY-MM or YYYY", STR_ARGS(s));
    *day = clock_day(wall);
    return true;
}

static bool read_days(const struct load *f, struct str from, struct str to, struct name *n)
{
    if (!read_day(f, from, false, &n->from) || !read_day(f, to, true, &n->to))
        return false;
    return n->from <= n->to ||
           FAIL(f, "the end '%.*s' is before the beginning '%.*s'", STR_ARGS(to), STR_ARGS(from));
}

static bool check_role(const struct load *f, struct str role)
{
    return !role.n || role_known(role) ||
           FAIL(f, "unknown role '%.*s', expected GOV, MIL, LEG, ...", STR_ARGS(role));
}

static bool check_code(const struct load *f, struct str code, bool bodies)
{
    bool body = bodies && (str_is(code, "IGO") || str_is(code, "NGO") || str_is(code, "MNC"));
    return body || table_get(f->lexicon->countries, code) ||
           FAIL(f, "unknown country '%.*s', expected a code of countries.tsv%s", STR_ARGS(code),
                bodies ? ", IGO, NGO or MNC" : "");
}

static int choose(struct str s, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(s, names[i]))
            return (int)i;
    return -1;
}
#define CHOOSE(s, names) choose((s), (names), sizeof(names) / sizeof *(names))

/* -- names -- */

/* The slot at a phrase's end; NULL: no memory. */
static struct slot *slot_for(const struct load *f, struct trie *trie, struct slot **slots, size_t *cap,
                             struct str text)
{
    uint32_t node = 0;
    for (const char *p = text.p, *end = p + text.n; p < end;) {
        if (*p == ' ') {
            p++;
            continue;
        }
        char out[128];
        struct str word = {p, token_length(text.p, p, end, f->lexicon)};
        node = trie_make(trie, node, name_key(word, out, sizeof out));
        if (node == TRIE_NONE)
            return NULL;
        p += word.n;
    }
    if (node >= *cap) {
        size_t bigger = *cap;
        while (bigger <= node)
            bigger = bigger ? bigger * 2 : 1024;
        struct slot *v = realloc(*slots, bigger * sizeof *v);
        if (!v)
            return NULL;
        memset(v + *cap, 0, (bigger - *cap) * sizeof *v);
        *slots = v;
        *cap = bigger;
    }
    return &(*slots)[node];
}

bool lexicon_add_name(const struct load *f, struct name base, enum name_kind kind, struct str text)
{
    struct lexicon *l = f->lexicon;
    struct slot *slot = slot_for(f, l->names, &l->name_slots, &l->cap_names, text);
    struct name *n = arena_try(l->arena, sizeof *n);
    if (!slot || !n)
        return no_memory(f);
    *n = base;
    n->kind = kind;
    n->text = keep(f, text);
    n->file = f->file;
    n->line = line_of(f);
    n->rank = f->rank;
    struct name **at = &slot->name;
    while (*at && (*at)->rank <= n->rank)
        at = (struct name **)&(*at)->next;
    n->next = *at;
    *at = n;
    return true;
}

static bool load_country(const struct load *f, struct str *c)
{
    static const char *const kinds[] = {"name", "adjective", "people", "capital", "city", "metonym"};
    struct lexicon *l = f->lexicon;
    bool shaped = c[0].n == 3;
    for (size_t i = 0; shaped && i < 3; i++)
        shaped = c[0].p[i] >= 'A' && c[0].p[i] <= 'Z';
    if (!shaped)
        return FAIL(f, "bad code '%.*s', expected ISO 3166-1 alpha-3", STR_ARGS(c[0]));
    int kind = CHOOSE(c[1], kinds);
    if (kind < 0)
        return FAIL(f, "unknown kind '%.*s', expected name, adjective, people, capital, city or metonym",
                    STR_ARGS(c[1]));
    if (!c[2].n)
        return FAIL(f, "no text");
    struct name n = {.role = keep(f, c[3])};
    if (!check_role(f, c[3]) || !read_days(f, c[4], c[5], &n))
        return false;
    struct str *display = table_get(l->countries, c[0]);
    if (!display) {
        if (kind != NAME_COUNTRY)
            return FAIL(f, "the first line of '%.*s' must be its name", STR_ARGS(c[0]));
        display = arena_try(l->arena, sizeof *display);
        if (!display || !table_put(l->countries, c[0], display, NULL))
            return no_memory(f);
        *display = keep(f, c[2]);
    }
    n.country = keep(f, c[0]);
    n.display = kind == NAME_METONYM ? keep(f, c[2]) : *display;
    return lexicon_add_name(f, n, (enum name_kind)kind, c[2]);
}

static bool load_organisation(const struct load *f, struct str *c)
{
    struct name n = {.display = keep(f, c[0]), .country = keep(f, c[2]), .role = keep(f, c[3])};
    if (!c[0].n)
        return FAIL(f, "no name");
    if (!check_code(f, c[2], true) || (c[4].n && !check_code(f, c[4], false)))
        return false;
    if (!c[3].n)
        return FAIL(f, "no role, expected GOV, MIL, LEG, ...");
    if (!check_role(f, c[3]) || !read_days(f, c[5], c[6], &n))
        return false;
    struct str aliases = c[1], alias;
    if (!lexicon_add_name(f, n, NAME_ORG, c[0]))
        return false;
    while (next_part(&aliases, &alias))
        if (!lexicon_add_name(f, n, NAME_ORG, alias))
            return false;
    return true;
}

static bool add_person(const struct load *f, struct table *to, struct str key, const struct name *person)
{
    struct lexicon *l = f->lexicon;
    struct holders *h = table_get(to, key);
    if (!h && (!(h = arena_try(l->arena, sizeof *h)) || !table_put(to, key, h, NULL)))
        return no_memory(f);
    ARENA_GROW(l->arena, h->v, h->n, h->cap);
    h->v[h->n++] = person;
    return true;
}

static bool add_holder(const struct load *f, struct str of, struct str office, const struct name *person)
{
    char key[HOLDER_KEY];
    size_t n;
    if (!of.n || !office.n || !holder_key(of, office, key, &n))
        return true;
    return add_person(f, f->lexicon->holders, (struct str){key, n}, person);
}

bool lexicon_add_surname(const struct load *f, struct str name, const struct name *person)
{
    const char *space = memrchr(name.p, ' ', name.n);
    if (space)
        name = (struct str){space + 1, (size_t)(name.p + name.n - space - 1)};
    const struct holders *h = table_get(f->lexicon->surnames, name);
    bool there = h && h->v[h->n - 1] == person; /* "Zelensky" of the name and of an alias */
    return there || name.n < 2 || add_person(f, f->lexicon->surnames, name, person);
}

static bool load_person(const struct load *f, struct str *c)
{
    struct name n = {.display = keep(f, c[0]),
                     .country = keep(f, c[2]),
                     .role = keep(f, c[3]),
                     .office = keep(f, c[4]),
                     .organisation = keep(f, c[7])};
    if (!c[0].n)
        return FAIL(f, "no name");
    if (!check_code(f, c[2], true) || !check_role(f, c[3]) || !read_days(f, c[5], c[6], &n))
        return false;
    if (c[8].n > 1 || (c[8].n && !strchr("mf", c[8].p[0])))
        return FAIL(f, "unknown gender '%.*s', expected m, f or nothing", STR_ARGS(c[8]));
    n.gender = c[8].n ? c[8].p[0] : 0;
    struct name *person = arena_try(f->lexicon->arena, sizeof *person);
    if (!person)
        return no_memory(f);
    *person = n;
    person->kind = NAME_PERSON;
    person->rank = f->rank;
    person->file = f->file;
    person->line = line_of(f);
    if (!lexicon_add_name(f, n, NAME_PERSON, c[0]) || !lexicon_add_surname(f, c[0], person))
        return false;
    struct str aliases = c[1], alias;
    while (next_part(&aliases, &alias)) {
        bool several = memchr(alias.p, ' ', alias.n);
        if ((several && !lexicon_add_name(f, n, NAME_PERSON, alias)) ||
            !lexicon_add_surname(f, alias, person))
            return false;
    }
    return add_holder(f, c[2], c[4], person) && add_holder(f, c[7], c[4], person);
}

/* -- roles, cues, forms -- */

bool lexicon_add_role(const struct load *f, struct role base)
{
    struct lexicon *l = f->lexicon;
    struct role *r = arena_try(l->arena, sizeof *r);
    struct slot *slot = slot_for(f, l->roles, &l->role_slots, &l->cap_roles, base.phrase);
    if (!r || !slot)
        return no_memory(f);
    *r = base;
    r->phrase = keep(f, base.phrase);
    r->file = f->file;
    r->line = line_of(f);
    r->rank = f->rank;
    if (!slot->role || r->rank < slot->role->rank)
        slot->role = r;
    return true;
}

static bool load_role(const struct load *f, struct str *c)
{
    static const char *const kinds[] = {"person", "group", "body"};
    if (!c[0].n)
        return FAIL(f, "no phrase");
    bool same = str_is(c[1], "=");
    int kind = CHOOSE(c[2], kinds);
    if (!c[1].n || (!same && !role_known(c[1])))
        return FAIL(f, "unknown role '%.*s', expected GOV, MIL, LEG, ... or =", STR_ARGS(c[1]));
    if (kind < 0)
        return FAIL(f, "unknown kind '%.*s', expected person, group or body", STR_ARGS(c[2]));
    return lexicon_add_role(f, (struct role){.phrase = c[0],
                                             .role = same ? (struct str){NULL, 0} : keep(f, c[1]),
                                             .kind = (enum role_kind)kind,
                                             .office = keep(f, c[3])});
}

/* Words of a column, parted by `separators`, in the arena. */
static struct str_list words_of(const struct load *f, struct str s, const char *separators)
{
    struct str_list list = {NULL, 0};
    size_t cap = 0;
    for (size_t at = 0; at < s.n;) {
        size_t n = 0;
        while (at + n < s.n && !strchr(separators, s.p[at + n]))
            n++;
        if (n) {
            ARENA_GROW(f->lexicon->arena, list.v, list.n, cap);
            list.v[list.n++] = arena_str(f->lexicon->arena, s.p + at, n);
        }
        at += n + 1;
    }
    return list;
}

static bool add_cue(const struct load *f, const struct cue *cue)
{
    struct lexicon *l = f->lexicon;
    struct str lemma = cue->words.v[cue->head];
    struct cue_bucket *b = table_get(l->cues, lemma);
    if (!b && (!(b = arena_try(l->arena, sizeof *b)) || !table_put(l->cues, lemma, b, NULL)))
        return no_memory(f);
    ARENA_GROW(l->arena, b->v, b->n, b->cap);
    size_t at = b->n++;
    for (; at > 0 && (b->v[at - 1]->words.n < cue->words.n ||
                      (b->v[at - 1]->words.n == cue->words.n && b->v[at - 1]->rank > cue->rank));
         at--)
        b->v[at] = b->v[at - 1];
    b->v[at] = cue;
    return true;
}

static bool load_cue(const struct load *f, struct str *c)
{
    static const char *const poses[] = {"v", "n", "a", "p"}, *const says[] = {"-", "y", "m"},
                             *const stances[] = {"-", "0", "+"};
    struct cue *cue = arena_try(f->lexicon->arena, sizeof *cue);
    if (!cue)
        return no_memory(f);
    *cue = (struct cue){.text = keep(f, c[0]),
                        .words = words_of(f, c[0], " "),
                        .cameo = keep(f, c[2]),
                        .file = f->file,
                        .line = line_of(f),
                        .rank = f->rank};
    int pos = CHOOSE(c[1], poses), say = CHOOSE(c[3], says), stance = CHOOSE(c[6], stances);
    while (cue->head < cue->words.n && str_is(cue->words.v[cue->head], CUE_GAP))
        cue->head++;
    if (cue->head == cue->words.n)
        return FAIL(f, "no cue");
    if (pos < 0)
        return FAIL(f, "unknown part of speech '%.*s', expected v, n, a or p", STR_ARGS(c[1]));
    if (say < 0)
        return FAIL(f, "unknown says '%.*s', expected y, m or -", STR_ARGS(c[3]));
    if (stance < 0)
        return FAIL(f, "unknown stance '%.*s', expected +, - or 0", STR_ARGS(c[6]));
    bool shaped = c[2].n >= 2 && c[2].n <= 4;
    for (size_t i = 0; i < c[2].n; i++)
        shaped &= c[2].p[i] >= '0' && c[2].p[i] <= '9';
    if (!shaped)
        return FAIL(f, "bad CAMEO code '%.*s', expected 2 to 4 digits", STR_ARGS(c[2]));
    cue->pos = (enum cue_pos)pos;
    cue->says = (enum cue_says)say;
    cue->stance = stance - 1;
    cue->target = words_of(f, str_is(c[4], "-") ? STR("") : c[4], " |,");
    cue->matter = words_of(f, str_is(c[5], "-") ? STR("") : c[5], " |,");
    return add_cue(f, cue);
}

static bool add_form(const struct load *f, struct str words, struct str lemma, bool noun, enum verb_form form)
{
    struct lexicon *l = f->lexicon;
    struct str word;
    while (next_part(&words, &word)) {
        struct form_pair *pair = table_get(l->forms, word);
        if (!pair && (!(pair = arena_try(l->arena, sizeof *pair)) || !table_put(l->forms, word, pair, NULL)))
            return no_memory(f);
        struct word_form *w = noun ? &pair->noun : &pair->verb;
        if (!w->lemma.p || f->rank < w->rank)
            *w = (struct word_form){lemma, form, noun, f->rank};
    }
    return true;
}

static bool load_irregular(const struct load *f, struct str *c)
{
    bool noun = str_is(c[0], "n");
    if (!noun && !str_is(c[0], "v"))
        return FAIL(f, "unknown kind '%.*s', expected v or n", STR_ARGS(c[0]));
    if (!c[1].n || !c[2].n)
        return FAIL(f, "expected a lemma and its %s", noun ? "plural" : "past");
    struct str lemma = keep(f, c[1]), more = c[4], word;
    if (noun)
        return add_form(f, c[2], lemma, true, VERB_NONE) && add_form(f, c[3], lemma, true, VERB_NONE) &&
               add_form(f, c[4], lemma, true, VERB_NONE);
    /* Past first: where both look alike, PAST is the form. */
    if (!add_form(f, c[2], lemma, false, VERB_PAST) || !add_form(f, c[3], lemma, false, VERB_PARTICIPLE))
        return false;
    while (next_part(&more, &word)) {
        bool ing = word.n > 4 && memcmp(word.p + word.n - 3, "ing", 3) == 0;
        if (!add_form(f, word, lemma, false, ing ? VERB_ING : VERB_PRESENT))
            return false;
    }
    return add_form(f, lemma, lemma, false, VERB_BASE);
}

static bool load_abbreviation(const struct load *f, struct str *c)
{
    static const char *const kinds[] = {"", "title", "inner", "month", "place", "company"};
    int kind = CHOOSE(c[1], kinds);
    if (kind <= 0)
        return FAIL(f, "unknown kind '%.*s', expected title, inner, month, place or company", STR_ARGS(c[1]));
    if (!c[0].n || c[0].p[c[0].n - 1] != '.')
        return FAIL(f, "'%.*s' does not end in a full stop", STR_ARGS(c[0]));
    return table_put(f->lexicon->abbreviations, c[0], (void *)(uintptr_t)kind, NULL) || no_memory(f);
}

const struct lexicon_file lexicon_files[LEXICON_FILES] = {
    {"countries.tsv", 3, 6, load_country},
    {"organisations.tsv", 4, 7, load_organisation},
    {"people.tsv", 4, 9, load_person},
    {"roles.tsv", 3, 4, load_role},
    {"cues.tsv", 7, 7, load_cue},
    {"irregular.tsv", 3, 5, load_irregular},
    {"abbreviations.tsv", 2, 2, load_abbreviation},
};
