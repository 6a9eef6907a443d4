#include "workers/text/text.h"
#include "workers/text/words.h"

#define WORD_BYTES 48 /* longer words keep their form */

static bool known_verb(const struct lexicon *l, struct str lemma)
{
    if (words_verb(lemma) || words_verb_and_noun(lemma) || lexicon_is_cue(l, lemma, CUE_VERB))
        return true;
    const struct word_form *f = lexicon_form(l, lemma, false);
    return f && str_equal(f->lemma, lemma);
}

static bool ends(struct str w, const char *suffix)
{
    size_t n = strlen(suffix);
    return w.n > n && memcmp(w.p + w.n - n, suffix, n) == 0;
}

/* The word without its last `cut` bytes, with `add` behind. */
static struct str with(struct arena *arena, struct str w, size_t cut, const char *add)
{
    return arena_printf(arena, "%.*s%s", (int)(w.n - cut), w.p, add);
}

static bool is_vowel(char c)
{
    return strchr("aeiou", c) && c;
}

/* How many times vowels begin: "travel" 2. */
static int syllables(struct str w)
{
    int n = 0;
    bool vowel = false;
    for (size_t i = 0; i < w.n; i++) {
        bool now = is_vowel(w.p[i]) || (w.p[i] == 'y' && i > 0);
        n += now && !vowel;
        vowel = now;
    }
    return n;
}

static bool ends_in(struct str w, const char *const *suffixes)
{
    for (; *suffixes; suffixes++)
        if (ends(w, *suffixes) || str_is(w, *suffixes))
            return true;
    return false;
}

/* "lin", "scrap": before an ending such a stem would double its consonant, if it had not lost an e. */
static bool is_short(struct str w)
{
    size_t n = w.n;
    bool closed = n >= 2 && !is_vowel(w.p[n - 1]) && !strchr("wxy", w.p[n - 1]) && is_vowel(w.p[n - 2]);
    return closed && (n == 2 || !is_vowel(w.p[n - 3])) && syllables(w) == 1;
}

/* Whether a stem that lost an ending ("escalat", "lin") had an e before it. */
static bool wants_e(struct str w)
{
    static const char *const though[] = {"creat", "permeat", "delineat", "nauseat", "tast",  "wast",  "hast",
                                         "past",  "breath",  "seeth",    "wreath",  "sooth", "cloth", "bath",
                                         "loath", "sheath",  "infring",  "cring",   "hing",  "rout",  NULL};
    static const char *const never[] = {"eat",  "oat",   "eak",    "oak",    "ook",   "air",   "our", "out",
                                        "oir",  "ead",   "oad",    "aid",    "oid",   "ood",   "oud", "eap",
                                        "oop",  "oap",   "oup",    "ait",    "oit",   "oin",   "ain", "ail",
                                        "oil",  "eal",   "eam",    "oam",    "aim",   "ear",   "oar", "focus",
                                        "bias", "velop", "gallop", "wallop", "debut", "peril", NULL};
    static const char *const always[] = {
        "at",   "iz",   "us",  "ur",   "ov",  "iv",   "av",   "ag",   "uc",  "ut",   "rg",   "nc",
        "rc",   "rs",   "lv",  "dg",   "bl",  "pl",   "cl",   "tl",   "gl",  "dl",   "fl",   "kl",
        "zl",   "sl",   "c",   "v",    "u",   "z",    "is",   "as",   "os",  "ys",   "ps",   "ls",
        "ns",   "ws",   "ak",  "ok",   "ik",  "ap",   "op",   "ir",   "ud",  "id",   "ad",   "ced",
        "cod",  "plod", "rod", "rul",  "dul", "com",  "sum",  "im",   "lg",  "ang",  "eng",  "ung",
        "rib",  "yp",   "ar",  "vot",  "uot", "mot",  "not",  "vit",  "nit", "ncit", "xcit", "plet",
        "elet", "mpet", "leg", "blig", "ven", "gnor", "plor", "stor", "yl",  NULL};
    if (w.n < 2 || ends_in(w, though))
        return w.n >= 2;
    if (ends_in(w, never))
        return false;
    bool late =
        w.n > 2 && !is_vowel(w.p[w.n - 3]) && syllables(w) > 1 && !str_is(w, "even") && !str_is(w, "open");
    if (late && (ends(w, "in") || ends(w, "il") || ends(w, "am")))
        return true; /* "combin", "compil" */
    return is_short(w) || (ends_in(w, always) && !str_is(w, "even"));
}

