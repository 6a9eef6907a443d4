#include "workers/engine/model.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/hash.h"
#include "proto/base/utf8.h"

#define MAGIC       "STANCEM\n"
#define VERSION     1
#define TENSORS_MAX 4096
#define NAME_BYTES  40

struct header {
    char magic[8];
    uint32_t version, tensors;
    uint64_t size, zero;
    uint8_t digest[DIGEST_PLAIN_BYTES];
};

struct entry {
    char name[NAME_BYTES];
    uint8_t type, rank;
    uint16_t zero;
    uint32_t dims[MODEL_RANK_MAX];
    uint32_t zero_too;
    uint64_t offset, bytes;
};

_Static_assert(sizeof(struct header) == 64 && sizeof(struct entry) == 80, "structs are as the file has them");

struct model {
    const char *path; /* for reasons only: the caller's, copied */
    const char *map;
    size_t size;
    struct tensor *tensors;
    size_t n;
};

static const size_t type_bytes[] = {
    [MODEL_I8] = 1, [MODEL_U8] = 1, [MODEL_I16] = 2, [MODEL_I32] = 4, [MODEL_F32] = 4, [MODEL_U32] = 4};
static const char *const type_names[] = {[MODEL_I8] = "i8",   [MODEL_U8] = "u8",   [MODEL_I16] = "i16",
                                         [MODEL_I32] = "i32", [MODEL_F32] = "f32", [MODEL_U32] = "u32"};

static bool is_little_endian(void)
{
    const uint32_t one = 1;
    uint8_t first;
    memcpy(&first, &one, 1);
    return first == 1;
}

static bool check_header(const struct model *m, struct header *h, struct reason *why)
{
    if (m->size < sizeof *h)
        return reason_set(why, "%s: %zu bytes are no model", m->path, m->size);
    memcpy(h, m->map, sizeof *h);
    if (memcmp(h->magic, MAGIC, sizeof h->magic) != 0)
        return reason_set(why, "%s: this is no model file", m->path);
    if (h->version != VERSION)
        return reason_set(why, "%s: version %u of the format; this program reads version %d", m->path,
                          h->version, VERSION);
    if (h->size != m->size)
        return reason_set(why, "%s: it has %zu bytes, its header says %llu: cut off, or written over",
                          m->path, m->size, (unsigned long long)h->size);
    if (h->zero != 0)
        return reason_set(why, "%s: the header is damaged", m->path);
    if (h->tensors < 1 || h->tensors > TENSORS_MAX ||
        h->tensors > (m->size - sizeof *h) / sizeof(struct entry))
        return reason_set(why, "%s: %u tensors cannot be in it", m->path, h->tensors);
    return true;
}

static bool check_digest(const struct model *m, const struct header *h, struct reason *why)
{
    uint8_t digest[DIGEST_PLAIN_BYTES];
    digest_plain(m->map + sizeof *h, m->size - sizeof *h, digest);
    return memcmp(digest, h->digest, sizeof digest) == 0 ||
           reason_set(why, "%s: damaged: the digest is another one", m->path);
}

/* Bytes that the shape wants; 0: no such shape, or more than `most`. */
static uint64_t shape_bytes(const struct entry *e, uint64_t most)
{
    uint64_t bytes = type_bytes[e->type];
    for (unsigned i = 0; i < MODEL_RANK_MAX; i++) {
        if (e->dims[i] < 1 || (i >= e->rank && e->dims[i] != 1) || e->dims[i] > most / bytes)
            return 0;
        bytes *= e->dims[i];
    }
    return bytes;
}

static bool check_entry(const struct model *m, size_t i, size_t data_begin, struct tensor *t,
                        struct reason *why)
{
    const char *at = m->map + sizeof(struct header) + i * sizeof(struct entry);
    struct entry e;
    memcpy(&e, at, sizeof e);
    if (!e.name[0] || !memchr(e.name, 0, sizeof e.name))
        return reason_set(why, "%s: tensor %zu has no proper name", m->path, i);
    if (e.type < MODEL_I8 || e.type > MODEL_U32 || e.rank < 1 || e.rank > MODEL_RANK_MAX || e.zero ||
        e.zero_too)
        return reason_set(why, "%s: %s: type %d and rank %d are none", m->path, e.name, e.type, e.rank);
    if (e.bytes == 0 || shape_bytes(&e, m->size) != e.bytes)
        return reason_set(why, "%s: %s: its shape is not one of %llu bytes", m->path, e.name,
                          (unsigned long long)e.bytes);
    if (e.offset % MODEL_ALIGN || e.offset < data_begin || e.offset > m->size || e.bytes > m->size - e.offset)
        return reason_set(why, "%s: %s: its place is outside of the file", m->path, e.name);
    *t = (struct tensor){.name = at,
                         .type = (enum model_type)e.type,
                         .rank = e.rank,
                         .data = m->map + e.offset,
                         .bytes = e.bytes};
    memcpy(t->dims, e.dims, sizeof t->dims);
    for (size_t k = 0; k < i; k++)
        if (strcmp(m->tensors[k].name, t->name) == 0)
            return reason_set(why, "%s: %s is in it twice", m->path, t->name);
    return true;
}

