/* roster.h: the workers that are connected: who they are, what each holds and how it is found. No decisions: who gets
 * what is lease.h, what comes and goes is dispatch.h. */
#ifndef STANCED_ROSTER_H
#define STANCED_ROSTER_H

#include "daemon/lease.h"
#include "daemon/supervise.h"
#include "proto/base/arena.h"
#include "proto/base/table.h"
#include "proto/messages.h"

enum {
    WORKERS_MAX = 1024, /* connected at once */
    CAPACITY_MAX = 1024 /* articles that one may hold */
};

struct worker {
    struct holder h;
    char id[256]; /* ZeroMQ routing id */
    size_t id_len;
    char name[65], build[129], model[65];
    pid_t pid;         /* of a supervised one; 0: remote */
    int64_t said_pid;  /* what it said */
    char verdict[128]; /* why it is being killed; empty: it is not */
    int64_t beat;      /* when we last sent it a heartbeat */
    int64_t done, failed;
    bool gone; /* ZeroMQ does not know its connection any more */
};

struct roster {
    struct worker *workers[WORKERS_MAX]; /* owned; in no order */
    struct holder *holders[WORKERS_MAX]; /* of the same, for lease_choose() */
    size_t n;
    struct table *by_id; /* routing id -> worker */
};

bool roster_init(struct roster *r); /* of zeros; false: no memory */
void roster_free(struct roster *r);

/* A worker of that routing id, which nobody has yet. It holds nothing, its name is still empty; it lives until
 * roster_remove(). NULL: there are too many, the id is too long, no memory. */
struct worker *roster_add(struct roster *r, struct str id);
void roster_remove(struct roster *r,
                   struct worker *w); /* `w` is gone, and what it held is not known any more */

/* NULL: nobody. */
struct worker *roster_find(const struct roster *r, struct str id);
struct worker *roster_by_name(const struct roster *r, struct str name);
struct worker *roster_by_pid(const struct roster *r, pid_t pid); /* a supervised one */

struct str worker_id(const struct worker *w); /* valid as long as `w` */

/* One line per worker, connected or supervised, in the arena; none when that is full. */
struct worker_status_list roster_status(const struct roster *r, const struct supervise *s, struct arena *a);

#endif
