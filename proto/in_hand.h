/* in_hand.h: how a supervised worker lets the daemon know which article it is at, so that the right one is to blame when it
 * dies: what it has sent may die with it, a number in shared memory does not. */
#ifndef STANCED_IN_HAND_H
#define STANCED_IN_HAND_H

#include <stdint.h>

#define IN_HAND_FD 3 /* where the worker finds it */

/* Daemon: such a memory, of no article (0). -1 with errno: none to be had. To be closed by the caller. */
int in_hand_new(void);
/* The number last written; 0: none, or no such memory. Whatever the worker did to it. */
int64_t in_hand_read(int fd);

/* Worker: where to write. NULL: whoever started us gave us none. Lives as long as the process. */
int64_t *in_hand_map(void);

#endif
