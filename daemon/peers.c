#include "daemon/peers.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KEY_ROOM = 48, FD_MAX = 1 << 20 };

struct peer {
    uint64_t cookie; /* 0: none */
    char key[KEY_ROOM];
};

struct peers {
    struct peer *by_fd;
    size_t n;
};

struct peers *peers_new(void)
{
    return calloc(1, sizeof(struct peers));
}

void peers_free(struct peers *p)
{
    if (p)
        free(p->by_fd);
    free(p);
}

/* The kernel's number of a socket, never used again while it runs; 0: none. */
static uint64_t cookie_of(int fd)
{
    uint64_t cookie = 0;
    socklen_t n = sizeof cookie;
    return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &n) == 0 ? cookie : 0;
}

void peers_note(struct peers *p, int fd, const char *key)
{
    if (fd < 0 || fd >= FD_MAX || strlen(key) >= KEY_ROOM)
        return;
    if ((size_t)fd >= p->n) {
        size_t n = (size_t)fd + 64;
        struct peer *v = realloc(p->by_fd, n * sizeof *v);
        if (!v)
            return; /* it counts as unknown, no more */
        memset(v + p->n, 0, (n - p->n) * sizeof *v);
        p->by_fd = v;
        p->n = n;
    }
    struct peer *peer = &p->by_fd[fd];
    peer->cookie = cookie_of(fd);
    strcpy(peer->key, key);
}

static int port_of(const struct sockaddr_storage *a)
{
    if (a->ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)a)->sin_port);
    return a->ss_family == AF_INET6 ? ntohs(((const struct sockaddr_in6 *)a)->sin6_port) : -1;
}

/* A connection to our port, and not the socket that listens there. */
static bool is_connection(int fd, int port)
{
    struct sockaddr_storage ours, theirs;
    socklen_t n = sizeof ours, m = sizeof theirs;
    return getsockname(fd, (struct sockaddr *)&ours, &n) == 0 && port_of(&ours) == port &&
           getpeername(fd, (struct sockaddr *)&theirs, &m) == 0;
}

static bool cut(const struct peers *p, int fd, int port, bool (*may_stay)(void *arg, const char *key),
                void *arg)
{
    int same = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    bool ended = false;
    if (same < 0)
        return false;
    if (is_connection(same, port)) {
        uint64_t cookie = cookie_of(same);
        const struct peer *peer = (size_t)fd < p->n ? &p->by_fd[fd] : NULL;
        bool known = peer && cookie && peer->cookie == cookie;
        ended = !(known && may_stay(arg, peer->key)) && shutdown(same, SHUT_RDWR) == 0;
    }
    close(same);
    return ended;
}

size_t peers_cut(struct peers *p, int port, bool (*may_stay)(void *arg, const char *key), void *arg)
{
    size_t n = 0;
    DIR *dir = opendir("/proc/self/fd");
    if (!dir)
        return 0;
    for (struct dirent *e; (e = readdir(dir));) {
        char *end;
        long fd = strtol(e->d_name, &end, 10);
        if (*end == '\0' && end != e->d_name && fd < FD_MAX && fd != dirfd(dir))
            n += cut(p, (int)fd, port, may_stay, arg);
    }
    closedir(dir);
    return n;
}
