/* compose.h: what the words of one noun run say together: "senior EU diplomat", "Angolan Foreign Minister X".
 */
#ifndef STANCED_COMPOSE_H
#define STANCED_COMPOSE_H

#include "workers/actors/phrase.h"

/* Country and body in front of a role: "EU" of "EU diplomat", "Kremlin" of "Kremlin spokesman". */
struct owner {
    struct str country, role, name;
    bool body; /* an organisation: its name finds its officers */
};

/* Joins the parts of the run [out->core, end): fills last, head, actor, kind, id. *owner holds what a
 * possessor before the run said, and gets what the run's own names say. */
void compose_run(const struct phrases *p, struct phrase *out, int32_t end, struct owner *owner);

/* Who a known name is. */
void compose_take_name(const struct phrases *p, const struct part *part, struct phrase *out);

void compose_take_owner(const struct identity *id, enum mention_kind kind, struct owner *owner);
void compose_apply_owner(struct phrase *out, const struct owner *owner);

/* Words that take the colour of what they lead or speak for: "church officials", "leaders of the union". */
bool compose_is_plain_head(struct str role_phrase);

bool compose_is_body_code(struct str country); /* IGO, NGO, MNC */

#endif
