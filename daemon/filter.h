/* filter.h: does an event pass what a follower asked for? Pure. */
#ifndef STANCED_FILTER_H
#define STANCED_FILTER_H

#include "proto/messages.h"

/* True when nothing is asked for, so that events need not be unpacked. */
bool filter_passes_all(const struct where *w); /* NULL: true */

/* Absent lists let everything pass; in a list one has to be equal; all lists have to be met. A retraction
 * passes always: whoever saw some of the events has to learn that they are gone. */
bool filter_match(const struct where *w, const struct event *e);

#endif
