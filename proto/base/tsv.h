/* tsv.h: the lexicon and ontology files: a line a fact, columns separated by tabs, '#' starts a comment line.
 *
 * Spaces around a column are dropped, empty lines skipped, a final '\r' forgiven. Errors say "file:line:
 * what". */
#ifndef STANCED_TSV_H
#define STANCED_TSV_H

#include "proto/base/str.h"
#include "proto/reason.h"

struct tsv;

/* Reads the whole file (at most 64 MiB). NULL with a reason when it cannot be read or is not UTF-8. */
struct tsv *tsv_open(const char *path, struct reason *why);
void tsv_close(struct tsv *t);

/* The next fact: 1 with its columns (at least `least`, at most `most`; missing ones up to `most` are empty
 * strings; they point into the file's memory until tsv_close), 0 at the end, -1 with a reason when the line
 * has too few or too many. */
int tsv_next(struct tsv *t, struct str *columns, size_t least, size_t most, struct reason *why);

/* A reason "file:line: ..." about the fact that tsv_next gave last. Always returns false. */
bool tsv_fail(const struct tsv *t, struct reason *why, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

size_t tsv_line(const struct tsv *t);
struct str tsv_bytes(const struct tsv *t); /* the whole file, for its digest */

#endif
