#include "daemon/supervise.h"

#include "proto/base/log.h"
#include "proto/in_hand.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* ---- pure ---- */

enum { NO = -1 };
static const signed char moves[SLOT_STATES][SLOT_EVENTS] = {
    /*                  start          hello        stop           exit */
    [SLOT_IDLE] = {SLOT_STARTING, NO, NO, NO},
    [SLOT_STARTING] = {NO, SLOT_READY, SLOT_STOPPING, SLOT_BACKOFF},
    [SLOT_READY] = {NO, SLOT_READY, SLOT_STOPPING, SLOT_BACKOFF},
    [SLOT_STOPPING] = {NO, SLOT_STOPPING, SLOT_STOPPING, SLOT_IDLE},
    [SLOT_BACKOFF] = {SLOT_STARTING, NO, SLOT_IDLE, NO},
};

bool slot_may(enum slot_state from, enum slot_event what)
{
    return moves[from][what] != NO;
}

enum slot_state slot_move(enum slot_state from, enum slot_event what)
{
    if (!slot_may(from, what))
        BUG("a worker that is %s cannot take event %d", slot_name(from), (int)what);
    return (enum slot_state)moves[from][what];
}

const char *slot_name(enum slot_state s)
{
    static const char *const names[SLOT_STATES] = {"idle", "starting", "ready", "stopping", "backoff"};
    return names[s];
}

int64_t supervise_backoff(int64_t before)
{
    if (before < SUPERVISE_BACKOFF_MIN_MS)
        return SUPERVISE_BACKOFF_MIN_MS;
    return 2 * before < SUPERVISE_BACKOFF_MAX_MS ? 2 * before : SUPERVISE_BACKOFF_MAX_MS;
}

int64_t supervise_delay(bool was_ready, int deaths, int64_t before)
{
    return was_ready && deaths <= SUPERVISE_DEATHS ? 0 : supervise_backoff(before);
}

/* ---- processes ---- */

struct slot {
    enum slot_state state;
    pid_t pid;
    int64_t since;   /* of the state, monotonic ms */
    int64_t backoff; /* ms that it waits or waited last */
    int64_t restarts;
    bool killed;
    int in_hand; /* file; -1: none */
};

struct supervise {
    const struct config *config;
    char endpoint[CONFIG_TEXT];
    char self[16]; /* our process number, in digits */
    struct metrics *metrics;
    struct slot slots[SUPERVISE_SLOTS];
    int n;           /* slots ever used */
    int deaths;      /* of ready workers, since one finished an article */
    bool ever_ready; /* some worker has said hello */
    bool hopeless;
};

struct supervise *supervise_new(const struct config *config, const char *endpoint, struct metrics *m)
{
    struct supervise *s = calloc(1, sizeof *s);
    if (!s)
        die(EX_OSERR, "supervise: out of memory");
    s->config = config;
    s->metrics = m;
    snprintf(s->self, sizeof s->self, "%d", (int)getpid());
    /* a wildcard address is no place to connect to */
    const char *any = strncmp(endpoint, "tcp://0.0.0.0:", 14) == 0 ? endpoint + 14 : NULL;
    snprintf(s->endpoint, sizeof s->endpoint, "%s%s", any ? "tcp://127.0.0.1:" : "", any ? any : endpoint);
    return s;
}

static void close_in_hand(struct slot *slot)
{
    if (slot->in_hand >= 0)
        close(slot->in_hand);
    slot->in_hand = -1;
}

void supervise_free(struct supervise *s)
{
    if (!s)
        return;
    for (int i = 0; i < s->n; i++)
        if (s->slots[i].pid) {
            kill(s->slots[i].pid, SIGKILL);
            waitpid(s->slots[i].pid, NULL, 0);
            close_in_hand(&s->slots[i]);
        }
    free(s);
}

static void become(struct slot *slot, enum slot_event what, int64_t now)
{
    slot->state = slot_move(slot->state, what);
    slot->since = now;
}

/* stance-worker beside this program. */
static void default_command(char *out, size_t room)
{
    char self[CONFIG_TEXT];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = '\0';
    if (snprintf(out, room, "%s%sstance-worker", self, slash ? "/" : "") >= (int)room)
        die(EX_CONFIG, "the path of stanced is too long to find stance-worker beside it");
}

