#include "daemon/wheel.h"

#include "daemon/control.h"
#include "daemon/copies.h"
#include "daemon/dispatch.h"
#include "daemon/files.h"
#include "daemon/http.h"
#include "daemon/intake.h"
#include "daemon/live.h"
#include "daemon/memory.h"
#include "daemon/retain.h"
#include "daemon/service.h"
#include "daemon/stream.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

enum {
    TICK_MS = 250,
    LISTS_EVERY_MS = 1000, /* the allow lists' files are looked at */
    RETRY_MS = 1000,       /* what busy tells feeders */
    PAUSE_MS = 1000,       /* after a commit that failed */
    MEMORY_MS = 10,        /* how long a look at our memory holds */
    CROWDED_MS = 10000,    /* between two warnings of too many connections */
    FULL_MS = 2000,        /* how long the state stays full after room was last missed */
    TRIM_EVERY_MS = 1000,
    TRIM_A_TURN = 2000,
    DRAIN_MS = 5000, /* for work in hand to be finished */
    LEAVE_MS = 8500, /* then whoever is left is killed */
    WORK_MESSAGE_MAX = 64 << 20,
    SMALL_MESSAGE_MAX = 1 << 20,
    INTAKE_MESSAGE_MIN = 16 << 20
};

enum phase { RUNNING, DRAINING, LEAVING, STOPPED };

struct wheel {
    struct config config;
    char path[4096]; /* of the config; empty: none */
    struct loop *loop;
    struct store *store;
    struct bridge *bridge;
    struct auth *auth; /* NULL: no keys */
    struct bridge_socket *sockets[6];
    size_t n_sockets;
    struct metrics metrics;
    struct finisher finisher;
    struct supervise *supervise;
    struct intake *intake;
    struct dispatch *dispatch;
    struct control *control; /* this and those below: NULL when turned off */
    struct live *live;
    struct stream *stream;
    struct http *http;

    enum phase phase;
    const char *state; /* in words: serving, draining, full */
    int stop_signals;
    int exit_code;
    bool child_ended, reload;
    int64_t started, stopping_since;
    int64_t paused_until, full_until, trimmed;
    int64_t complained, lists_read, crowded;
    struct retain_clock retain;
    int64_t memory, memory_read; /* bytes, when */
};

/* ---- signals: noted here, acted upon in the turn ---- */

static void on_stop(void *arg)
{
    ((struct wheel *)arg)->stop_signals++;
}

static void on_reload(void *arg)
{
    ((struct wheel *)arg)->reload = true;
}

static void on_child(void *arg)
{
    ((struct wheel *)arg)->child_ended = true;
}

static void on_tick(void *arg)
{
    (void)arg; /* time passed: the turn looks at the clock */
}

/* ---- beginning ---- */

static struct bridge_socket *bind_wish(struct wheel *w, const struct bridge_wish *wish)
{
    struct reason why;
    struct bridge_socket *s = bridge_bind(w->bridge, wish, &why);
    if (!s)
        die(EX_UNAVAILABLE, "endpoint %s: %s", wish->name, why.text);
    w->sockets[w->n_sockets++] = s;
    loop_watch(w->loop, bridge_fd(s));
    log_info("%s at %s%s", wish->name, bridge_endpoint(s), bridge_is_guarded(s) ? ", encrypted" : "");
    if (strncmp(wish->endpoint, "tcp://", 6) == 0 && !bridge_is_guarded(s))
        log_warning("%s is neither encrypted nor guarded: whoever reaches %s may use it", wish->name,
                    bridge_endpoint(s));
    return s;
}

static struct bridge_socket *bind_socket(struct wheel *w, enum bridge_kind kind, const char *name,
                                         const char *endpoint, size_t max_message)
{
    struct bridge_wish wish = {kind, name, endpoint, NULL, max_message};
    return *endpoint ? bind_wish(w, &wish) : NULL;
}

/* Local workers have no keys: where the work endpoint wants them, they come through a socket of their own, in the
 * store's folder, which nobody else may enter. */
