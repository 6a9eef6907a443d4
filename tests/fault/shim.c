/* shim.c: LD_PRELOADed into a daemon: writes down what it does to its disk, and what it says, in one order.
 *
 *     STANCED_SHIM_LOG=FILE    the record
 *
 * The record is a row of entries: kind (1 byte), offset (8), length (8), bytes; numbers in this machine's order. Kinds:
 * 'w' written into the store's data file at this offset; 't' the file was cut or grown to this length; 'S' all written
 * before is on disk (fdatasync), 's' the same of a write through a descriptor opened with O_DSYNC, which is a 'w' and an
 * 's'; 'm' a message left the daemon (the bytes of its last frame). tests/fault/test_power.py cuts the power at any place of it. */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FILES = 1024, SYNCED = 2, WATCHED = 1 };
static unsigned char watched[FILES]; /* by descriptor: of the data file, and whether a write is a sync */
static int record_fd = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static void put(const void *bytes, size_t n)
{
    static ssize_t (*write_)(int, const void *, size_t);
    if (!write_)
        *(void **)&write_ = real("write");
    if (write_(record_fd, bytes, n) != (ssize_t)n)
        abort();
}

static void record(char kind, int64_t offset, const void *bytes, size_t n, size_t said)
{
    if (record_fd < 0)
        return;
    char head[17] = {kind};
    uint64_t length = said;
    memcpy(head + 1, &offset, 8);
    memcpy(head + 9, &length, 8);
    pthread_mutex_lock(&lock);
    put(head, sizeof head);
    if (n)
        put(bytes, n);
    pthread_mutex_unlock(&lock);
}

static int note_open(const char *path, int flags, int fd)
{
    const char *name = strrchr(path, '/');
    if (fd < 0 || fd >= FILES)
        return fd;
    watched[fd] = 0;
    if (!name || strcmp(name, "/data.mdb") != 0 || (flags & O_ACCMODE) == O_RDONLY)
        return fd;
    const char *log = getenv("STANCED_SHIM_LOG");
    if (record_fd < 0 && log)
        record_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    watched[fd] = WATCHED | (flags & O_DSYNC ? SYNCED : 0);
    return fd;
}

int open(const char *path, int flags, ...)
{
    static int (*f)(const char *, int, ...);
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
    va_end(args);
    if (!f)
        *(void **)&f = real("open");
    return note_open(path, flags, f(path, flags, mode));
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

int close(int fd)
{
    static int (*f)(int);
    if (!f)
        *(void **)&f = real("close");
    if (fd >= 0 && fd < FILES)
        watched[fd] = 0;
    return f(fd);
}

static int of(int fd)
{
    return fd >= 0 && fd < FILES ? watched[fd] : 0;
}

static void wrote(int fd, int64_t at, const void *bytes, size_t n)
{
    record('w', at, bytes, n, n);
    if (of(fd) & SYNCED)
        record('s', 0, NULL, 0, 0);
}

/* What is on its way is written down first: a cut in between may have any part of it. */
ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    static ssize_t (*f)(int, const void *, size_t, off_t);
    if (!f)
        *(void **)&f = real("pwrite");
    if (of(fd))
        wrote(fd, at, bytes, n);
    return f(fd, bytes, n, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t at) __attribute__((alias("pwrite")));

static void wrote_all(int fd, const struct iovec *v, int n, int64_t at)
{
    for (int i = 0; i < n; i++) {
        wrote(fd, at, v[i].iov_base, v[i].iov_len);
        at += (int64_t)v[i].iov_len;
    }
}

ssize_t pwritev(int fd, const struct iovec *v, int n, off_t at)
{
    static ssize_t (*f)(int, const struct iovec *, int, off_t);
    if (!f)
        *(void **)&f = real("pwritev");
    if (of(fd))
        wrote_all(fd, v, n, at);
    return f(fd, v, n, at);
}

ssize_t pwritev64(int fd, const struct iovec *v, int n, off_t at) __attribute__((alias("pwritev")));

ssize_t writev(int fd, const struct iovec *v, int n)
{
    static ssize_t (*f)(int, const struct iovec *, int);
    if (!f)
        *(void **)&f = real("writev");
    if (of(fd))
        wrote_all(fd, v, n, lseek(fd, 0, SEEK_CUR));
    return f(fd, v, n);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    static ssize_t (*f)(int, const void *, size_t);
    if (!f)
        *(void **)&f = real("write");
    if (of(fd))
        wrote(fd, lseek(fd, 0, SEEK_CUR), bytes, n);
    return f(fd, bytes, n);
}

int ftruncate(int fd, off_t length)
{
    static int (*f)(int, off_t);
    if (!f)
        *(void **)&f = real("ftruncate");
    if (of(fd))
        record('t', 0, NULL, 0, (size_t)length);
    return f(fd, length);
}

int ftruncate64(int fd, off_t length) __attribute__((alias("ftruncate")));

int fdatasync(int fd)
{
    static int (*f)(int);
    if (!f)
        *(void **)&f = real("fdatasync");
    int rc = f(fd);
    if (of(fd) && rc == 0)
        record('S', 0, NULL, 0, 0);
    return rc;
}

int fsync(int fd)
{
    static int (*f)(int);
    if (!f)
        *(void **)&f = real("fsync");
    int rc = f(fd);
    if (of(fd) && rc == 0)
        record('S', 0, NULL, 0, 0);
    return rc;
}

enum { ZMQ_MORE_FRAMES = 2 };
int zmq_msg_send(void *message, void *socket, int flags);
int zmq_msg_send(void *message, void *socket, int flags)
{
    static int (*f)(void *, void *, int);
    static void *(*data)(void *);
    static size_t (*size)(const void *);
    if (!f) {
        *(void **)&f = real("zmq_msg_send");
        *(void **)&data = real("zmq_msg_data");
        *(void **)&size = real("zmq_msg_size");
    }
    if (!(flags & ZMQ_MORE_FRAMES))
        record('m', 0, data(message), size(message), size(message));
    return f(message, socket, flags);
}
