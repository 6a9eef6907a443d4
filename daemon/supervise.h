/* supervise.h: local workers as processes: started, restarted, stopped. Never forks without exec
 * (posix_spawn). */
#ifndef STANCED_SUPERVISE_H
#define STANCED_SUPERVISE_H

#include "daemon/config.h"
#include "daemon/metrics.h"

#include <sys/types.h>

/* ---- the states of a slot, and its legal moves (pure) ----
 *
 *   idle --start--> starting --hello--> ready
 *   starting, ready --stop--> stopping --exit--> idle
 *   starting, ready --exit--> backoff --start--> starting
 *   backoff --stop--> idle */
enum slot_state { SLOT_IDLE, SLOT_STARTING, SLOT_READY, SLOT_STOPPING, SLOT_BACKOFF, SLOT_STATES };
enum slot_event { SLOT_START, SLOT_HELLO, SLOT_STOP, SLOT_EXIT, SLOT_EVENTS };

bool slot_may(enum slot_state from, enum slot_event what);
enum slot_state slot_move(enum slot_state from, enum slot_event what); /* BUG when it may not */
const char *slot_name(enum slot_state s);

enum {
    SUPERVISE_HELLO_MS = 30000, /* no first word in this time: killed */
    SUPERVISE_STOP_MS = 5000,   /* asked to stop and still there: killed */
    SUPERVISE_BACKOFF_MIN_MS = 2000,
    SUPERVISE_BACKOFF_MAX_MS = 60000,
    SUPERVISE_DEATHS =
        10, /* of ready workers in a row that are started again at once: an article killed them */
    SUPERVISE_SLOTS = 256
};

/* How long to wait before the next start, given how long it was before (0: not at all). */
int64_t supervise_backoff(int64_t before);

/* The same after an exit. A worker that was ready was killed by what it worked on, and such articles are counted by
 * themselves: it starts again at once, so that a poison article costs no more than the start. `deaths`, this one
 * included, since any worker last finished an article: many of them mean that the worker is broken, not the article. */
int64_t supervise_delay(bool was_ready, int deaths, int64_t before);

/* ---- the processes ---- */

struct supervise;

/* `endpoint`: where workers connect. `config` is looked at whenever something is started. */
struct supervise *supervise_new(const struct config *config, const char *endpoint, struct metrics *m);
void supervise_free(struct supervise *s); /* kills what is left */

/* Starts, restarts and kills what is due. While `stopping` nothing is started. */
void supervise_tick(struct supervise *s, int64_t now, bool stopping);

struct slot_view {
    int index;
    enum slot_state state;
    pid_t pid; /* 0: none */
    int64_t restarts;
};
/* For the slots from 0 on; false behind the last one. */
bool supervise_slot(const struct supervise *s, int index, struct slot_view *out);
size_t supervise_running(const struct supervise *s); /* processes */

/* A worker ended with EX_CONFIG (its own line says what is wrong, and where) before any was ever ready. */
bool supervise_hopeless(const struct supervise *s);

enum supervise_answer { SUPERVISE_REMOTE, SUPERVISE_OURS, SUPERVISE_IMPOSTOR };
/* A worker said hello with this name and pid. */
enum supervise_answer supervise_hello(struct supervise *s, struct str name, int64_t pid);

void supervise_success(struct supervise *s,
                       pid_t pid); /* it finished an article: backoff and deaths begin anew */
void supervise_kill(struct supervise *s, pid_t pid, const char *why);

struct child_end {
    char how[128];   /* "was killed by signal 9 (Killed)" */
    int64_t in_hand; /* number of the article that it had begun last; 0: not known */
};
/* A child ended. False: none of ours. */
bool supervise_exited(struct supervise *s, pid_t pid, int status, int64_t now, struct child_end *out);

/* Those that should go: above the wanted count, or all. Whoever is ready is to be told by the caller (bye) -
 * its pid is put into `tell`, up to `room`; others get SIGTERM. Returns how many. */
size_t supervise_stop(struct supervise *s, bool all, int64_t now, pid_t *tell, size_t room);

#endif
