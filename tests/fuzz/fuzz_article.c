/* Articles and events from peers: checked, packed, unpacked, as JSON and back. */
#include "proto/json.h"
#include "proto/wire.h"
#include "tests/fuzz/fuzz.h"

static void round_trip(const struct schema *s, const uint8_t *bytes, size_t n, struct arena *a, void *out,
                       void *out2)
{
    struct buf once = BUF_INIT, again = BUF_INIT, json = BUF_INIT;
    struct reason why;
    if (wire_unpack(s, bytes, n, a, out, &why)) {
        wire_pack(s, out, &once);
        CHECK(!once.failed && wire_unpack(s, once.data, once.len, a, out2, &why));
        wire_pack(s, out2, &again);
        CHECK(once.len == again.len && memcmp(once.data, again.data, once.len) == 0);
        json_write(s, out, &json);
        CHECK(json.len > 0);
        json_read(s, json.data, json.len, a, out2, &why);
    }
    buf_free(&once);
    buf_free(&again);
    buf_free(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *a = arena_new((size_t)64 << 20);
    struct article article = {0}, article2;
    struct event event = {0}, event2;
    struct reason why;
    struct buf json = BUF_INIT;
    CHECK(a);
    if (wire_unpack(&article_schema, bytes, n, a, &article, &why))
        article_check(&article, 1 << 20, &why);
    if (wire_unpack(&event_schema, bytes, n, a, &event, &why))
        event_check(&event, 1000, &why);
    round_trip(&article_schema, bytes, n, a, &article, &article2);
    round_trip(&event_schema, bytes, n, a, &event, &event2);
    json_read(&article_schema, (const char *)bytes, n, a, &article, &why);
    json_write_raw(bytes, n, &json);
    buf_free(&json);
    arena_free(a);
    return 0;
}
