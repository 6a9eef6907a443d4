/* The JSON view goes through MessagePack both ways, so that it has the same fields, checks and reasons by
 * construction. */
#include "proto/json.h"

#include <jansson.h>
#include <msgpack.h>
#include <msgpack/timestamp.h>
#include <sodium.h>
#include <stdlib.h>

#include "proto/guard.h"

/* ---- MessagePack to JSON ---- */

static json_t *from_object(const msgpack_object *o);

static json_t *from_binary(const char *p, size_t n)
{
    size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
    char *text = malloc(room);
    json_t *j = text ? json_string(sodium_bin2base64(text, room, (const unsigned char *)p, n,
                                                     sodium_base64_VARIANT_ORIGINAL))
                     : NULL;
    free(text);
    return j;
}

static json_t *from_timestamp(const msgpack_object *o)
{
    msgpack_timestamp t;
    char text[CLOCK_TEXT];
    const int64_t least = -62135596800, most = 253402300799;
    if (!msgpack_object_to_timestamp(o, &t) || t.tv_sec < least || t.tv_sec > most)
        return json_null();
    return json_string(clock_format(t.tv_sec * 1000 + t.tv_nsec / 1000000, text));
}

static json_t *from_map(const msgpack_object_map *m)
{
    json_t *j = json_object();
    for (uint32_t i = 0; j && i < m->size; i++) {
        const msgpack_object_str *k = &m->ptr[i].key.via.str;
        /* jansson keys are C strings; a NUL in one cuts it, in the view only. */
        char *key = strndup(k->size ? k->ptr : "", k->size);
        json_t *value = from_object(&m->ptr[i].val);
        if (!key || json_object_set_new(j, key, value) != 0) {
            json_decref(j);
            j = NULL;
        }
        free(key);
    }
    return j;
}

static json_t *from_array(const msgpack_object_array *a)
{
    json_t *j = json_array();
    for (uint32_t i = 0; j && i < a->size; i++)
        if (json_array_append_new(j, from_object(&a->ptr[i])) != 0) {
            json_decref(j);
            j = NULL;
        }
    return j;
}

static json_t *from_object(const msgpack_object *o)
{
    switch (o->type) {
    case MSGPACK_OBJECT_BOOLEAN: return json_boolean(o->via.boolean);
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
        return o->via.u64 <= INT64_MAX ? json_integer((json_int_t)o->via.u64) : json_real((double)o->via.u64);
    case MSGPACK_OBJECT_NEGATIVE_INTEGER: return json_integer(o->via.i64);
    case MSGPACK_OBJECT_FLOAT32:
    case MSGPACK_OBJECT_FLOAT64: {
        json_t *real = json_real(o->via.f64); /* NULL for NAN and infinities, which JSON does not have */
        return real ? real : json_null();
    }
    case MSGPACK_OBJECT_STR: return json_stringn(o->via.str.size ? o->via.str.ptr : "", o->via.str.size);
    case MSGPACK_OBJECT_BIN: return from_binary(o->via.bin.ptr, o->via.bin.size);
    case MSGPACK_OBJECT_EXT: return from_timestamp(o);
    case MSGPACK_OBJECT_ARRAY: return from_array(&o->via.array);
    case MSGPACK_OBJECT_MAP: return from_map(&o->via.map);
    default: return json_null();
    }
}

static int append(const char *bytes, size_t n, void *buf)
{
    buf_append(buf, bytes, n);
    return 0;
}

bool json_write_raw(const void *bytes, size_t n, struct buf *out)
{
    if (!guard_check(bytes, n, NULL))
        return false;
    msgpack_unpacked result;
    msgpack_unpacked_init(&result);
    json_t *j = msgpack_unpack_next(&result, bytes, n, NULL) == MSGPACK_UNPACK_SUCCESS
                    ? from_object(&result.data)
                    : NULL;
    /* 15 digits show 0.83 as 0.83 and lose nothing that a score means. */
    bool ok = j && json_dump_callback(j, append, out,
                                      JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) == 0;
    json_decref(j);
    msgpack_unpacked_destroy(&result);
    out->failed |= !ok;
    return ok;
}

static void write_packed(struct buf *packed, struct buf *out)
{
    if (packed->failed || !json_write_raw(packed->data, packed->len, out))
        out->failed = true;
    buf_free(packed);
}

void json_write(const struct schema *s, const void *in, struct buf *out)
{
    struct buf packed = BUF_INIT;
    wire_pack(s, in, &packed);
    write_packed(&packed, out);
}

void json_write_message(const struct message *m, struct buf *out)
{
    struct buf packed = BUF_INIT;
    message_pack(m, &packed);
    write_packed(&packed, out);
}

/* ---- JSON to MessagePack ---- */

static int pack_bytes(void *buf, const char *bytes, size_t n)
{
    buf_append(buf, bytes, n);
    return 0;
}

static void pack_json(msgpack_packer *pk, json_t *j)
{
    const char *key;
    json_t *value;
    size_t i;
    switch (json_typeof(j)) {
    case JSON_OBJECT:
        msgpack_pack_map(pk, json_object_size(j));
        json_object_foreach(j, key, value)
        {
            msgpack_pack_str(pk, strlen(key));
            msgpack_pack_str_body(pk, key, strlen(key));
            pack_json(pk, value);
        }
        break;
    case JSON_ARRAY:
        msgpack_pack_array(pk, json_array_size(j));
        json_array_foreach(j, i, value) pack_json(pk, value);
        break;
    case JSON_STRING:
        msgpack_pack_str(pk, json_string_length(j));
        msgpack_pack_str_body(pk, json_string_value(j), json_string_length(j));
        break;
    case JSON_INTEGER: msgpack_pack_int64(pk, json_integer_value(j)); break;
    case JSON_REAL: msgpack_pack_double(pk, json_real_value(j)); break;
    case JSON_TRUE: msgpack_pack_true(pk); break;
    case JSON_FALSE: msgpack_pack_false(pk); break;
    case JSON_NULL: msgpack_pack_nil(pk); break;
    }
}

bool json_read(const struct schema *s, const char *text, size_t n, struct arena *a, void *out,
               struct reason *why)
{
    json_error_t error;
    json_t *j = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!j)
        return reason_set(why, "not JSON: %s, at byte %d", error.text, error.position);
    struct buf packed = BUF_INIT;
    msgpack_packer pk;
    msgpack_packer_init(&pk, &packed, pack_bytes);
    pack_json(&pk, j);
    json_decref(j);
    /* What unpacking returns points into the bytes: they have to live as long as the arena. */
    char *bytes = packed.failed ? NULL : arena_try(a, packed.len);
    size_t len = packed.len;
    if (bytes)
        memcpy(bytes, packed.data, len);
    buf_free(&packed);
    return bytes ? wire_unpack(s, bytes, len, a, out, why) : reason_set(why, "out of memory");
}
