#include "workers/actors/parts.h"

#include "workers/text/compounds.h"
#include "workers/text/words.h"

#define NAME_WORDS 5 /* longer runs of capitals are no person's name, but a text in capitals */

struct finder {
    struct doc *doc;
    const struct lexicon *lexicon;
    struct parts *out;
    const struct sentence *sentence;
};

static const struct token *token_at(const struct finder *f, int32_t i)
{
    return i >= f->sentence->first && i < f->sentence->last ? &f->doc->tokens[i] : NULL;
}

static bool is_title(const struct finder *f, int32_t i)
{
    const struct token *t = token_at(f, i);
    return t && t->capital &&
           (lexicon_abbreviation(f->lexicon, doc_token_text(f->doc, i)) == ABBR_TITLE ||
            words_in(t->lower, "mr mrs ms dr mr. mrs. ms. dr."));
}

/* A capitalised word that may belong to an unknown name. */
static bool is_caps(const struct finder *f, int32_t i)
{
    const struct token *t = token_at(f, i);
    if (!t || !t->capital || is_title(f, i))
        return false;
    /* What opens a sentence may be tagged as a noun; who holds a high office, or does something, is named all
     * the same. */
    const struct token *next = token_at(f, i + 1);
    struct str none = {NULL, 0};
    bool noun = t->upos == UPOS_NOUN || t->upos == UPOS_X, does = next && next->upos == UPOS_VERB;
    if (t->upos != UPOS_PROPN &&
        !(noun && lexicon_surname(f->lexicon, doc_token_text(f->doc, i), f->doc->day, none, none, does)))
        return false;
    return !words_in(t->lower, WORDS_MONTHS "monday tuesday wednesday thursday friday saturday sunday i");
}

static bool is_particle(const struct finder *f, int32_t i)
{
    const struct token *t = token_at(f, i);
    return t && words_in(t->lower, "de da di del della der den von van bin ibn al el la le dos du ben") &&
           is_caps(f, i + 1);
}

static void add(struct finder *f, struct part p)
{
    struct parts *o = f->out;
    ARENA_GROW(f->doc->arena, o->v, o->n, o->cap);
    for (int32_t i = p.first; i < p.last; i++)
        o->at[i] = (int32_t)o->n;
    o->v[o->n++] = p;
}

/* Whether [i, end) is cut out of a compound: "U.S." of "U.S.-led". Whom that tells is not who acts. */
static bool is_cut(const struct finder *f, int32_t i, int32_t end)
{
    return end < f->sentence->last && compounds_hyphen(f->doc, end) && i < end;
}

/* Role words count as nouns, not as the verbs or adverbs that look alike. */
static const struct role *role_at(const struct finder *f, int32_t i, int32_t *end, bool *plural)
{
    const struct role *r = lexicon_role(f->lexicon, f->doc, i, f->sentence->last, end, plural);
    if (!r || is_cut(f, i, *end))
        return NULL;
    enum upos last = (enum upos)f->doc->tokens[*end - 1].upos;
    bool noun = last == UPOS_NOUN || last == UPOS_PROPN || last == UPOS_ADJ;
    return noun ? r : NULL;
}

/* Names of the lexicon start with a capital, but for "al-Qaeda" and its like. */
static const struct name *name_at(const struct finder *f, int32_t i, int32_t *end)
{
    const struct token *t = &f->doc->tokens[i];
    bool open = t->upos == UPOS_PROPN || t->upos == UPOS_NOUN || t->upos == UPOS_ADJ || t->upos == UPOS_X;
    if (!t->capital && !open)
        return NULL;
    const struct name *n = lexicon_name(f->lexicon, f->doc, i, f->sentence->last, end);
    bool cut = n && (is_cut(f, i, *end) || (i > f->sentence->first && compounds_hyphen(f->doc, i - 1)));
    return cut ? NULL : n;
}

/* Where the run of unknown capitals at i ends: at a known name, but a city ("Jack London") belongs to it. */
static int32_t caps_end(const struct finder *f, int32_t i)
{
    int32_t end = i + 1;
    for (int32_t words = 1; end < f->sentence->last && words < NAME_WORDS;) {
        int32_t name_end, role_end;
        bool plural;
        if (compounds_hyphen(f->doc, end)) { /* "Min-gyu" is one word */
            end += 2;
            continue;
        }
        int32_t step = is_particle(f, end) ? 2 : is_caps(f, end) ? 1 : 0;
        if (!step)
            break;
        const struct name *n = name_at(f, end + step - 1, &name_end);
        if (n && n->kind != NAME_CITY)
            break;
        if (!n && role_at(f, end, &role_end, &plural))
            break;
        end += step;
        words += step;
    }
    return end;
}

static int32_t find_at(struct finder *f, int32_t i)
{
    int32_t end = i + 1;
    bool plural = false;
    struct part p = {.first = i, .last = i + 1};
    if (is_title(f, i)) {
        p.kind = PART_TITLE;
        add(f, p);
        return end;
    }
    int32_t role_end = i;
    const struct name *n = name_at(f, i, &end);
    const struct role *r = role_at(f, i, &role_end, &plural);
    /* "Paris" of "Paris Jackson" is a piece of an unknown name. */
    bool piece = n && end == i + 1 && n->kind == NAME_CITY && is_caps(f, end) &&
                 !name_at(f, end, &(int32_t){0}) && !role_at(f, end, &(int32_t){0}, &(bool){false});
    if (n && !piece && !(r && role_end > end)) {
        p = (struct part){PART_NAME, i, end, n, NULL, false};
    } else if (r) {
        p = (struct part){PART_ROLE, i, role_end, NULL, r, plural};
    } else if (is_caps(f, i) || piece) {
        p = (struct part){PART_CAPS, i, caps_end(f, i), NULL, NULL, false};
    } else {
        return i + 1;
    }
    add(f, p);
    return p.last;
}

void parts_find(struct doc *doc, const struct lexicon *lexicon, struct parts *out)
{
    *out = (struct parts){.at = ARENA_ARRAY(doc->arena, int32_t, doc->n_tokens + 1)};
    for (size_t i = 0; i <= doc->n_tokens; i++)
        out->at[i] = NONE;
    for (size_t s = 0; s < doc->n_sentences; s++) {
        struct finder f = {doc, lexicon, out, &doc->sentences[s]};
        for (int32_t i = f.sentence->first; i < f.sentence->last;)
            i = find_at(&f, i);
    }
}

struct str parts_title_role(struct str lower)
{
    static const char *const roles[][2] = {
        {"MIL", "gen. lt. col. maj. capt. sgt. adm. brig. cmdr. gen col capt maj"},
        {"LEG", "sen. rep. sen rep"},
        {"GOV", "gov. pres. gov amb."},
        {"REL", "rev. fr. rev"}};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (words_in(lower, roles[i][1]))
            return str_from(roles[i][0]);
    return (struct str){NULL, 0};
}

char parts_title_gender(struct str lower)
{
    if (words_in(lower, "mr. mr"))
        return 'm';
    return words_in(lower, "mrs. ms. mrs ms") ? 'f' : 0;
}
