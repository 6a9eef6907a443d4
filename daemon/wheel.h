/* wheel.h: the daemon itself: one thread, one turn after the other. A turn drains the sockets (bounded),
 * applies what came to one store transaction, commits it once, and only then speaks. */
#ifndef STANCED_WHEEL_H
#define STANCED_WHEEL_H

#include "daemon/config.h"

struct wheel;

/* The parts of the daemon are made here, at start. What a ..._new() of theirs is given is kept, not copied: it has to stay
 * as long as the part is used. One that finds no memory ends the start (die), unless its header says what it gives. */

/* Opens the store, binds the endpoints; dies with words when it cannot. `path`: where the config is read
 * again from (NULL: nowhere). Copies the config. */
struct wheel *wheel_new(const struct config *config, const char *path);

/* Turns until it has been told to stop, and everything is: 0; or EX_CONFIG when the workers' files are wrong
 * at start. */
int wheel_run(struct wheel *w);
void wheel_free(struct wheel *w);

#endif
