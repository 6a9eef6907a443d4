/* roles_write.h: what workers/train/roles.py learns from, beside the encoder: "# newdoc = ID" before each part of an
 * article, then a line for each token of eleven numbers, parted by tabs: begin and end in bytes of the body, sentence,
 * stretch of role_input.h, enum upos, enum relation without subtype, the head's token in this part or -1, and the rows of
 * role_input.h: quote, cue, mention; which quotation, or -1. */
#ifndef STANCED_ROLES_WRITE_H
#define STANCED_ROLES_WRITE_H

#include "proto/base/buf.h"
#include "workers/stances/cues.h"

void roles_write(const struct doc *d, const struct reading *r, struct str id, struct buf *out);

#endif
