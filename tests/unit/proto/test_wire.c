/* The table of fields: what is packed is unpacked, in every message; what peers may send wrong is refused
 * with words. */
#include <math.h>
#include <msgpack.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/fields.h"
#include "proto/json.h"
#include "tests/unit/unit.h"

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(0);
    srand(1);
    return arena ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* ---- any struct of any schema, filled by chance ---- */

static void fill(const struct schema *s, char *out);

static struct str some_str(void)
{
    static const char *const words[] = {
        "", "a", "Grüße", "line\nbreak", "Владимир", "日本", "a longer text with \"quotes\""};
    return str_from(words[rand() % 7]);
}

static void fill_field(const struct field *f, char *at)
{
    switch (f->type) {
    case T_VERSION: *(int64_t *)at = PROTOCOL_VERSION; break;
    case T_STR: *(struct str *)at = some_str(); break;
    case T_INT: *(int64_t *)at = f->least + rand() % 3 * INT64_C(5000000000); break;
    case T_DOUBLE: *(double *)at = rand() / 1000.0; break;
    case T_TIME: *(int64_t *)at = rand() * INT64_C(100); break;
    case T_ENUM: {
        int n = 0;
        while (f->names[n])
            n++;
        *(int *)at = rand() % n;
        break;
    }
    case T_SPANS: {
        struct span_list *l = (void *)at;
        l->n = (size_t)rand() % 3;
        l->v = arena_alloc(arena, sizeof *l->v * 3);
        for (size_t i = 0; i < l->n; i++)
            l->v[i] = (struct span){(uint32_t)i * 10, (uint32_t)i * 10 + 7};
        break;
    }
    case T_STRS: {
        struct str_list *l = (void *)at;
        l->n = (size_t)rand() % 3;
        l->v = arena_alloc(arena, sizeof *l->v * 3);
        for (size_t i = 0; i < l->n; i++)
            l->v[i] = some_str();
        break;
    }
    case T_RAW: *(struct raw *)at = (struct raw){"\x81\xA1x\x93\x01\xC0\xA1y", 8}; break;
    case T_INLINE: fill(f->sub, at); break;
    case T_POINTER:
        *(void **)at = arena_alloc(arena, f->sub->size);
        fill(f->sub, *(void **)at);
        break;
    case T_LIST: {
        struct {
            char *v;
            size_t n;
        } l = {arena_alloc(arena, f->sub->size * 3), (size_t)rand() % 3};
        for (size_t i = 0; i < l.n; i++)
            fill(f->sub, l.v + i * f->sub->size);
        memcpy(at, &l, sizeof l);
        break;
    }
    }
}

static void set_absent_by_unpacking_nothing(const struct schema *s, char *out)
{
    struct schema optional = *s;
    struct field *fields = arena_alloc(arena, s->n * sizeof *fields);
    for (size_t i = 0; i < s->n; i++) {
        fields[i] = s->fields[i];
        fields[i].flags = 0;
    }
    optional.fields = fields;
    assert_true(wire_unpack(&optional, "\x80", 1, arena, out, NULL));
}

static void fill(const struct schema *s, char *out)
{
    set_absent_by_unpacking_nothing(s, out);
    for (size_t i = 0; i < s->n; i++)
        if (s->fields[i].flags & REQUIRED || rand() % 3)
            fill_field(&s->fields[i], out + s->fields[i].offset);
}

static void assert_same_bytes(const struct buf *a, const struct buf *b)
{
    assert_false(a->failed || b->failed);
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->data, b->data, a->len);
}

