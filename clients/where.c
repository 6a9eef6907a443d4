/* where.c: the filter as people write it, 'act=REJECT,ACCUSE source=RUS confidence=0.7'. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "clients/cli.h"
#include "proto/ontology.h"

const char cli_where_help[] =
    "  --where 'KEY=VALUE[,VALUE...] ...'   only events that fit: one value of each key given\n"
    "      act          ACCUSE, AGREE, CONSULT, ... STATE         quad   verbal-conflict, "
    "material-cooperation, ...\n"
    "      source       country of who acts: RUS, USA, IGO ...    target     the same of who is acted upon\n"
    "      source_role  GOV, MIL, ...                             target_role\n"
    "      stance       support, oppose, mixed, neutral           issue      negotiation, ...\n"
    "      reported_by  country of who reports it                 confidence at least so much, 0 to 1\n";

static const char *const stances[] = {"support", "oppose", "mixed", "neutral", NULL};

static const struct known_key {
    const char *name;
    size_t offset;
    bool upper;               /* values are written in capitals */
    const char *const *known; /* the values that there are; NULL: many */
} keys[] = {
    {"act", offsetof(struct where, act), true, act_names},
    {"quad", offsetof(struct where, quad), false, quad_names},
    {"source", offsetof(struct where, source), true, NULL},
    {"target", offsetof(struct where, target), true, NULL},
    {"stance", offsetof(struct where, stance), false, stances},
    {"issue", offsetof(struct where, issue), false, NULL},
    {"source_role", offsetof(struct where, source_role), true, role_names},
    {"target_role", offsetof(struct where, target_role), true, role_names},
    {"reported_by", offsetof(struct where, reported_by), true, NULL},
};
#define N_KEYS (sizeof keys / sizeof *keys)

static bool unknown_key(struct str name, struct reason *why)
{
    struct buf list = BUF_INIT;
    for (size_t i = 0; i < N_KEYS; i++)
        buf_printf(&list, "%s ", keys[i].name);
    buf_putc(&list, '\0');
    reason_set(why, "no key '%.*s'; there are: %sconfidence", STR_ARGS(name), list.data ? list.data : "");
    buf_free(&list);
    return false;
}

static bool unknown_value(const struct known_key *k, struct str value, struct reason *why)
{
    struct buf list = BUF_INIT;
    for (size_t i = 0; k->known[i]; i++)
        buf_printf(&list, " %s", k->known[i]);
    buf_putc(&list, '\0');
    reason_set(why, "%s: no '%.*s'; there are:%s", k->name, STR_ARGS(value), list.data ? list.data : "");
    buf_free(&list);
    return false;
}

static bool add_value(const struct known_key *k, struct str text, struct arena *a, struct str_list *list,
                      size_t *cap, struct reason *why)
{
    struct str value = arena_str(a, text.p, text.n);
    if (value.n == 0)
        return reason_set(why, "%s: a value is missing", k->name);
    for (size_t i = 0; i < value.n; i++)
        ((char *)value.p)[i] =
            (char)(k->upper ? toupper((unsigned char)value.p[i]) : tolower((unsigned char)value.p[i]));
    if (k->known && name_index(k->known, value) < 0)
        return unknown_value(k, value, why);
    if (!k->known && k->upper && value.n != 3)
        return reason_set(why,
                          "%s: '%.*s' is no country code of three letters (ISO 3166-1, or IGO, NGO, MNC)",
                          k->name, STR_ARGS(text));
    ARENA_GROW(a, list->v, list->n, *cap);
    list->v[list->n++] = value;
    return true;
}

static bool parse_confidence(struct str text, struct arena *a, double *out, struct reason *why)
{
    char *end, *copy = (char *)arena_str(a, text.p, text.n).p;
    *out = strtod(copy, &end);
    if (text.n == 0 || *end || !(*out >= 0 && *out <= 1))
        return reason_set(why, "confidence: '%.*s' is no number from 0 to 1", STR_ARGS(text));
    return true;
}

static bool parse_pair(struct str name, struct str values, struct arena *a, struct where *out,
                       struct reason *why)
{
    const struct known_key *k = keys;
    if (str_is(name, "confidence"))
        return parse_confidence(values, a, &out->confidence, why);
    while (k < keys + N_KEYS && !str_is(name, k->name))
        k++;
    if (k == keys + N_KEYS)
        return unknown_key(name, why);
    struct str_list *list = (struct str_list *)((char *)out + k->offset);
    size_t cap = list->n;
    for (;;) {
        const char *comma = memchr(values.p, ',', values.n);
        size_t n = comma ? (size_t)(comma - values.p) : values.n;
        if (!add_value(k, (struct str){values.p, n}, a, list, &cap, why))
            return false;
        if (!comma)
            return true;
        values = (struct str){comma + 1, values.n - n - 1};
    }
}

bool cli_where_parse(const char *text, struct arena *a, struct where *out, struct reason *why)
{
    *out = STANCE_WHERE_ALL;
    for (const char *p = text + strspn(text, " \t\n"); *p; p += strspn(p, " \t\n")) {
        size_t n = strcspn(p, " \t\n");
        const char *equals = memchr(p, '=', n);
        if (!equals)
            return reason_set(why, "expected KEY=VALUE, not '%.*s'", (int)n, p);
        struct str name = {p, (size_t)(equals - p)}, values = {equals + 1, n - name.n - 1};
        if (!parse_pair(name, values, a, out, why))
            return false;
        p += n;
    }
    return true;
}
