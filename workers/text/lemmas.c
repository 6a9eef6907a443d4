#include "workers/engine/feats.h"
#include "workers/engine/relations.h"
#include "workers/text/text.h"
#include "workers/text/words.h"

#define SHOUT_LETTERS 5 /* a name in capitals of so many letters is no abbreviation: "TEXAS" */

struct stage {
    struct doc *doc;
    const struct lexicon *lexicon;
};

/* Words of closed classes, abbreviations, signs: a lemma and its forms, by tag. */
struct fixed {
    const char *lemma, *forms;
};
#define END                                                                                                  \
    {                                                                                                        \
        NULL, NULL                                                                                           \
    }
static const struct fixed pronouns[] = {{"i", "me"},
                                        {"we", "us 's"},
                                        {"he", "him"},
                                        {"they", "them 'em em"},
                                        {"my", "mine"},
                                        {"our", "ours"},
                                        {"your", "yours ur yo"},
                                        {"their", "theirs"},
                                        {"her", "hers"},
                                        {"you", "u ya"},
                                        {"this", "these"},
                                        {"that", "those"},
                                        END};
static const struct fixed determiners[] = {{"a", "an"}, {"this", "these"}, {"that", "those"}, END};
static const struct fixed particles[] = {{"not", "n't nt"}, {"to", "na ta"}, {"'s", "' s `s"}, END};
static const struct fixed auxiliaries[] = {{"be", "am is are was were been being 're 'm ai re m r s `s"},
                                           {"have", "has had having 've ve of"},
                                           {"do", "does did done doing"},
                                           {"will", "wo 'll ll"},
                                           {"can", "ca"},
                                           {"would", "d"},
                                           END};
static const struct fixed verbs[] = {{"have", "'ve"}, {"go", "gon"}, {"want", "wan"}, {"be", "'re 'm"}, END};
static const struct fixed adjectives[] = {{"good", "better best"},
                                          {"bad", "worse worst"},
                                          {"old", "elder eldest"},
                                          {"far", "farther farthest furthest"},
                                          END};
static const struct fixed adverbs[] = {{"well", "better best"},
                                       {"badly", "worse worst"},
                                       {"far", "farther farthest furthest"},
                                       {"a.k.a.", "aka"},
                                       {"i.e.", "ie"},
                                       {"e.g.", "eg"},
                                       END};
static const struct fixed adpositions[] = {{"versus", "vs"}, {"through", "thru"}, {"of", "o"},
                                           {"with", "w w/"}, {"without", "w/o"},  END};
static const struct fixed conjunctions[] = {{"and", "n 'n n'"}, END};
static const struct fixed numbers[] = {
    {"million", "m mn mln"}, {"thousand", "k"}, {"billion", "b bn"}, {"trillion", "t tn"}, END};
static const struct fixed signs[] = {{"-", "–"}, {"\"", "“ ” „ « »"}, END};
static const struct fixed nouns[] = {{"a.m.", "am a.m"},
                                     {"p.m.", "pm p.m"},
                                     {"etc.", "etc"},
                                     {"minute", "min min. mins"},
                                     {"year", "yr yr. yrs"},
                                     {"second", "sec secs"},
                                     {"hour", "hr hrs"},
                                     {"kilometer", "km"},
                                     {"kilogram", "kg"},
                                     {"volume", "vol vol. vols"},
                                     END};
static const struct fixed names[] = {{"january", "jan jan."},
                                     {"february", "feb feb."},
                                     {"march", "mar mar."},
                                     {"april", "apr apr."},
                                     {"june", "jun jun."},
                                     {"july", "jul jul."},
                                     {"august", "aug aug."},
                                     {"september", "sept sept. sep sep."},
                                     {"october", "oct oct."},
                                     {"november", "nov nov."},
                                     {"december", "dec dec."},
                                     {"monday", "mon mon."},
                                     {"tuesday", "tue tue. tues tues."},
                                     {"wednesday", "wed wed."},
                                     {"thursday", "thu thu. thur thur. thurs thurs."},
                                     {"friday", "fri fri."},
                                     {"saturday", "sat sat."},
                                     {"sunday", "sun sun."},
                                     END};
static const struct fixed *const fixed_lemmas[UPOS_COUNT] = {
    [UPOS_PRON] = pronouns,      [UPOS_DET] = determiners, [UPOS_PART] = particles, [UPOS_AUX] = auxiliaries,
    [UPOS_VERB] = verbs,         [UPOS_ADJ] = adjectives,  [UPOS_ADV] = adverbs,    [UPOS_ADP] = adpositions,
    [UPOS_CCONJ] = conjunctions, [UPOS_NUM] = numbers,     [UPOS_PUNCT] = signs,    [UPOS_SYM] = signs,
    [UPOS_NOUN] = nouns,         [UPOS_PROPN] = names};

static const struct feats *feats_of(const struct token *t)
{
    return t->feats ? t->feats : &feats_none;
}