static void round_trip(const struct schema *s)
{
    struct buf first = BUF_INIT, second = BUF_INIT, json = BUF_INIT, third = BUF_INIT;
    char *in = arena_alloc(arena, s->size), *out = arena_alloc(arena, s->size);
    struct reason why = {""};
    fill(s, in);
    wire_pack(s, in, &first);
    if (!wire_unpack(s, first.data, first.len, arena, out, &why))
        fail_msg("%s: %s", s->name, why.text);
    wire_pack(s, out, &second);
    assert_same_bytes(&first, &second);

    /* The JSON view of it, read again, is the same struct. */
    json_write(s, in, &json);
    assert_false(json.failed);
    if (!json_read(s, json.data, json.len, arena, out, &why))
        fail_msg("%s: %s in %.*s", s->name, why.text, (int)json.len, json.data);
    wire_pack(s, out, &third);
    assert_same_bytes(&first, &third);

    /* Cut or with one byte changed it is refused or something else, and never harms (under the sanitizers).
     */
    for (size_t i = 0; i < first.len && i < 400; i++) {
        char *copy = malloc(first.len);
        memcpy(copy, first.data, first.len);
        copy[i] = (char)rand();
        wire_unpack(s, copy, first.len, arena, out, &why);
        assert_false(wire_unpack(s, copy, i, arena, out, &why));
        free(copy);
    }
    buf_free(&first);
    buf_free(&second);
    buf_free(&third);
    buf_free(&json);
}

static void every_schema_survives_a_round_trip(void **state)
{
    (void)state;
    const struct schema *named[] = {&article_schema, &event_schema, &intake_reply_schema, &dead_entry_schema};
    for (int round = 0; round < 40; round++) {
        for (size_t i = 0; i < sizeof named / sizeof *named; i++)
            round_trip(named[i]);
        for (int op = 0; op < OP_COUNT; op++)
            if (message_types[op].schema)
                round_trip(message_types[op].schema);
        arena_reset(arena);
    }
}

static void every_message_is_known_on_its_channels_only(void **state)
{
    (void)state;
    for (int op = 0; op < OP_COUNT; op++) {
        const struct message_type *t = &message_types[op];
        struct message m = {.op = (enum op)op}, out;
        struct buf b = BUF_INIT;
        struct reason why;
        assert_int_equal(t->op, op);
        if (t->schema)
            fill(t->schema, (char *)&m.u);
        message_pack(&m, &b);
        for (unsigned ch = 0; ch < CH_COUNT; ch++) {
            bool ok = message_unpack((enum channel)ch, b.data, b.len, arena, &out, &why);
            bool same_name = false; /* status is a question on one channel and an answer on another */
            for (int other = 0; other < OP_COUNT; other++)
                same_name |= message_types[other].channels & 1u << ch &&
                             strcmp(message_types[other].name, t->name) == 0;
            if (t->channels & 1u << ch) {
                assert_true(ok);
                assert_int_equal(out.op, op);
            } else if (!same_name)
                assert_false(ok);
        }
        buf_free(&b);
    }
}

/* ---- what peers may send wrong ---- */

static void refuse_article(const char *json, const char *reason)
{
    struct article a;
    struct reason why = {""};
    if (json_read(&article_schema, json, strlen(json), arena, &a, &why) && article_check(&a, 100, &why))
        fail_msg("%s passed, expected: %s", json, reason);
    assert_contains(why.text, reason);
}

static void bad_articles_are_refused_with_words(void **state)
{
    (void)state;
    refuse_article("[]", "article: expected a map");
    refuse_article("{}", "article.body: is missing");
    refuse_article("{\"body\":\"\"}", "article.body: is empty");
    refuse_article("{\"body\":null}", "article.body: is missing");
    refuse_article("{\"body\":7}", "article.body: expected a string");
    refuse_article("{\"v\":2,\"body\":\"x\"}", "article.v: unknown version 2, this speaks 1");
    refuse_article("{\"v\":\"1\",\"body\":\"x\"}", "article.v: expected a version number");
    refuse_article("{\"body\":\"x\",\"id\":\"\"}", "article.id: is empty");
    refuse_article("{\"body\":\"x\",\"id\":\"a\\u0000b\"}", "article.id: holds a control character");
    refuse_article("{\"body\":\"x\",\"published\":\"yesterday\"}", "article.published: expected a time");
    refuse_article("{\"body\":\"x\",\"revision\":-1}", "article.revision: expected an integer of at least 0");
    refuse_article("{\"body\":\"x\",\"revision\":1.5}", "article.revision: expected an integer");
    refuse_article("{\"body\":\"x\",\"status\":\"new\"}", "article.status: expected one of usable canceled");
    refuse_article("{\"body\":\"x\"", "not JSON");
    refuse_article("{\"body\":\"x\",\"body\":\"y\"}", "not JSON: duplicate object key");

    char *large = arena_alloc(arena, 400);
    snprintf(large, 400, "{\"body\":\"x\",\"id\":\"%0300d\"}", 0);
    refuse_article(large, "article.id: 300 bytes, at most 256");
    snprintf(large, 400, "{\"body\":\"%0101d\"}", 0);
    refuse_article(large, "article.body: 101 bytes, at most 100");
}

