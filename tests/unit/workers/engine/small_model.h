/* small_model.h: model files for tests, written tensor by tensor; small_engine() has all that an engine wants, with random
 * numbers in it. */
#ifndef STANCED_TESTS_SMALL_MODEL_H
#define STANCED_TESTS_SMALL_MODEL_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proto/base/hash.h"
#include "tests/unit/unit.h"
#include "workers/engine/input.h"
#include "workers/engine/model.h"

struct small_tensor {
    char name[40];
    uint8_t type;
    uint32_t rank, dims[4];
    char *data;
    size_t bytes;
};

struct small_model {
    struct small_tensor v[96];
    size_t n;
    uint64_t random;
    char path[64];
};

static inline uint32_t small_random(struct small_model *m)
{
    m->random = m->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(m->random >> 33);
}

/* -1 to 1. */
static inline float small_number(struct small_model *m)
{
    return (float)small_random(m) / 1073741824.0f - 1.0f;
}

static inline struct small_tensor *small_find(struct small_model *m, const char *name)
{
    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->v[i].name, name) == 0)
            return &m->v[i];
    fail_msg("no tensor %s", name);
    return NULL;
}

static inline void *small_add(struct small_model *m, const char *name, int type, uint32_t rank, uint32_t d0,
                              uint32_t d1)
{
    static const size_t bytes[] = {0, 1, 1, 2, 4, 4, 4};
    struct small_tensor *t = &m->v[m->n++];
    assert_true(strlen(name) < sizeof t->name);
    memset(t->name, 0, sizeof t->name);
    memcpy(t->name, name, strlen(name));
    t->type = (uint8_t)type;
    t->rank = rank;
    t->dims[0] = d0;
    t->dims[1] = d1;
    t->dims[2] = t->dims[3] = 1;
    t->bytes = bytes[type] * d0 * d1;
    t->data = calloc(1, t->bytes);
    assert_non_null(t->data);
    return t->data;
}

static inline void small_text(struct small_model *m, const char *name, const char *text)
{
    memcpy(small_add(m, name, MODEL_U8, 1, (uint32_t)strlen(text), 1), text, strlen(text));
}

static inline void small_floats(struct small_model *m, const char *name, uint32_t rank, uint32_t d0,
                                uint32_t d1, float by)
{
    float *v = small_add(m, name, MODEL_F32, rank, d0, d1);
    for (size_t i = 0; i < (size_t)d0 * d1; i++)
        v[i] = small_number(m) * by;
}

static inline void small_bytes(struct small_model *m, const char *name, uint32_t d0, uint32_t d1)
{
    int8_t *v = small_add(m, name, MODEL_I8, 2, d0, d1);
    for (size_t i = 0; i < (size_t)d0 * d1; i++)
        v[i] = (int8_t)((int)(small_random(m) % 255) - 127);
}

/* name.weight, .scale, .bias of a layer that roughly keeps the size of its inputs. */
static inline void small_matrix(struct small_model *m, const char *name, uint32_t outs, uint32_t ins,
                                float gain)
{
    char part[64];
    snprintf(part, sizeof part, "%s.weight", name);
    small_bytes(m, part, outs, ins);
    snprintf(part, sizeof part, "%s.scale", name);
    float *scale = small_add(m, part, MODEL_F32, 1, outs, 1);
    for (uint32_t i = 0; i < outs; i++)
        scale[i] = gain * (1.0f + 0.3f * small_number(m)) / (73.0f * 8.0f);
    snprintf(part, sizeof part, "%s.bias", name);
    small_floats(m, part, 1, outs, 1, 0.2f);
}

static inline void small_rows(struct small_model *m, const char *name, uint32_t rows, uint32_t width,
                              float gain)
{
    char part[64];
    snprintf(part, sizeof part, "%s.rows", name);
    small_bytes(m, part, rows, width);
    snprintf(part, sizeof part, "%s.scale", name);
    float *scale = small_add(m, part, MODEL_F32, 1, rows, 1);
    for (uint32_t i = 0; i < rows; i++)
        scale[i] = gain * (1.0f + 0.3f * small_number(m)) / 73.0f;
}

/* Words parted by spaces, in keys as input_key() makes them. */
static inline void small_vocabulary(struct small_model *m, const char *words)
{
    uint32_t n = 0, size = 1, at = 0, *offsets, *slots;
    char *text = small_add(m, "vocab.text", MODEL_U8, 1, (uint32_t)strlen(words), 1);
    for (const char *p = words; *p; p += strcspn(p, " "), p += *p == ' ')
        n++;
    while (size < 2 * n)
        size *= 2;
    offsets = small_add(m, "vocab.offset", MODEL_U32, 1, n + 1, 1);
    slots = small_add(m, "vocab.slots", MODEL_U32, 1, size, 1);
    n = 0;
    for (const char *p = words; *p; p += *p == ' ') {
        size_t length = strcspn(p, " ");
        memcpy(text + at, p, length);
        offsets[n + 1] = at += (uint32_t)length;
        uint32_t slot = input_hash(128, p, length) & (size - 1);
        while (slots[slot])
            slot = (slot + 1) & (size - 1);
        slots[slot] = ++n;
        p += length;
    }
    small_rows(m, "embed", n, 64, 1.0f);
}

