#include "proto/wire.h"

#include <math.h>
#include <msgpack.h>
#include <msgpack/timestamp.h>

#include "proto/base/log.h"
#include "proto/fields.h"
#include "proto/guard.h"

/* A list of structs, spans or strings: all have this layout. */
struct list {
    void *v;
    size_t n;
};

/* ---- pack ---- */

static int append(void *buf, const char *bytes, size_t n)
{
    buf_append(buf, bytes, n);
    return 0;
}

static void pack_str(msgpack_packer *pk, struct str s)
{
    msgpack_pack_str(pk, s.n);
    msgpack_pack_str_body(pk, s.p, s.n);
}

static bool is_absent(const struct field *f, const char *at)
{
    switch (f->type) {
    case T_VERSION:
    case T_INLINE:
    case T_LIST: return false;
    case T_STR: return !((const struct str *)at)->p;
    case T_INT: return *(const int64_t *)at < f->least;
    case T_DOUBLE: return isnan(*(const double *)at);
    case T_TIME: return *(const int64_t *)at == TIME_ABSENT;
    case T_ENUM: return *(const int *)at < 0;
    case T_SPANS: return !((const struct span_list *)at)->v && !(f->flags & REQUIRED);
    case T_STRS: return !((const struct str_list *)at)->v;
    case T_RAW: return !((const struct raw *)at)->p;
    case T_POINTER: return !*(void *const *)at;
    }
    BUG("field %s has type %d", f->key, f->type);
}

static void pack_struct(msgpack_packer *pk, const struct schema *s, const void *in,
                        const struct message_type *type);

static void pack_value(msgpack_packer *pk, const struct field *f, const char *at)
{
    char text[CLOCK_TEXT];
    switch (f->type) {
    case T_VERSION: msgpack_pack_int64(pk, PROTOCOL_VERSION); break;
    case T_STR: pack_str(pk, *(const struct str *)at); break;
    case T_INT: msgpack_pack_int64(pk, *(const int64_t *)at); break;
    case T_DOUBLE: msgpack_pack_double(pk, *(const double *)at); break;
    case T_TIME: pack_str(pk, str_from(clock_format(*(const int64_t *)at, text))); break;
    case T_ENUM: pack_str(pk, str_from(f->names[*(const int *)at])); break;
    case T_SPANS: {
        const struct span_list *l = (const void *)at;
        msgpack_pack_array(pk, l->n);
        for (size_t i = 0; i < l->n; i++) {
            msgpack_pack_array(pk, 2);
            msgpack_pack_uint32(pk, l->v[i].begin);
            msgpack_pack_uint32(pk, l->v[i].end);
        }
        break;
    }
    case T_STRS: {
        const struct str_list *l = (const void *)at;
        msgpack_pack_array(pk, l->n);
        for (size_t i = 0; i < l->n; i++)
            pack_str(pk, l->v[i]);
        break;
    }
    case T_RAW: append(pk->data, ((const struct raw *)at)->p, ((const struct raw *)at)->n); break;
    case T_INLINE: pack_struct(pk, f->sub, at, NULL); break;
    case T_POINTER: pack_struct(pk, f->sub, *(void *const *)at, NULL); break;
    case T_LIST: {
        struct list l;
        memcpy(&l, at, sizeof l);
        msgpack_pack_array(pk, l.n);
        for (size_t i = 0; i < l.n; i++)
            pack_struct(pk, f->sub, (const char *)l.v + i * f->sub->size, NULL);
        break;
    }
    }
}