static void good_articles_pass(void **state)
{
    (void)state;
    const char *json = "{\"body\":\"x\",\"id\":\"n-1\",\"published\":\"2026-03-04T12:00:00+02:00\","
                       "\"revision\":3,\"unknown\":[1],"
                       "\"title\":null,\"status\":\"canceled\",\"meta\":{\"desk\":[1,\"two\"]}}";
    struct article a;
    struct reason why = {""};
    assert_true(json_read(&article_schema, json, strlen(json), arena, &a, &why));
    assert_true(article_check(&a, 100, &why));
    assert_str(a.id, "n-1");
    assert_int_equal(a.published, 1772618400000);
    assert_int_equal(a.revision, 3);
    assert_int_equal(a.status, ARTICLE_CANCELED);
    assert_null(a.title.p);
    assert_null(a.source.p);
    struct buf b = BUF_INIT;
    assert_true(json_write_raw(a.meta.p, a.meta.n, &b));
    assert_str(((struct str){b.data, b.len}), "{\"desk\":[1,\"two\"]}");
    buf_free(&b);
}

static void an_empty_key_is_one(void **state)
{
    (void)state;
    static const char map[] = "\x82\xA0\x01\xA1k\xA0"; /* its text has no address */
    struct buf b = BUF_INIT;
    assert_true(json_write_raw(map, sizeof map - 1, &b));
    assert_str(((struct str){b.data, b.len}), "{\"\":1,\"k\":\"\"}");
    buf_free(&b);
}

static void keys_that_come_twice_are_refused(void **state)
{
    (void)state;
    static const char twice[] = "\x82\xA4"
                                "body\xA1x\xA4"
                                "body\xA1y";
    struct article a;
    struct reason why;
    assert_false(wire_unpack(&article_schema, twice, sizeof twice - 1, arena, &a, &why));
    assert_string_equal(why.text, "article.body: is there twice");
}

static void timestamps_are_times(void **state)
{
    (void)state;
    static const char stamped[] = "\x82\xA4"
                                  "body\xA1x\xA9"
                                  "published\xD6\xFF\x69\xA8\x07\xEE";
    struct article a;
    struct reason why = {""};
    if (!wire_unpack(&article_schema, stamped, sizeof stamped - 1, arena, &a, &why))
        fail_msg("%s", why.text);
    assert_int_equal(a.published, INT64_C(0x69A807EE) * 1000);
}

static void conditions_that_nobody_knows_are_refused(void **state)
{
    (void)state;
    static const char wrong[] = "\x83\xA2op\xA9subscribe\xA6"
                                "credit\x05\xA5where\x81\xA6"
                                "colour\xA3red";
    static const char single[] = "\x83\xA2op\xA9subscribe\xA6"
                                 "credit\x05\xA5where\x81\xA3"
                                 "act\xA6REJECT";
    struct message m;
    struct reason why;
    assert_false(message_unpack(CH_STREAM_UP, wrong, sizeof wrong - 1, arena, &m, &why));
    assert_string_equal(why.text, "subscribe.where.colour: no such condition");
    assert_true(message_unpack(CH_STREAM_UP, single, sizeof single - 1, arena, &m, &why));
    assert_int_equal(m.u.subscribe.where->act.n, 1);
    assert_str(m.u.subscribe.where->act.v[0], "REJECT");
    assert_null(m.u.subscribe.where->source.v);
    assert_true(isnan(m.u.subscribe.where->confidence));
    assert_int_equal(m.u.subscribe.after, -1);
}

