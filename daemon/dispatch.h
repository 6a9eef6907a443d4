/* dispatch.h: the work endpoint: which worker holds what, results into the store, work out after the commit.
 *
 * Memory holds only numbers: a bounded queue that is refilled from the waiting table, and what workers hold.
 * Whatever the store says is right: a result for an article that no longer waits there is let go. */
#ifndef STANCED_DISPATCH_H
#define STANCED_DISPATCH_H

#include "daemon/bridge.h"
#include "daemon/config.h"
#include "daemon/finish.h"
#include "daemon/supervise.h"
#include "proto/messages.h"

struct dispatch;

/* The clocks of this turn. */
struct turn_time {
    int64_t mono, wall; /* ms */
};

struct dispatch *dispatch_new(struct bridge_socket *socket, struct finisher *f, struct supervise *s,
                              const struct config *config);
void dispatch_free(struct dispatch *d);

/* Takes a bounded number of messages into the turn. True when it stopped at the bound. */
bool dispatch_drain(struct dispatch *d, struct turn_time t);

/* The silent and the overdue. Only when everything that had come has been drained: a result may be among it.
 */
void dispatch_check(struct dispatch *d, struct turn_time t);

/* Fills workers' free places from the queue; a bounded number. True when more could be handed out at once. */
bool dispatch_assign(struct dispatch *d, struct turn_time t);

/* After the commit: work, refusals, heartbeats. */
void dispatch_speak(struct dispatch *d, struct turn_time t);

/* Instead, when the commit failed: nothing of the turn happened; what it touched is taken from the store
 * again. */
void dispatch_undo(struct dispatch *d, struct turn_time t);

/* The results of this turn found no room in the store. */
bool dispatch_was_full(const struct dispatch *d);

/* A process ended: its work comes back. */
void dispatch_child_gone(struct dispatch *d, pid_t pid, const struct child_end *end, struct turn_time t);

/* bye to those with these pids; their work comes back without blame. */
void dispatch_bye(struct dispatch *d, const pid_t *pids, size_t n, struct turn_time t);
void dispatch_bye_all(struct dispatch *d, struct turn_time t);
void dispatch_reload(struct dispatch *d); /* to all workers: read your files again */

size_t dispatch_in_work(const struct dispatch *d);
size_t dispatch_workers(const struct dispatch *d);

/* One line per worker, connected or supervised, in the arena. */
struct worker_status_list dispatch_status(const struct dispatch *d, struct arena *a);

#endif
