#include "workers/actors/lexicon.h"

#include <stdio.h>
#include <stdlib.h>

#include "proto/base/utf8.h"
#include "workers/actors/lexicon_impl.h"
#include "workers/text/text.h"

#define WORD_BYTES 128 /* longer words are no lexicon words */

void lexicon_close(struct lexicon *l)
{
    if (!l)
        return;
    trie_free(l->names);
    trie_free(l->roles);
    free(l->name_slots);
    free(l->role_slots);
    table_free(l->countries);
    table_free(l->holders);
    table_free(l->surnames);
    table_free(l->cues);
    table_free(l->forms);
    table_free(l->abbreviations);
    arena_free(l->arena);
    free(l);
}

struct digest lexicon_digest(const struct lexicon *l)
{
    return l->digest;
}

struct str name_key(struct str word, char *out, size_t room)
{
    if (word.n > room || !memmem(word.p, word.n, "\u2019", 3))
        return word;
    size_t n = 0;
    for (size_t i = 0; i < word.n;) {
        bool mark = word.n - i >= 3 && memcmp(word.p + i, "\u2019", 3) == 0;
        out[n++] = mark ? '\'' : word.p[i];
        i += mark ? 3 : 1;
    }
    return (struct str){out, n};
}

/* "ASUNCIÓN" -> "Asunción", "GUINEA-BISSAU" -> "Guinea-Bissau"; absent when the word is not all capitals, or
 * short. */
static struct str title_case(struct str word, struct str lower, char *out)
{
    if (word.n < 4 || word.n != lower.n || word.n > WORD_BYTES)
        return (struct str){NULL, 0};
    bool first = true;
    for (size_t i = 0; i < word.n;) {
        uint32_t cp, low;
        unsigned n = utf8_decode(word.p + i, word.p + word.n, &cp);
        utf8_decode(lower.p + i, lower.p + lower.n, &low);
        if (cp == low && cp != '-' && cp != '\'')
            return (struct str){NULL, 0};
        memcpy(out + i, (first ? word.p : lower.p) + i, n);
        first = cp == '-' || cp == '\'';
        i += n;
    }
    return (struct str){out, word.n};
}

/* "Ecowas" -> "ECOWAS", as many papers write bodies; absent when the word is no capitalised name of 4 to 8 letters. */
static struct str acronym_case(const struct token *t, struct str word, char *out)
{
    bool shaped = t->upos == UPOS_PROPN && word.n >= 4 && word.n <= 8 && word.p[0] >= 'A' && word.p[0] <= 'Z';
    for (size_t i = 1; shaped && i < word.n; i++)
        shaped = word.p[i] >= 'a' && word.p[i] <= 'z';
    if (!shaped)
        return (struct str){NULL, 0};
    for (size_t i = 0; i < word.n; i++)
        out[i] = i ? (char)(word.p[i] - 'a' + 'A') : word.p[i];
    return (struct str){out, word.n};
}

const struct name *lexicon_on_day(const struct name *chain, int32_t day)
{
    for (; chain; chain = chain->next)
        if (chain->from <= day && day <= chain->to)
            return chain;
    return NULL;
}

/* A person out of office, or not yet in one, still is that person; and a body or state that is gone is still meant by
 * its name when nobody else is. */
static const struct name *best_on_day(const struct name *chain, int32_t day)
{
    const struct name *best = lexicon_on_day(chain, day);
    if (best)
        return best;
    for (const struct name *n = chain; n; n = n->next)
        if (n->kind == NAME_PERSON || n->to < day) {
            int64_t away = n->to < day ? (int64_t)day - n->to : (int64_t)n->from - day;
            int64_t best_away = !best            ? INT64_MAX
                                : best->to < day ? (int64_t)day - best->to
                                                 : (int64_t)best->from - day;
            if (away < best_away)
                best = n;
        }
    return best;
}

