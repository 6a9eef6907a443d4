/* What a confined process can do still, and what not. Each case in a child: there is no way back. */
#include "tests/unit/unit.h"
#include "workers/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#define SKIP_SANITIZED() skip() /* nothing is given up there */
#else
#define SKIP_SANITIZED() (void)0
#endif

static char folder[] = "/tmp/stanced-confine-XXXXXX";
static int ready[2];

/* Runs in a child that is confined so; its exit code is the number of the first check that failed, 0: none. */
static int confined(int family, int (*checks)(void))
{
    const char *const folders[] = {folder, NULL, "/nowhere/at/all"};
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        bool files = confine_files(folders, 3);
        if (!files)
            _exit(99);
        confine_calls(files, family);
        _exit(checks());
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    close(ready[0]);
    close(ready[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static bool denied(long rc)
{
    return rc == -1 && (errno == EPERM || errno == EACCES);
}

static const char *data(void)
{
    static char path[64];
    snprintf(path, sizeof path, "%s/data.tsv", folder);
    return path;
}

static int everything_that_harms(void)
{
    char program[] = "/bin/true", *argv[] = {program, NULL};
    int n = 0;
    if (++n && !denied(open("/etc/passwd", O_RDONLY)))
        return n;
    if (++n && !denied(open(data(), O_WRONLY)))
        return n;
    if (++n && !denied(open(data(), O_RDONLY | O_TRUNC)))
        return n;
    if (++n && !denied(open("/tmp/stanced-new", O_WRONLY | O_CREAT, 0600)))
        return n;
    if (++n && !denied(unlink(data())))
        return n;
    if (++n && !denied(rename(data(), "/tmp/stanced-new")))
        return n;
    if (++n && !denied(execv(program, argv)))
        return n;
    if (++n && !denied(fork()))
        return n;
    if (++n && !denied(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL)))
        return n;
    if (++n && !denied(kill(getppid(), SIGTERM)))
        return n;
    if (++n && !denied(socket(AF_INET, SOCK_STREAM, 0)))
        return n;
    if (++n && !denied(socket(AF_INET, SOCK_DGRAM, 0)))
        return n;
    if (++n && !denied(socket(AF_UNIX, SOCK_STREAM, 0)))
        return n;
    if (++n && mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
        return n;
    return 0;
}

static int what_the_work_needs(void)
{
    char c = 'x';
    int n = 0, fd;
    void *memory = NULL;
    if (++n && ((fd = open(data(), O_RDONLY)) < 0 || read(fd, &c, 1) != 1 || close(fd) != 0 || c != 'd'))
        return n;
    if (++n && (!(memory = malloc(64 << 20)) || !memset(memory, 1, 64 << 20)))
        return n;
    free(memory);
    if (++n && (write(ready[1], &c, 1) != 1 || read(ready[0], &c, 1) != 1))
        return n;
    return 0;
}

static int a_socket_of_its_kind(void)
{
    int n = 0;
    if (++n && socket(AF_INET, SOCK_STREAM, 0) < 0)
        return n;
    if (++n && !denied(socket(AF_UNIX, SOCK_STREAM, 0)))
        return n;
    if (++n && !denied(socket(AF_INET6, SOCK_STREAM, 0)))
        return n;
    return 0;
}

static int abort_still_works(void)
{
    /* its core was forbidden before it was confined */
    abort();
}

static void harm_is_refused(void **state)
{
    (void)state;
    SKIP_SANITIZED();
    assert_int_equal(confined(-1, everything_that_harms), 0);
    assert_int_equal(access(data(), R_OK), 0);
}

static void work_goes_on(void **state)
{
    (void)state;
    SKIP_SANITIZED();
    assert_int_equal(confined(-1, what_the_work_needs), 0);
}

static void one_family_may_be_left(void **state)
{
    (void)state;
    SKIP_SANITIZED();
    assert_int_equal(confined(AF_INET, a_socket_of_its_kind), 0);
}

static void a_bug_still_ends_it(void **state)
{
    (void)state;
    SKIP_SANITIZED();
    assert_int_equal(confined(-1, abort_still_works), -SIGABRT);
}

static void *other_thread(void *arg)
{
    char c;
    if (read(ready[0], &c, 1) != 1)
        return arg;
    return denied(socket(AF_INET, SOCK_STREAM, 0)) ? NULL : arg;
}

static void threads_that_run_already_are_confined_too(void **state)
{
    (void)state;
    SKIP_SANITIZED();
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        pthread_t thread;
        void *what = &thread;
        if (pthread_create(&thread, NULL, other_thread, ready) != 0)
            _exit(1);
        confine_calls(false, -1);
        if (write(ready[1], "x", 1) != 1 || pthread_join(thread, &what) != 0)
            _exit(2);
        _exit(what ? 3 : denied(open(data(), O_RDONLY)) ? 0 : 4); /* no Landlock: no files */
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static int begin(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    FILE *f = fopen(data(), "w");
    return f && fputs("data\n", f) >= 0 ? fclose(f) : -1;
}

static int end(void **state)
{
    (void)state;
    return unlink(data()) || rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(harm_is_refused),
        cmocka_unit_test(work_goes_on),
        cmocka_unit_test(one_family_may_be_left),
        cmocka_unit_test(a_bug_still_ends_it),
        cmocka_unit_test(threads_that_run_already_are_confined_too),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