/* `type`: the struct is a control message, whose map begins with "v" and "op". */
static void pack_struct(msgpack_packer *pk, const struct schema *s, const void *in,
                        const struct message_type *type)
{
    size_t keys = type ? 1 + type->says_version : 0;
    for (size_t i = 0; s && i < s->n; i++)
        keys += !is_absent(&s->fields[i], (const char *)in + s->fields[i].offset) ||
                s->fields[i].flags & SHOW_NULL;
    msgpack_pack_map(pk, keys);
    if (type && type->says_version) {
        pack_str(pk, STR("v"));
        msgpack_pack_int(pk, PROTOCOL_VERSION);
    }
    if (type) {
        pack_str(pk, STR("op"));
        pack_str(pk, str_from(type->name));
    }
    for (size_t i = 0; s && i < s->n; i++) {
        const struct field *f = &s->fields[i];
        const char *at = (const char *)in + f->offset;
        bool absent = is_absent(f, at);
        if (absent && f->flags & REQUIRED)
            BUG("%s.%s is required and was not set", s->name, f->key);
        if (absent && !(f->flags & SHOW_NULL))
            continue;
        pack_str(pk, str_from(f->key));
        if (absent)
            msgpack_pack_nil(pk);
        else
            pack_value(pk, f, at);
    }
}

void wire_pack(const struct schema *s, const void *in, struct buf *out)
{
    msgpack_packer pk;
    msgpack_packer_init(&pk, out, append);
    pack_struct(&pk, s, in, NULL);
}

void message_pack(const struct message *m, struct buf *out)
{
    msgpack_packer pk;
    msgpack_packer_init(&pk, out, append);
    pack_struct(&pk, message_types[m->op].schema, &m->u, &message_types[m->op]);
}

/* ---- unpack ---- */

/* Where we are, for reasons: "event.act.cue.spans[2]". */
struct path {
    const struct path *up;
    const char *name;
    size_t index; /* in a list; SIZE_MAX: not in one */
};

struct unpack {
    struct arena *arena;
    struct reason *why;
};

static size_t path_text(const struct path *p, char *out, size_t room)
{
    size_t n = p->up ? path_text(p->up, out, room) : 0;
    if (n < room) {
        int more = p->index == SIZE_MAX
                       ? snprintf(out + n, room - n, "%s%s", n ? "." : "", p->name)
                       : snprintf(out + n, room - n, "%s%s[%zu]", n ? "." : "", p->name, p->index);
        n += (size_t)more;
    }
    return n;
}

static bool refuse(struct unpack *u, const struct path *p, const char *what)
{
    char text[160];
    path_text(p, text, sizeof text);
    return reason_set(u->why, "%s: %s", text, what);
}

static bool expected(struct unpack *u, const struct path *p, const char *type)
{
    char what[96];
    snprintf(what, sizeof what, "expected %s", type);
    return refuse(u, p, what);
}

static struct str object_str(const msgpack_object *o)
{
    return (struct str){o->via.str.size ? o->via.str.ptr : "", o->via.str.size};
}

/* The object's bytes again, in the arena. */
static bool unpack_raw(struct unpack *u, const struct path *p, const msgpack_object *o, struct raw *out)
{
    struct buf b = BUF_INIT;
    msgpack_packer pk;
    msgpack_packer_init(&pk, &b, append);
    msgpack_pack_object(&pk, *o);
    char *copy = b.failed ? NULL : arena_try(u->arena, b.len);
    if (copy)
        memcpy(copy, b.data, b.len);
    *out = (struct raw){copy, b.len};
    buf_free(&b);
    return copy ? true : refuse(u, p, "out of memory");
}

static bool unpack_int(struct unpack *u, const struct path *p, const msgpack_object *o, const struct field *f,
                       int64_t *out)
{
    char what[64];
    bool fits = o->type == MSGPACK_OBJECT_NEGATIVE_INTEGER ||
                (o->type == MSGPACK_OBJECT_POSITIVE_INTEGER && o->via.u64 <= INT64_MAX);
    if (!fits || o->via.i64 < f->least) {
        snprintf(what, sizeof what, "an integer of at least %lld", (long long)f->least);
        return expected(u, p, what);
    }
    *out = o->via.i64;
    return true;
}

static bool unpack_double(struct unpack *u, const struct path *p, const msgpack_object *o, double *out)
{
    switch ((int)o->type) {
    case MSGPACK_OBJECT_FLOAT32:
    case MSGPACK_OBJECT_FLOAT64: *out = o->via.f64; break;
    case MSGPACK_OBJECT_POSITIVE_INTEGER: *out = (double)o->via.u64; break;
    case MSGPACK_OBJECT_NEGATIVE_INTEGER: *out = (double)o->via.i64; break;
    default: return expected(u, p, "a number");
    }
    return isfinite(*out) ? true : expected(u, p, "a finite number");
}

