/* whole.c: the live feed without its gaps: see libstance.h. Two sources, one at a time: live while nothing is missing, the
 * log from the moment something is (or may be) until that has caught up. */
#include "clients/libstance.h"

#include <stdlib.h>

#include "proto/base/clock.h"

enum {
    SETTLE_MS = 100
}; /* the log said how far it was searched, and nothing more came for so long: all was given */

struct stance_whole {
    struct stance_whole_options o;
    struct stance_live *live;
    struct stance_follow *log; /* NULL: live is whole as far as we know */
    int64_t last;              /* given out up to here; -1: nothing yet */
    int64_t target;            /* the log is left when this was given out; 0: when it has no more */
    int64_t heard;             /* last sign of the source */
    bool searched;             /* the log has said how far, and no event came since */
};

struct stance_whole *stance_whole_open(const struct stance_whole_options *options, struct reason *why)
{
    struct stance_whole *w = calloc(1, sizeof *w);
    if (!w) {
        reason_set(why, "out of memory");
        return NULL;
    }
    w->o = *options;
    w->o.silence_ms = w->o.silence_ms ? w->o.silence_ms : 2000;
    w->last = options->after;
    w->heard = clock_mono_ms();
    w->live = stance_live_open(options->live, options->keys, NULL, 0, why);
    if (w->live)
        return w;
    free(w);
    return NULL;
}

void stance_whole_close(struct stance_whole *w)
{
    if (!w)
        return;
    stance_live_close(w->live);
    stance_follow_close(w->log);
    free(w);
}

static bool to_log(struct stance_whole *w, int64_t target, struct reason *why)
{
    w->target = target;
    w->searched = false;
    w->log = stance_follow_open(
        &(struct stance_follow_options){
            .endpoint = w->o.stream, .after = w->last, .credit = w->o.credit, .keys = w->o.keys},
        why);
    return w->log != NULL;
}

static void to_live(struct stance_whole *w)
{
    stance_follow_close(w->log);
    w->log = NULL;
    w->heard = clock_mono_ms();
}

/* STANCE_TIMEOUT: nothing for the caller, but something may have changed. */
static enum stance_code from_log(struct stance_whole *w, struct stance_item *out, int timeout_ms,
                                 struct reason *why)
{
    if (w->target && w->last >= w->target) {
        to_live(w);
        return STANCE_TIMEOUT;
    }
    if (w->searched && timeout_ms > SETTLE_MS)
        timeout_ms = SETTLE_MS;
    enum stance_code code = stance_follow_next(w->log, out, timeout_ms, why);
    if (code == STANCE_TIMEOUT && w->searched)
        to_live(w);
    if (code != STANCE_OK)
        return code;
    w->searched = out->kind == STANCE_WATERMARK;
    bool told = w->searched && out->first <= w->last + 1; /* no news: nothing is gone */
    w->last = out->seq > w->last ? out->seq : w->last;
    return told ? STANCE_TIMEOUT : STANCE_OK;
}

static enum stance_code from_live(struct stance_whole *w, struct stance_item *out, int timeout_ms,
                                  struct reason *why)
{
    int64_t now = clock_mono_ms(), quiet = w->heard + w->o.silence_ms - now;
    if (quiet <= 0 && w->last >= 0) /* is it quiet, or are we not told? */
        return to_log(w, 0, why) ? STANCE_TIMEOUT : STANCE_FAILED;
    if (w->last >= 0 && quiet < timeout_ms)
        timeout_ms = (int)quiet;
    enum stance_code code = stance_live_next(w->live, out, timeout_ms, why);
    if (code != STANCE_OK)
        return code;
    w->heard = clock_mono_ms();
    if (w->last >= 0 && out->seq <= w->last)
        return STANCE_TIMEOUT; /* the log gave it */
    if (w->last >= 0 && out->seq > w->last + 1)
        return to_log(w, out->seq, why) ? STANCE_TIMEOUT : STANCE_FAILED;
    w->last = out->seq;
    return STANCE_OK;
}

enum stance_code stance_whole_next(struct stance_whole *w, struct stance_item *out, int timeout_ms,
                                   struct reason *why)
{
    int64_t deadline = timeout_ms < 0 ? INT64_MAX : clock_mono_ms() + timeout_ms;
    for (;;) {
        int64_t left = deadline - clock_mono_ms();
        int wait = left < 0 ? 0 : left > w->o.silence_ms ? w->o.silence_ms : (int)left;
        enum stance_code code = w->log ? from_log(w, out, wait, why) : from_live(w, out, wait, why);
        if (code != STANCE_TIMEOUT || left <= 0)
            return code;
    }
}
