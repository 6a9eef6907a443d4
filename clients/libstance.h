/* libstance.h: talk to stanced: feed articles, follow events, ask the operator's questions.
 *
 *     struct reason why;
 *     struct stance_follow_options where_from = { .endpoint = "ipc:///run/stanced/stream.sock" };
 *     struct stance_follow *f = stance_follow_open(&where_from, &why);
 *     struct stance_item item;
 *     while (stance_follow_next(f, &item, -1, &why) == STANCE_OK)
 *         if (item.kind == STANCE_EVENT && item.event->act)
 *             puts(act_names[item.event->act->type]);
 *     stance_follow_close(f);
 *
 * Everybody reconnects without being asked: when the daemon restarts, articles that it had not acknowledged
 * are sent again, and a follower goes on behind the last event that it gave out. Nothing is lost and nothing
 * comes twice.
 *
 * Ownership: open gives a handle that close frees (close(NULL) is fine). What a call hands out belongs to the
 * handle and lives until the next call on it. What is given to a call is only read during it, but for
 * endpoint strings, keys and `where`, which must outlive the handle. Errors: open gives NULL, the others an enum
 * stance_code; both with a reason in words in *why (may be NULL). Threads: a handle belongs to one thread at
 * a time; different handles are independent. A signal that arrives while a call waits ends it with
 * STANCE_INTERRUPTED; call it again to go on. */
#ifndef STANCED_LIBSTANCE_H
#define STANCED_LIBSTANCE_H

#include "proto/base/arena.h"
#include "proto/keys.h"
#include "proto/messages.h"
#include "proto/reason.h"

enum stance_code {
    STANCE_OK,
    STANCE_TIMEOUT,     /* the time given is over, or the daemon does not answer */
    STANCE_INTERRUPTED, /* by a signal */
    STANCE_REFUSED,     /* the daemon said no; the reason is its own */
    STANCE_DENIED,      /* the daemon does not let us in: no key, or one that is not allowed there. Final */
    STANCE_FAILED       /* here: no memory, too many sockets, an article that cannot be packed */
};

/* ---- keys: for tcp endpoints; made with `stance keys new` ---- */

struct stance_keys {
    struct key secret; /* ours */
    struct key server; /* the daemon's public one: that it is the one we mean */
};

/* From the files. After it this process leaves no core dump. A secret file that others may read is refused. */
bool stance_keys_load(struct stance_keys *out, const char *key_file, const char *server_file,
                      struct reason *why);
void stance_keys_wipe(struct stance_keys *keys);

/* ---- feed: articles in, each acknowledged once it is on the daemon's disk ---- */

struct stance_feed;

/* Called once an article, from within send and drain. `status` is INTAKE_ACCEPTED, INTAKE_DUPLICATE or
 * INTAKE_REJECTED: busy is dealt with inside. `sent` counts how often it went out: a duplicate sent twice may
 * be its own first copy. */
typedef void stance_answer_fn(void *arg, void *tag, const struct intake_reply *reply, unsigned sent);

struct stance_feed_options {
    const char *endpoint;
    const struct stance_keys *keys; /* NULL: none. As in all that follows, not looked at for ipc endpoints */
    unsigned window;                /* articles under way at most; 0: 64 */
    int timeout_ms;                 /* no answer at all for so long: STANCE_TIMEOUT; 0: wait for ever */
    int silence_ms;                 /* no answer for so long: connect anew and send again; 0: 5000 */
    stance_answer_fn *answer;
    void *arg;
};

struct stance_feed *stance_feed_open(const struct stance_feed_options *options, struct reason *why);

/* All optional fields absent; set at least body. */
void stance_article_init(struct article *a);

/* Sends an article; waits while the window is full. The article is copied. After anything but STANCE_OK it
 * was not taken over and answer will not be called for it. */
enum stance_code stance_feed_send(struct stance_feed *f, const struct article *a, void *tag,
                                  struct reason *why);

