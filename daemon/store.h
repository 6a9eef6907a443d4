/* store.h: what is on disk (LMDB). Nobody else knows it: store.c the database and the turn, store_records.c what an entry
 * of each table is made of. Owner: the caller; one thread.
 *
 * A turn is one write transaction: it begins by itself with the first call that needs it, and ends with
 * store_commit() or store_abort(). Errors are sticky: once a call failed, the turn cannot be committed, reads
 * find nothing, and store_commit() says why; nothing of it is on disk then, and numbers given out are given
 * again.
 *
 *   waiting   article number -> when it came, key of its id, length of its body, the article
 *   attempts  article number -> struct attempts, why it failed last
 *   ids       key of the id -> struct id_record
 *   arrivals  article number -> when it came, key of its id: so that ids are forgotten by age
 *   log       event number -> when, the event
 *   dead      article number -> its dead_entry, its waiting record
 *   sketches  article number -> its sketch and the cluster it is of (copies.c), of the latest articles
 *   meta      the format of all this, counters */
#ifndef STANCED_STORE_H
#define STANCED_STORE_H

#include "daemon/records.h"
#include "proto/reason.h"

struct store;

#define STORE_FORMAT 1

/* Creates what is missing. NULL with a reason: another daemon has it, another format, no rights, ... */
struct store *store_open(const char *dir, size_t map_size, struct reason *why);
void store_close(struct store *s); /* an open turn is aborted */

bool store_commit(struct store *s, struct reason *why); /* true: on disk, or there was nothing to write */
void store_abort(struct store *s);
void store_refuse(struct store *s, const char *what); /* the caller cannot go on: the turn has failed */
bool store_failed(const struct store *s);             /* the turn cannot be committed any more */
int64_t store_commits(const struct store *s);         /* that had something to write, since it was opened */

/* Is there room for that many bytes more? They are then counted as used in this turn. An article that waits
 * counts four times up to 90 % of the map, because its events will need room too (they were up to three times
 * its size in news text); events may use 97 %; the rest is for deleting, which copies pages before it frees
 * them. */
bool store_room_article(struct store *s, size_t bytes);
bool store_room_events(struct store *s, size_t bytes);

struct store_stats {
    int64_t waiting, dead;
    int64_t log_first, log_last; /* first > last: empty */
    int64_t bytes, map_bytes;
};
const struct store_stats *store_stats(const struct store *s); /* as of the last commit */
int64_t store_epoch(const struct store *s);                   /* counts the opens of this store, from 1 */

/* ---- ids ---- */
struct digest store_key(struct str id);
bool store_id(struct store *s, struct digest key, struct id_record *out);
void store_id_put(struct store *s, struct digest key, const struct id_record *r);

/* ---- articles ---- */

/* A new article gets the next number, which is returned and set in `r` (its id record, put here too). */
int64_t store_accept(struct store *s, struct digest key, struct id_record *r, size_t body_len,
                     struct str article, int64_t wall);
bool store_waiting(struct store *s, int64_t number, struct waiting *out);
int64_t store_waiting_next(struct store *s, int64_t after); /* the next undone one; 0: none */
void store_waiting_remove(struct store *s, int64_t number); /* with its attempts */

/* Absent counts as no attempt; *reason (may be NULL) points into the store. */
void store_attempts(struct store *s, int64_t number, struct attempts *out, struct str *reason);
void store_attempts_put(struct store *s, int64_t number, const struct attempts *a, struct str reason);

/* ---- quarantine ---- */

/* Moves an undone article there; `entry` is a packed dead_entry. False when it is not undone. */
bool store_bury(struct store *s, int64_t number, struct str entry);
/* The first dead one behind `after`: its number (0: none), entry and waiting record. */
int64_t store_dead_next(struct store *s, int64_t after, struct str *entry, struct waiting *w);
bool store_dead(struct store *s, int64_t number, struct str *entry, struct waiting *w);
void store_dead_remove(struct store *s, int64_t number);

/* ---- sketches ---- */
int64_t store_sketch_next(struct store *s, int64_t after, struct str *record); /* 0: none */
bool store_sketch(struct store *s, int64_t number, struct str *record);
/* Puts sketch and cluster, one behind the other; at most `keep` records stay, the oldest go. */
void store_sketch_put(struct store *s, int64_t number, struct str sketch, struct str cluster, size_t keep);

/* ---- event log ---- */
int64_t store_next_seq(const struct store *s); /* what the next appended event will be */
void store_log_append(struct store *s, struct str event, int64_t wall);

/* Deletes at most `limit` of the oldest events and of the oldest known ids. 0: keep for ever. Returns how
 * many went. */
size_t store_trim(struct store *s, int64_t now_wall, int64_t retain_days, int64_t retain_events,
                  size_t limit);

/* Reads what is committed, apart from the turn: the first event with seq > after, 0 at the end, -1 when the
 * store cannot be read. `event` is valid until store_read_end(), which has to come soon: a reader keeps old
 * pages from being reused. */
int64_t store_read(struct store *s, int64_t after, int64_t *wall, struct str *event);
void store_read_end(struct store *s);

#endif
