#include "workers/engine/relations.h"

#define NAME(id, name, base) [id] = name,
const char *const relation_names[REL_COUNT] = {[REL_NONE] = "_", RELATIONS(NAME)};
#undef NAME

#define BASE(id, name, base) [id] = base,
static const uint8_t bases[REL_COUNT] = {RELATIONS(BASE)};
#undef BASE

static enum relation find(struct str name)
{
    for (int low = REL_NONE + 1, high = REL_COUNT; low < high;) {
        int middle = low + (high - low) / 2;
        const char *other = relation_names[middle];
        size_t n = strlen(other);
        int order = memcmp(name.p, other, name.n < n ? name.n : n);
        if (order == 0 && name.n == n)
            return (enum relation)middle;
        if (order < 0 || (order == 0 && name.n < n))
            high = middle;
        else
            low = middle + 1;
    }
    return REL_NONE;
}

enum relation rel_find(struct str name)
{
    if (name.n == 0)
        return REL_NONE;
    enum relation r = find(name);
    const char *colon = r == REL_NONE ? memchr(name.p, ':', name.n) : NULL;
    return colon && colon > name.p ? find((struct str){name.p, (size_t)(colon - name.p)}) : r;
}

enum relation rel_base(enum relation r)
{
    return (enum relation)bases[r];
}
