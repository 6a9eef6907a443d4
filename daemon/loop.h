/* loop.h: the one event loop: file descriptors, signals, timers. Callbacks only note that something happened;
 * the work is done by the turn of the wheel that follows (wheel.h). A failure to set it up ends the start
 * (die). */
#ifndef STANCED_LOOP_H
#define STANCED_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct loop;
struct event_base;
typedef void loop_call(void *arg);

struct loop *loop_new(void);
void loop_free(struct loop *l); /* with all its watches, signals and timers */

void loop_watch(struct loop *l, int fd); /* readable: the loop turns */
void loop_signal(struct loop *l, int signo, loop_call *call, void *arg);
void loop_every(struct loop *l, int64_t ms, loop_call *call, void *arg);

/* Waits until something happened, and runs the callbacks. */
void loop_turn(struct loop *l);

/* The next loop_turn() will not wait: something is left to be done. */
void loop_again(struct loop *l);

/* Calls for every child that ended, until there is none; `status` is that of waitpid(2). */
void loop_reap(void (*call)(void *arg, pid_t pid, int status), void *arg);

struct event_base *loop_base(struct loop *l); /* for http.c */

#endif