static void bind_work(struct wheel *w)
{
    const struct config *c = &w->config;
    char own[CONFIG_TEXT + 32];
    snprintf(own, sizeof own, "ipc://%s/work.sock", c->store.path);
    bool guarded = w->auth && strncmp(c->endpoints.work, "tcp://", 6) == 0;
    struct bridge_wish wish = {BRIDGE_ROUTER, "work", c->endpoints.work, guarded ? own : NULL,
                               WORK_MESSAGE_MAX};
    struct bridge_socket *s = bind_wish(w, &wish);
    w->supervise = supervise_new(&w->config, guarded ? own : bridge_endpoint(s), &w->metrics);
    w->dispatch = dispatch_new(s, &w->finisher, w->supervise, &w->config);
}

static void guard(struct wheel *w)
{
    if (!w->auth)
        return;
    struct bridge_socket *zap = bridge_guard(w->bridge, w->auth);
    w->sockets[w->n_sockets++] = zap;
    loop_watch(w->loop, bridge_fd(zap));
}

static void bind_all(struct wheel *w)
{
    const struct config *c = &w->config;
    size_t article = 2 * (size_t)c->limits.max_body + SMALL_MESSAGE_MAX;
    struct reason why;
    struct bridge_socket *s;
    guard(w);
    /* an article somewhat too long shall get an answer, not a broken connection */
    s = bind_socket(w, BRIDGE_ROUTER, "intake", c->endpoints.intake,
                    article > INTAKE_MESSAGE_MIN ? article : INTAKE_MESSAGE_MIN);
    w->intake = intake_new(s, &w->finisher);
    bind_work(w);
    if ((s = bind_socket(w, BRIDGE_XPUB, "live", c->endpoints.live, SMALL_MESSAGE_MAX)))
        w->live = live_new(s, w->store, &w->metrics);
    if ((s = bind_socket(w, BRIDGE_ROUTER, "stream", c->endpoints.stream, SMALL_MESSAGE_MAX)))
        w->stream = stream_new(s, w->store, &w->config, &w->metrics);
    if ((s = bind_socket(w, BRIDGE_ROUTER, "control", c->endpoints.control, SMALL_MESSAGE_MAX)))
        w->control = control_new(s, &w->finisher, w->dispatch);
    if (w->auth)
        auth_forget_secret(w->auth); /* ZeroMQ has it; one copy less to be found */
    if (!*c->endpoints.http)
        return;
    w->http = http_new(w->loop, c->endpoints.http, w->store, &w->metrics, &w->state, &why);
    if (!w->http)
        die(EX_UNAVAILABLE, "%s", why.text);
    log_info("http at %s", http_address(w->http));
}

struct wheel *wheel_new(const struct config *config, const char *path)
{
    struct reason why;
    struct wheel *w = calloc(1, sizeof *w);
    if (!w || !(w->finisher.arena = arena_new((size_t)256 << 20)))
        die(EX_OSERR, "out of memory");
    memory_setup();
    w->config = *config;
    snprintf(w->path, sizeof w->path, "%s", path ? path : "");
    w->state = "serving";
    w->started = clock_mono_ms();
    /* the store first: whoever holds its lock is the one daemon that may bind */
    w->store = store_open(config->store.path, (size_t)config->store.map_size, &why);
    if (!w->store)
        die(EX_CANTCREAT, "store %s: %s", config->store.path, why.text);
    w->finisher.store = w->store;
    w->finisher.metrics = &w->metrics;
    if (!(w->finisher.copies = copies_new(w->store)))
        die(EX_OSERR, "out of memory");
    w->loop = loop_new();
    w->bridge = bridge_new();
    signal(SIGPIPE, SIG_IGN);
    loop_signal(w->loop, SIGTERM, on_stop, w);
    loop_signal(w->loop, SIGINT, on_stop, w);
    loop_signal(w->loop, SIGHUP, on_reload, w);
    loop_signal(w->loop, SIGCHLD, on_child, w);
    loop_every(w->loop, TICK_MS, on_tick, w);
    if (!auth_open(config, &w->auth, &why))
        die(EX_CONFIG, "%s", why.text);
    bind_all(w);
    const struct store_stats *s = store_stats(w->store);
    log_info("store %s: %" PRId64 " articles wait, %" PRId64 " in the quarantine, events %" PRId64
             " to %" PRId64,
             config->store.path, s->waiting, s->dead, s->log_first, s->log_last);
    return w;
}

