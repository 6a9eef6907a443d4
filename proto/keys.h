/* keys.h: the keys of CURVE as files: a peer's pair, and the lists of who may do what.
 *
 * A key file holds one line, "secret NAME KEY" or "public NAME KEY"; an allow list holds any number of public lines,
 * so that a .pub file can be appended to it. KEY is Z85 (ZeroMQ RFC 32), 40 characters. Blank lines and lines that
 * begin with # are comments. No text of a secret file ever gets into a reason. */
#ifndef STANCED_KEYS_H
#define STANCED_KEYS_H

#include "proto/reason.h"

enum {
    KEY_BYTES = 32,
    KEY_TEXT = 41, /* Z85 with its NUL */
    KEY_NAME = 65  /* letters, digits and . _ -, with its NUL */
};

struct key {
    unsigned char b[KEY_BYTES];
};
struct named_key {
    char name[KEY_NAME];
    struct key key;
};
struct key_list {
    struct named_key *v; /* malloc'd */
    size_t n;
};

/* What a peer may do; an allow list each. */
enum key_role { ROLE_FEEDER, ROLE_WORKER, ROLE_FOLLOWER, ROLE_OPERATOR, ROLES };
extern const char *const key_role_names[ROLES];
int key_role(const char *name); /* -1: no such role */

bool key_parse(struct str text, struct key *out); /* false: no key, and *out is of no use */
void key_text(const struct key *k, char out[KEY_TEXT]);
bool key_equal(const struct key *a, const struct key *b);
void key_wipe(struct key *k);
bool key_name_good(const char *name);

/* One line without its newline. */
enum key_line { KEY_LINE_NONE, KEY_LINE_KEY, KEY_LINE_WRONG };
enum key_line key_line(struct str line, bool secret, struct named_key *out, struct reason *why);

/* A public key file. */
bool key_read_public(const char *path, struct named_key *out, struct reason *why);

/* A secret key file; the caller wipes *out when it is done with it. Refused when its group or others have any right to it,
 * but for what systemd keeps below $CREDENTIALS_DIRECTORY (its files have an ACL, and their folder is closed). From then
 * on this process leaves no core and nobody may look into it. */
bool key_read_secret(const char *path, struct named_key *out, struct reason *why);

/* $CREDENTIALS_DIRECTORY/`name` when it is there, and no comment: a unit's SetCredential= can neither be left out nor be
 * empty, so that one stands for none. */
bool key_credential(const char *name, char *path, size_t room);

struct key key_public_of(const struct key *secret);

/* A new pair: FOLDER/NAME.key (0600) and FOLDER/NAME.pub (0644). Never writes over a file. */
bool key_new(const char *folder, const char *name, struct reason *why);

/* An allow list; no file is an empty list. A list that others may write is refused. Reasons begin with file:line. The
 * caller frees it, and nothing when it is false. */
bool key_list_read(const char *path, struct key_list *out, struct reason *why);
void key_list_free(struct key_list *l);

#endif