/* The verb of a stem before -ed or -ing: "escalat" wants its e back, "plann" loses an n. */
static struct str restore(const struct lexicon *l, struct arena *arena, struct str w, size_t cut)
{
    struct str bare = with(arena, w, cut, ""), with_e = with(arena, w, cut, "e");
    if (known_verb(l, with_e) && !(known_verb(l, bare) && !ends(bare, "s")))
        return with_e;
    if (known_verb(l, bare) && !is_short(bare))
        return bare;
    size_t n = bare.n;
    if (n > 3 && bare.p[n - 1] == bare.p[n - 2] && !is_vowel(bare.p[n - 1])) {
        struct str single = with(arena, w, cut + 1, "");
        bool keeps = strchr("lsfz", bare.p[n - 1]) && !(ends(bare, "ll") && syllables(bare) > 1);
        return known_verb(l, single) || !keeps ? single : bare;
    }
    if (ends(bare, "ick") && syllables(bare) > 1)
        return with(arena, w, cut + 1, ""); /* "panicked" */
    return wants_e(bare) ? with_e : bare;
}

static struct str strip_s(struct arena *arena, struct str w)
{
    if (ends(w, "ies") && w.n > 4)
        return with(arena, w, 3, "y");
    if (ends(w, "sses") || ends(w, "shes") || ends(w, "ches") || ends(w, "xes") || ends(w, "zzes") ||
        (ends(w, "oes") && w.n > 4))
        return with(arena, w, 2, "");
    return with(arena, w, 1, "");
}

struct str lemma_verb(const struct lexicon *lexicon, struct arena *arena, struct str lower,
                      enum verb_form *form)
{
    const struct word_form *irregular = lexicon_form(lexicon, lower, false);
    *form = VERB_BASE;
    if (irregular) {
        *form = irregular->form;
        return irregular->lemma;
    }
    if (lower.n > WORD_BYTES || known_verb(lexicon, lower))
        return lower;
    if (ends(lower, "ing") && lower.n > 4) {
        *form = VERB_ING;
        return restore(lexicon, arena, lower, 3);
    }
    bool agreed = ends(lower, "eed") && known_verb(lexicon, with(arena, lower, 1, ""));
    if (ends(lower, "ed") && lower.n > 3 && (agreed || !ends(lower, "eed"))) {
        *form = VERB_PAST;
        if (agreed)
            return with(arena, lower, 1, "");
        if (ends(lower, "ied") && lower.n > 4)
            return with(arena, lower, 3, "y");
        return restore(lexicon, arena, lower, 2);
    }
    if (ends(lower, "s") && !ends(lower, "ss") && !ends(lower, "us") && lower.n > 2) {
        *form = VERB_PRESENT;
        return strip_s(arena, lower);
    }
    return lower;
}

struct str lemma_noun(const struct lexicon *lexicon, struct arena *arena, struct str lower, bool *plural)
{
    const struct word_form *irregular = lexicon_form(lexicon, lower, true);
    *plural = irregular != NULL;
    if (irregular)
        return irregular->lemma;
    *plural = lower.n > 3 && lower.n <= WORD_BYTES && ends(lower, "s") && !ends(lower, "ss") &&
              !ends(lower, "us") && !ends(lower, "is") &&
              !words_in(lower, "news politics series species headquarters economics means");
    if (*plural)
        return strip_s(arena, lower);
    if (!ends(lower, "men") || words_in(lower, "specimen regimen abdomen omen women"))
        return lower;
    *plural = true;
    return with(arena, lower, 2, "an");
}

/* -- words of which the tag is known -- */

