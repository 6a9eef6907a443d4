#include "workers/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

#include "proto/base/log.h"

#ifdef __SANITIZE_ADDRESS__
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

/* ---- files ---- */

enum { READ_ONLY = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR };

static void allow_below(int rules, const char *folder)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = READ_ONLY,
                                              .parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (rule.parent_fd < 0)
        return; /* not there: nothing to be read in it */
    if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        log_warning("%s cannot be read again: %s", folder, strerror(errno));
    close(rule.parent_fd);
}

bool confine_files(const char *const *folders, size_t n)
{
    /* all rights of the first version: a kernel that knows later ones refuses those by rules of its own */
    struct landlock_ruleset_attr all = {.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};
    if (SANITIZED)
        return true;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    for (size_t i = 0; rules >= 0 && i < n; i++)
        if (folders[i])
            allow_below(rules, folders[i]);
    bool ok = rules >= 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
              syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    if (!ok)
        log_info("Landlock is not to be had (%s): no file can be opened again, a reload needs a restart",
                 strerror(errno));
    if (rules >= 0)
        close(rules);
    return ok;
}

/* ---- calls ---- */

static const int calls[] = {
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(eventfd2),
    SCMP_SYS(close),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(getdents64),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(getrandom),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(sched_getaffinity),
};

static void must(int rc, const char *what)
{
    if (rc < 0)
        die(EX_OSERR, "the worker cannot be confined: %s: %s", what, strerror(-rc));
}

/* SCMP_A0() and its like leave a field out, which clang warns of. */
static struct scmp_arg_cmp equal(unsigned arg, uint64_t value)
{
    return (struct scmp_arg_cmp){.arg = arg, .op = SCMP_CMP_EQ, .datum_a = value};
}

static struct scmp_arg_cmp masked(unsigned arg, uint64_t mask, uint64_t value)
{
    return (struct scmp_arg_cmp){.arg = arg, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

static void allow(scmp_filter_ctx f, int call, unsigned n, struct scmp_arg_cmp a, struct scmp_arg_cmp b)
{
    must(seccomp_rule_add(f, SCMP_ACT_ALLOW, call, n, a, b), "a rule");
}

void confine_calls(bool files, int family)
{
    const struct scmp_arg_cmp none = {0}, not_executable = masked(2, PROT_EXEC, 0);
    if (SANITIZED)
        return;
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    must(f ? seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1) : -ENOMEM, "all threads");
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        allow(f, calls[i], 0, none, none);
    allow(f, SCMP_SYS(mmap), 1, not_executable, none);
    allow(f, SCMP_SYS(mprotect), 1, not_executable, none);
    allow(f, SCMP_SYS(fcntl), 1, equal(1, F_GETFL), none);
    allow(f, SCMP_SYS(fcntl), 1, equal(1, F_SETFL), none);
    allow(f, SCMP_SYS(fcntl), 1, equal(1, F_SETFD), none);
    /* the beginning of a thread: ZeroMQ's second one may be late */
    allow(f, SCMP_SYS(rseq), 0, none, none);
    allow(f, SCMP_SYS(set_robust_list), 0, none, none);
    allow(f, SCMP_SYS(prctl), 1, equal(0, PR_SET_NAME), none);
    allow(f, SCMP_SYS(sched_getparam), 0, none, none);
    allow(f, SCMP_SYS(sched_getscheduler), 0, none, none);
    allow(f, SCMP_SYS(sched_setscheduler), 1, equal(1, SCHED_OTHER), none);
    /* abort() */
    allow(f, SCMP_SYS(tgkill), 1, equal(0, (uint64_t)getpid()), none);
    if (files) /* Landlock says which */
        allow(f, SCMP_SYS(openat), 1, masked(2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY), none);
    if (family >= 0) {
        allow(f, SCMP_SYS(socket), 2, equal(0, (uint64_t)family), masked(1, 0xf, SOCK_STREAM));
        allow(f, SCMP_SYS(connect), 0, none, none);
    }
    must(seccomp_load(f), "the filter");
    seccomp_release(f);
}