const struct name *lexicon_name(const struct lexicon *l, const struct doc *doc, int32_t first, int32_t last,
                                int32_t *end)
{
    const struct name *found = NULL;
    uint32_t node = 0;
    for (int32_t i = first; i < last; i++) {
        char out[WORD_BYTES];
        struct str word = doc_token_text(doc, i);
        uint32_t next = trie_step(l->names, node, name_key(word, out, sizeof out));
        if (next == TRIE_NONE) {
            struct str title = title_case(word, doc->tokens[i].lower, out);
            next = title.p ? trie_step(l->names, node, title) : TRIE_NONE;
        }
        struct str acronym =
            next == TRIE_NONE && i == first ? acronym_case(&doc->tokens[i], word, out) : word;
        if (next == TRIE_NONE && acronym.p) {
            next = trie_step(l->names, node, acronym);
            /* A person is no acronym, and "Iran" none of "IRAN". */
            const struct name *body =
                next == TRIE_NONE ? NULL : best_on_day(l->name_slots[next].name, doc->day);
            next = body && body->kind == NAME_ORG ? next : TRIE_NONE;
        }
        if (next == TRIE_NONE)
            break;
        node = next;
        const struct name *best = best_on_day(l->name_slots[node].name, doc->day);
        if (best) {
            found = best;
            *end = i + 1;
        }
    }
    return found;
}

const struct name *lexicon_lookup(const struct lexicon *l, struct str text)
{
    uint32_t node = 0;
    for (const char *p = text.p, *end = p + text.n; p < end;) {
        if (*p == ' ') {
            p++;
            continue;
        }
        char out[WORD_BYTES];
        struct str word = {p, token_length(text.p, p, end, l)};
        node = trie_step(l->names, node, name_key(word, out, sizeof out));
        if (node == TRIE_NONE)
            return NULL;
        p += word.n;
    }
    return l->name_slots[node].name;
}

/* A surname alone means those whom everybody knows before those whom one has to introduce. */
static int office_rank(const struct name *n)
{
    static const char *const high[] = {"president",      "prime minister", "chancellor",
                                       "supreme leader", "king",           "emir",
                                       "crown prince",   "pope",           NULL};
    static const char *const known[] = {
        "foreign minister", "defence minister",  "secretary-general",         "vice president",
        "spokesman",        "opposition leader", "national security adviser", NULL};
    if (!n->office.p)
        return 0;
    return name_index(high, n->office) >= 0 && !n->organisation.p ? 2 : name_index(known, n->office) >= 0;
}

/* How well a namesake fits; negative: not at all. */
static int surname_fit(const struct name *n, int32_t day, struct str country, struct str office, bool sure)
{
    int rank = office_rank(n), years_known = rank == 2 ? 40 : 10; /* after the end of an office */
    bool holds = n->from <= day && day <= n->to;
    bool held = n->to < day && (int64_t)day - n->to < years_known * 365;
    int whose = 1000 * (RANK_DICTIONARY - (int)n->rank);
    if ((!holds && !held) || (!sure && (!holds || rank == 0)))
        return -1;
    if (country.p && !str_equal(country, n->country))
        return -1;
    return whose + (office.p && str_equal(office, n->office) ? 100 : 0) + (holds ? 10 : 0) + rank;
}

const struct name *lexicon_surname(const struct lexicon *l, struct str word, int32_t day, struct str country,
                                   struct str office, bool sure)
{
    const struct holders *h = table_get(l->surnames, word);
    const struct name *best = NULL;
    int best_fit = -1;
    bool tied = false;
    for (size_t i = 0; h && i < h->n; i++) {
        int fit = surname_fit(h->v[i], day, country, office, sure);
        if (fit < best_fit || fit < 0)
            continue;
        tied = fit == best_fit && (tied || !str_equal(best->display, h->v[i]->display));
        if (fit > best_fit || !best)
            best = h->v[i];
        best_fit = fit;
    }
    return tied ? NULL : best;
}

struct str lexicon_country(const struct lexicon *l, struct str code)
{
    const struct str *name = code.p ? table_get(l->countries, code) : NULL;
    return name ? *name : (struct str){NULL, 0};
}

struct str lexicon_country_of(const struct lexicon *l, struct str text, int32_t day)
{
    const struct name *n = lexicon_on_day(lexicon_lookup(l, text), day);
    bool tells = n && (n->kind == NAME_COUNTRY || n->kind == NAME_ADJECTIVE || n->kind == NAME_CAPITAL);
    return tells ? n->country : (struct str){NULL, 0};
}

