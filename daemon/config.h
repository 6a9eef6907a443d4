/* config.h: stanced.conf. Parsed fresh, checked whole, then swapped: a bad file changes nothing. */
#ifndef STANCED_CONFIG_H
#define STANCED_CONFIG_H

#include "proto/base/buf.h"
#include "proto/base/log.h"

enum { CONFIG_TEXT = 256 }; /* with the final NUL */

/* Every key of the file; config/stanced.conf says what each means. Empty text: not set, or (endpoints) turned
 * off. */
struct config {
    struct {
        char path[CONFIG_TEXT];
        int64_t map_size;                   /* bytes */
        int64_t retain_days, retain_events; /* 0: for ever */
    } store;
    struct {
        int64_t count;
        char command[CONFIG_TEXT]; /* empty: stance-worker beside stanced */
        int64_t deadline_ms, attempts;
    } workers;
    struct {
        char intake[CONFIG_TEXT], work[CONFIG_TEXT], live[CONFIG_TEXT], stream[CONFIG_TEXT],
            control[CONFIG_TEXT];
        char http[CONFIG_TEXT]; /* address:port */
        int64_t insecure;       /* 0 or 1 */
    } endpoints;
    struct {
        char secret[CONFIG_TEXT], allow[CONFIG_TEXT]; /* the daemon's key file; folder of the allow lists */
        char key[CONFIG_TEXT], server[CONFIG_TEXT];   /* clients': their key file, the daemon's public one */
    } keys;
    struct {
        char file[CONFIG_TEXT];
    } model;
    struct {
        char dir[CONFIG_TEXT], own_dir[CONFIG_TEXT];
    } lexicon;
    struct {
        int64_t max_body; /* bytes */
        int64_t max_followers;
        int64_t memory; /* bytes */
    } limits;
    struct {
        int64_t level; /* enum log_level */
    } log;
};

/* Reads `path` (NULL: defaults only). False: *out is unchanged and `errors` has lines "file:line: what was
 * expected". */
bool config_load(const char *path, struct config *out, struct buf *errors);

/* Where the daemon's secret key is: a systemd credential "stanced.key", or [keys] secret. False: there is none, and tcp
 * is not encrypted. */
bool config_key(const struct config *c, char *path, size_t room);

/* Takes over into `running` what may change while it runs; appends to `restart` the names of the keys that
 * differ but need a restart, separated by ", ". */
void config_apply(struct config *running, const struct config *fresh, struct buf *restart);

#endif
