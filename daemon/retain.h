/* retain.h: may the wall clock be believed when events are to be forgotten by age? Pure: times are passed in.
 *
 * A clock that jumps a month ahead, if only for a moment (a dead battery, a wrong time server), would take the whole log
 * with it. So age counts only after the wall clock has gone along with the monotonic one for a while. */
#ifndef STANCED_RETAIN_H
#define STANCED_RETAIN_H

#include <stdbool.h>
#include <stdint.h>

enum {
    RETAIN_JUMP_MS = 60000,       /* what the two clocks may differ from before: slewing is no jump */
    RETAIN_SETTLE_MS = 10 * 60000 /* so long without a jump, and it is believed */
};

struct retain_clock {
    bool known;
    int64_t offset; /* wall - mono when it last jumped */
    int64_t since;  /* mono, of that */
};

/* To be asked every now and then, from {0}. True: what is too old by this wall clock may go. */
bool retain_believes(struct retain_clock *c, int64_t mono, int64_t wall);

#endif