static bool check(struct model *m, struct reason *why)
{
    struct header h;
    if (!is_little_endian())
        return reason_set(why, "%s: models are for little-endian machines", m->path);
    if (!check_header(m, &h, why) || !check_digest(m, &h, why))
        return false;
    if (!(m->tensors = calloc(h.tensors, sizeof *m->tensors)))
        return reason_set(why, "%s: out of memory", m->path);
    for (; m->n < h.tensors; m->n++)
        if (!check_entry(m, m->n, sizeof h + h.tensors * sizeof(struct entry), &m->tensors[m->n], why))
            return false;
    return true;
}

static bool map(struct model *m, struct reason *why)
{
    int fd = open(m->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return reason_set(why, "%s: %s", m->path, strerror(errno));
    struct stat st;
    bool ok = fstat(fd, &st) == 0 || reason_set(why, "%s: %s", m->path, strerror(errno));
    if (ok && (!S_ISREG(st.st_mode) || st.st_size <= 0))
        ok = reason_set(why, "%s: this is no model file", m->path);
    if (ok) {
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (p == MAP_FAILED) {
            ok = reason_set(why, "%s: %s", m->path, strerror(errno));
        } else {
            m->map = p;
            m->size = (size_t)st.st_size;
        }
    }
    close(fd);
    return ok;
}

struct model *model_open(const char *path, struct reason *why)
{
    struct model *m = calloc(1, sizeof *m);
    char *copy = strdup(path);
    if (!m || !copy) {
        free(m);
        free(copy);
        reason_set(why, "%s: out of memory", path);
        return NULL;
    }
    m->path = copy;
    if (map(m, why) && check(m, why))
        return m;
    model_close(m);
    return NULL;
}

void model_close(struct model *m)
{
    if (!m)
        return;
    if (m->map)
        munmap((void *)(uintptr_t)m->map, m->size);
    free(m->tensors);
    free((void *)(uintptr_t)m->path);
    free(m);
}

size_t model_count(const struct model *m)
{
    return m->n;
}

const struct tensor *model_at(const struct model *m, size_t i)
{
    return &m->tensors[i];
}

const struct tensor *model_find(const struct model *m, const char *name)
{
    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->tensors[i].name, name) == 0)
            return &m->tensors[i];
    return NULL;
}

static bool all_finite(const struct tensor *t)
{
    const float *v = t->data;
    for (size_t i = 0; i < t->bytes / sizeof *v; i++)
        if (!isfinite(v[i]))
            return false;
    return true;
}

const void *model_want(const struct model *m, const char *name, enum model_type type, unsigned rank,
                       uint32_t *dims, struct reason *why)
{
    const struct tensor *t = model_find(m, name);
    if (!t) {
        reason_set(why, "%s: it has no %s", m->path, name);
        return NULL;
    }
    bool fits = t->type == type && t->rank == rank;
    for (unsigned i = 0; fits && i < rank; i++)
        fits = dims[i] == 0 || dims[i] == t->dims[i];
    if (!fits) {
        char shape[64];
        int n = 0;
        for (unsigned i = 0; i < rank && n < (int)sizeof shape - 16; i++)
            n += snprintf(shape + n, sizeof shape - (size_t)n, dims[i] ? "[%u]" : "[any]", dims[i]);
        reason_set(why, "%s: %s should be %s%s", m->path, name, type_names[type], shape);
        return NULL;
    }
    if (type == MODEL_F32 && !all_finite(t)) {
        reason_set(why, "%s: %s has values that are not finite", m->path, name);
        return NULL;
    }
    memcpy(dims, t->dims, rank * sizeof *dims);
    return t->data;
}

struct str model_text(const struct model *m, const char *name, struct reason *why)
{
    uint32_t n = 0;
    const char *p = model_want(m, name, MODEL_U8, 1, &n, why);
    if (p && utf8_valid_prefix(p, n) != n) {
        reason_set(why, "%s: %s is no UTF-8", m->path, name);
        p = NULL;
    }
    return (struct str){p, p ? n : 0};
}

size_t model_lines(const struct model *m, const char *name, size_t most,
                   bool (*each)(void *who, size_t i, struct str line, struct reason *why), void *who,
                   struct reason *why)
{
    struct str text = model_text(m, name, why);
    if (!text.p)
        return 0;
    size_t count = 0;
    for (size_t at = 0; at < text.n;) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        size_t n = end ? (size_t)(end - text.p) - at : text.n - at;
        if (n == 0 || count == most) {
            reason_set(why, "%s: %s: line %zu is %s", m->path, name, count + 1, n ? "one too many" : "empty");
            return 0;
        }
        struct reason what = {""};
        if (!each(who, count, (struct str){text.p + at, n}, &what)) {
            reason_set(why, "%s: %s: line %zu: %s", m->path, name, count + 1, what.text);
            return 0;
        }
        count++;
        at += n + 1;
    }
    return count;
}
