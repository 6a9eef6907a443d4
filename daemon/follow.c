#include "daemon/follow.h"

#include "proto/base/log.h"
#include "proto/wire.h"

static bool copy_list(struct arena *a, struct str_list *l)
{
    if (!l->v)
        return true;
    struct str *v = arena_try(a, (l->n ? l->n : 1) * sizeof *v);
    for (size_t i = 0; v && i < l->n; i++) {
        v[i] = arena_try_str(a, l->v[i]);
        if (!v[i].p)
            return false;
    }
    l->v = v;
    return v != NULL;
}

bool follow_begin(struct follow *f, int64_t after, const struct where *where, int64_t credit)
{
    *f = (struct follow){.after = after < 0 ? 0 : after, .credit = credit, .told = -1};
    if (filter_passes_all(where))
        return true;
    f->where = *where;
    f->filtered = true;
    f->memory = arena_new((size_t)1 << 20);
    struct where *w = &f->where;
    struct str_list *lists[] = {&w->act,   &w->quad,        &w->source,      &w->target,     &w->stance,
                                &w->issue, &w->source_role, &w->target_role, &w->reported_by};
    bool ok = f->memory != NULL;
    for (size_t i = 0; ok && i < sizeof lists / sizeof *lists; i++)
        ok = copy_list(f->memory, lists[i]);
    if (!ok)
        follow_end(f);
    return ok;
}

void follow_end(struct follow *f)
{
    if (f->memory)
        arena_free(f->memory);
    f->memory = NULL;
}

/* An event that cannot be read passes over the filter: better too much than silently too little. */
static bool look(const struct follow *f, struct arena *scratch, bool unpack, struct follow_event *e)
{
    struct reason why;
    if (!f->filtered && !unpack)
        return true;
    arena_reset(scratch);
    if (!wire_unpack(&event_schema, e->bytes.p, e->bytes.n, scratch, &e->event, &why)) {
        log_error("event %lld of the log cannot be read: %s", (long long)e->seq, why.text);
        return !unpack;
    }
    return !f->filtered || filter_match(&f->where, &e->event);
}

enum follow_step follow_next(struct follow *f, struct store *s, struct arena *scratch, bool unpack,
                             int *looks, struct follow_event *out)
{
    for (;;) {
        if (f->after >= store_stats(s)->log_last)
            return FOLLOW_AT_END;
        if (*looks <= 0)
            return FOLLOW_PAUSE;
        out->seq = store_read(s, f->after, NULL, &out->bytes);
        if (out->seq <= 0)
            return FOLLOW_AT_END;
        --*looks;
        if (!look(f, scratch, unpack, out)) {
            f->after = out->seq;
            continue;
        }
        return f->credit > 0 ? FOLLOW_EVENT : FOLLOW_NO_CREDIT;
    }
}

void follow_sent(struct follow *f, int64_t seq, int64_t now)
{
    f->after = seq;
    f->told_ms = now;
    if (f->credit != INT64_MAX)
        f->credit--;
}

int64_t follow_gap(const struct follow *f, const struct store *s)
{
    int64_t first = store_stats(s)->log_first;
    return f->after < first - 1 ? first : 0; /* `after` is a peer's word: any number */
}

void follow_skip(struct follow *f, int64_t first, int64_t now)
{
    f->after = first - 1;
    follow_watermark_sent(f, now);
}

bool follow_owes_watermark(const struct follow *f, enum follow_step last, int64_t now)
{
    if (f->told < 0 || now - f->told_ms >= FOLLOW_IDLE_MS)
        return true;
    if (f->after == f->told)
        return false;
    return last == FOLLOW_AT_END || now - f->told_ms >= FOLLOW_SEARCH_MS;
}

void follow_watermark_sent(struct follow *f, int64_t now)
{
    f->told = f->after;
    f->told_ms = now;
}
