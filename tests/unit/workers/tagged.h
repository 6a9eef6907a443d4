/* tagged.h: documents for tests, written with their tags, so that a test does not hang on tokenizer or
 * tagger.
 *
 *   "[ Iran/N ] rejected=reject/d [ Iraq/N _'s/i ] offer/n _. | He/o left=leave/d _."
 *
 * Tokens are parted by spaces; a leading '_' joins one to the token before; '=' gives the lemma; '/' the tag:
 * n NOUN, N PROPN, v present or base, d past, e participle, g -ing, x AUX, a ADJ, p ADP, r ADV, t DET, c
 * CCONJ, s SCONJ, o PRON, i PART, u NUM; without one it is punctuation. [ ] enclose a mention (its last noun
 * is the head), '|' ends a sentence,
 * '||' a paragraph. */
#ifndef STANCED_TESTS_TAGGED_H
#define STANCED_TESTS_TAGGED_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "workers/doc.h"

static struct {
    char letter;
    int upos, form;
} const tagged_letters[] = {
    {'n', UPOS_NOUN, VERB_NONE},  {'N', UPOS_PROPN, VERB_NONE},  {'v', UPOS_VERB, VERB_PRESENT},
    {'b', UPOS_VERB, VERB_BASE},  {'d', UPOS_VERB, VERB_PAST},   {'e', UPOS_VERB, VERB_PARTICIPLE},
    {'g', UPOS_VERB, VERB_ING},   {'x', UPOS_AUX, VERB_PRESENT}, {'a', UPOS_ADJ, VERB_NONE},
    {'p', UPOS_ADP, VERB_NONE},   {'r', UPOS_ADV, VERB_NONE},    {'t', UPOS_DET, VERB_NONE},
    {'c', UPOS_CCONJ, VERB_NONE}, {'s', UPOS_SCONJ, VERB_NONE},  {'o', UPOS_PRON, VERB_NONE},
    {'i', UPOS_PART, VERB_NONE},  {'u', UPOS_NUM, VERB_NONE},
};

struct tagged_state {
    struct doc *d;
    char *text;
    int32_t mention_first; /* NONE: outside of brackets */
    bool new_paragraph;
};

static void tagged_mention(struct tagged_state *s)
{
    struct doc *d = s->d;
    struct actor_mention *m = &d->mentions[d->n_mentions];
    int32_t last = (int32_t)d->n_tokens;
    *m =
        (struct actor_mention){.first = s->mention_first, .last = last, .head = last - 1, .antecedent = NONE};
    m->sentence = (int32_t)d->n_sentences - 1;
    m->possessive = str_is(d->tokens[last - 1].lower, "'s");
    m->kind = d->tokens[last - 1].upos == UPOS_PRON ? MENTION_PRONOUN : MENTION_COUNTRY;
    if (m->possessive)
        m->head--;
    m->ids = ARENA_ARRAY(d->arena, struct identity, 1);
    m->ids->name = doc_token_text(d, m->head);
    m->ids->country = STR("XXX");
    m->n_ids = 1;
    for (int32_t i = m->first; i < m->last; i++)
        d->mention_at[i] = (int32_t)d->n_mentions;
    d->n_mentions++;
    s->mention_first = NONE;
}

static void tagged_token(struct tagged_state *s, const char *word)
{
    struct doc *d = s->d;
    bool joined = *word == '_' && word[1];
    word += joined;
    const char *slash = strrchr(word, '/'), *equals = strchr(word, '=');
    size_t n = equals                  ? (size_t)(equals - word)
               : slash && slash > word ? (size_t)(slash - word)
                                       : strlen(word);
    struct token *t = &d->tokens[d->n_tokens];
    if (d->n_tokens && joined)
        t[-1].space_after = false;
    if (d->text_len && !joined)
        s->text[d->text_len++] = ' ';
    *t = (struct token){.begin = d->text_len,
                        .end = d->text_len + (uint32_t)n,
                        .head = NONE,
                        .upos = UPOS_PUNCT,
                        .space_after = true};
    memcpy(s->text + d->text_len, word, n);
    d->text_len += (uint32_t)n;
    char *lower = arena_alloc(d->arena, n + 1);
    for (size_t i = 0; i < n; i++)
        lower[i] = (char)tolower((unsigned char)word[i]);
    t->capital = isupper((unsigned char)word[0]) != 0;
    t->lower = t->lemma = (struct str){lower, n};
    if (equals)
        t->lemma = (struct str){equals + 1, (size_t)((slash ? slash : word + strlen(word)) - equals - 1)};
    for (size_t i = 0; slash && i < sizeof tagged_letters / sizeof *tagged_letters; i++)
        if (tagged_letters[i].letter == slash[1]) {
            t->upos = (uint8_t)tagged_letters[i].upos;
            t->form = (uint8_t)tagged_letters[i].form;
        }
    t->sentence = (int32_t)d->n_sentences - 1;
    d->sentences[d->n_sentences - 1].last = (int32_t)++d->n_tokens;
    d->sentences[d->n_sentences - 1].end = d->text_len;
}

static void tagged_sentence(struct doc *d, bool paragraph)
{
    struct sentence *s = &d->sentences[d->n_sentences++];
    *s = (struct sentence){.begin = d->text_len, .first = (int32_t)d->n_tokens, .last = (int32_t)d->n_tokens};
    if (d->n_sentences > 1)
        s->paragraph = s[-1].paragraph + paragraph;
}

/* The document; lives in `arena`. */
static inline struct doc *tagged_doc(struct arena *arena, const char *marked)
{
    size_t room = strlen(marked) + 2;
    struct doc *d = ARENA_ARRAY(arena, struct doc, 1);
    struct tagged_state s = {d, arena_alloc(arena, room), NONE, false};
    d->arena = arena;
    d->text = s.text;
    d->tokens = ARENA_ARRAY(arena, struct token, room);
    d->sentences = ARENA_ARRAY(arena, struct sentence, room);
    d->mentions = ARENA_ARRAY(arena, struct actor_mention, room);
    d->mention_at = ARENA_ARRAY(arena, int32_t, room);
    for (size_t i = 0; i < room; i++)
        d->mention_at[i] = NONE;
    char *copy = arena_alloc(arena, room), *rest = memcpy(copy, marked, strlen(marked));
    tagged_sentence(d, false);
    for (char *word; (word = strtok_r(rest, " ", &rest));) {
        if (strcmp(word, "|") == 0 || strcmp(word, "||") == 0)
            tagged_sentence(d, word[1] == '|');
        else if (strcmp(word, "[") == 0)
            s.mention_first = (int32_t)d->n_tokens;
        else if (strcmp(word, "]") == 0)
            tagged_mention(&s);
        else
            tagged_token(&s, word);
    }
    d->to_body = ARENA_ARRAY(arena, uint32_t, d->text_len + 1);
    for (uint32_t i = 0; i <= d->text_len; i++)
        d->to_body[i] = i;
    return d;
}

/* The number of the token with this text, the n-th (from 0). */
static inline int32_t tagged_find(const struct doc *d, const char *text, int n)
{
    for (size_t i = 0; i < d->n_tokens; i++)
        if (str_is(doc_token_text(d, (int32_t)i), text) && n-- == 0)
            return (int32_t)i;
    fail_msg("no token '%s'", text);
    return NONE;
}

#endif