/* Years 0001 to 9999, as clock_format can write. */
static bool unpack_time(struct unpack *u, const struct path *p, const msgpack_object *o, int64_t *out)
{
    const int64_t least = -62135596800, most = 253402300799;
    msgpack_timestamp t;
    if (o->type == MSGPACK_OBJECT_STR && clock_parse(object_str(o), out))
        return true;
    if (o->type == MSGPACK_OBJECT_EXT && msgpack_object_to_timestamp(o, &t) && t.tv_sec >= least &&
        t.tv_sec <= most && t.tv_nsec < 1000000000) {
        *out = t.tv_sec * 1000 + t.tv_nsec / 1000000;
        return true;
    }
    return expected(u, p, "a time (RFC 3339, as 2026-03-04T10:00:00Z, or a MessagePack timestamp)");
}

static bool unpack_enum(struct unpack *u, const struct path *p, const msgpack_object *o,
                        const struct field *f, int *out)
{
    *out = o->type == MSGPACK_OBJECT_STR ? name_index(f->names, object_str(o)) : -1;
    if (*out >= 0)
        return true;
    char what[200] = "one of";
    for (size_t i = 0, n = strlen(what); f->names[i] && n < sizeof what; i++)
        n += (size_t)snprintf(what + n, sizeof what - n, " %s", f->names[i]);
    return expected(u, p, what);
}

static bool unpack_spans(struct unpack *u, const struct path *p, const msgpack_object *o,
                         struct span_list *out)
{
    if (o->type != MSGPACK_OBJECT_ARRAY)
        return expected(u, p, "a list of [begin, end]");
    out->n = o->via.array.size;
    out->v = arena_try(u->arena, out->n * sizeof *out->v);
    if (!out->v)
        return refuse(u, p, "out of memory");
    for (size_t i = 0; i < out->n; i++) {
        const msgpack_object *pair = &o->via.array.ptr[i], *ends = pair->via.array.ptr;
        if (pair->type != MSGPACK_OBJECT_ARRAY || pair->via.array.size != 2 ||
            ends[0].type != MSGPACK_OBJECT_POSITIVE_INTEGER ||
            ends[1].type != MSGPACK_OBJECT_POSITIVE_INTEGER || ends[1].via.u64 > UINT32_MAX ||
            ends[0].via.u64 > ends[1].via.u64)
            return expected(u, &(struct path){p->up, p->name, i}, "[begin, end] with begin <= end");
        out->v[i] = (struct span){(uint32_t)ends[0].via.u64, (uint32_t)ends[1].via.u64};
    }
    return true;
}

static bool unpack_strs(struct unpack *u, const struct path *p, const msgpack_object *o, struct str_list *out)
{
    bool single = o->type == MSGPACK_OBJECT_STR;
    if (!single && o->type != MSGPACK_OBJECT_ARRAY)
        return expected(u, p, "a string or a list of strings");
    const msgpack_object *v = single ? o : o->via.array.ptr;
    out->n = single ? 1 : o->via.array.size;
    out->v = arena_try(u->arena, out->n * sizeof *out->v);
    if (!out->v)
        return refuse(u, p, "out of memory");
    for (size_t i = 0; i < out->n; i++) {
        if (v[i].type != MSGPACK_OBJECT_STR)
            return expected(u, &(struct path){p->up, p->name, i}, "a string");
        out->v[i] = object_str(&v[i]);
    }
    return true;
}

static bool unpack_struct(struct unpack *u, const struct path *p, const msgpack_object *o,
                          const struct schema *s, void *out);

