/* phoenix.h: actor and agent dictionaries in the format of TABARI, PETRARCH and Phoenix, which their users already own.
 *
 * An .actors.txt file has an actor a line, its other spellings with '+', its codes by date with a tab; an .agents.txt
 * file has a noun and a code a line, plurals in braces, and sets of endings:
 *
 *     OLA_NORDMANN_                       !MINIST! = MINISTER, MINISTERS
 *     +NORDMANN_                          FOREIGN_!MINIST! [~GOV]
 *     	[NORGOV 050101-091231]             CHAMBER_OF_COMMERCE {CHAMBERS_OF_COMMERCE} [~BUS]
 *     	[NORELI >100101]
 *
 * They are in capitals and know neither what an actor is nor whether a name is whole, so we guess: who has dates is a
 * person, who has a role a body, who has only a country that country (the first line) or a place that tells it (the
 * '+' lines). Names are matched as whole words, capitalised as newswires do (MCCAIN: "McCain"). Years of two
 * digits are 1930 to 2029. The first role of ours among a code's letters is the role; of agents that have none, CVL. */
#ifndef STANCED_PHOENIX_H
#define STANCED_PHOENIX_H

#include "proto/base/buf.h"
#include "workers/actors/lexicon_impl.h"

/* Whether a file's name is that of a dictionary: *.actors.txt or *.agents.txt. */
bool phoenix_is_dictionary(const char *file_name);

/* Adds what the file f->file says; its bytes go to `bytes`, for the digest. Lines that cannot be understood (they are
 * others', and have misprints) are passed over and warned of with file:line. False with a reason: the file cannot be
 * read, or there is no memory. */
bool phoenix_load(struct load *f, struct buf *bytes);

#endif
