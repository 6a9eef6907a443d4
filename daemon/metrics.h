/* metrics.h: what is counted while the daemon runs. Plain numbers; everybody who counts gets a pointer. */
#ifndef STANCED_METRICS_H
#define STANCED_METRICS_H

#include "proto/base/buf.h"

struct metrics {
    /* counters, since start */
    int64_t accepted, duplicates, rejected, busy, canceled; /* articles at intake */
    int64_t replies_lost;                                   /* feeders that were gone or did not read */
    int64_t classified, events, retractions;
    int64_t handed_out, worker_failures, leases_returned, quarantined, stray_results;
    int64_t worker_starts, worker_exits;
    int64_t turns, commits, commit_failures, commit_us;
    int64_t live_sent, stream_sent, sse_sent;
    int64_t messages_dropped; /* with too many or too large frames */
    int64_t turned_away;      /* connections, for want of files */
    /* gauges, refreshed at the end of each turn */
    int64_t waiting, in_work, dead, log_first, log_last;
    int64_t followers, sse_followers, live_subscriptions, workers_ready;
    int64_t store_bytes, store_map_bytes;
    int64_t full, draining; /* 0 or 1 */
};

/* Appends all of it in Prometheus' text format 0.0.4; look at out->failed. */
void metrics_write(const struct metrics *m, struct buf *out);

#endif