/* The same for an article that is MessagePack already; not looked at. */
enum stance_code stance_feed_send_packed(struct stance_feed *f, const void *bytes, size_t n, void *tag,
                                         struct reason *why);

/* Waits until every article is answered. */
enum stance_code stance_feed_drain(struct stance_feed *f, struct reason *why);

/* Does not wait: calls answer with a NULL reply for what is not answered yet. */
void stance_feed_close(struct stance_feed *f);

/* ---- follow and live: events out ---- */

enum stance_item_kind { STANCE_EVENT, STANCE_WATERMARK };
struct stance_item {
    enum stance_item_kind kind;
    int64_t seq; /* the event's number; watermark: every event that matches up to here was given out */
    int64_t
        first; /* watermark: the oldest event still in the log; -1: not said. Later than the last seq and one:
                      events between them are gone by retention, before you got them */
    const struct event *event; /* NULL for a watermark */
    struct raw bytes;          /* the event as MessagePack */
};

struct stance_follow;
struct stance_follow_options {
    const char *endpoint;
    const struct stance_keys *keys;
    int64_t after;             /* the first event is the first behind this one; 0: from the log's beginning */
    const struct where *where; /* NULL: all. Absent confidence is NAN: begin with STANCE_WHERE_ALL */
    unsigned credit;           /* events that may be under way; 0: 1000 */
    int silence_ms;            /* nothing heard for so long: connect anew; 0: 15000 */
};
#define STANCE_WHERE_ALL ((struct where){.confidence = __builtin_nan("")})

struct stance_follow *stance_follow_open(const struct stance_follow_options *options, struct reason *why);

/* The next event or watermark, in the order of the log. timeout_ms: -1 for ever, 0 only what is here already.
 * STANCE_REFUSED (a wrong filter) is final. */
enum stance_code stance_follow_next(struct stance_follow *f, struct stance_item *out, int timeout_ms,
                                    struct reason *why);
void stance_follow_close(struct stance_follow *f);

/* The live feed as it is: events as they happen, from now on. It may drop under load: with no topics, a jump in
 * seq shows it; stance_whole fills it. */
struct stance_live;

/* Topics are prefixes of "<act>/<source country>/<target country>/", like "REJECT/RUS/"; none: everything. */
struct stance_live *stance_live_open(const char *endpoint, const struct stance_keys *keys,
                                     const char *const *topics, size_t n, struct reason *why);
enum stance_code stance_live_next(struct stance_live *l, struct stance_item *out, int timeout_ms,
                                  struct reason *why);
void stance_live_close(struct stance_live *l);

/* The live feed without its gaps (whole.c): all events as they happen; what live left out, or what a restart of the daemon
 * swallowed, comes from the stream, in order, before what is behind it. Nothing comes twice. A watermark is given out only
 * when events are gone by retention: those before its `first`. */
struct stance_whole;
struct stance_whole_options {
    const char *live, *stream; /* endpoints */
    const struct stance_keys *keys;
    int64_t after;   /* the first event is the first behind this one; -1: the first that comes from now on */
    unsigned credit; /* as in stance_follow_options */
    int silence_ms;  /* nothing live for so long: the log is asked whether something was missed; 0: 2000 */
};

struct stance_whole *stance_whole_open(const struct stance_whole_options *options, struct reason *why);
enum stance_code stance_whole_next(struct stance_whole *w, struct stance_item *out, int timeout_ms,
                                   struct reason *why);
void stance_whole_close(struct stance_whole *w);

/* ---- control: one question, one answer ---- */

/* The reply lives in the arena. A refusal is STANCE_REFUSED with the daemon's reason. */
enum stance_code stance_ask(const char *endpoint, const struct stance_keys *keys,
                            const struct message *request, int timeout_ms, struct arena *arena,
                            struct message *reply, struct reason *why);

#endif
