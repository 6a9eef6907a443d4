#include "daemon/metrics.h"

#include <inttypes.h>

enum kind { COUNTER, GAUGE };

static const struct line {
    const char *name, *help;
    enum kind kind;
    size_t offset;
} lines[] = {
#define LINE(kind_, name_, member_, help_)                                                                   \
    {                                                                                                        \
        "stanced_" name_, help_, kind_, offsetof(struct metrics, member_)                                    \
    }
    LINE(COUNTER, "articles_accepted_total", accepted, "Articles accepted and on disk."),
    LINE(COUNTER, "articles_duplicate_total", duplicates, "Articles that were known already."),
    LINE(COUNTER, "articles_rejected_total", rejected, "Articles refused for good."),
    LINE(COUNTER, "articles_busy_total", busy, "Articles answered with try later."),
    LINE(COUNTER, "articles_canceled_total", canceled, "Articles taken back by their source."),
    LINE(COUNTER, "intake_replies_lost_total", replies_lost, "Replies that no feeder took."),
    LINE(COUNTER, "articles_classified_total", classified, "Articles whose events are in the log."),
    LINE(COUNTER, "events_total", events, "Events appended to the log."),
    LINE(COUNTER, "retractions_total", retractions, "Records that take events back."),
    LINE(COUNTER, "articles_handed_out_total", handed_out, "Articles given to a worker, again included."),
    LINE(COUNTER, "worker_failures_total", worker_failures, "Articles that a worker gave up."),
    LINE(COUNTER, "leases_returned_total", leases_returned, "Articles taken back from a worker."),
    LINE(COUNTER, "articles_quarantined_total", quarantined, "Articles moved to the quarantine."),
    LINE(COUNTER, "stray_results_total", stray_results, "Results for articles that the worker did not hold."),
    LINE(COUNTER, "worker_starts_total", worker_starts, "Local worker processes started."),
    LINE(COUNTER, "worker_exits_total", worker_exits, "Local worker processes that ended."),
    LINE(COUNTER, "turns_total", turns, "Turns of the wheel."),
    LINE(COUNTER, "commits_total", commits, "Store transactions committed."),
    LINE(COUNTER, "commit_failures_total", commit_failures, "Store transactions that failed."),
    LINE(COUNTER, "commit_microseconds_total", commit_us, "Time spent in commits."),
    LINE(COUNTER, "live_sent_total", live_sent, "Events given to the live feed."),
    LINE(COUNTER, "stream_sent_total", stream_sent, "Events sent to followers."),
    LINE(COUNTER, "sse_sent_total", sse_sent, "Events sent over HTTP."),
    LINE(COUNTER, "messages_dropped_total", messages_dropped, "Messages without a readable envelope."),
    LINE(COUNTER, "connections_turned_away_total", turned_away,
         "Connections ended at once for want of open files."),
    LINE(GAUGE, "articles_waiting", waiting, "Undone articles in the store."),
    LINE(GAUGE, "articles_in_work", in_work, "Articles that workers hold."),
    LINE(GAUGE, "articles_dead", dead, "Articles in the quarantine."),
    LINE(GAUGE, "log_first", log_first, "Sequence number of the oldest event."),
    LINE(GAUGE, "log_last", log_last, "Sequence number of the newest event."),
    LINE(GAUGE, "followers", followers, "Followers of the stream endpoint."),
    LINE(GAUGE, "sse_followers", sse_followers, "Followers over HTTP."),
    LINE(GAUGE, "live_subscriptions", live_subscriptions, "Topics subscribed on the live endpoint."),
    LINE(GAUGE, "workers_ready", workers_ready, "Workers that said hello."),
    LINE(GAUGE, "store_bytes", store_bytes, "Bytes in use in the store."),
    LINE(GAUGE, "store_map_bytes", store_map_bytes, "Bytes that the store may grow to."),
    LINE(GAUGE, "full", full, "1: the store has no room for more articles."),
    LINE(GAUGE, "draining", draining, "1: stopping."),
#undef LINE
};

void metrics_write(const struct metrics *m, struct buf *out)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const struct line *l = &lines[i];
        int64_t value;
        memcpy(&value, (const char *)m + l->offset, sizeof value);
        buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %" PRId64 "\n", l->name, l->help, l->name,
                   l->kind == COUNTER ? "counter" : "gauge", l->name, value);
    }
}
