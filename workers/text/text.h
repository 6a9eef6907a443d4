/* text.h: the first stages: from an article's bytes to sentences and tagged tokens. Each fills its part of
 * the document from what earlier stages wrote, in time linear in the body, in the document's arena. None can
 * fail: whatever the bytes are, the result is a well-formed document, maybe one without a token. */
#ifndef STANCED_TEXT_H
#define STANCED_TEXT_H

#include "workers/actors/lexicon.h"
#include "workers/doc.h"

/* Reads doc->article->body (doc->arena and doc->article are set); writes text, text_len, to_body. Entities,
 * tags, control characters and invalid bytes are resolved; to_body maps each as a whole. Paragraphs are
 * parted by "\n\n", other white space is one space or one "\n". */
void normalise_run(struct doc *doc);

/* The body's bytes [begin, end) that a span of text stands for: begin < end, both at character boundaries.
 * Better than to_body[] alone: its end does not take in a tag or a soft hyphen that follows. */
struct span normalise_body_span(const struct doc *doc, uint32_t begin, uint32_t end);

/* Writes tokens[] (begin to lower; lemma = lower, upos X, joined), as the English treebanks of Universal Dependencies
 * have them. */
void tokens_run(struct doc *doc, const struct lexicon *lexicon);

/* Writes sentences[] and the tokens' sentences; parts a final stop from an abbreviation that ends a sentence. `boundary`
 * is the model's part that knows where sentences end; NULL: rules do. A sentence has at most SENTENCE_BYTES bytes and
 * SENTENCE_WORDS tokens. */
#define SENTENCE_BYTES 4096
#define SENTENCE_WORDS 250
struct boundary;
void sentences_run(struct doc *doc, const struct lexicon *lexicon, const struct boundary *boundary);

/* Writes upos, form and lemma by rules, where there is no model. */
void tags_run(struct doc *doc, const struct lexicon *lexicon);

/* Sentences and words that others have found: the first three stages in one. Writes text (the words with one
 * space between them, where they have one), to_body (each byte its own), sentences[] and tokens[] as
 * tokens_run() does. At least one word a sentence, all of it UTF-8, less than 1 GiB together. */
struct given_word {
    struct str form;
    bool space_after;
    bool joined; /* goes on within the written word of the one before */
};
struct given_sentence {
    const struct given_word *words;
    size_t n;
    bool new_paragraph;
};
void text_given(struct doc *doc, const struct given_sentence *given, size_t n);

/* normalise, tokens, sentences, tags, in order. */
void text_run(struct doc *doc, const struct lexicon *lexicon, const struct boundary *boundary);

/* Writes the lemmas of all tokens by their upos and feats, and `form` of those that have feats; a verb's 's and
 * 'd also by the tree. */
void lemma_run(struct doc *doc, const struct lexicon *lexicon);

/* A token's lemma as treebanks write it: proper names keep their capitals, "I" is "I". Text of the document. */
struct str lemma_cased(const struct doc *doc, int32_t token);

/* Length of the token that begins at p (begin <= p < end, *p is no white space), 1 to end - p; what stands before it
 * counts, from `begin` on. `lexicon` knows abbreviations and may be NULL. */
size_t token_length(const char *begin, const char *p, const char *end, const struct lexicon *lexicon);

/* Lower-case form with ’ written ', in the arena; whether the first letter was a capital in *capital. */
struct str token_lower(struct arena *arena, const char *p, size_t n, bool *capital);

/* The dictionary form of a word by rules and irregular.tsv; `form` tells which form of it the word is. The
 * result is `lower` itself, text of the lexicon, or text in the arena. */
struct str lemma_verb(const struct lexicon *lexicon, struct arena *arena, struct str lower,
                      enum verb_form *form);
struct str lemma_noun(const struct lexicon *lexicon, struct arena *arena, struct str lower, bool *plural);

/* The same for words of which a tagger says what they are: a verb in a form that has an ending or is irregular,
 * a noun in the plural, and the positive of a comparative or superlative, of which `ending` bytes are the ending. */
struct str lemma_verb_as(const struct lexicon *lexicon, struct arena *arena, struct str lower,
                         enum verb_form form);
struct str lemma_plural(const struct lexicon *lexicon, struct arena *arena, struct str lower);
struct str lemma_degree(struct arena *arena, struct str lower, size_t ending);

#endif