static bool unpack_list(struct unpack *u, const struct path *p, const msgpack_object *o,
                        const struct schema *s, char *at)
{
    if (o->type != MSGPACK_OBJECT_ARRAY)
        return expected(u, p, "a list");
    struct list l = {arena_try(u->arena, o->via.array.size * s->size), o->via.array.size};
    if (!l.v)
        return refuse(u, p, "out of memory");
    for (size_t i = 0; i < l.n; i++) {
        struct path inner = {p->up, p->name, i};
        if (!unpack_struct(u, &inner, &o->via.array.ptr[i], s, (char *)l.v + i * s->size))
            return false;
    }
    memcpy(at, &l, sizeof l);
    return true;
}

static bool unpack_value(struct unpack *u, const struct path *p, const msgpack_object *o,
                         const struct field *f, char *at)
{
    char what[64];
    switch (f->type) {
    case T_VERSION:
        if (o->type != MSGPACK_OBJECT_POSITIVE_INTEGER)
            return expected(u, p, "a version number");
        *(int64_t *)at = PROTOCOL_VERSION;
        if (o->via.u64 == PROTOCOL_VERSION)
            return true;
        snprintf(what, sizeof what, "unknown version %llu, this speaks %d", (unsigned long long)o->via.u64,
                 PROTOCOL_VERSION);
        return refuse(u, p, what);
    case T_STR:
        *(struct str *)at = object_str(o);
        return o->type == MSGPACK_OBJECT_STR ? true : expected(u, p, "a string");
    case T_INT: return unpack_int(u, p, o, f, (int64_t *)at);
    case T_DOUBLE: return unpack_double(u, p, o, (double *)at);
    case T_TIME: return unpack_time(u, p, o, (int64_t *)at);
    case T_ENUM: return unpack_enum(u, p, o, f, (int *)at);
    case T_SPANS: return unpack_spans(u, p, o, (struct span_list *)at);
    case T_STRS: return unpack_strs(u, p, o, (struct str_list *)at);
    case T_RAW: return unpack_raw(u, p, o, (struct raw *)at);
    case T_INLINE: return unpack_struct(u, p, o, f->sub, at);
    case T_LIST: return unpack_list(u, p, o, f->sub, at);
    case T_POINTER: {
        void *inner = arena_try(u->arena, f->sub->size);
        *(void **)at = inner;
        return inner ? unpack_struct(u, p, o, f->sub, inner) : refuse(u, p, "out of memory");
    }
    }
    BUG("field %s has type %d", f->key, f->type);
}

static void set_absent(const struct schema *s, char *out)
{
    memset(out, 0, s->size);
    for (size_t i = 0; i < s->n; i++) {
        char *at = out + s->fields[i].offset;
        switch (s->fields[i].type) {
        case T_VERSION: *(int64_t *)at = PROTOCOL_VERSION; break;
        case T_INT: *(int64_t *)at = -1; break;
        case T_DOUBLE: *(double *)at = NAN; break;
        case T_TIME: *(int64_t *)at = TIME_ABSENT; break;
        case T_ENUM: *(int *)at = -1; break;
        case T_INLINE: set_absent(s->fields[i].sub, at); break;
        default: break; /* zero is absent */
        }
    }
}

/* Keys mostly come in the table's order, so the search begins behind the last one found. */
static size_t find_field(const struct schema *s, struct str key, size_t hint)
{
    for (size_t i = 0; i < s->n; i++) {
        size_t k = (hint + i) % s->n;
        if (str_is(key, s->fields[k].key))
            return k;
    }
    return s->n;
}

static bool unpack_struct(struct unpack *u, const struct path *p, const msgpack_object *o,
                          const struct schema *s, void *out)
{
    if (o->type != MSGPACK_OBJECT_MAP)
        return expected(u, p, "a map");
    set_absent(s, out);
    uint64_t seen = 0;
    size_t hint = 0;
    for (uint32_t i = 0; i < o->via.map.size; i++) {
        const msgpack_object_kv *kv = &o->via.map.ptr[i];
        struct str key = object_str(&kv->key);
        size_t k = find_field(s, key, hint);
        if (k == s->n && s->strict) {
            char name[64];
            snprintf(name, sizeof name, "%.*s", (int)(key.n < 40 ? key.n : 40), key.p);
            return refuse(u, &(struct path){p, name, SIZE_MAX}, "no such condition");
        }
        if (k == s->n)
            continue;
        struct path inner = {p, s->fields[k].key, SIZE_MAX};
        if (seen & 1ull << k)
            return refuse(u, &inner, "is there twice");
        seen |= 1ull << k;
        hint = k + 1;
        if (kv->val.type == MSGPACK_OBJECT_NIL && !(s->fields[k].flags & REQUIRED))
            continue;
        if (!unpack_value(u, &inner, &kv->val, &s->fields[k], (char *)out + s->fields[k].offset))
            return false;
    }
    for (size_t k = 0; k < s->n; k++)
        if (s->fields[k].flags & REQUIRED && !(seen & 1ull << k))
            return refuse(u, &(struct path){p, s->fields[k].key, SIZE_MAX}, "is missing");
    return true;
}

