#include "proto/guard.h"

#include "proto/base/utf8.h"

enum kind { K_NIL, K_BOOL, K_NUMBER, K_STR, K_BIN, K_EXT, K_ARRAY, K_MAP, K_RESERVED };

struct head {
    enum kind kind;
    size_t size; /* bytes of the head itself */
    uint64_t
        len; /* payload bytes of str, bin, ext (its type byte counted), number; elements of array and map */
};

static uint64_t big_endian(const uint8_t *p, unsigned bytes)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < bytes; i++)
        v = v << 8 | p[i];
    return v;
}

/* Reads the first byte and the length behind it. False when the head itself is cut off. */
static bool read_head(const uint8_t *p, size_t n, struct head *h)
{
    if (n == 0)
        return false;
    uint8_t b = p[0];
    *h = (struct head){K_NUMBER, 1, 0};
    if (b <= 0x7F || b >= 0xE0)
        return true;
    if (b <= 0x8F)
        return *h = (struct head){K_MAP, 1, b & 0x0F}, true;
    if (b <= 0x9F)
        return *h = (struct head){K_ARRAY, 1, b & 0x0F}, true;
    if (b <= 0xBF)
        return *h = (struct head){K_STR, 1, b & 0x1F}, true;

    /* 0xC0 to 0xDF: kind, bytes of the length field, or the fixed length where there is none */
    static const struct {
        uint8_t kind, field, fixed;
    } by_byte[32] = {
        {K_NIL, 0, 0},    {K_RESERVED, 0, 0}, {K_BOOL, 0, 0},   {K_BOOL, 0, 0},   /* C0 */
        {K_BIN, 1, 0},    {K_BIN, 2, 0},      {K_BIN, 4, 0},    {K_EXT, 1, 1},    /* C4 */
        {K_EXT, 2, 1},    {K_EXT, 4, 1},      {K_NUMBER, 0, 4}, {K_NUMBER, 0, 8}, /* C8 */
        {K_NUMBER, 0, 1}, {K_NUMBER, 0, 2},   {K_NUMBER, 0, 4}, {K_NUMBER, 0, 8}, /* CC */
        {K_NUMBER, 0, 1}, {K_NUMBER, 0, 2},   {K_NUMBER, 0, 4}, {K_NUMBER, 0, 8}, /* D0 */
        {K_EXT, 0, 2},    {K_EXT, 0, 3},      {K_EXT, 0, 5},    {K_EXT, 0, 9},    /* D4 */
        {K_EXT, 0, 17},   {K_STR, 1, 0},      {K_STR, 2, 0},    {K_STR, 4, 0},    /* D8 */
        {K_ARRAY, 2, 0},  {K_ARRAY, 4, 0},    {K_MAP, 2, 0},    {K_MAP, 4, 0},    /* DC */
    };
    unsigned field = by_byte[b - 0xC0].field;
    if (n < 1 + field)
        return false;
    *h = (struct head){by_byte[b - 0xC0].kind, 1 + field, big_endian(p + 1, field) + by_byte[b - 0xC0].fixed};
    return true;
}

struct walk {
    const uint8_t *at, *end;
    size_t items;
    struct reason *why;
};

static bool check_leaf(struct walk *w, const struct head *h)
{
    const uint8_t *payload = w->at;
    if (h->len > (size_t)(w->end - payload))
        return reason_set(w->why, "not MessagePack: a value of %llu bytes where %zu are left",
                          (unsigned long long)h->len, (size_t)(w->end - payload));
    if (h->kind == K_STR && utf8_valid_prefix((const char *)payload, h->len) != h->len)
        return reason_set(w->why, "a string is not UTF-8");
    if (h->kind == K_EXT && (int8_t)payload[0] != -1)
        return reason_set(w->why, "an ext value of type %d; only timestamps (-1) are known",
                          (int8_t)payload[0]);
    if (h->kind == K_EXT && h->len != 5 && h->len != 9 && h->len != 13)
        return reason_set(w->why, "a timestamp of %llu bytes", (unsigned long long)h->len - 1);
    w->at += h->len;
    return true;
}

static bool check_value(struct walk *w, unsigned depth, bool is_key)
{
    struct head h;
    if (!read_head(w->at, (size_t)(w->end - w->at), &h))
        return reason_set(w->why, "not MessagePack: the bytes end within a value");
    if (++w->items > GUARD_ITEMS)
        return reason_set(w->why, "more than %u values in one message", GUARD_ITEMS);
    if (h.kind == K_RESERVED)
        return reason_set(w->why, "not MessagePack: byte 0xc1");
    if (is_key && h.kind != K_STR)
        return reason_set(w->why, "a map key is not a string");
    /* The ext head of fixed length is 1 byte; its type byte is payload, as for the others. */
    w->at += h.size;
    if (h.kind != K_ARRAY && h.kind != K_MAP)
        return check_leaf(w, &h);

    size_t left = (size_t)(w->end - w->at), values = h.kind == K_MAP ? 2 : 1;
    if (h.len > left / values)
        return reason_set(w->why, "not MessagePack: %llu elements where %zu bytes are left",
                          (unsigned long long)h.len, left);
    if (depth == GUARD_DEPTH)
        return reason_set(w->why, "nested deeper than %d", GUARD_DEPTH);
    for (uint64_t i = 0; i < h.len; i++) {
        if (h.kind == K_MAP && !check_value(w, depth + 1, true))
            return false;
        if (!check_value(w, depth + 1, false))
            return false;
    }
    return true;
}

bool guard_check(const void *bytes, size_t n, struct reason *why)
{
    struct walk w = {bytes, (const uint8_t *)bytes + n, 0, why};
    if (n == 0)
        return reason_set(why, "not MessagePack: empty");
    if (!check_value(&w, 0, false))
        return false;
    if (w.at != w.end)
        return reason_set(why, "not MessagePack: %zu bytes behind the value", (size_t)(w.end - w.at));
    return true;
}
