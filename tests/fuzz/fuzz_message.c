/* Every control message of every channel: what is taken is packed and taken again, with the same bytes. */
#include "proto/json.h"
#include "proto/wire.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0)
        return 0;
    enum channel ch = (enum channel)(bytes[0] % CH_COUNT);
    struct arena *a = arena_new((size_t)64 << 20);
    struct buf once = BUF_INIT, again = BUF_INIT, json = BUF_INIT;
    struct message m, m2;
    struct reason why;
    CHECK(a);
    if (message_unpack(ch, bytes + 1, n - 1, a, &m, &why)) {
        message_pack(&m, &once);
        CHECK(!once.failed && message_unpack(ch, once.data, once.len, a, &m2, &why));
        message_pack(&m2, &again);
        CHECK(once.len == again.len && memcmp(once.data, again.data, once.len) == 0);
        json_write_message(&m, &json);
    }
    buf_free(&once);
    buf_free(&again);
    buf_free(&json);
    arena_free(a);
    return 0;
}
