/* auth.h: who may connect where: the daemon's key, an allow list a role, and the decision about each peer.
 *
 * An endpoint belongs to a role: intake to feeders, work to workers, live and stream to followers, control to
 * operators. A peer is known by the key that it proved in the CURVE handshake, and by nothing else. */
#ifndef STANCED_AUTH_H
#define STANCED_AUTH_H

#include "daemon/config.h"
#include "proto/keys.h"

/* ---- the decision (pure) ---- */

int auth_role(struct str endpoint); /* "intake", ...: whose it is; -1: no such endpoint */

/* What a ZAP request says of a peer. */
struct auth_peer {
    struct str endpoint, mechanism, credentials;
};

/* The list's entry when it may connect; NULL with the reason. The lists are sorted (auth_sort). */
const struct named_key *auth_decide(const struct key_list lists[ROLES], const struct auth_peer *peer,
                                    struct reason *why);
void auth_sort(struct key_list *l);

/* Is there a key in `old` that is not in `fresh`? Both are sorted. */
bool auth_takes_away(const struct key_list *old, const struct key_list *fresh);

/* ---- keys and lists as files ---- */

struct auth;

/* Reads them. True and *out NULL: no key is configured. False with a reason: one of the files is wrong. */
bool auth_open(const struct config *c, struct auth **out, struct reason *why);
void auth_free(struct auth *a);

const struct key *auth_secret(const struct auth *a); /* for binding; until auth_forget_secret() */
void auth_forget_secret(struct auth *a);

const struct key_list *auth_lists(const struct auth *a); /* ROLES of them */

/* Reads lists again whose files have changed. A wrong one is logged, once, and the old one stays. True when a key
 * was taken from one, so that its peers have to go. `folder`: as in the config now. */
bool auth_refresh(struct auth *a, const char *folder);

/* May whoever has this key (Z85, as auth_decide's answer went into the connection) still use the endpoint? */
bool auth_still(const struct auth *a, const char *endpoint, const char *key);

#endif