static const char *fixed_lemma(const struct token *t)
{
    const struct fixed *f = t->lower.n <= 8 ? fixed_lemmas[t->upos] : NULL;
    for (; f && f->lemma; f++)
        if (words_in(t->lower, f->forms))
            return f->lemma;
    return NULL;
}

/* -- 's and 'd -- */

/* The verb or participle that an auxiliary goes with: the next one that is no adverb, negation or subject. */
static const struct token *verb_behind(const struct doc *d, int32_t i)
{
    int32_t last = d->sentences[d->tokens[i].sentence].last;
    for (int32_t k = i + 1; k < last && k <= i + 4; k++) {
        const struct token *t = &d->tokens[k];
        if (t->upos == UPOS_VERB || t->upos == UPOS_AUX)
            return t;
        if (t->upos != UPOS_ADV && t->upos != UPOS_PART && t->upos != UPOS_PRON)
            return NULL;
    }
    return NULL;
}

/* "'s" of "it's", "'d" of "I'd": which verb is it? */
static struct str short_verb(const struct doc *d, int32_t i)
{
    const struct token *t = &d->tokens[i], *verb = verb_behind(d, i);
    const struct feats *own = feats_of(t), *f = verb ? feats_of(verb) : &feats_none;
    bool participle = verb && (verb->form == VERB_PARTICIPLE || verb->form == VERB_PAST);
    if (str_is(t->lower, "'d")) {
        bool had = own->tense == TENSE_PAST || (own->verbform == FEAT_NONE && participle);
        return had || t->upos == UPOS_VERB ? STR("have") : STR("would");
    }
    if (t->upos == UPOS_VERB)
        return STR("be");
    bool copula = d->has_tree && (rel_base((enum relation)t->deprel) == REL_COP || t->deprel == REL_AUX_PASS);
    bool perfect = participle && f->voice != VOICE_PASS && f->verbform != VERBFORM_INF;
    if (verb && words_in(verb->lower, "been got had gone"))
        perfect = true;
    return perfect && !copula ? STR("have") : STR("be");
}

/* -- open classes -- */

/* What the features say of a verb's form; VERB_NONE: nothing. */
static enum verb_form form_by_feats(const struct token *t)
{
    const struct feats *f = feats_of(t);
    switch (f->verbform) {
    case VERBFORM_INF: return VERB_BASE;
    case VERBFORM_GER: return VERB_ING;
    case VERBFORM_PART: return f->tense == TENSE_PRES ? VERB_ING : VERB_PARTICIPLE;
    case VERBFORM_FIN: break;
    default: return VERB_NONE;
    }
    if (f->mood == MOOD_IMP)
        return VERB_BASE;
    bool past = f->tense == TENSE_PAST || words_in(t->lower, "would could might should");
    return past ? VERB_PAST : VERB_PRESENT;
}

static struct str degree_lemma(struct stage *s, const struct token *t)
{
    uint8_t degree = feats_of(t)->degree;
    struct str w = t->lower;
    if (degree == DEGREE_CMP && w.n > 3 && memcmp(w.p + w.n - 2, "er", 2) == 0)
        return lemma_degree(s->doc->arena, w, 2);
    if (degree == DEGREE_SUP && w.n > 4 && memcmp(w.p + w.n - 3, "est", 3) == 0)
        return lemma_degree(s->doc->arena, w, 3);
    return w;
}

/* "200,000" -> "200000". */
static struct str number_lemma(struct stage *s, struct str w)
{
    bool digits = w.n > 4;
    for (size_t i = 0; i < w.n; i++)
        digits &= (w.p[i] >= '0' && w.p[i] <= '9') || w.p[i] == ',' || w.p[i] == '.';
    if (!digits || !memchr(w.p, ',', w.n))
        return w;
    char *out = arena_alloc(s->doc->arena, w.n);
    size_t n = 0;
    for (size_t i = 0; i < w.n; i++)
        if (w.p[i] != ',')
            out[n++] = w.p[i];
    return (struct str){out, n};
}

static struct str noun_lemma(struct stage *s, const struct token *t)
{
    uint8_t number = feats_of(t)->number;
    bool plural;
    if (number == NUMBER_SING || number == NUMBER_PTAN || (t->upos == UPOS_PROPN && number != NUMBER_PLUR))
        return t->lower;
    if (number == NUMBER_PLUR)
        return lemma_plural(s->lexicon, s->doc->arena, t->lower);
    return lemma_noun(s->lexicon, s->doc->arena, t->lower, &plural);
}

static struct str verb_lemma(struct stage *s, const struct token *t)
{
    enum verb_form form = form_by_feats(t);
    const struct feats *f = feats_of(t);
    bool third = f->number == NUMBER_SING && f->person == 3;
    if (form == VERB_NONE)
        return t->lemma; /* by the tagger that knew its form */
    if (form == VERB_BASE || (form == VERB_PRESENT && f->person && !third))
        return words_in(t->lower, "am are is") ? STR("be") : t->lower;
    return lemma_verb_as(s->lexicon, s->doc->arena, t->lower, form);
}