void wheel_free(struct wheel *w)
{
    if (!w)
        return;
    supervise_free(w->supervise);
    http_free(w->http);
    stream_free(w->stream);
    live_free(w->live);
    control_free(w->control);
    intake_free(w->intake);
    dispatch_free(w->dispatch);
    bridge_free(w->bridge);
    auth_free(w->auth);
    loop_free(w->loop);
    store_close(w->store);
    copies_free(w->finisher.copies);
    arena_free(w->finisher.arena);
    buf_free(&w->finisher.packed);
    free(w);
}

/* ---- reload ---- */

static void log_lines(char *lines)
{
    for (char *rest = NULL, *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        log_error("%s", line);
}

/* The allow lists: whoever is not in them any more goes. */
static void refresh_lists(struct wheel *w, struct turn_time t)
{
    w->lists_read = t.mono;
    if (w->auth && auth_refresh(w->auth, w->config.keys.allow))
        log_notice("keys were revoked; connections ended: %zu", bridge_cut(w->bridge));
}

/* Workers that have to go (too many, or started with what is not true any more) go; the others read their
 * files again. */
static void reload_workers(struct wheel *w, const struct config *old, struct turn_time t)
{
    const struct config *c = &w->config;
    bool restart = strcmp(old->workers.command, c->workers.command) != 0 ||
                   strcmp(old->model.file, c->model.file) != 0 ||
                   strcmp(old->lexicon.dir, c->lexicon.dir) != 0 ||
                   strcmp(old->lexicon.own_dir, c->lexicon.own_dir) != 0;
    pid_t tell[SUPERVISE_SLOTS];
    size_t n = supervise_stop(w->supervise, restart, t.mono, tell, SUPERVISE_SLOTS);
    dispatch_bye(w->dispatch, tell, n, t);
    dispatch_reload(w->dispatch);
}

static void reload(struct wheel *w, struct turn_time t)
{
    struct config fresh, old = w->config;
    struct buf errors = BUF_INIT, restart = BUF_INIT;
    service_reloading();
    if (!config_load(*w->path ? w->path : NULL, &fresh, &errors)) {
        buf_putc(&errors, '\0');
        if (!errors.failed)
            log_lines(errors.data);
        log_error("the config was not reloaded, the old one stays");
    } else {
        config_apply(&w->config, &fresh, &restart);
        log_open("stanced", (enum log_level)w->config.log.level);
        if (restart.len)
            log_warning("needs a restart to take effect: %.*s", (int)restart.len, restart.data);
        reload_workers(w, &old, t);
        refresh_lists(w, t);
        log_notice("config reloaded");
    }
    buf_free(&errors);
    buf_free(&restart);
    service_ready("serving");
}

/* ---- stopping ---- */

static void leave(struct wheel *w, struct turn_time t)
{
    pid_t tell[SUPERVISE_SLOTS];
    w->phase = LEAVING;
    supervise_stop(w->supervise, true, t.mono, tell, SUPERVISE_SLOTS);
    dispatch_bye_all(w->dispatch, t); /* these, and the remote ones */
}

static void stop_step(struct wheel *w, struct turn_time t)
{
    if (w->phase == RUNNING && supervise_hopeless(w->supervise)) {
        log_error("no worker can start with these files: see its line above");
        w->exit_code = EX_CONFIG;
        w->stop_signals = 1;
    }
    if (w->phase == RUNNING && w->stop_signals) {
        w->phase = DRAINING;
        w->stopping_since = t.mono;
        service_stopping();
        log_notice("stopping: %zu articles are in work", dispatch_in_work(w->dispatch));
    }
    int64_t since = t.mono - w->stopping_since;
    if (w->phase == DRAINING && (dispatch_in_work(w->dispatch) == 0 || since > DRAIN_MS)) {
        leave(w, t);
    }
    if (w->phase == LEAVING && (supervise_running(w->supervise) == 0 || since > LEAVE_MS)) {
        w->phase = STOPPED;
    }
    if (w->stop_signals > 1)
        w->phase = STOPPED;
}

/* ---- the turn ---- */

static void child_ended(void *arg, pid_t pid, int status)
{
    struct wheel *w = arg;
    struct turn_time t = {clock_mono_ms(), clock_wall_ms()};
    struct child_end end;
    if (supervise_exited(w->supervise, pid, status, t.mono, &end))
        dispatch_child_gone(w->dispatch, pid, &end, t);
}

static bool memory_short(struct wheel *w, struct turn_time t)
{
    if (t.mono - w->memory_read >= MEMORY_MS) {
        w->memory = memory_private();
        w->memory_read = t.mono;
    }
    return w->memory > w->config.limits.memory / 2;
}

static const char *busy_reason(struct wheel *w, struct turn_time t)
{
    if (w->phase != RUNNING)
        return "the daemon is stopping";
    if (memory_short(w, t))
        return "the daemon has no memory to spare";
    return t.mono < w->paused_until ? "the store could not write" : NULL;
}

/* Everything that wants to change the store. True when something was left for the next turn. */
static bool apply(struct wheel *w, struct turn_time t)
{
    bool paused = t.mono < w->paused_until;
    bool work_left = dispatch_drain(w->dispatch, t);
    if (w->child_ended) {
        w->child_ended = false;
        loop_reap(child_ended, w);
    }
    struct intake_rules rules = {(size_t)w->config.limits.max_body, busy_reason(w, t), RETRY_MS, t.wall};
    bool more = intake_drain(w->intake, &rules) || work_left;
    more = (w->control && control_drain(w->control, t.wall)) || more;
    if (!work_left)
        dispatch_check(w->dispatch, t);
    if (w->phase == RUNNING && !paused)
        more = dispatch_assign(w->dispatch, t) || more;
    if (t.mono - w->trimmed >= TRIM_EVERY_MS && !paused) {
        int64_t days = retain_believes(&w->retain, t.mono, t.wall) ? w->config.store.retain_days : 0;
        bool all =
            store_trim(w->store, t.wall, days, w->config.store.retain_events, TRIM_A_TURN) < TRIM_A_TURN;
        w->trimmed = all ? t.mono : w->trimmed;
        more = more || !all;
    }
    if (intake_was_full(w->intake) || dispatch_was_full(w->dispatch))
        w->full_until = t.mono + FULL_MS;
    if (dispatch_was_full(w->dispatch))
        w->paused_until = t.mono + PAUSE_MS;
    return more;
}

static int64_t now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static bool commit(struct wheel *w, struct turn_time t, const struct metrics *before)
{
    struct reason why;
    int64_t began = now_us();
    if (store_commit(w->store, &why)) {
        if (store_commits(w->store) != w->metrics.commits)
            w->metrics.commit_us += now_us() - began;
        w->metrics.commits = store_commits(w->store);
        return true;
    }
    if (t.mono - w->complained >= PAUSE_MS || w->complained == 0) {
        w->complained = t.mono;
        log_error("the store could not write (%s); what came in this turn is told to come again", why.text);
    }
    copies_undo(w->finisher.copies);
    w->metrics = *before; /* nothing of it happened */
    w->metrics.commit_failures++;
    w->paused_until = t.mono + PAUSE_MS;
    w->full_until = t.mono + FULL_MS;
    return false;
}

/* After the commit, whatever came of it. True when something was left. */
static bool speak(struct wheel *w, struct turn_time t, bool committed)
{
    intake_speak(w->intake, committed, RETRY_MS);
    if (committed)
        dispatch_speak(w->dispatch, t);
    else
        dispatch_undo(w->dispatch, t);
    if (w->control)
        control_speak(w->control, committed);
    bool more = w->live && live_speak(w->live);
    if (w->stream) {
        more = stream_drain(w->stream, t.mono) || more;
        more = stream_speak(w->stream, t.mono) || more;
    }
    return (w->http && http_speak(w->http, t.mono)) || more;
}

static void take_stock(struct wheel *w, struct turn_time t)
{
    struct metrics *m = &w->metrics;
    const struct store_stats *s = store_stats(w->store);
    bool full = t.mono < w->full_until;
    int64_t away = files_turned_away();
    if (away > m->turned_away && t.mono - w->crowded >= CROWDED_MS) {
        w->crowded = t.mono;
        log_warning("too many connections for the files that we may open: %" PRId64 " were ended at once",
                    away);
    }
    m->turned_away = away;
    m->turns++;
    m->waiting = s->waiting;
    m->dead = s->dead;
    m->log_first = s->log_first;
    m->log_last = s->log_last;
    m->store_bytes = s->bytes;
    m->store_map_bytes = s->map_bytes;
    m->in_work = (int64_t)dispatch_in_work(w->dispatch);
    m->workers_ready = (int64_t)dispatch_workers(w->dispatch);
    m->followers = w->stream ? (int64_t)stream_followers(w->stream) : 0;
    m->full = full;
    m->draining = w->phase != RUNNING;
    m->messages_dropped = 0;
    for (size_t i = 0; i < w->n_sockets; i++)
        m->messages_dropped += bridge_dropped(w->sockets[i]);
    if (full && strcmp(w->state, "serving") == 0)
        log_warning("the store is full or cannot write: feeders are told to come again");
    w->state = m->draining ? "draining" : full ? "full" : "serving";
    if (w->control)
        control_set_state(w->control, w->state, t.mono - w->started);
}

static void say_alive(const struct wheel *w, struct turn_time t)
{
    const struct metrics *m = &w->metrics;
    char status[SERVICE_STATUS];
    snprintf(status, sizeof status,
             "%s: %" PRId64 " articles wait, %" PRId64 " in work, %" PRId64 " in the quarantine; %" PRId64
             " workers; %" PRId64 " events",
             w->state, m->waiting - m->in_work, m->in_work, m->dead, m->workers_ready, m->log_last);
    service_alive(t.mono, status);
}

static void turn(struct wheel *w)
{
    struct turn_time t = {clock_mono_ms(), clock_wall_ms()};
    struct metrics before = w->metrics;
    if (w->reload) {
        w->reload = false;
        reload(w, t);
    }
    /* before anybody is let in by an old list */
    if (t.mono - w->lists_read >= LISTS_EVERY_MS || bridge_asked(w->bridge))
        refresh_lists(w, t);
    bool more = bridge_admit(w->bridge);
    more = apply(w, t) || more;
    stop_step(w, t);
    supervise_tick(w->supervise, t.mono, w->phase != RUNNING);
    bool committed = commit(w, t, &before);
    more = speak(w, t, committed) || more;
    take_stock(w, t);
    say_alive(w, t);
    /* sends and receives may have swallowed a socket's signal: ask each, XPUB too, before waiting again */
    for (size_t i = 0; i < w->n_sockets; i++)
        more = bridge_pending(w->sockets[i]) || more;
    if (more)
        loop_again(w->loop);
}

int wheel_run(struct wheel *w)
{
    log_notice("stanced %s is ready", STANCED_VERSION);
    service_ready("serving");
    turn(w);
    while (w->phase != STOPPED) {
        loop_turn(w->loop);
        turn(w);
    }
    log_notice("stopped; %" PRId64 " articles wait for the next start", store_stats(w->store)->waiting);
    return w->exit_code;
}
