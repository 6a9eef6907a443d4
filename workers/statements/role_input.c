#include "workers/statements/role_input.h"

/* Of a tree that is deeper nobody asks how deep. */
#define UP_MOST 64

/* ---- of a word ---- */

static uint8_t quote_row(const struct doc *d, int32_t i, int32_t quote)
{
    if (quote == NONE)
        return ROLE_QUOTE;
    const struct quote *q = &d->quotes[quote];
    bool within = i >= q->first && i < q->last;
    return (uint8_t)(ROLE_QUOTE + (q->speech ? 1 : 3) + !within);
}

static uint8_t cue_row(const struct reading *r, int32_t i)
{
    int32_t h = r->hit_at[i];
    if (h == NONE)
        return ROLE_CUE;
    const struct cue *c = r->hits[h].rule;
    return (uint8_t)(ROLE_CUE + 1 + 4 * (int)c->says + (int)c->pos + (r->hits[h].head == i ? 0 : 13));
}

struct role_input *role_input_find(const struct doc *d, const struct reading *r)
{
    struct role_input *v = ARENA_ARRAY(d->arena, struct role_input, d->n_tokens + 1);
    for (int32_t i = 0; i < (int32_t)d->n_tokens; i++) {
        int32_t m = d->mention_at[i];
        v[i].quote = quote_row(d, i, r->clauses->quote_at[i]);
        v[i].cue = cue_row(r, i);
        v[i].mention = (uint8_t)(ROLE_MENTION + (m == NONE ? 0 : 1 + (int)d->mentions[m].kind));
    }
    return v;
}

int32_t role_stretch_end(const struct doc *d, int32_t first)
{
    size_t s = (size_t)d->tokens[first].sentence;
    int32_t paragraph = d->sentences[s].paragraph, end = d->sentences[s].last;
    for (s++; s < d->n_sentences && d->sentences[s].paragraph == paragraph &&
              d->sentences[s].last - first <= ROLE_STRETCH;
         s++)
        end = d->sentences[s].last;
    return end;
}

/* ---- of a pair ---- */

struct role_ways role_ways_new(const struct doc *d)
{
    struct role_ways w = {ARENA_ARRAY(d->arena, int32_t, d->n_tokens + 1),
                          ARENA_ARRAY(d->arena, uint8_t, d->n_tokens + 1),
                          ARENA_ARRAY(d->arena, uint8_t, d->n_tokens + 1)};
    for (size_t i = 0; i < d->n_tokens; i++) {
        w.mark[i] = NONE;
        int depth = 0;
        for (int32_t t = d->tokens[i].head; t != NONE && depth < ROLE_DEEP; t = d->tokens[t].head)
            depth++;
        w.depth[i] = (uint8_t)depth;
    }
    return w;
}

void role_ways_from(const struct doc *d, struct role_ways *w, int32_t cue)
{
    int up = 0;
    for (int32_t t = cue; t != NONE && up < UP_MOST; t = d->tokens[t].head, up++) {
        w->mark[t] = cue;
        w->up[t] = (uint8_t)(up < 4 ? up : 4);
    }
}

/* Rows `way` and `up` of words of one sentence. */
static void within_sentence(const struct doc *d, const struct role_ways *w, int32_t cue, int32_t other,
                            uint16_t *rows)
{
    int32_t t = other, below = NONE;
    for (int steps = 0; t != NONE && w->mark[t] != cue && steps < UP_MOST; steps++) {
        below = t;
        t = d->tokens[t].head;
    }
    bool joined = t != NONE && w->mark[t] == cue;
    int up = joined ? w->up[t] : 4;
    int relation = !joined ? ROLE_NOWHERE : below == NONE ? ROLE_SELF : (int)branch_base(d, below);
    bool right = joined && below != NONE ? below > t : other > cue;
    rows[0] = (uint16_t)((up * ROLE_RELATIONS + relation) * 2 + right);
    rows[1] = (uint16_t)(up * ROLE_RELATIONS + (int)branch_base(d, cue));
}

static int far_row(int32_t cue, int32_t other)
{
    static const int32_t from[ROLE_FAR] = {1, 2, 3, 4, 5, 7, 10, 15, 22, 32};
    int32_t way = other > cue ? other - cue : cue - other;
    if (way == 0)
        return 2 * ROLE_FAR;
    int step = ROLE_FAR - 1;
    while (from[step] > way)
        step--;
    return step + (other > cue ? ROLE_FAR : 0);
}

static int say_row(const struct doc *d, const struct reading *r, int32_t cue, int32_t other)
{
    int32_t sentences = d->tokens[other].sentence - d->tokens[cue].sentence;
    sentences = sentences < -ROLE_SENTENCES  ? -ROLE_SENTENCES
                : sentences > ROLE_SENTENCES ? ROLE_SENTENCES
                                             : sentences;
    int32_t q = r->clauses->quote_at[other], qc = r->clauses->quote_at[cue];
    int row = quote_row(d, other, q), cue_row = quote_row(d, cue, qc);
    static const int place[] = {0, 2, 3, 4, 4}; /* outside, in other speech, its mark, other marks */
    int state = row == ROLE_QUOTE + 1 && q == qc ? 1 : place[row - ROLE_QUOTE];
    bool quoted = cue_row == ROLE_QUOTE + 1 || cue_row == ROLE_QUOTE + 3;
    return (((int)sentences + ROLE_SENTENCES) * 5 + state) * 2 + quoted;
}

void role_pair(const struct doc *d, const struct reading *r, const struct role_ways *w, int32_t cue,
               int32_t other, uint16_t rows[ROLE_PAIR_KINDS])
{
    if (d->tokens[cue].sentence == d->tokens[other].sentence) {
        within_sentence(d, w, cue, other, rows);
    } else {
        rows[0] = (uint16_t)((ROLE_OTHER_SENTENCE * ROLE_RELATIONS + w->depth[other]) * 2 + (other > cue));
        rows[1] = (uint16_t)(ROLE_OTHER_SENTENCE * ROLE_RELATIONS + (int)branch_base(d, cue));
    }
    rows[1] = (uint16_t)(rows[1] + ROLE_WAY_ROWS);
    rows[2] = (uint16_t)(far_row(cue, other) + ROLE_WAY_ROWS + ROLE_UP_ROWS);
    rows[3] = (uint16_t)(say_row(d, r, cue, other) + ROLE_WAY_ROWS + ROLE_UP_ROWS + ROLE_FAR_ROWS);
}