enum { ARGUMENTS = 48 };

/* Puts together what to run. `text` has to live as long as `argv`. */
static void arguments(const struct supervise *s, int index, char *text, size_t room, char name[24],
                      char *argv[ARGUMENTS])
{
    size_t n = 0;
    if (s->config->workers.command[0])
        snprintf(text, room, "%s", s->config->workers.command);
    else
        default_command(text, room);
    char *rest = NULL;
    if (s->config->workers.command[0])
        for (char *word = strtok_r(text, " \t", &rest); word && n < ARGUMENTS - 14;
             word = strtok_r(NULL, " \t", &rest))
            argv[n++] = word;
    else
        argv[n++] = text;
    snprintf(name, 24, "local-%d", index);
    const struct config *c = s->config;
    const struct {
        const char *option, *value;
    } more[] = {{"--connect", s->endpoint},    {"--name", name},
                {"--supervised", s->self},     {"--model", c->model.file},
                {"--lexicon", c->lexicon.dir}, {"--own-lexicon", c->lexicon.own_dir}};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        if (!more[i].value[0])
            continue;
        argv[n++] = (char *)(uintptr_t)more[i].option;
        argv[n++] = (char *)(uintptr_t)more[i].value;
    }
    argv[n] = NULL;
}

/* A clean start: no signals blocked or ignored, no files but the standard ones and in_hand, a process group of
 * its own, so that a terminal's Ctrl-C reaches only us. */
static int spawn(pid_t *pid, char *argv[], int in_hand)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    extern char **environ;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (in_hand >= 0)
        posix_spawn_file_actions_adddup2(&files, in_hand, IN_HAND_FD);
    posix_spawn_file_actions_addclosefrom_np(&files, in_hand >= 0 ? IN_HAND_FD + 1 : IN_HAND_FD);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    int rc = posix_spawnp(pid, argv[0], &files, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return rc;
}

static void start(struct supervise *s, int index, int64_t now)
{
    struct slot *slot = &s->slots[index];
    char text[2 * CONFIG_TEXT], name[24];
    char *argv[ARGUMENTS];
    arguments(s, index, text, sizeof text, name, argv);
    become(slot, SLOT_START, now);
    slot->killed = false;
    s->metrics->worker_starts++;
    slot->in_hand = in_hand_new();
    int rc = spawn(&slot->pid, argv, slot->in_hand);
    if (rc == 0) {
        log_info("worker %s started, pid %d", name, (int)slot->pid);
        return;
    }
    close_in_hand(slot);
    slot->pid = 0;
    become(slot, SLOT_EXIT, now);
    slot->backoff = supervise_backoff(slot->backoff);
    log_error("worker %s: %s cannot be started: %s; next try in %" PRId64 " s", name, argv[0], strerror(rc),
              slot->backoff / 1000);
}

static void kill_slot(struct supervise *s, struct slot *slot, const char *why)
{
    if (slot->killed || !slot->pid)
        return;
    log_warning("worker local-%d, pid %d, is killed: %s", (int)(slot - s->slots), (int)slot->pid, why);
    kill(slot->pid, SIGKILL);
    slot->killed = true;
}

void supervise_tick(struct supervise *s, int64_t now, bool stopping)
{
    int wanted = stopping ? 0 : (int)s->config->workers.count;
    if (s->n < wanted)
        s->n = wanted;
    for (int i = 0; i < s->n; i++) {
        struct slot *slot = &s->slots[i];
        int64_t age = now - slot->since;
        switch (slot->state) {
        case SLOT_IDLE:
            if (i < wanted)
                start(s, i, now);
            break;
        case SLOT_BACKOFF:
            if (i >= wanted) {
                become(slot, SLOT_STOP, now);
            } else if (age >= slot->backoff) {
                slot->restarts++;
                start(s, i, now);
            }
            break;
        case SLOT_STARTING:
            if (age > SUPERVISE_HELLO_MS)
                kill_slot(s, slot, "it did not say hello");
            break;
        case SLOT_STOPPING:
            if (age > SUPERVISE_STOP_MS)
                kill_slot(s, slot, "it did not stop");
            break;
        case SLOT_READY:
        case SLOT_STATES: break;
        }
    }
}

