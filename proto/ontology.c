#include "proto/ontology.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "proto/base/table.h"
#include "proto/base/tsv.h"

const char *const act_names[ACT_COUNT + 1] = {
    "STATE",  "AGREE",  "CONSULT",  "SUPPORT", "CONCEDE",  "COOPERATE", "AID",    "RETREAT", "REQUEST",
    "ACCUSE", "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE",  "COERCE", "ASSAULT", NULL};
const char *const quad_names[QUAD_COUNT + 1] = {
    "statement", "verbal-cooperation", "material-cooperation", "verbal-conflict", "material-conflict", NULL};
const char *const role_names[] = {"GOV", "MIL", "LEG", "JUD", "PTY", "OPP", "REB", "SPY", "CVL", "BUS",
                                  "MED", "EDU", "REL", "LAB", "NGO", "IGO", "CRM", "UAF", NULL};

int name_index(const char *const *names, struct str name)
{
    for (int i = 0; names[i]; i++)
        if (str_is(name, names[i]))
            return i;
    return -1;
}

bool role_known(struct str role)
{
    return name_index(role_names, role) >= 0;
}

struct code {
    enum act_type type;
    double score; /* NAN: that of the type */
};

struct ontology {
    struct {
        bool known;
        enum quad quad;
        double score;
    } acts[ACT_COUNT];
    struct table *codes; /* CAMEO code -> struct code */
};

static bool read_score(struct str text, double *score)
{
    char number[16], *end;
    if (text.n == 0 || text.n >= sizeof number)
        return false;
    memcpy(number, text.p, text.n);
    number[text.n] = 0;
    *score = strtod(number, &end);
    return *end == 0 && *score >= -10 && *score <= 10;
}

static bool read_act(struct ontology *o, const struct tsv *t, const struct str *c, struct reason *why)
{
    int act = name_index(act_names, c[1]), quad = name_index(quad_names, c[2]);
    double score;
    if (act < 0)
        return tsv_fail(t, why, "'%.*s' is no act; expected one of STATE AGREE ... ASSAULT", STR_ARGS(c[1]));
    if (quad < 0)
        return tsv_fail(t, why, "'%.*s' is no quad class", STR_ARGS(c[2]));
    if (!read_score(c[3], &score))
        return tsv_fail(t, why, "'%.*s' is no score; expected -10 to 10", STR_ARGS(c[3]));
    if (o->acts[act].known)
        return tsv_fail(t, why, "act %s is there twice", act_names[act]);
    o->acts[act].known = true;
    o->acts[act].quad = (enum quad)quad;
    o->acts[act].score = score;
    return true;
}

static bool read_code(struct ontology *o, const struct tsv *t, const struct str *c, struct reason *why)
{
    int act = name_index(act_names, c[2]);
    double score = NAN;
    bool digits = c[1].n >= 2 && c[1].n <= 4;
    for (size_t i = 0; i < c[1].n; i++)
        digits = digits && isdigit((unsigned char)c[1].p[i]);
    if (!digits)
        return tsv_fail(t, why, "'%.*s' is no CAMEO code; expected 2 to 4 digits", STR_ARGS(c[1]));
    if (act < 0)
        return tsv_fail(t, why, "'%.*s' is no act; expected one of STATE AGREE ... ASSAULT", STR_ARGS(c[2]));
    if (c[3].n && !read_score(c[3], &score))
        return tsv_fail(t, why, "'%.*s' is no score; expected -10 to 10, or nothing", STR_ARGS(c[3]));
    if (table_get(o->codes, c[1]))
        return tsv_fail(t, why, "code %.*s is there twice", STR_ARGS(c[1]));
    struct code *code = malloc(sizeof *code);
    if (code)
        *code = (struct code){(enum act_type)act, score};
    if (!code || !table_put(o->codes, c[1], code, NULL)) {
        free(code);
        return tsv_fail(t, why, "out of memory");
    }
    return true;
}

static bool read_all(struct ontology *o, struct tsv *t, const char *path, struct reason *why)
{
    struct str c[5];
    int got;
    while ((got = tsv_next(t, c, 4, 5, why)) > 0) {
        bool ok =
            str_is(c[0], "act") ? read_act(o, t, c, why)
            : str_is(c[0], "code")
                ? read_code(o, t, c, why)
                : tsv_fail(t, why, "'%.*s': expected 'act' or 'code' in the first column", STR_ARGS(c[0]));
        if (!ok)
            return false;
    }
    for (int i = 0; got == 0 && i < ACT_COUNT; i++)
        if (!o->acts[i].known)
            return reason_set(why, "%s: no line for act %s", path, act_names[i]);
    return got == 0;
}

struct ontology *ontology_load(const char *path, struct reason *why)
{
    struct tsv *t = tsv_open(path, why);
    struct ontology *o = t ? calloc(1, sizeof *o) : NULL;
    bool ok = o && (o->codes = table_new()) && read_all(o, t, path, why);
    tsv_close(t);
    if (ok)
        return o;
    ontology_free(o);
    return NULL;
}

void ontology_free(struct ontology *o)
{
    if (!o)
        return;
    size_t at = 0;
    void *value;
    while (o->codes && table_next(o->codes, &at, NULL, &value))
        free(value);
    table_free(o->codes);
    free(o);
}

/* The line of the code itself or of its longest prefix that has one. */
static const struct code *find_code(const struct ontology *o, struct str cameo)
{
    for (; cameo.n >= 2; cameo.n--) {
        const struct code *code = table_get(o->codes, cameo);
        if (code)
            return code;
    }
    return NULL;
}

int ontology_type(const struct ontology *o, struct str cameo)
{
    const struct code *code = find_code(o, cameo);
    return code ? (int)code->type : -1;
}

enum quad ontology_quad(const struct ontology *o, enum act_type type)
{
    return o->acts[type].quad;
}

double ontology_score(const struct ontology *o, struct str cameo, enum act_type type)
{
    const struct code *code = find_code(o, cameo);
    return code && code->type == type && !isnan(code->score) ? code->score : o->acts[type].score;
}