/* Guarded bytes to msgpack-c's objects. Strings in them point into `bytes`. */
static bool to_object(const void *bytes, size_t n, msgpack_unpacked *result, struct reason *why)
{
    if (!guard_check(bytes, n, why))
        return false;
    msgpack_unpacked_init(result);
    if (msgpack_unpack_next(result, bytes, n, NULL) == MSGPACK_UNPACK_SUCCESS)
        return true;
    msgpack_unpacked_destroy(result);
    return reason_set(why, "not MessagePack, or out of memory");
}

bool wire_unpack(const struct schema *s, const void *bytes, size_t n, struct arena *a, void *out,
                 struct reason *why)
{
    msgpack_unpacked result;
    if (!to_object(bytes, n, &result, why))
        return false;
    struct unpack u = {a, why};
    bool ok = unpack_struct(&u, &(struct path){NULL, s->name, SIZE_MAX}, &result.data, s, out);
    msgpack_unpacked_destroy(&result);
    return ok;
}

static const msgpack_object *map_get(const msgpack_object *map, const char *key)
{
    for (uint32_t i = 0; i < map->via.map.size; i++)
        if (str_is(object_str(&map->via.map.ptr[i].key), key))
            return &map->via.map.ptr[i].val;
    return NULL;
}

static bool unpack_message(struct unpack *u, enum channel ch, const msgpack_object *o, struct message *out)
{
    const struct path top = {NULL, "message", SIZE_MAX};
    if (o->type != MSGPACK_OBJECT_MAP)
        return expected(u, &top, "a map");
    static const struct field version = {.key = "v", .type = T_VERSION};
    const msgpack_object *v = map_get(o, "v"), *op = map_get(o, "op");
    out->v = PROTOCOL_VERSION;
    if (v && !unpack_value(u, &(struct path){&top, "v", SIZE_MAX}, v, &version, (char *)&out->v))
        return false;
    if (!op || op->type != MSGPACK_OBJECT_STR)
        return expected(u, &(struct path){&top, "op", SIZE_MAX}, "a string");
    for (size_t i = 0; i < OP_COUNT; i++) {
        const struct message_type *t = &message_types[i];
        if (!(t->channels & 1u << ch) || !str_is(object_str(op), t->name))
            continue;
        out->op = t->op;
        return t->schema ? unpack_struct(u, &(struct path){NULL, t->name, SIZE_MAX}, o, t->schema, &out->u)
                         : true;
    }
    return reason_set(u->why, "message.op: '%.*s' is not known here",
                      (int)(op->via.str.size < 40 ? op->via.str.size : 40), op->via.str.ptr);
}

bool message_unpack(enum channel ch, const void *bytes, size_t n, struct arena *a, struct message *out,
                    struct reason *why)
{
    msgpack_unpacked result;
    memset(out, 0, sizeof *out);
    if (!to_object(bytes, n, &result, why))
        return false;
    struct unpack u = {a, why};
    bool ok = unpack_message(&u, ch, &result.data, out);
    msgpack_unpacked_destroy(&result);
    return ok;
}

const char *op_name(enum op op)
{
    return message_types[op].name;
}

/* ---- rules beyond the fields ---- */

static bool line_check(struct str s, const char *name, size_t most, struct reason *why)
{
    if (s.n > most)
        return reason_set(why, "article.%s: %zu bytes, at most %zu are allowed", name, s.n, most);
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
            return reason_set(why, "article.%s: holds a control character", name);
    return true;
}

