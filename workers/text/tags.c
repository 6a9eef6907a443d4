#include <sysexits.h>

#include "proto/base/log.h"
#include "proto/base/table.h"
#include "workers/text/compounds.h"
#include "workers/text/words.h"

#define LOOK_AHEAD 12 /* tokens searched for a better candidate for the verb */

/* What a word may be by itself, before its neighbours are asked. */
enum class {
    FIXED,     /* upos is final */
    OPEN,      /* noun, as far as known */
    PURE_VERB, /* "denies" */
    EITHER,    /* "strikes": verb or noun */
    PAST,      /* "signed", "said" */
    ING        /* "signing" */
};

struct guess {
    enum class class;
    enum verb_form form;
    struct str lemma; /* as a verb */
};

struct tagger {
    struct doc *doc;
    const struct lexicon *lexicon;
    struct guess *guesses;
    struct table *names; /* lower-case words that are written with a capital within sentences */
    int32_t first, last; /* of the sentence */
    bool title_case;     /* a headline in Which Capitals Mean Nothing */
    bool finite;         /* the clause has its finite verb */
};

static bool is_one(const struct tagger *t, int32_t i, const char *list)
{
    return i >= t->first && i < t->last && words_in(t->doc->tokens[i].lower, list);
}

static enum upos upos_at(const struct tagger *t, int32_t i)
{
    return i >= t->first && i < t->last ? (enum upos)t->doc->tokens[i].upos : UPOS_PUNCT;
}

static bool ends(struct str w, const char *suffix)
{
    size_t n = strlen(suffix);
    return w.n > n && memcmp(w.p + w.n - n, suffix, n) == 0;
}

