#include "daemon/copies.h"

#include "proto/base/log.h"
#include "proto/wire.h"

#include <stdlib.h>

enum {
    SHINGLE = 4, /* words */
    ROWS = 2,    /* bins of a band */
    BANDS = COPIES_BINS / ROWS,
    HEADS = 1 << 18, /* of chains, a power of two */
    CHAIN_MAX =
        16, /* links of a chain: a story that thousands print must not cost thousands of looks; its first
                                copies are enough to know the next by */
    NOT_LINKED = -2,         /* the chain was full */
    RECORD = COPIES_BINS * 2 /* bytes of a sketch in the store, then the cluster */
};

struct entry {
    int64_t number; /* of the article, and its key in the store; 0: none */
    struct sketch sketch;
    int32_t next[BANDS]; /* in the chain of this band; -1: the end; NOT_LINKED */
};

struct copies {
    struct store *store;
    bool loaded;
    struct entry *ring; /* COPIES_MAX */
    size_t n;           /* ever put into the ring since it was loaded */
    int32_t *heads;     /* HEADS, the newest first; -1: none */
    uint8_t *lengths;   /* HEADS, of the chains */
};

/* ---- sketches ---- */

static uint64_t mix(uint64_t h)
{
    h = (h ^ (h >> 31)) * UINT64_C(0x7fb5d329728ea185);
    h = (h ^ (h >> 27)) * UINT64_C(0x81dadef4bc2dd44d);
    return h ^ (h >> 33);
}