bool article_check(const struct article *a, size_t max_body, struct reason *why)
{
    if (a->id.p && a->id.n == 0)
        return reason_set(why, "article.id: is empty");
    if (!line_check(a->id, "id", ARTICLE_ID_MAX, why) ||
        !line_check(a->source, "source", ARTICLE_LINE_MAX, why) ||
        !line_check(a->url, "url", ARTICLE_LINE_MAX, why) ||
        !line_check(a->lang, "lang", ARTICLE_LINE_MAX, why))
        return false;
    if (a->title.n > ARTICLE_LINE_MAX)
        return reason_set(why, "article.title: %zu bytes, at most %d are allowed", a->title.n,
                          ARTICLE_LINE_MAX);
    if (a->body.n > max_body)
        return reason_set(why, "article.body: %zu bytes, at most %zu are allowed", a->body.n, max_body);
    if (a->body.n == 0 && a->status != ARTICLE_CANCELED)
        return reason_set(why, "article.body: is %s", a->body.p ? "empty" : "missing");
    return true;
}

static bool spans_check(struct span_list l, const char *name, size_t body_len, struct reason *why)
{
    for (size_t i = 0; i < l.n; i++)
        if (l.v[i].begin > l.v[i].end || l.v[i].end > body_len)
            return reason_set(why, "event.%s: span [%u, %u] is not within the body's %zu bytes", name,
                              l.v[i].begin, l.v[i].end, body_len);
    return true;
}

bool event_check(const struct event *e, size_t body_len, struct reason *why)
{
    if (!e->source || !e->act)
        return reason_set(why, "event.%s: is missing", e->source ? "act" : "source");
    if (!(e->confidence >= 0 && e->confidence <= 1))
        return reason_set(why, "event.confidence: expected 0 to 1");
    size_t id = e->article->id.n;
    if (e->id.n <= id + 1 || memcmp(e->id.p, e->article->id.p, id) != 0 || e->id.p[id] != '#')
        return reason_set(why, "event.id: expected \"%.*s#<n>\"", STR_ARGS(e->article->id));
    const struct mention *content = e->statement ? e->statement->content : NULL,
                         *toward = e->stance ? e->stance->toward : NULL;
    static const struct span_list none = {NULL, 0};
    return spans_check(e->source->spans, "source", body_len, why) &&
           spans_check(e->act->cue.spans, "act.cue", body_len, why) &&
           spans_check(e->target ? e->target->spans : none, "target", body_len, why) &&
           spans_check(content ? content->spans : none, "statement.content", body_len, why) &&
           spans_check(toward ? toward->spans : none, "stance.toward", body_len, why) &&
           spans_check(e->reported_by ? e->reported_by->spans : none, "reported_by", body_len, why);
}

static bool within_character(struct str s, uint32_t at)
{
    return at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80;
}

static bool pair_spans_check(struct str text, struct span_list l, const char *name, struct reason *why)
{
    for (size_t i = 0; i < l.n; i++) {
        if (l.v[i].begin >= l.v[i].end || l.v[i].end > text.n)
            return reason_set(why, "pair.%s: span [%u, %u] is empty or not within the text's %zu bytes", name,
                              l.v[i].begin, l.v[i].end, text.n);
        if (within_character(text, l.v[i].begin) || within_character(text, l.v[i].end))
            return reason_set(why, "pair.%s: span [%u, %u] cuts a character in two", name, l.v[i].begin,
                              l.v[i].end);
    }
    return true;
}

bool pair_check(const struct pair_request *q, struct reason *why)
{
    if (q->text.n == 0)
        return reason_set(why, "pair.text: is empty");
    if (q->source.n == 0 && q->target.n == 0)
        return reason_set(why, "pair.source: is empty, and so is pair.target");
    return pair_spans_check(q->text, q->source, "source", why) &&
           pair_spans_check(q->text, q->target, "target", why) &&
           pair_spans_check(q->text, q->cue, "cue", why);
}
