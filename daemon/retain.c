#include "daemon/retain.h"

bool retain_believes(struct retain_clock *c, int64_t mono, int64_t wall)
{
    int64_t offset = wall - mono, moved = offset - c->offset;
    if (!c->known || moved > RETAIN_JUMP_MS || moved < -RETAIN_JUMP_MS)
        *c = (struct retain_clock){true, offset, mono};
    return mono - c->since >= RETAIN_SETTLE_MS;
}
