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

/* Of a stem before -ed or -ing, when no list knows it: "escalat" wants its e back, "planned" loses an n. */
static struct str restore(const struct lexicon *l, struct arena *arena, struct str w, size_t cut)
{
    struct str bare = with(arena, w, cut, ""), with_e = with(arena, w, cut, "e");
    if (known_verb(l, with_e) && !(known_verb(l, bare) && !ends(bare, "s")))
        return with_e;
    if (known_verb(l, bare))
        return bare;
    size_t n = bare.n;
    bool doubled = n > 2 && bare.p[n - 1] == bare.p[n - 2] && !is_vowel(bare.p[n - 1]);
    struct str single = doubled ? with(arena, w, cut + 1, "") : bare;
    if (doubled && (known_verb(l, single) || !strchr("lsfz", bare.p[n - 1])))
        return single;
    if (doubled || n < 2)
        return bare;
    static const char *const want_e[] = {"at", "iz", "us",  "ur", "ov", "iv", "av", "ag", "uc",
                                         "ut", "rg", "nc",  "rc", "rs", "lv", "dg", "bl", "pl",
                                         "cl", "tl", "gl",  "dl", "fl", "kl", "c",  "v",  "u",
                                         "z",  "is", "eas", "ak", "ok", "ik", "ap", "op", "ir"};
    for (size_t i = 0; i < sizeof want_e / sizeof *want_e; i++)
        if (ends(bare, want_e[i]) && !ends(bare, "eat") && !ends(bare, "oat") && !ends(bare, "eak") &&
            !ends(bare, "ook") && !ends(bare, "air"))
            return with_e;
    return bare;
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
