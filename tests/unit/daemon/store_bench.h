/* store_bench.h: a store in a folder of its own for each test, articles and events to put into it. */
#ifndef STANCED_TESTS_STORE_BENCH_H
#define STANCED_TESTS_STORE_BENCH_H

#include "daemon/finish.h"
#include "proto/wire.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAP = 4 << 20 };

/* A store in a folder of its own, and what belongs to it. */
struct bench {
    char dir[64];
    struct store *s;
    struct metrics m;
    struct finisher f;
};

static inline struct store *open_at(struct bench *b)
{
    struct reason why = {""};
    b->s = b->f.store = store_open(b->dir, MAP, &why);
    if (!b->s)
        print_error("%s\n", why.text);
    return b->s;
}

static inline int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    strcpy(b->dir, "/tmp/stanced-store-XXXXXX");
    *state = b;
    b->f.metrics = &b->m;
    b->f.arena = arena_new(0);
    return mkdtemp(b->dir) && open_at(b) ? 0 : -1;
}

static inline int teardown(void **state)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "lock"};
    struct bench *b = *state;
    char path[128];
    store_close(b->s);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", b->dir, files[i]);
        unlink(path);
    }
    rmdir(b->dir);
    arena_free(b->f.arena);
    buf_free(&b->f.packed);
    free(b);
    return 0;
}

static inline void reopen(struct bench *b)
{
    store_close(b->s);
    assert_non_null(open_at(b));
}

static inline void commit(struct bench *b)
{
    struct reason why = {""};
    if (!store_commit(b->s, &why))
        fail_msg("%s", why.text);
}

/* Packs and accepts an article; returns its number. */
static inline int64_t accept_as(struct bench *b, const char *id, const char *body,
                                const struct id_record *like, int64_t wall)
{
    struct buf packed = BUF_INIT;
    struct article a = {.v = 1,
                        .id = str_from(id),
                        .body = str_from(body),
                        .title = STR("A title"),
                        .published = TIME_ABSENT,
                        .revision = like ? like->revision : -1,
                        .status = -1};
    struct id_record r = like ? *like : (struct id_record){0};
    r.state = ID_WAITING;
    wire_pack(&article_schema, &a, &packed);
    int64_t n =
        store_accept(b->s, store_key(a.id), &r, a.body.n, (struct str){packed.data, packed.len}, wall);
    buf_free(&packed);
    return n;
}

static struct actor somebody = {.text = {"x", 1}};
static struct act act = {.type = ACT_CONSULT, .cameo = {"036", 3}, .cue = {.text = {"", 0}}};

static inline bool finish(struct bench *b, int64_t number, const char *id, size_t n, int64_t wall)
{
    struct article_ref ref = {.id = str_from(id), .published = TIME_ABSENT, .revision = -1};
    struct event e[4];
    char ids[4][64];
    struct waiting w;
    for (size_t i = 0; i < n; i++) {
        snprintf(ids[i], sizeof ids[i], "%s#%zu", id, i);
        e[i] = (struct event){.v = 1,
                              .id = str_from(ids[i]),
                              .article = &ref,
                              .source = &somebody,
                              .act = &act,
                              .confidence = 0.5};
    }
    assert_true(store_waiting(b->s, number, &w));
    return finish_events(&b->f, number, &w, (struct event_list){e, n}, 300 * n, wall);
}

/* The next event of the log as an unpacked struct; its seq, 0 at the end. */
static inline int64_t read_event(struct bench *b, int64_t after, struct arena *a, struct event *e)
{
    struct str bytes;
    struct reason why;
    int64_t seq = store_read(b->s, after, NULL, &bytes);
    if (seq > 0)
        assert_true(wire_unpack(&event_schema, bytes.p, bytes.n, a, e, &why));
    return seq;
}

/* A test whose state is a struct bench. */
#define STORE_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

#endif
