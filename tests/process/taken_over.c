/* A stance-worker that an article has taken over: the real main, protocol and confinement, with a pipeline that tries
 * what an attacker would, with the rights that a worker has, and logs what came of each. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "proto/base/log.h"
#include "workers/pipeline.h"

/* `got`: it worked. */
static void tried(const char *what, bool got)
{
    if (got)
        log_error("taken over: %s SUCCEEDED", what);
    else
        log_info("taken over: %s: %s", what, strerror(errno));
}

static bool mapped(int protection)
{
    return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

/* The daemon's memory, and with it its key. */
static bool daemon_memory(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {program_invocation_name, 1};
    return process_vm_readv(getppid(), &here, 1, &there, 1, 0) == 1;
}

/* `body`: a file of somebody else's, such as the daemon's key. */
static void attack(const char *body)
{
    char program[] = "/bin/sh", *argv[] = {program, NULL}, path[64];
    tried("open a secret", open(body, O_RDONLY) >= 0);
    tried("open /etc/passwd", open("/etc/passwd", O_RDONLY) >= 0);
    tried("create a file", open("/tmp/stanced-taken-over", O_WRONLY | O_CREAT, 0600) >= 0);
    snprintf(path, sizeof path, "/proc/%d/mem", (int)getppid());
    tried("open the daemon's memory", open(path, O_RDWR) >= 0);
    tried("read the daemon's memory", daemon_memory());
    tried("remove a file", unlink(body) == 0);
    tried("socket tcp", socket(AF_INET, SOCK_STREAM, 0) >= 0);
    tried("socket udp", socket(AF_INET, SOCK_DGRAM, 0) >= 0);
    tried("socket ipc", socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
    tried("socket netlink", socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
    tried("fork", fork() >= 0);
    tried("execute", execv(program, argv) == 0);
    tried("ptrace", ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0);
    tried("kill", kill(getppid(), SIGKILL) == 0);
    tried("executable memory", mapped(PROT_READ | PROT_WRITE | PROT_EXEC));
    tried("dumpable", prctl(PR_SET_DUMPABLE, 1) == 0);
    tried("memfd", syscall(SYS_memfd_create, "x", 0) >= 0);
    tried("userfaultfd", syscall(SYS_userfaultfd, 0) >= 0);
    tried("bpf", syscall(SYS_bpf, 0, NULL, 0) >= 0);
    tried("io_uring", syscall(SYS_io_uring_setup, 1, NULL) >= 0);
    tried("unshare", syscall(SYS_unshare, 0) >= 0);
    log_info("taken over: that was all");
}

void pipeline_run(const struct pipeline *p, const struct article *article, struct arena *arena,
                  struct event_list *out)
{
    char body[512];
    (void)p;
    (void)arena;
    snprintf(body, sizeof body, "%.*s", STR_ARGS(article->body));
    *out = (struct event_list){NULL, 0};
    attack(body);
}

/* ---- the rest of a pipeline, of nothing ---- */

struct pipeline *pipeline_open(const char *config_dir, const char *lexicon_dir, const char *own_dir,
                               const char *model, struct reason *why)
{
    static char something;
    (void)config_dir;
    (void)lexicon_dir;
    (void)own_dir;
    (void)model;
    (void)why;
    return (struct pipeline *)&something;
}

void pipeline_close(struct pipeline *p)
{
    (void)p;
}

const char *pipeline_model(const struct pipeline *p)
{
    (void)p;
    return "none";
}

const char *pipeline_model_file(const struct pipeline *p)
{
    (void)p;
    return NULL;
}

bool pipeline_lacks_model(const struct pipeline *p)
{
    (void)p;
    return false;
}

const char *pipeline_lexicon(const struct pipeline *p)
{
    (void)p;
    return "00000000000000000000000000000000";
}

const char *pipeline_default_config(void)
{
    return "/usr/share/stanced";
}