/* 64 channels, a window and two recurrent layers; sizes that are no multiple of anything in the heads. */
static inline void small_engine(struct small_model *m, uint64_t seed)
{
    const uint32_t width = 64, arc = 40, rel = 24, far = 4;
    *m = (struct small_model){.random = seed};
    small_text(m, "meta.name", "small-1");
    memcpy(small_add(m, "meta.layers", MODEL_U8, 1, 3, 1), (uint8_t[]){0, 1, 1}, 3);
    small_text(m, "labels.upos", "NOUN\nVERB\nPUNCT\nDET\nX");
    small_text(m, "labels.feats", "_\nNumber=Sing\nNumber=Plur\nMood=Ind|Tense=Past|VerbForm=Fin");
    small_text(m, "labels.deprel", "nsubj\nobj\nroot\nnsubj:pass\npunct\ncase");
    small_text(m, "labels.name", "O\nB-PER\nI-PER\nB-ORG\nI-ORG\nB-LOC\nI-LOC");
    small_vocabulary(m, "the president of iran rejected , . 0 says \" 's");
    small_rows(m, "affix", TABLE_ROWS, width, 0.3f);
    small_rows(m, "trigram", TABLE_ROWS, width, 1.0f);
    small_floats(m, "embed.base", 1, width, 1, 0.5f);
    small_floats(m, "shape.rows", 2, SHAPES, width, 0.5f);
    small_matrix(m, "layer0", 2 * width, 3 * width, 0.5f);
    small_matrix(m, "layer1", 3 * width, width, 1.0f);
    small_floats(m, "layer1.v", 2, 2, width, 1.0f);
    small_matrix(m, "layer2", 3 * width, width, 1.0f);
    small_floats(m, "layer2.v", 2, 2, width, 1.0f);
    uint32_t sizes[7] = {arc, arc, rel, rel, 5, 4, 7}, outs = 0;
    for (int i = 0; i < 7; i++)
        outs += sizes[i];
    memcpy(small_add(m, "heads.sizes", MODEL_U32, 1, 7, 1), sizes, sizeof sizes);
    small_matrix(m, "heads", outs, width, 1.0f);
    small_matrix(m, "arc", arc + 2 * far, arc, 1.0f);
    memcpy(small_add(m, "far.from", MODEL_U32, 1, far, 1), (uint32_t[]){1, 2, 4, 9}, far * sizeof(uint32_t));
    small_floats(m, "root.arc", 1, arc, 1, 1.0f);
    small_floats(m, "root.rel", 1, rel, 1, 1.0f);
    small_matrix(m, "rel", 6, rel, 1.0f);
}

/* The file's bytes; *size of them, to be freed. */
static inline char *small_file(const struct small_model *m, size_t *size)
{
    size_t at = ROUND_UP(64 + 80 * m->n, MODEL_ALIGN), head = 64;
    *size = at;
    for (size_t i = 0; i < m->n; i++)
        *size += ROUND_UP(m->v[i].bytes, MODEL_ALIGN);
    char *file = calloc(1, *size);
    assert_non_null(file);
    for (size_t i = 0; i < m->n; i++) {
        const struct small_tensor *t = &m->v[i];
        char *e = file + head + 80 * i;
        memcpy(e, t->name, 40);
        e[40] = (char)t->type;
        e[41] = (char)t->rank;
        memcpy(e + 44, t->dims, 16);
        memcpy(e + 64, &(uint64_t){at}, 8);
        memcpy(e + 72, &(uint64_t){t->bytes}, 8);
        memcpy(file + at, t->data, t->bytes);
        at += ROUND_UP(t->bytes, MODEL_ALIGN);
    }
    memcpy(file, "STANCEM\n", 8);
    memcpy(file + 8, (uint32_t[]){1, (uint32_t)m->n}, 8);
    memcpy(file + 16, &(uint64_t){*size}, 8);
    return file;
}

/* Writes what the digest of the rest is. */
static inline void small_seal(char *file, size_t size)
{
    digest_plain(file + 64, size - 64, (uint8_t *)file + 32);
}

static inline void small_save(const char *path, const char *file, size_t size)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(file, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

static inline void small_path(char path[64])
{
    snprintf(path, 64, "/tmp/stanced-model-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
}

/* Writes it to m->path, a new file. */
static inline void small_write(struct small_model *m)
{
    size_t size;
    char *file = small_file(m, &size);
    small_seal(file, size);
    if (!m->path[0])
        small_path(m->path);
    small_save(m->path, file, size);
    free(file);
}

static inline void small_free(struct small_model *m)
{
    for (size_t i = 0; i < m->n; i++)
        free(m->v[i].data);
    if (m->path[0])
        unlink(m->path);
    m->n = 0;
}

#endif
