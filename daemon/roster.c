#include "daemon/roster.h"

#include <stdio.h>
#include <stdlib.h>

bool roster_init(struct roster *r)
{
    r->by_id = table_new();
    return r->by_id != NULL;
}

static void worker_free(struct worker *w)
{
    free(w->h.held);
    free(w);
}

void roster_free(struct roster *r)
{
    for (size_t i = 0; i < r->n; i++)
        worker_free(r->workers[i]);
    table_free(r->by_id);
}

struct worker *roster_add(struct roster *r, struct str id)
{
    struct worker *w = r->n < WORKERS_MAX && id.n <= sizeof w->id ? calloc(1, sizeof *w) : NULL;
    if (!w)
        return NULL;
    w->h.held = calloc(CAPACITY_MAX, sizeof *w->h.held);
    w->h.room = CAPACITY_MAX;
    memcpy(w->id, id.p, id.n);
    w->id_len = id.n;
    if (!w->h.held || !table_put(r->by_id, id, w, NULL)) {
        worker_free(w);
        return NULL;
    }
    r->workers[r->n] = w;
    r->holders[r->n++] = &w->h;
    return w;
}

void roster_remove(struct roster *r, struct worker *w)
{
    table_take(r->by_id, worker_id(w));
    for (size_t i = 0; i < r->n; i++)
        if (r->workers[i] == w) {
            r->workers[i] = r->workers[--r->n];
            r->holders[i] = r->holders[r->n];
            break;
        }
    worker_free(w);
}

struct worker *roster_find(const struct roster *r, struct str id)
{
    return table_get(r->by_id, id);
}

struct worker *roster_by_name(const struct roster *r, struct str name)
{
    for (size_t i = 0; i < r->n; i++)
        if (str_is(name, r->workers[i]->name))
            return r->workers[i];
    return NULL;
}

struct worker *roster_by_pid(const struct roster *r, pid_t pid)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->workers[i]->pid == pid)
            return r->workers[i];
    return NULL;
}

struct str worker_id(const struct worker *w)
{
    return (struct str){w->id, w->id_len};
}

static struct str keep(struct arena *a, const char *text)
{
    struct str copy = arena_try_str(a, str_from(text));
    return copy.p ? copy : STR("?");
}

static void fill(struct worker_status *to, const struct worker *w, struct arena *a)
{
    to->version = keep(a, w->build);
    to->model = keep(a, w->model);
    to->pid = w->said_pid;
    to->held = (int64_t)w->h.n;
    to->done = w->done;
    to->failed = w->failed;
}

struct worker_status_list roster_status(const struct roster *r, const struct supervise *s, struct arena *a)
{
    struct slot_view slot;
    struct worker_status_list list = {arena_try(a, (r->n + SUPERVISE_SLOTS) * sizeof *list.v), 0};
    if (!list.v)
        return list;
    for (int i = 0; supervise_slot(s, i, &slot); i++) {
        if (slot.state == SLOT_IDLE)
            continue;
        struct worker_status *to = &list.v[list.n++];
        char name[24];
        snprintf(name, sizeof name, "local-%d", i);
        *to = (struct worker_status){
            .name = keep(a, name), .state = str_from(slot_name(slot.state)), .pid = slot.pid ? slot.pid : -1};
        const struct worker *w = slot.pid ? roster_by_pid(r, slot.pid) : NULL;
        if (w)
            fill(to, w, a);
        to->restarts = slot.restarts;
    }
    for (size_t j = 0; j < r->n; j++) {
        const struct worker *w = r->workers[j];
        if (w->pid)
            continue;
        list.v[list.n] =
            (struct worker_status){.name = keep(a, w->name), .state = STR("remote"), .restarts = -1};
        fill(&list.v[list.n++], w, a);
    }
    return list;
}