static bool is_letter(unsigned char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool has_letter(struct str w)
{
    bool sign = w.n >= 3 && (memcmp(w.p, "\xE2\x80", 2) == 0 || memcmp(w.p, "\xE2\x82", 2) == 0);
    if (sign || (w.n == 2 && (memcmp(w.p, "«", 2) == 0 || memcmp(w.p, "»", 2) == 0)))
        return false;
    for (size_t i = 0; i < w.n; i++)
        if (is_letter((unsigned char)w.p[i]) || (unsigned char)w.p[i] >= 0x80)
            return true;
    return false;
}

static bool is_number(struct str w)
{
    bool digit = false;
    for (size_t i = 0; i < w.n; i++) {
        digit |= w.p[i] >= '0' && w.p[i] <= '9';
        if (!digit && w.p[i] != '-' && w.p[i] != '+' && w.p[i] != '.')
            return false;
    }
    return digit;
}

static bool adjective_like(struct str w)
{
    static const char *const suffixes[] = {"ous",  "ful",   "ive",   "able", "ible", "less",   "ish",
                                           "ical", "ional", "ental", "ial",  "ian",  "ary",    "ric",
                                           "tic",  "nic",   "ern",   "nal",  "ral",  "cal",    "lic",
                                           "ent",  "ant",   "ual",   "ese",  "-led", "-backed"};
    static const char *const not [] = {
        "ment",          "iance",          "republic",       "agent",     "president",  "president",
        "parent",        "student",        "incident",       "resident",  "continent",  "event",
        "accident",      "opponent",       "client",         "patient",   "giant",      "merchant",
        "servant",       "immigrant",      "migrant",        "tenant",    "lieutenant", "commandant",
        "participant",   "militant",       "restaurant",     "plant",     "grant",      "consultant",
        "executive",     "representative", "initiative",     "objective", "motive",     "archive",
        "directive",     "incentive",      "captive",        "fugitive",  "native",     "detective",
        "conservative",  "alternative",    "perspective",    "relative",  "arrival",    "approval",
        "proposal",      "withdrawal",     "refusal",        "denial",    "trial",      "official",
        "rival",         "signal",         "criminal",       "tribunal",  "capital",    "hospital",
        "journal",       "referendum",     "table",          "cable",     "vegetable",  "secretary",
        "library",       "boundary",       "commentary",     "military",  "missionary", "diary",
        "salary",        "anniversary",    "adversary",      "topic",     "traffic",    "critic",
        "clinic",        "public",         "music",          "magic",     "logic",      "panic",
        "fabric",        "epidemic",       "pandemic",       "mechanic",  "moment",     "percent",
        "cent",          "content",        "extent",         "talent",    "intent",     "current",
        "consent",       "tent",           "rent",           "deterrent", "dissident",  "precedent",
        "correspondent", "respondent",     "superintendent", "civilian",  "guardian",   "politician",
        "historian",     "technician",     "physician",      "general",   "admiral",    "funeral",
        "animal",        "material",       "memorial",       "editorial", "potential",  "credential",
        "historic-",     "want",           "warrant",        "covenant",  "infant",     "element",
        "document",      "government",     "parliament"};
    for (size_t i = 0; i < sizeof not / sizeof *not ; i++)
        if (str_is(w, not [i]) || (i == 0 && ends(w, not [0])))
            return false;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (ends(w, suffixes[i]) && w.n > strlen(suffixes[i]) + 2)
            return true;
    return false;
}

/* -- each word by itself -- */

static void guess_verb(struct tagger *t, int32_t i)
{
    struct token *token = &t->doc->tokens[i];
    struct guess *g = &t->guesses[i - t->first];
    g->class = OPEN;
    g->lemma = lemma_verb(t->lexicon, t->doc->arena, token->lower, &g->form);
    bool pure = words_verb(g->lemma), both = words_verb_and_noun(g->lemma);
    const struct word_form *irregular = lexicon_form(t->lexicon, g->lemma, false);
    bool known = pure || both || irregular || lexicon_is_cue(t->lexicon, g->lemma, CUE_VERB);
    if (g->form == VERB_ING) {
        bool plain = words_in(
            token->lower,
            "king thing spring string wing ring evening morning something nothing anything everything ceiling"
            " darling sterling sibling sling");
        g->class = plain || token->lower.n < 5 ? OPEN : ING;
    } else if (g->form == VERB_PAST || g->form == VERB_PARTICIPLE) {
        g->class = known || ends(token->lower, "ed") ? PAST : OPEN;
    } else if (known) {
        g->class = both || (!pure && lexicon_is_cue(t->lexicon, g->lemma, CUE_NOUN)) ||
                           (!pure && !irregular && !lexicon_is_cue(t->lexicon, g->lemma, CUE_VERB))
                       ? EITHER
                       : PURE_VERB;
    }
}

/* Whether a capital at this place says nothing: after an opening mark, a colon, a number of a list. */
static bool starts_afresh(const struct tagger *t, int32_t i)
{
    while (i > t->first && t->doc->tokens[i - 1].upos == UPOS_PUNCT && !is_one(t, i - 1, ", - -- – — )"))
        i--;
    return i == t->first;
}

static void guess_word(struct tagger *t, int32_t i)
{
    struct token *token = &t->doc->tokens[i];
    struct guess *g = &t->guesses[i - t->first];
    struct str w = token->lower;
    enum upos closed;
    *g = (struct guess){FIXED, VERB_NONE, w};
    if (is_number(w)) {
        token->upos = has_letter(w) ? UPOS_ADJ : UPOS_NUM;
        return;
    }
    if (!has_letter(w)) {
        token->upos = w.n && strchr("$%+=<>^~|", w.p[0]) ? UPOS_SYM : UPOS_PUNCT;
        return;
    }
    bool fresh = starts_afresh(t, i), capital = token->capital && !t->title_case;
    bool is_closed = words_closed(w, &closed);
    if (is_closed && (!capital || fresh || words_in(w, "i the of and in on for a to") ||
                      closed == UPOS_NOUN || closed == UPOS_NUM)) {
        bool roman = capital && closed == UPOS_NOUN;
        token->upos = roman && !words_in(w, "people police today yesterday tomorrow") ? UPOS_PROPN : closed;
        return;
    }
    int32_t end = i;
    const struct name *name = token->capital ? lexicon_name(t->lexicon, t->doc, i, t->last, &end) : NULL;
    if (name && (name->kind == NAME_ADJECTIVE || capital || end > i + 1)) {
        token->upos = name->kind == NAME_ADJECTIVE && end == i + 1 ? UPOS_ADJ : UPOS_PROPN;
        return;
    }
    if (capital && !fresh) {
        token->upos = UPOS_PROPN;
        return;
    }
    token->upos = UPOS_NOUN;
    guess_verb(t, i);
    if (g->class != OPEN)
        return;
    if (ends(w, "ly") &&
        !words_in(w, "ally reply supply rally family assembly monopoly anomaly italy july bully"))
        token->upos = UPOS_ADV;
    else if (adjective_like(w))
        token->upos = UPOS_ADJ;
    else if (capital && (table_get(t->names, w) || (i + 1 < t->last && t->doc->tokens[i + 1].capital)))
        token->upos = UPOS_PROPN;
    g->class = token->upos == UPOS_NOUN ? OPEN : FIXED;
}

/* -- in context -- */

/* The token before i that is no adverb and no negation; t->first - 1 when there is none. */
static int32_t before(const struct tagger *t, int32_t i)
{
    do
        i--;
    while (i >= t->first && (t->doc->tokens[i].upos == UPOS_ADV || is_one(t, i, "not n't")));
    return i;
}

static bool is_boundary(const struct tagger *t, int32_t i)
{
    enum upos u = upos_at(t, i);
    return u == UPOS_PUNCT || u == UPOS_CCONJ || u == UPOS_SCONJ ||
           is_one(t, i, "who which that what when where how why");
}

/* Whether something else ahead in the clause must be its finite verb. */
static bool finite_ahead(const struct tagger *t, int32_t i)
{
    for (int32_t k = i + 1; k < t->last && k <= i + LOOK_AHEAD && !is_boundary(t, k); k++) {
        const struct guess *g = &t->guesses[k - t->first];
        if (upos_at(t, k) == UPOS_AUX && !is_one(t, k, "be been being"))
            return true;
        if (is_one(t, k, "to"))
            return false;
        if (g->class == PAST && g->form == VERB_PAST)
            return !is_one(t, k + 1, "by");
        if (g->class == PURE_VERB && g->form == VERB_PRESENT)
            return true;
    }
    return false;
}

/* What may begin the complement of a verb. */
static bool complement_at(const struct tagger *t, int32_t i)
{
    if (i >= t->last)
        return false;
    enum upos u = upos_at(t, i);
    return u == UPOS_DET || u == UPOS_PRON || u == UPOS_PROPN || u == UPOS_NUM || u == UPOS_ADJ ||
           u == UPOS_SCONJ || u == UPOS_ADV || u == UPOS_NOUN || u == UPOS_SYM ||
           is_one(t, i, "to for on at with against over up out off in into that how by as \"");
}

static bool is_nominal(enum upos u)
{
    return u == UPOS_NOUN || u == UPOS_PROPN || u == UPOS_PRON || u == UPOS_NUM;
}

static bool is_possessive(const struct tagger *t, int32_t i)
{
    return is_one(t, i, "my your his her its our their whose 's ' ’");
}

/* Whether a base or -s form at i, which is a noun as often, is the verb here. */
static bool either_is_verb(const struct tagger *t, int32_t i, enum verb_form form)
{
    int32_t p = before(t, i);
    enum upos u = upos_at(t, p);
    if (u == UPOS_DET || u == UPOS_ADJ || is_possessive(t, p) || u == UPOS_ADP || u == UPOS_VERB)
        return form == VERB_PRESENT && is_one(t, p, "that this");
    if (is_one(t, p, "he she it who which") || (form == VERB_BASE && is_one(t, p, "i we they you who")))
        return true;
    if (!is_nominal(u) || t->finite)
        return is_one(t, p, "and or but ,") && form == VERB_PRESENT && complement_at(t, i + 1) &&
               is_one(t, i + 1, "the a an its his her that to");
    if (form == VERB_BASE) {
        bool plural = ends(t->doc->tokens[p].lower, "s") || is_one(t, p - 1, "and") ||
                      is_one(t, p, "people police men women");
        if (!plural && !is_one(t, i + 1, "that the its a an"))
            return false;
    }
    return complement_at(t, i + 1) && !finite_ahead(t, i);
}

static void set_verb(struct tagger *t, int32_t i, enum verb_form form)
{
    struct token *token = &t->doc->tokens[i];
    token->upos = UPOS_VERB;
    token->form = (uint8_t)form;
    token->lemma = t->guesses[i - t->first].lemma;
    if (form == VERB_PAST || form == VERB_PRESENT)
        t->finite = true;
}

/* "the disputed border", "warring clans": a participle that stands as an adjective. */
static bool stands_before_noun(const struct tagger *t, int32_t i)
{
    enum upos next = upos_at(t, i + 1);
    bool noun = next == UPOS_NOUN || (next == UPOS_PROPN && t->guesses[i + 1 - t->first].class == FIXED) ||
                next == UPOS_ADJ;
    return noun && !is_one(t, i + 1, "yesterday today tomorrow");
}

static void resolve_past(struct tagger *t, int32_t i)
{
    int32_t p = before(t, i);
    enum upos u = upos_at(t, p);
    const struct guess *g = &t->guesses[i - t->first];
    struct token *token = &t->doc->tokens[i];
    struct str aux = p >= t->first ? t->doc->tokens[p].lower : STR("");
    if (words_in(aux, "have has had 've having be been being is are was were am 're 'm get got 's")) {
        if (!str_is(aux, "'s") || !is_nominal(upos_at(t, i + 1)))
            set_verb(t, i, VERB_PARTICIPLE);
        if (token->upos == UPOS_VERB)
            return;
    }
    bool in_phrase = u == UPOS_DET || u == UPOS_ADJ || u == UPOS_NUM || is_possessive(t, p);
    if (in_phrase && stands_before_noun(t, i) && !is_one(t, p, "that this those these all")) {
        token->upos = UPOS_ADJ;
        return;
    }
    bool thing =
        words_in(token->lower,
                 "left cut hit set read cost bid split spread burst shot felt found thought cast broadcast");
    if ((u == UPOS_DET || u == UPOS_ADJ || is_possessive(t, p)) && thing && p == i - 1) {
        token->upos = UPOS_NOUN; /* "the left", "a cut" */
        return;
    }
    if (u == UPOS_ADP && stands_before_noun(t, i)) {
        token->upos = UPOS_ADJ; /* "of enriched uranium" */
        return;
    }
    bool reduced = is_one(t, i + 1, "by") || g->form == VERB_PARTICIPLE || (t->finite && u == UPOS_NOUN);
    set_verb(t, i, reduced ? VERB_PARTICIPLE : VERB_PAST);
}

static void resolve_ing(struct tagger *t, int32_t i)
{
    struct token *token = &t->doc->tokens[i];
    int32_t p = i - 1;
    enum upos u = upos_at(t, p);
    bool thing = words_thing(token->lower);
    if (is_one(t, before(t, i), "is are was were be been am 're 'm")) {
        set_verb(t, i, VERB_ING);
    } else if (u == UPOS_DET || u == UPOS_ADJ || is_possessive(t, p) || u == UPOS_NUM) {
        token->upos = !thing && stands_before_noun(t, i) ? UPOS_ADJ : UPOS_NOUN;
    } else if (thing && !is_one(t, i + 1, "the a an its his her their to that out up")) {
        token->upos = UPOS_NOUN;
    } else {
        set_verb(t, i, VERB_ING);
    }
}

static void resolve_base(struct tagger *t, int32_t i)
{
    const struct guess *g = &t->guesses[i - t->first];
    int32_t p = before(t, i);
    enum upos u = upos_at(t, p);
    bool base = g->form == VERB_BASE;
    if (base && (upos_at(t, p) == UPOS_PART && is_one(t, p, "to"))) {
        set_verb(t, i, VERB_BASE);
    } else if (base && u == UPOS_AUX &&
               is_one(t, p,
                      "will would shall should can could may might must 'll 'd ca wo do does did let")) {
        set_verb(t, i, VERB_BASE);
    } else if (u == UPOS_AUX && base) {
        t->doc->tokens[i].upos = UPOS_NOUN;
    } else if (g->class == PURE_VERB) {
        bool phrase = u == UPOS_DET || (u == UPOS_ADJ && i == p + 1) || is_possessive(t, p) ||
                      (u == UPOS_ADP && p == i - 1);
        if (phrase && !is_one(t, p, "that this these those all both some"))
            t->doc->tokens[i].upos = UPOS_NOUN;
        else
            set_verb(t, i, base && !is_nominal(u) ? VERB_BASE : VERB_PRESENT);
    } else if (either_is_verb(t, i, g->form)) {
        set_verb(t, i, VERB_PRESENT);
    }
}

static bool base_verb_at(const struct tagger *t, int32_t i)
{
    while (i < t->last && (upos_at(t, i) == UPOS_ADV || is_one(t, i, "not")))
        i++;
    if (i >= t->last)
        return false;
    const struct guess *g = &t->guesses[i - t->first];
    bool verb = (g->class == PURE_VERB || g->class == EITHER) && g->form == VERB_BASE;
    bool same = g->class == PAST && str_equal(g->lemma, t->doc->tokens[i].lower); /* "to put" */
    return verb || same || is_one(t, i, "be have do");
}

/* "in response to pressure": a noun follows, whatever else the word may be. */
static bool to_is_adposition(const struct tagger *t, int32_t i)
{
    if (!base_verb_at(t, i + 1))
        return true;
    return t->guesses[i + 1 - t->first].class == EITHER &&
           is_one(t, i - 1,
                  "response reaction access opposition due according thanks return subject relation addition "
                  "contrary close next returned led objection resort");
}

static bool participle_follows(const struct tagger *t, int32_t i)
{
    for (int32_t k = i + 1; k < t->last && k <= i + 5; k++) {
        const struct guess *g = &t->guesses[k - t->first];
        if (g->class == PAST || is_one(t, k, "been had done"))
            return true;
        bool skip = upos_at(t, k) == UPOS_ADV || is_one(t, k, "not n't long") ||
                    (k == i + 1 && is_nominal(upos_at(t, k)));
        if (!skip)
            return false;
    }
    return false;
}

static void resolve_closed(struct tagger *t, int32_t i)
{
    struct token *token = &t->doc->tokens[i];
    struct str w = token->lower;
    if (str_is(w, "to")) {
        token->upos = to_is_adposition(t, i) ? UPOS_ADP : UPOS_PART;
    } else if (words_in(w, "have has had having 've")) {
        if (!participle_follows(t, i))
            token->upos = UPOS_VERB;
    } else if (words_in(w, "do does did done") && !is_one(t, i + 1, "not n't") && !base_verb_at(t, i + 1) &&
               !base_verb_at(t, i + 2)) {
        token->upos = UPOS_VERB;
    } else if (str_is(w, "that")) {
        enum upos u = upos_at(t, i - 1);
        const struct guess *next = i + 1 < t->last ? &t->guesses[i + 1 - t->first] : NULL;
        bool verb_next = upos_at(t, i + 1) == UPOS_AUX ||
                         (next && (next->class == PURE_VERB || next->class == PAST ||
                                   (next->class == EITHER && next->form == VERB_PRESENT)));
        if (u == UPOS_NOUN && verb_next)
            token->upos = UPOS_PRON;
        else if ((u == UPOS_ADP || u == UPOS_PUNCT) && upos_at(t, i + 1) == UPOS_NOUN)
            token->upos = UPOS_DET;
    } else if (str_is(w, "'s")) {
        bool verb =
            is_one(t, i - 1, "it he she that there what who here") || is_one(t, i + 1, "been not a an the");
        token->upos = verb ? UPOS_AUX : UPOS_PART;
    } else if (str_is(w, "long") && upos_at(t, i - 1) == UPOS_AUX) {
        token->upos = UPOS_ADV;
    } else if (words_in(w, "will may can might must") && token->capital && !starts_afresh(t, i)) {
        token->upos = UPOS_PROPN;
    }
}

static struct str aux_lemma(struct str w)
{
    static const char *const forms[][2] = {{"be", "am is are was were been being 're 'm 's be"},
                                           {"have", "has had having 've have"},
                                           {"do", "does did done do"},
                                           {"will", "wo 'll will"},
                                           {"would", "'d would"},
                                           {"can", "ca can"}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (words_in(w, forms[i][1]))
            return str_from(forms[i][0]);
    return w;
}

static enum verb_form aux_form(struct str w)
{
    if (words_in(w, "was were had did would could might should 'd"))
        return VERB_PAST;
    if (words_in(w, "been done"))
        return VERB_PARTICIPLE;
    if (words_in(w, "being having"))
        return VERB_ING;
    return words_in(w, "be") ? VERB_BASE : VERB_PRESENT;
}

static void finish(struct tagger *t, int32_t i)
{
    struct token *token = &t->doc->tokens[i];
    bool plural;
    if (token->upos == UPOS_NOUN) {
        token->lemma = lemma_noun(t->lexicon, t->doc->arena, token->lower, &plural);
    } else if (token->upos == UPOS_AUX || (token->upos == UPOS_VERB && token->form == VERB_NONE)) {
        token->lemma = aux_lemma(token->lower);
        token->form = (uint8_t)aux_form(token->lower);
        if (token->form == VERB_PAST || token->form == VERB_PRESENT)
            t->finite = true;
    } else if (str_is(token->lower, "n't")) {
        token->lemma = STR("not");
    }
}

static void resolve(struct tagger *t, int32_t i)
{
    switch (t->guesses[i - t->first].class) {
    case FIXED: resolve_closed(t, i); break;
    case PAST: resolve_past(t, i); break;
    case ING: resolve_ing(t, i); break;
    case PURE_VERB:
    case EITHER: resolve_base(t, i); break;
    case OPEN: break;
    }
    finish(t, i);
    if (is_boundary(t, i) && !is_one(t, i, "and or , '"))
        t->finite = false;
}

/* More than half of the longer words with a capital: then capitals do not tell names. */
static bool is_title_case(const struct doc *doc, const struct sentence *s)
{
    int32_t words = 0, capitals = 0;
    for (int32_t i = s->first; i < s->last; i++) {
        const struct token *t = &doc->tokens[i];
        bool word = t->end - t->begin >= 4 && is_letter((unsigned char)t->lower.p[0]);
        words += word;
        capitals += word && t->capital;
    }
    return s->heading && words >= 4 && capitals * 3 > words * 2;
}

/* Words with a capital that no sentence's beginning explains; so that the ones at beginnings are known for
 * names. */
static void find_names(struct tagger *t)
{
    const struct doc *d = t->doc;
    for (size_t s = 0; s < d->n_sentences; s++) {
        const struct sentence *x = &d->sentences[s];
        if (is_title_case(d, x))
            continue;
        for (int32_t i = x->first + 1; i < x->last; i++) {
            const struct token *w = &d->tokens[i];
            bool inside = is_letter((unsigned char)d->text[w[-1].begin]) ||
                          (w[-1].lower.n == 1 && w[-1].lower.p[0] == ',');
            if (w->capital && inside && !table_get(t->names, w->lower) &&
                !table_put(t->names, w->lower, &d->tokens[i], NULL))
                die(EX_OSERR, "out of memory");
        }
    }
}

static void tag_words(struct doc *doc, const struct lexicon *lexicon)
{
    struct tagger t = {.doc = doc, .lexicon = lexicon, .names = table_new()};
    size_t cap = 0;
    if (!t.names)
        die(EX_OSERR, "out of memory");
    find_names(&t);
    for (size_t s = 0; s < doc->n_sentences; s++) {
        const struct sentence *sentence = &doc->sentences[s];
        t.first = sentence->first;
        t.last = sentence->last;
        size_t n = (size_t)(t.last - t.first);
        if (n > cap) {
            cap = n * 2;
            t.guesses = ARENA_ARRAY(doc->arena, struct guess, cap);
        }
        t.title_case = is_title_case(doc, sentence);
        t.finite = false;
        for (int32_t i = t.first; i < t.last; i++)
            guess_word(&t, i);
        for (int32_t i = t.first; i < t.last; i++)
            resolve(&t, i);
    }
    table_free(t.names);
}

void tags_run(struct doc *doc, const struct lexicon *lexicon)
{
    struct doc whole;
    if (!compounds_join(doc, &whole)) {
        tag_words(doc, lexicon);
        return;
    }
    tag_words(&whole, lexicon);
    compounds_spread(doc, &whole);
}
