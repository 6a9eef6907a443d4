#include "daemon/loop.h"

#include "proto/base/log.h"

#include <event2/event.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>

enum { EVENTS_MAX = 32 };

struct loop {
    struct event_base *base;
    struct event *again;
    struct event *events[EVENTS_MAX];
    size_t n;
    struct call {
        loop_call *call;
        void *arg;
    } calls[EVENTS_MAX];
};

static void nothing(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
}

static void called(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    const struct call *c = arg;
    c->call(c->arg);
}

struct loop *loop_new(void)
{
    struct loop *l = calloc(1, sizeof *l);
    if (!l || !(l->base = event_base_new()) || !(l->again = event_new(l->base, -1, 0, nothing, NULL)))
        die(EX_OSERR, "the event loop cannot be made: out of memory or file descriptors");
    return l;
}

void loop_free(struct loop *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->n; i++)
        event_free(l->events[i]);
    event_free(l->again);
    event_base_free(l->base);
    free(l);
}

static void add(struct loop *l, int fd, short what, loop_call *call, void *arg,
                const struct timeval *interval)
{
    if (l->n == EVENTS_MAX)
        BUG("more than %d watches", EVENTS_MAX);
    struct call *c = &l->calls[l->n];
    *c = (struct call){call, arg};
    struct event *e = event_new(l->base, fd, (short)(what | EV_PERSIST), call ? called : nothing, c);
    if (!e || event_add(e, interval) != 0)
        die(EX_OSERR, "the event loop cannot watch one thing more");
    l->events[l->n++] = e;
}

void loop_watch(struct loop *l, int fd)
{
    add(l, fd, EV_READ, NULL, NULL, NULL);
}

void loop_signal(struct loop *l, int signo, loop_call *call, void *arg)
{
    add(l, signo, EV_SIGNAL, call, arg, NULL);
}

void loop_every(struct loop *l, int64_t ms, loop_call *call, void *arg)
{
    struct timeval interval = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    add(l, -1, 0, call, arg, &interval);
}

void loop_turn(struct loop *l)
{
    if (event_base_loop(l->base, EVLOOP_ONCE) < 0)
        BUG("the event loop failed");
}

void loop_again(struct loop *l)
{
    event_active(l->again, EV_TIMEOUT, 1);
}

void loop_reap(void (*call)(void *arg, pid_t pid, int status), void *arg)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        call(arg, pid, status);
}

struct event_base *loop_base(struct loop *l)
{
    return l->base;
}