bool supervise_slot(const struct supervise *s, int index, struct slot_view *out)
{
    if (index >= s->n)
        return false;
    const struct slot *slot = &s->slots[index];
    *out = (struct slot_view){index, slot->state, slot->pid, slot->restarts};
    return true;
}

bool supervise_hopeless(const struct supervise *s)
{
    return s->hopeless;
}

size_t supervise_running(const struct supervise *s)
{
    size_t n = 0;
    for (int i = 0; i < s->n; i++)
        n += s->slots[i].pid != 0;
    return n;
}

static struct slot *by_pid(struct supervise *s, int64_t pid)
{
    for (int i = 0; pid > 0 && i < s->n; i++)
        if (s->slots[i].pid == pid)
            return &s->slots[i];
    return NULL;
}

enum supervise_answer supervise_hello(struct supervise *s, struct str name, int64_t pid)
{
    for (int i = 0; i < s->n; i++) {
        char text[24];
        snprintf(text, sizeof text, "local-%d", i);
        if (!str_is(name, text))
            continue;
        struct slot *slot = &s->slots[i];
        if (slot->pid == 0 && s->config->workers.count == 0)
            return SUPERVISE_REMOTE;
        if (slot->pid != pid || !slot_may(slot->state, SLOT_HELLO))
            return SUPERVISE_IMPOSTOR;
        slot->state = slot_move(slot->state, SLOT_HELLO);
        s->ever_ready = true;
        return SUPERVISE_OURS;
    }
    return SUPERVISE_REMOTE;
}

void supervise_success(struct supervise *s, pid_t pid)
{
    struct slot *slot = by_pid(s, pid);
    if (slot)
        slot->backoff = 0;
    s->deaths = 0;
}

void supervise_kill(struct supervise *s, pid_t pid, const char *why)
{
    struct slot *slot = by_pid(s, pid);
    if (slot)
        kill_slot(s, slot, why);
}

static void describe(int status, char *how, size_t room)
{
    if (WIFSIGNALED(status))
        snprintf(how, room, "was killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(how, room, "exited with code %d", WEXITSTATUS(status));
}

bool supervise_exited(struct supervise *s, pid_t pid, int status, int64_t now, struct child_end *out)
{
    struct slot *slot = by_pid(s, pid);
    if (!slot)
        return false;
    describe(status, out->how, sizeof out->how);
    out->in_hand = in_hand_read(slot->in_hand);
    close_in_hand(slot);
    slot->pid = 0;
    s->metrics->worker_exits++;
    bool asked = slot->state == SLOT_STOPPING, was_ready = slot->state == SLOT_READY;
    become(slot, SLOT_EXIT, now);
    /* The files were wrong from the beginning: trying again would not help. Later, after a reload, the old
     * ones work on. */
    s->hopeless =
        s->hopeless || (!asked && !s->ever_ready && WIFEXITED(status) && WEXITSTATUS(status) == EX_CONFIG);
    if (asked) {
        log_info("worker local-%d, pid %d, stopped: it %s", (int)(slot - s->slots), (int)pid, out->how);
    } else {
        s->deaths += was_ready;
        slot->backoff = supervise_delay(was_ready, s->deaths, slot->backoff);
        log_warning("worker local-%d, pid %d, %s; next start in %" PRId64 " s", (int)(slot - s->slots),
                    (int)pid, out->how, slot->backoff / 1000);
    }
    return true;
}

size_t supervise_stop(struct supervise *s, bool all, int64_t now, pid_t *tell, size_t room)
{
    size_t n = 0;
    for (int i = all ? 0 : (int)s->config->workers.count; i < s->n; i++) {
        struct slot *slot = &s->slots[i];
        if (slot->state == SLOT_IDLE || slot->state == SLOT_STOPPING)
            continue;
        if (slot->state == SLOT_READY && n < room)
            tell[n++] = slot->pid;
        else if (slot->pid)
            kill(slot->pid, SIGTERM);
        become(slot, SLOT_STOP, now);
    }
    return n;
}
