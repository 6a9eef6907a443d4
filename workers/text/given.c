#include "workers/text/text.h"

/* Bytes of text that the sentences take with all their gaps, without the NUL. */
static size_t room_for(const struct given_sentence *given, size_t n)
{
    size_t room = 0;
    for (size_t s = 0; s < n; s++) {
        room += 2;
        for (size_t i = 0; i < given[s].n; i++)
            room += given[s].words[i].form.n + 1;
    }
    return room;
}

static void add_word(struct doc *doc, char *text, const struct given_word *word)
{
    struct token *t = &doc->tokens[doc->n_tokens++];
    *t = (struct token){.begin = doc->text_len, .sentence = (int32_t)doc->n_sentences - 1, .head = NONE};
    memcpy(text + doc->text_len, word->form.p, word->form.n);
    doc->text_len += (uint32_t)word->form.n;
    t->end = doc->text_len;
    t->space_after = word->space_after;
    t->joined = word->joined;
    t->lower = t->lemma = token_lower(doc->arena, word->form.p, word->form.n, &t->capital);
}

void text_given(struct doc *doc, const struct given_sentence *given, size_t n)
{
    size_t room = room_for(given, n), words = 0;
    for (size_t s = 0; s < n; s++)
        words += given[s].n;
    char *text = arena_alloc(doc->arena, room + 1);
    doc->sentences = ARENA_ARRAY(doc->arena, struct sentence, n + 1);
    doc->tokens = ARENA_ARRAY(doc->arena, struct token, words + 1);
    doc->text_len = 0;
    doc->n_sentences = doc->n_tokens = 0;
    int32_t paragraph = 0;
    bool space = false; /* between the word before and the next one */
    for (size_t s = 0; s < n; s++) {
        paragraph += s > 0 && given[s].new_paragraph;
        if (s > 0 && given[s].new_paragraph) {
            memcpy(text + doc->text_len, "\n\n", 2);
            doc->text_len += 2;
            doc->tokens[doc->n_tokens - 1].space_after = true;
            space = false;
        }
        struct sentence *sentence = &doc->sentences[doc->n_sentences++];
        *sentence = (struct sentence){.first = (int32_t)doc->n_tokens, .paragraph = paragraph};
        for (size_t i = 0; i < given[s].n; i++) {
            if (space)
                text[doc->text_len++] = ' ';
            if (i == 0)
                sentence->begin = doc->text_len;
            add_word(doc, text, &given[s].words[i]);
            space = given[s].words[i].space_after;
        }
        sentence->end = doc->text_len;
        sentence->last = (int32_t)doc->n_tokens;
    }
    if (doc->n_tokens)
        doc->tokens[doc->n_tokens - 1].space_after = true;
    doc->text = text;
    doc->to_body = ARENA_ARRAY(doc->arena, uint32_t, (size_t)doc->text_len + 1);
    for (uint32_t i = 0; i <= doc->text_len; i++)
        doc->to_body[i] = i;
}
