/* ontology.h: acts, CAMEO codes, quads and scores. Source of the facts: config/ontology.tsv. */
#ifndef STANCED_ONTOLOGY_H
#define STANCED_ONTOLOGY_H

#include "proto/base/str.h"
#include "proto/reason.h"

/* The 16 PLOVER types of 2021, and STATE for a plain comment (CAMEO 01). The order is that of act_names. */
enum act_type {
    ACT_STATE,
    ACT_AGREE,
    ACT_CONSULT,
    ACT_SUPPORT,
    ACT_CONCEDE,
    ACT_COOPERATE,
    ACT_AID,
    ACT_RETREAT,
    ACT_REQUEST,
    ACT_ACCUSE,
    ACT_REJECT,
    ACT_THREATEN,
    ACT_PROTEST,
    ACT_SANCTION,
    ACT_MOBILIZE,
    ACT_COERCE,
    ACT_ASSAULT,
    ACT_COUNT
};
enum quad {
    QUAD_STATEMENT,
    QUAD_VERBAL_COOPERATION,
    QUAD_MATERIAL_COOPERATION,
    QUAD_VERBAL_CONFLICT,
    QUAD_MATERIAL_CONFLICT,
    QUAD_COUNT
};

extern const char *const act_names[ACT_COUNT + 1]; /* NULL-terminated, as the field table wants them */
extern const char *const quad_names[QUAD_COUNT + 1];
extern const char *const role_names[]; /* GOV MIL LEG ..., NULL-terminated */
bool role_known(struct str role);

int name_index(const char *const *names, struct str name); /* -1: none of them */

struct ontology;

/* Reads ontology.tsv; NULL with a reason "file:line: ..." when a line is wrong or an act has no line. */
struct ontology *ontology_load(const char *path, struct reason *why);
void ontology_free(struct ontology *o);

/* The type of a CAMEO code (2 to 4 digits): its own line, else that of its longest prefix; -1 when unknown.
 */
int ontology_type(const struct ontology *o, struct str cameo);
enum quad ontology_quad(const struct ontology *o, enum act_type type);
double ontology_score(const struct ontology *o, struct str cameo,
                      enum act_type type); /* the code's, else the type's */

#endif
