/* task.h: the worker's side of the work protocol (PROTOCOL.md, "Work"): one article after another, in the
 * order they came. */
#ifndef STANCED_TASK_H
#define STANCED_TASK_H

#include <signal.h>

#include "proto/keys.h"
#include "workers/pipeline.h"

struct task_keys {
    struct key secret; /* ours */
    struct key server; /* the daemon's public one */
};

struct task_options {
    const char *endpoint;         /* the daemon's work endpoint */
    const struct task_keys *keys; /* for a tcp endpoint; NULL: none */
    bool strict;                  /* one connection: ends when the daemon goes away */
    bool files;                   /* what confine_files() said */
    const char *name;             /* in hello; unique among the daemon's workers */
    long capacity;                /* articles that may be held at once, 1 to 1024 */
    const char *config_dir, *lexicon_dir, *own_dir, *model; /* as pipeline_open takes them */
    volatile int64_t *in_hand; /* NULL, or where whoever started us looks for what we had begun (in_hand.h) */
    const volatile sig_atomic_t
        *stop; /* set by a signal handler: finish the article in hand, say bye, return */
};

/* Connects and works until told to stop. Loads the pipeline anew on `reload`; a bad file leaves the old one
 * at work. Returns an exit code of sysexits.h, 0 after a stop or the daemon's bye. Takes over *p and closes
 * it. */
int task_run(const struct task_options *options, struct pipeline *p);

#endif
