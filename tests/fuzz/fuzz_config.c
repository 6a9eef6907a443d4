/* stanced.conf, and the filter of `stance watch --where`. */
#include "clients/cli.h"
#include "daemon/config.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct config c;
    struct buf errors = BUF_INIT;
    struct where where;
    struct reason why;
    struct arena *a = arena_new((size_t)16 << 20);
    const char *path = fuzz_file(bytes, n);
    CHECK(config_load(path, &c, &errors) == (errors.len == 0));
    struct endpoints e;
    endpoints_load(&e, path, &why);
    char *text = malloc(n + 1);
    CHECK(a && text);
    memcpy(text, bytes, n);
    text[n] = '\0';
    cli_where_parse(text, a, &where, &why);
    free(text);
    arena_free(a);
    buf_free(&errors);
    return 0;
}
