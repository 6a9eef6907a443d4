#include "daemon/lease.h"

#include "proto/base/log.h"

size_t lease_choose(struct holder *const *workers, size_t n)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        const struct holder *w = workers[i];
        if (!w->open || w->n >= w->capacity || w->n >= w->room || w->bytes >= LEASE_BYTES_MAX)
            continue;
        const struct holder *b = best == SIZE_MAX ? NULL : workers[best];
        if (!b || w->n < b->n || (w->n == b->n && w->given < b->given))
            best = i;
    }
    return best;
}

bool lease_overdue(const struct holder *w, int64_t now, int64_t deadline_ms)
{
    return w->n > 0 && now - w->oldest_since > deadline_ms;
}

bool lease_silent(const struct holder *w, int64_t now)
{
    return w->n == 0 && now - w->heard > LEASE_SILENCE_MS;
}

enum lease_verdict lease_take(struct attempts *a, int64_t epoch, uint32_t max)
{
    if (a->epoch != 0) {
        if (a->taken > 0)
            a->taken--;
        a->crashes += a->epoch != epoch;
    }
    a->epoch = 0;
    if (a->taken >= max || a->crashes >= LEASE_CRASHES_MAX)
        return LEASE_POISON;
    a->taken++;
    a->epoch = epoch;
    return LEASE_HAND_OUT;
}

enum lease_verdict lease_give_back(struct attempts *a, bool blamed, uint32_t max)
{
    a->epoch = 0;
    if (!blamed) {
        if (a->taken > 0)
            a->taken--;
        return LEASE_HAND_OUT;
    }
    return a->taken >= max ? LEASE_POISON : LEASE_HAND_OUT;
}

size_t lease_blamed(const struct holder *w, int64_t in_hand)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->held[i].number == in_hand)
            return i;
    return w->n ? 0 : SIZE_MAX;
}

void lease_clear(struct holder *w)
{
    w->n = w->bytes = 0;
}

void lease_add(struct holder *w, struct lease l, int64_t now)
{
    if (w->n >= w->room)
        BUG("a worker with room for %zu articles was given one more", w->room);
    if (w->n == 0)
        w->oldest_since = now;
    w->given = now;
    w->bytes += l.body_len;
    w->held[w->n++] = l;
}

bool lease_remove(struct holder *w, int64_t number, struct lease *out, int64_t now)
{
    for (size_t i = 0; i < w->n; i++) {
        if (w->held[i].number != number)
            continue;
        *out = w->held[i];
        w->bytes -= out->body_len;
        memmove(&w->held[i], &w->held[i + 1], (w->n - i - 1) * sizeof *w->held);
        w->n--;
        if (i == 0)
            w->oldest_since = now;
        return true;
    }
    return false;
}
