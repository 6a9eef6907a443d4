#include "workers/statements/np.h"

static const struct np no_np = {NONE, NONE, NONE, NONE};

static const char *const relative_words[] = {"who", "which", "that", "whom", NULL};
static const char *const calendar[] = {
    "monday",    "tuesday",   "wednesday", "thursday", "friday",   "saturday",  "sunday",
    "january",   "february",  "march",     "april",    "may",      "june",      "july",
    "august",    "september", "october",   "november", "december", "week",      "month",
    "year",      "day",       "night",     "morning",  "evening",  "afternoon", "today",
    "yesterday", "tomorrow",  "tonight",   "time",     "weekend",  "hour",      "decade",
    "spring",    "summer",    "autumn",    "winter",   "minute",   NULL};

bool np_some(struct np n)
{
    return n.first != NONE;
}

static bool str_in(struct str s, const char *const *words)
{
    for (; *words; words++)
        if (str_is(s, *words))
            return true;
    return false;
}

bool token_is(const struct doc *d, int32_t i, const char *lower)
{
    return i >= 0 && i < (int32_t)d->n_tokens && str_is(d->tokens[i].lower, lower);
}

bool token_in(const struct doc *d, int32_t i, const char *const *words)
{
    return i >= 0 && i < (int32_t)d->n_tokens && str_in(d->tokens[i].lower, words);
}

bool lemma_in(const struct doc *d, int32_t i, const char *const *words)
{
    return i >= 0 && i < (int32_t)d->n_tokens && str_in(d->tokens[i].lemma, words);
}

int token_upos(const struct doc *d, int32_t i)
{
    return d->tokens[i].upos;
}

bool token_is_comma(const struct doc *d, int32_t i)
{
    return token_is(d, i, ",");
}

bool token_is_dash(const struct doc *d, int32_t i)
{
    static const char *const dashes[] = {"-", "–", "—", "―", "--", NULL};
    return token_in(d, i, dashes);
}

bool token_is_possessive(const struct doc *d, int32_t i)
{
    return token_is(d, i, "'s") || token_is(d, i, "'");
}

bool token_is_relative(const struct doc *d, int32_t i)
{
    return token_in(d, i, relative_words);
}

bool token_is_nominal(const struct doc *d, int32_t i)
{
    if (d->mention_at[i] != NONE)
        return true;
    switch (token_upos(d, i)) {
    case UPOS_NOUN:
    case UPOS_PROPN:
    case UPOS_NUM:
    case UPOS_SYM:
    case UPOS_ADJ:
    case UPOS_DET: return true;
    case UPOS_PRON: return !token_is_relative(d, i);
    default: return false;
    }
}

static bool is_head(const struct doc *d, int32_t i)
{
    int u = token_upos(d, i);
    return u == UPOS_NOUN || u == UPOS_PROPN || (u == UPOS_PRON && !token_is_relative(d, i)) ||
           d->mention_at[i] != NONE;
}

static struct np np_make(const struct doc *d, int32_t first, int32_t last)
{
    int32_t head = NONE;
    for (int32_t i = last - 1; i >= first && head == NONE; i--)
        if (is_head(d, i))
            head = i;
    if (head == NONE) { /* "both", "the three", "many" */
        head = last - 1;
        if (token_upos(d, head) != UPOS_DET && token_upos(d, head) != UPOS_NUM)
            return no_np;
    }
    return (struct np){first, last, head, d->mention_at[head]};
}

struct np np_at(const struct doc *d, int32_t at, int32_t end)
{
    int32_t i = at;
    bool noun = false;
    while (i < end) {
        int32_t m = d->mention_at[i];
        if (m != NONE) {
            if (noun && d->mentions[m].kind == MENTION_PRONOUN && !d->mentions[m].possessive)
                break;
            i = d->mentions[m].last > i ? d->mentions[m].last : i + 1;
            noun = !d->mentions[m].possessive;
        } else if (token_is_possessive(d, i) && i > at) {
            noun = false;
            i++;
        } else if (token_is_nominal(d, i) &&
                   !(noun && (token_upos(d, i) == UPOS_DET || token_upos(d, i) == UPOS_PRON))) {
            noun = noun || token_upos(d, i) == UPOS_NOUN || token_upos(d, i) == UPOS_PROPN ||
                   token_upos(d, i) == UPOS_PRON;
            i++;
        } else if (token_upos(d, i) == UPOS_ADV && i == at && i + 1 < end && token_is_nominal(d, i + 1)) {
            i++; /* "about 80 people", "nearly all members" */
        } else {
            break;
        }
    }
    if (i > end)
        i = end;
    return i > at ? np_make(d, at, i) : no_np;
}

struct np np_before(const struct doc *d, int32_t end, int32_t begin)
{
    int32_t i = end;
    while (i > begin) {
        int32_t m = d->mention_at[i - 1];
        if (m != NONE && d->mentions[m].last >= i) {
            if (i < end && !d->mentions[m].possessive && d->tokens[i].upos == UPOS_DET)
                break;
            i = d->mentions[m].first;
        } else if (i < end && lemma_in(d, i - 1, calendar) && !token_is_possessive(d, i)) {
            break; /* "on Monday Iran" */
        } else if (token_is_possessive(d, i - 1) || token_is_nominal(d, i - 1)) {
            bool opens = token_upos(d, i - 1) == UPOS_DET || (token_upos(d, i - 1) == UPOS_PRON && i < end);
            i--;
            if (opens && !(i > begin && token_is_possessive(d, i - 1)))
                break;
        } else {
            break;
        }
    }
    if (i < begin)
        i = begin;
    return i < end && token_is_nominal(d, end - 1) ? np_make(d, i, end) : no_np;
}

bool np_is_time(const struct doc *d, struct np n)
{
    if (!np_some(n) || n.mention != NONE)
        return false;
    return lemma_in(d, n.head, calendar) ||
           (token_upos(d, n.head) == UPOS_NUM &&
            (lemma_in(d, n.first, calendar) || lemma_in(d, n.head - 1, calendar)));
}
