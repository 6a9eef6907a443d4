#include "tests/fault/points.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zmq.h>

/* The names that ld --wrap makes. */
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);
int __real_zmq_send(void *socket, const void *bytes, size_t n, int flags);
int __wrap_zmq_send(void *socket, const void *bytes, size_t n, int flags);
int __real_zmq_msg_send(zmq_msg_t *m, void *socket, int flags);
int __wrap_zmq_msg_send(zmq_msg_t *m, void *socket, int flags);
int __real_zmq_msg_init_size(zmq_msg_t *m, size_t n);
int __wrap_zmq_msg_init_size(zmq_msg_t *m, size_t n);
int64_t __real_clock_wall_ms(void);
int64_t __wrap_clock_wall_ms(void);

bool fault_fails(const char *point, long *calls)
{
    static const char *name = "?";
    static long from, to;
    if (*name == '?') {
        const char *text = getenv("STANCED_FAULT");
        const char *colon = text ? strchr(text, ':') : NULL;
        name = colon ? text : "";
        from = to = colon ? strtol(colon + 1, NULL, 10) : 0;
        const char *dash = colon ? strchr(colon, '-') : NULL;
        if (dash)
            to = strtol(dash + 1, NULL, 10);
    }
    size_t n = strlen(point);
    if (strncmp(name, point, n) != 0 || name[n] != ':')
        return false;
    ++*calls;
    if (*calls < from || (to != 0 && *calls > to))
        return false;
    char said[64];
    int length = snprintf(said, sizeof said, "fault: %s %ld\n", point, *calls);
    return write(STDERR_FILENO, said, (size_t)length) >= 0;
}

static bool no_memory(void)
{
    static long calls;
    if (!fault_fails("alloc", &calls))
        return false;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t n)
{
    return no_memory() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return no_memory() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return no_memory() ? NULL : __real_realloc(p, n);
}

static bool inside; /* a message of several frames */

/* A message is refused as a whole, at its first frame, as ZeroMQ does it. */
int __wrap_zmq_send(void *socket, const void *bytes, size_t n, int flags)
{
    static long full, gone;
    bool first = !inside;
    if (first && fault_fails("send_full", &full)) {
        errno = EAGAIN;
        return -1;
    }
    if (first && fault_fails("send_gone", &gone)) {
        errno = EHOSTUNREACH;
        return -1;
    }
    int rc = __real_zmq_send(socket, bytes, n, flags);
    inside = rc >= 0 && (flags & ZMQ_SNDMORE);
    return rc;
}

int __wrap_zmq_msg_send(zmq_msg_t *m, void *socket, int flags)
{
    int rc = __real_zmq_msg_send(m, socket, flags);
    inside = inside && rc < 0;
    return rc;
}

/* No memory for what is to be sent. */
int __wrap_zmq_msg_init_size(zmq_msg_t *m, size_t n)
{
    static long calls;
    if (!fault_fails("send_memory", &calls))
        return __real_zmq_msg_init_size(m, n);
    errno = ENOMEM;
    return -1;
}

int64_t __wrap_clock_wall_ms(void)
{
    static const volatile int64_t *skew;
    static bool looked;
    if (!looked) {
        const char *path = getenv("STANCED_FAULT_SKEW");
        int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        void *p = fd >= 0 ? mmap(NULL, sizeof *skew, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
        skew = p != MAP_FAILED ? p : NULL;
        if (fd >= 0)
            close(fd);
        looked = true;
    }
    return __real_clock_wall_ms() + (skew ? *skew : 0);
}
