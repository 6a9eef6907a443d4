/* The examples of PROTOCOL.md: their JSON, packed by us, is the bytes that stand there (made with
 * python3-msgpack). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/json.h"
#include "tests/unit/unit.h"

static int hex_digit(int c)
{
    return isdigit(c) ? c - '0' : c - 'a' + 10;
}

static size_t from_hex(const char *text, unsigned char *out)
{
    size_t n = 0;
    for (; isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]);
         text += text[2] == ' ' ? 3 : 2)
        out[n++] = (unsigned char)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
    return n;
}

static const struct schema *schema_of(const char *name)
{
    return strcmp(name, "article") == 0        ? &article_schema
           : strcmp(name, "event") == 0        ? &event_schema
           : strcmp(name, "intake_reply") == 0 ? &intake_reply_schema
                                               : NULL;
}

static int channel_of(const char *name)
{
    static const char *const names[CH_COUNT] = {"work-up",     "work-down",  "stream-up",
                                                "stream-down", "control-up", "control-down"};
    for (int ch = 0; ch < CH_COUNT; ch++)
        if (strcmp(name, names[ch]) == 0)
            return ch;
    fail_msg("example of an unknown kind: %s", name);
    return -1;
}

static void pack_schema(const struct schema *s, const char *json, struct arena *a, const unsigned char *bytes,
                        size_t n, struct buf *out)
{
    struct reason why = {""};
    struct buf shown = BUF_INIT;
    void *in = arena_alloc(a, 4096), *back = arena_alloc(a, 4096);
    if (!json_read(s, json, strlen(json), a, in, &why) || !wire_unpack(s, bytes, n, a, back, &why))
        fail_msg("%s: %s", json, why.text);
    json_write(s, back, &shown);
    wire_pack(s, in, out);
    buf_free(&shown);
}

static void check_example(const char *name, const char *json, const unsigned char *bytes, size_t n)
{
    struct arena *a = arena_new(0);
    struct buf out = BUF_INIT, view = BUF_INIT;
    struct reason why = {""};
    const struct schema *s = schema_of(name);
    if (s)
        pack_schema(s, json, a, bytes, n, &out);
    else {
        struct message m;
        if (!message_unpack((enum channel)channel_of(name), bytes, n, a, &m, &why))
            fail_msg("%s: %s", json, why.text);
        message_pack(&m, &out);
    }
    if (out.len != n || memcmp(out.data, bytes, n) != 0) {
        json_write_raw(out.data, out.len, &view);
        fail_msg("%s example\n%s\nis packed as\n%.*s", name, json, (int)view.len, view.data);
    }
    buf_free(&view);
    buf_free(&out);
    arena_free(a);
}

static void examples_are_what_we_speak(void **state)
{
    (void)state;
    FILE *f = fopen("proto/PROTOCOL.md", "r");
    assert_non_null(f);
    char *line = NULL, name[32];
    size_t cap = 0, examples = 0;
    while (getline(&line, &cap, f) > 0) {
        if (sscanf(line, "```example %31s", name) != 1)
            continue;
        assert_true(getline(&line, &cap, f) > 0);
        line[strcspn(line, "\n")] = 0;
        char *json = strdup(line);
        unsigned char bytes[4096];
        size_t n = 0;
        while (getline(&line, &cap, f) > 0 && line[0] != '`')
            n += from_hex(line, bytes + n);
        check_example(name, json, bytes, n);
        free(json);
        examples++;
    }
    free(line);
    fclose(f);
    assert_int_equal(examples, 14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(examples_are_what_we_speak)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