/* "overthrew", "rebuilt": an irregular verb with something before it. */
static struct str prefixed(const struct lexicon *l, struct arena *arena, struct str w, bool noun)
{
    static const char *const prefixes[] = {"over", "under", "inter", "fore", "with", "mis",
                                           "out",  "up",    "re",    "un",   "co"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t n = strlen(prefixes[i]);
        if (w.n < n + 3 || memcmp(w.p, prefixes[i], n) != 0)
            continue;
        const struct word_form *f = lexicon_form(l, (struct str){w.p + n, w.n - n}, noun);
        if (f)
            return arena_printf(arena, "%s%.*s", prefixes[i], STR_ARGS(f->lemma));
    }
    return (struct str){NULL, 0};
}

struct str lemma_verb_as(const struct lexicon *lexicon, struct arena *arena, struct str lower,
                         enum verb_form form)
{
    const struct word_form *irregular = lexicon_form(lexicon, lower, false);
    if (irregular)
        return irregular->lemma;
    if (lower.n > WORD_BYTES)
        return lower;
    bool ing = form == VERB_ING && ends(lower, "ing") && lower.n > 4;
    bool ed = (form == VERB_PAST || form == VERB_PARTICIPLE) && ends(lower, "ed") && lower.n > 3;
    if (ed && ends(lower, "ied") && lower.n > 4)
        return with(arena, lower, 3, "y");
    if (ed && ends(lower, "eed"))
        return with(arena, lower, 1, "");
    if (ing || ed)
        return restore(lexicon, arena, lower, ing ? 3 : 2);
    if (form == VERB_PRESENT && ends(lower, "s") && !ends(lower, "ss"))
        return ends(lower, "cuses") && !ends(lower, "ccuses") && !ends(lower, "xcuses")
                   ? with(arena, lower, 2, "")
                   : strip_s(arena, lower);
    struct str whole = prefixed(lexicon, arena, lower, false);
    return whole.p ? whole : lower;
}

struct str lemma_plural(const struct lexicon *lexicon, struct arena *arena, struct str lower)
{
    if (words_in(lower, "people media data")) /* "person", "medium", "datum" are other words by now */
        return lower;
    const struct word_form *irregular = lexicon_form(lexicon, lower, true);
    if (irregular)
        return irregular->lemma;
    if (lower.n > WORD_BYTES || lower.n < 3)
        return lower;
    char digit = lower.p[lower.n - (ends(lower, "'s") ? 3 : 2)];
    if (ends(lower, "s") && digit >= '0' && digit <= '9') /* "the 1990s" */
        return ends(lower, "'s") ? with(arena, lower, 2, "s") : lower;
    if (ends(lower, "'s"))
        return with(arena, lower, 2, "");
    if (ends(lower, "uses") && syllables(lower) > 2 && !ends(lower, "ouses") && !ends(lower, "auses") &&
        !words_in(lower, "excuses abuses refuses recluses"))
        return with(arena, lower, 2, ""); /* "viruses" */
    if (ends(lower, "men"))
        return with(arena, lower, 2, "an");
    if (ends(lower, "s") && !ends(lower, "ss"))
        return strip_s(arena, lower);
    return lower;
}

struct str lemma_degree(struct arena *arena, struct str lower, size_t ending)
{
    static const char *const want_e[] = {"rg",  "lat", "id", "af", "im",  "ic",  "os", "is",  "cut", "pur",
                                         "cur", "ag",  "in", "am", "rar", "sor", "v",  "c",   "u",   "bl",
                                         "pl",  "tl",  "gl", "dl", "rs",  "ns",  "br", "hit", "mot", NULL};
    struct str bare = with(arena, lower, ending, "");
    size_t n = bare.n;
    if (n > 2 && ends(bare, "i"))
        return with(arena, lower, ending + 1, "y");
    if (n > 2 && bare.p[n - 1] == bare.p[n - 2] && strchr("bdgmntp", bare.p[n - 1]))
        return with(arena, lower, ending + 1, "");
    return is_short(bare) || ends_in(bare, want_e) ? with(arena, lower, ending, "e") : bare;
}
