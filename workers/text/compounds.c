#include "workers/text/compounds.h"

#include "workers/text/scan.h"

bool compounds_hyphen(const struct doc *doc, int32_t i)
{
    const struct token *t = &doc->tokens[i];
    if (t->end - t->begin != 1 || doc->text[t->begin] != '-' || t->space_after || i == 0 ||
        i + 1 >= (int32_t)doc->n_tokens || t[-1].space_after || t[-1].sentence != t->sentence ||
        t[1].sentence != t->sentence)
        return false;
    const char *end = doc->text + doc->text_len, *last = doc->text + t->begin;
    while (((unsigned char)*--last & 0xC0) == 0x80)
        ;
    bool stop = *last == '.' && t[-1].end - t[-1].begin > 1; /* "U.S.-led" */
    return (stop || scan_word_char(last, end)) && scan_word_char(doc->text + t[1].begin, end);
}

/* Where the compound ends that begins at token i; i + 1: it is a single word. */
static int32_t compound_end(const struct doc *doc, int32_t i, int32_t last)
{
    int32_t end = i + 1;
    while (end + 1 < last && compounds_hyphen(doc, end))
        end += 2;
    return end;
}

static void join(const struct doc *doc, struct token *to, int32_t first, int32_t last)
{
    *to = doc->tokens[first];
    to->end = doc->tokens[last - 1].end;
    to->space_after = doc->tokens[last - 1].space_after;
    char *lower = arena_alloc(doc->arena, to->end - to->begin + 1);
    size_t n = 0;
    for (int32_t i = first; i < last; n += doc->tokens[i++].lower.n)
        memcpy(lower + n, doc->tokens[i].lower.p, doc->tokens[i].lower.n);
    to->lower = to->lemma = (struct str){lower, n};
}

bool compounds_join(const struct doc *doc, struct doc *whole)
{
    int32_t i = 0, n = (int32_t)doc->n_tokens;
    while (i < n && !compounds_hyphen(doc, i))
        i++;
    if (i == n)
        return false;
    *whole = *doc;
    whole->tokens = ARENA_ARRAY(doc->arena, struct token, doc->n_tokens);
    whole->sentences = ARENA_ARRAY(doc->arena, struct sentence, doc->n_sentences);
    whole->n_tokens = 0;
    for (size_t s = 0; s < doc->n_sentences; s++) {
        struct sentence *to = &whole->sentences[s];
        const struct sentence *from = &doc->sentences[s];
        *to = *from;
        to->first = (int32_t)whole->n_tokens;
        for (i = from->first; i < from->last;) {
            int32_t end = compound_end(doc, i, from->last);
            struct token *t = &whole->tokens[whole->n_tokens++];
            if (end == i + 1)
                *t = doc->tokens[i];
            else
                join(doc, t, i, end);
            i = end;
        }
        to->last = (int32_t)whole->n_tokens;
    }
    return true;
}

/* All parts are what the whole is, so that phrases do not break at the hyphen. Only the last one is inflected, and it
 * has the lemma of the whole: "so-called" is no "call", "test-fired" is one of the cues. */
static void spread(struct doc *doc, const struct token *whole, int32_t first, int32_t last)
{
    for (int32_t i = first; i < last - 1; i++)
        doc->tokens[i].upos = whole->upos == UPOS_VERB ? UPOS_NOUN : whole->upos;
    struct token *t = &doc->tokens[last - 1];
    t->upos = whole->upos;
    t->form = whole->form;
    t->lemma = whole->lemma;
}

void compounds_spread(struct doc *doc, const struct doc *whole)
{
    for (size_t s = 0; s < doc->n_sentences; s++) {
        const struct token *from = &whole->tokens[whole->sentences[s].first];
        const struct sentence *to = &doc->sentences[s];
        for (int32_t i = to->first, end; i < to->last; i = end, from++) {
            end = compound_end(doc, i, to->last);
            if (end == i + 1)
                doc->tokens[i] = *from;
            else
                spread(doc, from, i, end);
        }
    }
}
