/* messages.h: every control message, one list. Which goes where and when: PROTOCOL.md. The fields: fields.c.
 */
#ifndef STANCED_MESSAGES_H
#define STANCED_MESSAGES_H

#include "proto/event.h"

#define PROTOCOL_VERSION 1

/* Where a message may be met, and from whom. */
enum channel {
    CH_WORK_UP,      /* worker -> daemon: hello credit done failed heartbeat bye */
    CH_WORK_DOWN,    /* daemon -> worker: work reload bye refused */
    CH_STREAM_UP,    /* follower -> daemon: subscribe credit bye */
    CH_STREAM_DOWN,  /* daemon -> follower: event watermark refused */
    CH_CONTROL_UP,   /* operator -> daemon: status dead_list dead_show dead_retry dead_drop */
    CH_CONTROL_DOWN, /* daemon -> operator: status dead_list dead_show changed refused */
    CH_COUNT
};

enum op {
    OP_HELLO,
    OP_CREDIT,
    OP_WORK,
    OP_DONE,
    OP_FAILED,
    OP_HEARTBEAT,
    OP_BYE,
    OP_RELOAD,
    OP_REFUSED,
    OP_SUBSCRIBE,
    OP_EVENT,
    OP_WATERMARK,
    OP_STATUS,
    OP_STATUS_REPLY,
    OP_DEAD_LIST,
    OP_DEAD_LIST_REPLY,
    OP_DEAD_SHOW,
    OP_DEAD_SHOW_REPLY,
    OP_DEAD_RETRY,
    OP_DEAD_DROP,
    OP_CHANGED,
    OP_COUNT
};

/* Intake: the article goes up as it is (struct article); this comes back. */
enum intake_status { INTAKE_ACCEPTED, INTAKE_DUPLICATE, INTAKE_BUSY, INTAKE_REJECTED };
struct intake_reply {
    int64_t v;
    struct str id; /* absent when the article had none that could be read */
    int64_t seq;   /* the article's number of arrival; -1 unless accepted or duplicate */
    int status;
    struct str reason;
    int64_t retry_ms;
};

/* work */
struct msg_hello {
    struct str name;    /* who: "local-0", or host and pid of a remote one; unique among those connected */
    struct str version; /* the worker's build */
    struct str model, lexicon;
    int64_t capacity; /* articles that it holds at once, 1 to 1024 */
    int64_t pid;
};
struct msg_credit {
    int64_t n; /* stream: so many events more; work: the capacity from now on (0: no more, I am going) */
};
struct msg_work {
    int64_t task;        /* the article's number of arrival: worker says it again in done and failed */
    int64_t attempt;     /* from 1 */
    int64_t deadline_ms; /* milliseconds that it may take */
    struct raw article;  /* MessagePack of an article, valid by the daemon's word, `id` always set */
};
struct msg_done {
    int64_t task;
    struct event_list events; /* in order; seq absent */
};
struct msg_failed {
    int64_t task;
    struct str reason;
};
struct msg_refused {
    struct str reason;
};

/* stream. An absent list lets everything pass; in a list one has to be equal, all lists have to be met. */
struct where {
    struct str_list act, quad, source, target, stance,
        issue; /* source and target: country codes, source.country of the event */
    struct str_list source_role, target_role, reported_by; /* reported_by: country code */
    double confidence;                                     /* at least; NAN: absent */
};
struct msg_subscribe {
    int64_t after; /* the first event is the first with seq > after that matches */
    struct where *where;
    int64_t credit; /* events that may come before more credit is needed */
};
struct msg_event {
    struct raw event;
};
struct msg_watermark {
    int64_t seq;   /* the log has been searched up to here */
    int64_t first; /* the oldest event that the log still holds; later than after + 1: some are gone */
};

/* control */
struct worker_status {
    struct str name, state, version, model;
    int64_t pid, held, done, failed, restarts;
};
struct worker_status_list {
    struct worker_status *v;
    size_t n;
};
struct msg_status_reply {
    struct str version, state; /* state: serving, draining, full */
    int64_t uptime_ms;
    int64_t waiting, in_work, dead;                           /* articles */
    int64_t accepted, duplicates, rejected, busy, classified; /* articles since start */
    int64_t log_first, log_last;                              /* sequence numbers; first > last: empty */
    int64_t followers, live_sent;
    int64_t store_bytes, store_map_bytes;
    struct worker_status_list workers;
};
struct msg_dead_query {
    int64_t after; /* article number; dead_list: those behind it */
    int64_t limit;
};
struct dead_entry {
    int64_t article; /* number of arrival */
    struct str id, title, reason, worker;
    int64_t attempts;
    int64_t when; /* wall ms */
};
struct dead_entry_list {
    struct dead_entry *v;
    size_t n;
};
struct msg_dead_list_reply {
    struct dead_entry_list dead;
    int64_t total;
};
struct msg_dead_ids {
    struct str_list ids; /* article ids; absent: all (retry, drop) */
};
struct msg_dead_show_reply {
    struct dead_entry *entry;
    struct raw article;
};
struct msg_changed {
    int64_t n; /* quarantined articles that were retried or dropped */
};

struct message {
    enum op op;
    int64_t v;
    union {
        struct msg_hello hello;
        struct msg_credit credit;
        struct msg_work work;
        struct msg_done done;
        struct msg_failed failed;
        struct msg_refused refused;
        struct msg_subscribe subscribe;
        struct msg_event event;
        struct msg_watermark watermark;
        struct msg_status_reply status_reply;
        struct msg_dead_query dead_query;
        struct msg_dead_list_reply dead_list_reply;
        struct msg_dead_ids dead_ids;
        struct msg_dead_show_reply dead_show_reply;
        struct msg_changed changed;
    } u;
};

#endif
