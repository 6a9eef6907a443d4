#include "workers/engine/feats.h"

const struct feats feats_none = {.text = {"_", 1}};

/* The values of one feature, separated by spaces, in the order of its enum. */
struct feature {
    const char *name;
    size_t offset; /* of its byte in struct feats */
    const char *values;
};

static const struct feature features[] = {
    {"Abbr", offsetof(struct feats, abbr), "Yes"},
    {"Case", offsetof(struct feats, kasus), "Acc Gen Nom"},
    {"Definite", offsetof(struct feats, definite), "Def Ind"},
    {"Degree", offsetof(struct feats, degree), "Cmp Pos Sup"},
    {"Gender", offsetof(struct feats, gender), "Fem Masc Neut"},
    {"Mood", offsetof(struct feats, mood), "Imp Ind Sub"},
    {"NumType", offsetof(struct feats, numtype), "Card Frac Mult Ord"},
    {"Number", offsetof(struct feats, number), "Sing Plur Ptan"},
    {"Person", offsetof(struct feats, person), "1 2 3"},
    {"Polarity", offsetof(struct feats, polarity), "Neg Pos"},
    {"Poss", offsetof(struct feats, poss), "Yes"},
    {"PronType", offsetof(struct feats, prontype), "Art Dem Emp Ind Int Neg Prs Rcp Rel Tot"},
    {"Tense", offsetof(struct feats, tense), "Past Pres"},
    {"VerbForm", offsetof(struct feats, verbform), "Fin Ger Inf Part"},
    {"Voice", offsetof(struct feats, voice), "Pass"},
};

_Static_assert(sizeof(bool) == 1, "a flag is set like the other bytes");

/* Its place in the list, from 1; 0: not in it. */
static uint8_t place_of(struct str value, const char *values)
{
    for (uint8_t place = 1; *values; place++) {
        size_t n = strcspn(values, " ");
        if (n == value.n && memcmp(values, value.p, n) == 0)
            return place;
        values += n + (values[n] == ' ');
    }
    return FEAT_NONE;
}

static void set(struct feats *out, struct str name, struct str value)
{
    for (size_t i = 0; i < sizeof features / sizeof *features; i++)
        if (str_is(name, features[i].name))
            ((uint8_t *)out)[features[i].offset] = place_of(value, features[i].values);
}

bool feats_parse(struct str text, struct feats *out)
{
    *out = feats_none;
    if (str_is(text, "_"))
        return true;
    struct feats found = {.text = text};
    for (const char *p = text.p, *end = text.p + text.n;;) {
        const char *bar = memchr(p, '|', (size_t)(end - p)), *stop = bar ? bar : end;
        const char *equals = memchr(p, '=', (size_t)(stop - p));
        if (!equals || equals == p || equals + 1 == stop)
            return false;
        set(&found, (struct str){p, (size_t)(equals - p)},
            (struct str){equals + 1, (size_t)(stop - equals - 1)});
        if (!bar)
            break;
        p = bar + 1;
    }
    *out = found;
    return true;
}