static void refuse_message(enum channel ch, const char *bytes, size_t n, const char *reason)
{
    struct message m;
    struct reason why = {""};
    assert_false(message_unpack(ch, bytes, n, arena, &m, &why));
    assert_contains(why.text, reason);
}

static void bad_messages_are_refused_with_words(void **state)
{
    (void)state;
    refuse_message(CH_WORK_UP, "\x90", 1, "message: expected a map");
    refuse_message(CH_WORK_UP, "\x80", 1, "message.op: expected a string");
    refuse_message(CH_WORK_UP, "\x81\xA2op\xA3xyz", 8, "message.op: 'xyz' is not known here");
    refuse_message(CH_STREAM_UP, "\x81\xA2op\xA5hello", 10, "message.op: 'hello' is not known here");
    refuse_message(CH_WORK_UP, "\x82\xA1v\x09\xA2op\xA5hello", 13, "message.v: unknown version 9");
    refuse_message(CH_STREAM_UP,
                   "\x81\xA2op\xA6"
                   "credit",
                   11, "credit.n: is missing");
}

static struct event *some_event(void)
{
    struct event *e = arena_alloc(arena, sizeof *e);
    do
        fill(&event_schema, (char *)e);
    while (!e->source || !e->act);
    e->article->id = STR("art");
    e->id = STR("art#0");
    e->confidence = 0.5;
    return e;
}

static void refuse_event(const struct event *e, const char *reason)
{
    struct reason why = {""};
    assert_false(event_check(e, 1000, &why));
    assert_contains(why.text, reason);
}

static void events_are_checked_against_their_article(void **state)
{
    (void)state;
    struct event *e = some_event();
    struct reason why = {""};
    if (!event_check(e, 1000, &why))
        fail_msg("%s", why.text);
    e->id = STR("other#0");
    refuse_event(e, "event.id: expected \"art#<n>\"");
    e = some_event();
    e->confidence = NAN;
    refuse_event(e, "event.confidence");
    e = some_event();
    e->source = NULL;
    refuse_event(e, "event.source: is missing");
    struct span outside = {990, 1001};
    e = some_event();
    e->act->cue.spans = (struct span_list){&outside, 1};
    refuse_event(e, "event.act.cue: span [990, 1001] is not within the body's 1000 bytes");
}

static void reasons_say_where(void **state)
{
    (void)state;
    const char *json = "{\"id\":\"a#0\",\"article\":{\"id\":\"a\"},\"act\":{\"type\":\"AGREE\",\"cameo\":"
                       "\"03\",\"quad\":\"statement\","
                       "\"score\":1,\"cue\":{\"spans\":[[1,2],[3]],\"text\":\"\"}}}";
    struct event e;
    struct reason why;
    assert_false(json_read(&event_schema, json, strlen(json), arena, &e, &why));
    assert_string_equal(why.text, "event.act.cue.spans[1]: expected [begin, end] with begin <= end");
}

static void unpacking_stops_at_the_arena_s_limit(void **state)
{
    (void)state;
    struct buf b = BUF_INIT;
    wire_pack(&event_schema, some_event(), &b);
    for (size_t limit = 1; limit < 4096; limit += 16) {
        struct arena *small = arena_new(limit);
        struct event e;
        struct reason why = {""};
        if (!wire_unpack(&event_schema, b.data, b.len, small, &e, &why))
            assert_contains(why.text, "out of memory");
        arena_free(small);
    }
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_schema_survives_a_round_trip),
        cmocka_unit_test(every_message_is_known_on_its_channels_only),
        cmocka_unit_test(bad_articles_are_refused_with_words),
        cmocka_unit_test(good_articles_pass),
        cmocka_unit_test(an_empty_key_is_one),
        cmocka_unit_test(keys_that_come_twice_are_refused),
        cmocka_unit_test(timestamps_are_times),
        cmocka_unit_test(conditions_that_nobody_knows_are_refused),
        cmocka_unit_test(bad_messages_are_refused_with_words),
        cmocka_unit_test(events_are_checked_against_their_article),
        cmocka_unit_test(reasons_say_where),
        cmocka_unit_test(unpacking_stops_at_the_arena_s_limit),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