bool holder_key(struct str of, struct str office, char out[HOLDER_KEY], size_t *n)
{
    int length = snprintf(out, HOLDER_KEY, "%.*s/%.*s", STR_ARGS(of), STR_ARGS(office));
    *n = (size_t)length;
    return length < HOLDER_KEY;
}

const struct name *lexicon_holder(const struct lexicon *l, struct str of, struct str office, int32_t day)
{
    char key[HOLDER_KEY];
    size_t n;
    if (!of.p || !office.p || !holder_key(of, office, key, &n))
        return NULL;
    const struct holders *h = table_get(l->holders, (struct str){key, n});
    const struct name *found = NULL;
    for (size_t i = 0; h && i < h->n; i++)
        if (h->v[i]->from <= day && day <= h->v[i]->to) {
            if (found && found->rank != h->v[i]->rank) {
                found = found->rank < h->v[i]->rank ? found : h->v[i];
                continue;
            }
            /* On the day of a change both hold: the newer one does. Two otherwise is no answer. */
            if (found && !str_equal(found->display, h->v[i]->display)) {
                if (found->from == h->v[i]->from || (found->to != day && h->v[i]->to != day))
                    return NULL;
                found = found->to == day ? h->v[i] : found;
            } else {
                found = h->v[i];
            }
        }
    return found;
}

/* The singulars that a plural may have: ministers, agencies, spokesmen, churches. */
static uint32_t step_singular(const struct lexicon *l, uint32_t node, struct str word)
{
    const struct form_pair *f = table_get(l->forms, word);
    if (f && f->noun.lemma.p)
        return trie_step(l->roles, node, f->noun.lemma);
    static const char *const rules[][2] = {
        {"ies", "y"}, {"men", "man"}, {"women", "woman"}, {"s", ""}, {"es", ""}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        size_t n = strlen(rules[i][0]), m = strlen(rules[i][1]);
        if (word.n <= n + 1 || word.n > WORD_BYTES || memcmp(word.p + word.n - n, rules[i][0], n) != 0)
            continue;
        char singular[WORD_BYTES + 8];
        memcpy(singular, word.p, word.n - n);
        memcpy(singular + word.n - n, rules[i][1], m);
        uint32_t next = trie_step(l->roles, node, (struct str){singular, word.n - n + m});
        if (next != TRIE_NONE)
            return next;
    }
    return TRIE_NONE;
}

const struct role *lexicon_role(const struct lexicon *l, const struct doc *doc, int32_t first, int32_t last,
                                int32_t *end, bool *plural)
{
    const struct role *found = NULL;
    uint32_t node = 0;
    for (int32_t i = first; i < last && node != TRIE_NONE; i++) {
        struct str word = doc->tokens[i].lower;
        uint32_t next = trie_step(l->roles, node, word);
        bool as_is = next != TRIE_NONE && l->role_slots[next].role;
        uint32_t singular = as_is ? TRIE_NONE : step_singular(l, node, word);
        bool many = singular != TRIE_NONE && l->role_slots[singular].role;
        if (as_is || many) {
            found = l->role_slots[as_is ? next : singular].role;
            *end = i + 1;
            *plural = many;
        }
        node = next;
    }
    return found;
}

struct cue_list lexicon_cues(const struct lexicon *l, struct str lemma)
{
    const struct cue_bucket *b = table_get(l->cues, lemma);
    return b ? (struct cue_list){b->v, b->n} : (struct cue_list){NULL, 0};
}

bool lexicon_is_cue(const struct lexicon *l, struct str lemma, enum cue_pos pos)
{
    struct cue_list list = lexicon_cues(l, lemma);
    for (size_t i = 0; i < list.n; i++)
        if (list.v[i]->pos == pos)
            return true;
    return false;
}

const struct word_form *lexicon_form(const struct lexicon *l, struct str lower, bool noun)
{
    const struct form_pair *f = table_get(l->forms, lower);
    const struct word_form *w = !f ? NULL : noun ? &f->noun : &f->verb;
    return w && w->lemma.p ? w : NULL;
}

enum abbreviation lexicon_abbreviation(const struct lexicon *l, struct str word)
{
    return (enum abbreviation)(uintptr_t)table_get(l->abbreviations, word);
}