static struct str lemma_of(struct stage *s, int32_t i)
{
    const struct token *t = &s->doc->tokens[i];
    bool verbal = t->upos == UPOS_AUX || t->upos == UPOS_VERB;
    if (verbal && words_in(t->lower, "'s 'd"))
        return short_verb(s->doc, i);
    if (t->upos == UPOS_PRON && str_is(t->lower, "her"))
        return feats_of(t)->kasus == CASE_ACC ? STR("she") : t->lower;
    const char *fixed = fixed_lemma(t);
    if (fixed)
        return str_from(fixed);
    switch (t->upos) {
    case UPOS_NOUN:
    case UPOS_PROPN: return noun_lemma(s, t);
    case UPOS_AUX:
    case UPOS_VERB: return verb_lemma(s, t);
    case UPOS_ADJ:
    case UPOS_ADV: return degree_lemma(s, t);
    case UPOS_NUM: return number_lemma(s, t->lower);
    default: return t->lower;
    }
}

void lemma_run(struct doc *doc, const struct lexicon *lexicon)
{
    struct stage s = {doc, lexicon};
    for (size_t i = 0; i < doc->n_tokens; i++) {
        struct token *t = &doc->tokens[i];
        enum verb_form form = form_by_feats(t);
        if (form != VERB_NONE)
            t->form = (uint8_t)form;
    }
    for (size_t i = 0; i < doc->n_tokens; i++)
        doc->tokens[i].lemma = lemma_of(&s, (int32_t)i);
}

/* -- capitals -- */

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Letters of the form, if all of them are ASCII capitals; else 0. */
static size_t shouted(struct str form)
{
    size_t n = 0;
    for (size_t i = 0; i < form.n; i++) {
        if (!is_upper(form.p[i]) && form.p[i] != '\'')
            return 0;
        n += is_upper(form.p[i]);
    }
    return n;
}

/* Two thirds of the sentence's words have a capital: then capitals tell nothing. */
static bool is_title(const struct doc *d, const struct sentence *s)
{
    int32_t words = 0, capitals = 0;
    for (int32_t i = s->first; i < s->last; i++) {
        unsigned char c = (unsigned char)d->tokens[i].lower.p[0];
        words += (c >= 'a' && c <= 'z') || c >= 0x80;
        capitals += d->tokens[i].capital;
    }
    return capitals * 3 > words * 2;
}

static bool is_name_at(const struct doc *d, const struct sentence *s, int32_t i)
{
    return i >= s->first && i < s->last && d->tokens[i].upos == UPOS_PROPN && d->tokens[i].capital;
}

/* An adjective with a capital within a sentence is part of a name ("National Guard") or made of one ("Dutch"). */
static bool adjective_keeps(const struct doc *d, int32_t i)
{
    const struct sentence *s = &d->sentences[d->tokens[i].sentence];
    if (is_name_at(d, s, i - 1) || is_name_at(d, s, i + 1))
        return i > s->first;
    return i > s->first && !is_title(d, s) && shouted(doc_token_text(d, i)) == 0;
}

static bool is_roman(struct str lower)
{
    for (size_t i = 0; i < lower.n; i++)
        if (!strchr("ivxlcdm", lower.p[i]))
            return false;
    return true;
}

static bool keeps_capitals(const struct doc *d, int32_t i)
{
    const struct token *t = &d->tokens[i];
    switch (t->upos) {
    case UPOS_PROPN: return true;
    case UPOS_ADJ: /* also "anti-American" */
        return t->capital ? adjective_keeps(d, i) : memchr(t->lower.p, '-', t->lower.n) != NULL;
    case UPOS_NUM: return t->capital && is_roman(t->lemma);
    case UPOS_NOUN:
    case UPOS_SYM: return t->lower.n == 1; /* "plan B" */
    default: return false;
    }
}

struct str lemma_cased(const struct doc *d, int32_t i)
{
    const struct token *t = &d->tokens[i];
    struct str form = doc_token_text(d, i);
    if (t->upos == UPOS_PRON && str_is(t->lemma, "i"))
        return STR("I");
    if (d->has_tree && t->deprel == REL_GOESWITH)
        return STR("_");
    if (form.n != t->lower.n || !keeps_capitals(d, i))
        return t->lemma;
    char *out = arena_alloc(d->arena, t->lemma.n);
    memcpy(out, t->lemma.p, t->lemma.n);
    /* The form's own letters as far as the lemma has the same ones. */
    bool loud = t->upos == UPOS_PROPN && shouted(form) >= SHOUT_LETTERS;
    for (size_t k = 0; k < t->lemma.n && k < form.n && t->lemma.p[k] == t->lower.p[k] && !(loud && k > 0);
         k++)
        out[k] = t->lower.p[k] == '\'' ? '\'' : form.p[k];
    return (struct str){out, t->lemma.n};
}
