#include "daemon/files.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OURS = 32 }; /* files that we open while we run: lists, the folder of open files, our memory's size */

int accept4(int fd, void *address, void *n,
            int flags); /* as the linker sees it: the header knows it with a union */

static int most = INT_MAX; /* a connection's number has to be below */
static atomic_llong turned_away;

void files_setup(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < INT_MAX)
        most = (int)limit.rlim_cur - (limit.rlim_cur > 4 * OURS ? OURS : (int)limit.rlim_cur / 4);
}

int64_t files_turned_away(void)
{
    return atomic_load(&turned_away);
}

/* Stands before the C library's for all libraries of this process. libzmq up to 4.3.4 ends the process when a connection to
 * an ipc endpoint finds no file free, so that whoever may connect could end us; libevent would try again and again. Numbers
 * are given out from below: one near the end means that the others are in use. Both libraries take ECONNABORTED for a peer
 * that has changed its mind. */
int accept4(int fd, void *address, void *n, int flags)
{
    int got = (int)syscall(SYS_accept4, fd, address, n, flags);
    if (got < most)
        return got;
    close(got);
    atomic_fetch_add(&turned_away, 1);
    errno = ECONNABORTED;
    return -1;
}
