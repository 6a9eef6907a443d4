/* A model file: the bytes behind the header are the input's; size and digest are made right, or nothing would be read. */
#include "proto/base/hash.h"
#include "tests/fuzz/fuzz.h"
#include "workers/engine/engine.h"
#include "workers/engine/model.h"

enum { HEAD = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint32_t numbers[2] = {1, n ? bytes[0] % 8u : 0};
    uint64_t size = HEAD + n;
    struct reason why;
    uint8_t *file = calloc(1, HEAD + n);
    CHECK(file);
    memcpy(file, "STANCEM\n", 8);
    memcpy(file + 8, numbers, 8);
    memcpy(file + 16, &size, 8);
    if (n)
        memcpy(file + HEAD, bytes, n);
    digest_plain(file + HEAD, n, file + 32);
    const char *path = fuzz_file(file, HEAD + n);
    struct model *m = model_open(path, &why);
    for (size_t i = 0; m && i < model_count(m); i++) {
        const struct tensor *t = model_at(m, i);
        uint32_t dims[MODEL_RANK_MAX] = {0};
        model_want(m, t->name, t->type, t->rank, dims, &why);
        model_text(m, t->name, &why);
    }
    model_close(m);
    engine_close(engine_open(path, &why));
    free(file);
    return 0;
}
