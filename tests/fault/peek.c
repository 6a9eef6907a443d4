/* peek FOLDER...: what a store holds, as the daemon's own store.c reads it: for each folder a line
 *
 *     FOLDER ok FIRST-EVENT LAST-EVENT WAITING DEAD       or       FOLDER failed REASON
 *
 * then one an event ("event SEQ DIGEST-OF-ITS-BYTES ID"), one an undone article ("waiting NUMBER") and one an article in
 * the quarantine ("dead NUMBER"). */
#include "daemon/store.h"
#include "proto/base/log.h"
#include "proto/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void show(int64_t seq, struct str bytes, struct arena *a)
{
    struct event e;
    struct reason why;
    char hex[DIGEST_HEX];
    arena_reset(a);
    if (!wire_unpack(&event_schema, bytes.p, bytes.n, a, &e, &why))
        printf("broken %" PRId64 " %s\n", seq, why.text);
    else
        printf("event %" PRId64 " %s %.*s\n", seq, digest_hex(digest_of(&bytes, 1), hex), STR_ARGS(e.id));
}

static bool peek(const char *folder)
{
    struct reason why;
    struct str event;
    struct waiting w;
    struct arena *a = arena_new(0);
    struct store *s = store_open(folder, (size_t)64 << 20, &why);
    if (!s || !a) {
        printf("%s failed %s\n", folder, why.text);
        arena_free(a);
        return false;
    }
    const struct store_stats *st = store_stats(s);
    printf("%s ok %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", folder, st->log_first, st->log_last,
           st->waiting, st->dead);
    for (int64_t at = 0; (at = store_read(s, at, NULL, &event)) > 0;)
        show(at, event, a);
    store_read_end(s);
    for (int64_t at = 0; (at = store_waiting_next(s, at)) != 0;)
        printf("waiting %" PRId64 "\n", at);
    for (int64_t at = 0; (at = store_dead_next(s, at, &event, &w)) != 0;)
        printf("dead %" PRId64 "\n", at);
    store_close(s);
    arena_free(a);
    return true;
}

int main(int argc, char **argv)
{
    bool ok = true;
    log_open("peek", LOG_LEVEL_ERROR);
    for (int i = 1; i < argc; i++)
        ok = peek(argv[i]) && ok;
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