static bool in_word(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

bool copies_sketch(struct str text, struct sketch *out)
{
    uint64_t least[COPIES_BINS], words[SHINGLE] = {0};
    size_t n = 0;
    memset(least, 0xff, sizeof least);
    for (size_t at = 0; at < text.n;) {
        uint64_t h = UINT64_C(0xcbf29ce484222325);
        size_t from = at;
        for (; at < text.n && in_word((unsigned char)text.p[at]); at++) {
            unsigned char c = (unsigned char)text.p[at];
            h = (h ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * UINT64_C(0x100000001b3);
        }
        if (at == from) {
            at++;
            continue;
        }
        words[n++ % SHINGLE] = h;
        if (n < SHINGLE)
            continue;
        uint64_t s = 0;
        for (size_t i = 0; i < SHINGLE; i++)
            s = s * UINT64_C(0x9e3779b97f4a7c15) + words[(n + i) % SHINGLE];
        s = mix(s);
        uint64_t *bin = &least[s % COPIES_BINS];
        *bin = s < *bin ? s : *bin;
    }
    for (size_t i = 0; i < COPIES_BINS; i++)
        out->bins[i] = least[i] == UINT64_MAX ? 0 : (uint16_t)(mix(least[i]) % UINT16_MAX + 1);
    return n >= COPIES_WORDS;
}

unsigned copies_alike(const struct sketch *a, const struct sketch *b)
{
    unsigned same = 0, filled = 0;
    for (size_t i = 0; i < COPIES_BINS; i++) {
        filled += a->bins[i] || b->bins[i];
        same += a->bins[i] && a->bins[i] == b->bins[i];
    }
    /* short texts leave bins empty: as if there were as many as of a long one */
    return filled ? same * COPIES_BINS / filled : 0;
}

/* ---- the index ---- */

static bool band_head(const struct sketch *s, size_t band, size_t *head)
{
    uint64_t key = band;
    for (size_t r = 0; r < ROWS; r++) {
        uint16_t bin = s->bins[band * ROWS + r];
        if (bin == 0)
            return false;
        key = key << 16 | bin;
    }
    *head = mix(key) % HEADS;
    return true;
}

static void unlink_entry(struct copies *c, int32_t place)
{
    struct entry *e = &c->ring[place];
    size_t head;
    for (size_t b = 0; e->number && b < BANDS; b++) {
        if (e->next[b] == NOT_LINKED || !band_head(&e->sketch, b, &head))
            continue;
        int32_t *at = &c->heads[head];
        while (*at >= 0 && (*at != place * BANDS + (int32_t)b))
            at = &c->ring[*at / BANDS].next[*at % BANDS];
        if (*at < 0)
            BUG("an article that is in no chain of its band");
        *at = e->next[b];
        c->lengths[head]--;
    }
    e->number = 0;
}

/* A chain is of one head, not of one band: its links say place and band. */
static void link_entry(struct copies *c, int64_t number, const struct sketch *s)
{
    int32_t place = (int32_t)(c->n++ % COPIES_MAX);
    struct entry *e = &c->ring[place];
    size_t head;
    unlink_entry(c, place);
    e->number = number;
    e->sketch = *s;
    for (size_t b = 0; b < BANDS; b++) {
        e->next[b] = NOT_LINKED;
        if (!band_head(s, b, &head) || c->lengths[head] == CHAIN_MAX)
            continue;
        e->next[b] = c->heads[head];
        c->heads[head] = place * BANDS + (int32_t)b;
        c->lengths[head]++;
    }
}

static bool read_record(struct str record, struct sketch *s, struct str *cluster)
{
    if (record.n <= RECORD)
        return false;
    memcpy(s->bins, record.p, RECORD);
    *cluster = (struct str){record.p + RECORD, record.n - RECORD};
    return true;
}

static void load(struct copies *c)
{
    struct str record, cluster;
    struct sketch s;
    c->n = 0;
    memset(c->ring, 0, COPIES_MAX * sizeof *c->ring);
    memset(c->heads, 0xff, HEADS * sizeof *c->heads);
    memset(c->lengths, 0, HEADS * sizeof *c->lengths);
    for (int64_t at = 0; (at = store_sketch_next(c->store, at, &record)) != 0;)
        if (read_record(record, &s, &cluster))
            link_entry(c, at, &s);
    c->loaded = !store_failed(c->store);
}

/* The article that is most alike: its number, 0 when none is a copy. */
static int64_t find(const struct copies *c, const struct sketch *s)
{
    unsigned best = COPIES_ALIKE - 1;
    int64_t found = 0;
    size_t head;
    for (size_t b = 0; b < BANDS && best < COPIES_BINS; b++) {
        if (!band_head(s, b, &head))
            continue;
        for (int32_t at = c->heads[head]; at >= 0 && best < COPIES_BINS;
             at = c->ring[at / BANDS].next[at % BANDS]) {
            const struct entry *e = &c->ring[at / BANDS];
            unsigned alike = e->number == found ? 0 : copies_alike(s, &e->sketch);
            if (alike > best) {
                best = alike;
                found = e->number;
            }
        }
    }
    return found;
}

struct copies *copies_new(struct store *s)
{
    struct copies *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->store = s;
    c->ring = calloc(COPIES_MAX, sizeof *c->ring);
    c->heads = calloc(HEADS, sizeof *c->heads);
    c->lengths = calloc(HEADS, sizeof *c->lengths);
    if (c->ring && c->heads && c->lengths)
        return c;
    copies_free(c);
    return NULL;
}

void copies_free(struct copies *c)
{
    if (!c)
        return;
    free(c->ring);
    free(c->heads);
    free(c->lengths);
    free(c);
}

struct str copies_cluster(struct copies *c, int64_t number, struct str id, struct str text, char *out)
{
    struct sketch s, other;
    struct str record, cluster = id;
    if (!c->loaded)
        load(c);
    if (!copies_sketch(text, &s))
        return id;
    int64_t like = find(c, &s);
    if (like && store_sketch(c->store, like, &record))
        read_record(record, &other, &cluster);
    memcpy(out, cluster.p, cluster.n);
    cluster.p = out;
    store_sketch_put(c->store, number, (struct str){(const char *)s.bins, RECORD}, cluster, COPIES_MAX);
    link_entry(c, number, &s);
    return cluster;
}

void copies_undo(struct copies *c)
{
    c->loaded = false;
}
