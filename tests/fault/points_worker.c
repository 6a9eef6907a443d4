/* Poison for the fault build of the worker: the first line of an article's body says what becomes of it.
 *
 *     fault=crash      the worker ends by a signal
 *     fault=exit       it ends without a word
 *     fault=hang       it works for ever
 *     fault=exhaust    it asks for memory until there is none
 *
 * With STANCED_FAULT_FIXED in the environment it is a repaired worker: nothing of this happens. */
#include "workers/pipeline.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void __real_pipeline_run(const struct pipeline *p, const struct article *a, struct arena *arena,
                         struct event_list *out);
void __wrap_pipeline_run(const struct pipeline *p, const struct article *a, struct arena *arena,
                         struct event_list *out);

static bool begins(struct str s, const char *with)
{
    return s.n >= strlen(with) && memcmp(s.p, with, strlen(with)) == 0;
}

void __wrap_pipeline_run(const struct pipeline *p, const struct article *a, struct arena *arena,
                         struct event_list *out)
{
    bool fixed = getenv("STANCED_FAULT_FIXED") != NULL;
    if (!fixed && begins(a->body, "fault=crash"))
        raise(SIGSEGV);
    if (!fixed && begins(a->body, "fault=exit"))
        _exit(3);
    while (!fixed && begins(a->body, "fault=hang"))
        pause();
    while (!fixed && begins(a->body, "fault=exhaust"))
        arena_alloc(arena, (size_t)16 << 20);
    __real_pipeline_run(p, a, arena, out);
}
