/* conllu.h: documents in CoNLL-U, the format of Universal Dependencies: ten columns a word, parted by tabs,
 * a blank line behind each sentence, comments before it.
 *
 * Columns: ID FORM LEMMA UPOS XPOS FEATS HEAD DEPREL DEPS MISC. Written are XPOS and DEPS always as "_", and in
 * MISC SpaceAfter=No and the name tag, Name=B-PER. */
#ifndef STANCED_CONLLU_H
#define STANCED_CONLLU_H

#include <stdio.h>

#include "proto/base/buf.h"
#include "workers/doc.h"

/* What is read at most; more is a sentence that is passed over with a complaint. */
#define CONLLU_WORDS_MAX 1000               /* words a sentence */
#define CONLLU_LINE_MAX  ((size_t)1 << 20)  /* bytes a line */
#define CONLLU_BLOCK_MAX ((size_t)16 << 20) /* bytes a sentence with its comments */
#define CONLLU_BATCH     20000              /* a document with more words is read in several parts */

/* A line of the input that the output has again. */
enum conllu_kind { CONLLU_COMMENT, CONLLU_RANGE, CONLLU_WORD };
struct conllu_row {
    enum conllu_kind kind;
    struct str form; /* of a comment: all of it */
    struct str misc;
    int first, last; /* of a range: "3-4" */
};

struct conllu_sentence {
    struct conllu_row *rows;
    size_t n_rows;
};

/* A document with what its input has besides words: comments, ranges (written words that are several), MISC. */
struct conllu {
    struct doc *doc;
    struct conllu_sentence *sentences; /* as many as doc->n_sentences */
};

/* Reads one input; errors go to `complain`, with their line, and cost the sentence that they are in. */
struct conllu_reader;
/* `in` stays the caller's. NULL: no memory. */
struct conllu_reader *conllu_open(FILE *in, void (*complain)(void *who, size_t line, const char *what),
                                  void *who);
void conllu_close(struct conllu_reader *r);

/* The next document: up to the next "# newdoc" or about CONLLU_BATCH words, in `arena`. Its tokens are as
 * tokens_run() leaves them; with `tags` they have the tags, features and lemmas of the input as far as they are
 * well-formed, and the trees when all of them are trees (doc.has_tree). False: the input is at its end. */
bool conllu_read(struct conllu_reader *r, struct arena *arena, bool tags, struct conllu *out);

/* Appends a document that was read, with what doc says of its words now; look at out->failed, as below. */
void conllu_write_read(const struct conllu *c, struct buf *out);

/* Sentences from text: "# newdoc id" before the first one of an article, "# newpar", "# sent_id", "# text", and
 * ranges for words that are joined. Without a tree all words of
 * a sentence depend on its first one. */
void conllu_write(const struct doc *doc, struct str id, struct buf *out);

#endif
