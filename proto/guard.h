/* guard.h: what peer bytes must satisfy before msgpack-c may allocate for them.
 *
 * msgpack-c 4.0 allocates by what a header claims (155 bytes of nested array headers made 15.9 GB of virtual
 * memory), so this walks the bytes once, allocates nothing and recurses to no more than GUARD_DEPTH. */
#ifndef STANCED_GUARD_H
#define STANCED_GUARD_H

#include "proto/reason.h"

#define GUARD_DEPTH 16
#define GUARD_ITEMS (1u << 22) /* values in one message, keys counted */

/* True when [bytes, bytes+n) is exactly one MessagePack value: every array and map has no more elements than
 * bytes are left for, strings are UTF-8, map keys are strings, no ext type but the timestamp (-1). */
bool guard_check(const void *bytes, size_t n, struct reason *why);

#endif
