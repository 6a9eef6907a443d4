/* Files that people feed: plain text, JSON Lines, ninjs (by the first byte, or guessed); and CoNLL-U. */
#include "clients/cli.h"
#include "tests/fuzz/fuzz.h"
#include "workers/conllu.h"

static bool take(void *arg, size_t line, const struct article *a, const struct reason *why)
{
    (void)arg;
    (void)line;
    CHECK((a != NULL) != (why != NULL));
    return true;
}

static void complain(void *who, size_t line, const char *what)
{
    (void)who;
    (void)line;
    CHECK(what[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const names[] = {"a.txt", "a.jsonl", "a.json", "-"};
    struct reason why;
    struct conllu doc;
    struct buf out = BUF_INIT;
    if (n == 0)
        return 0;
    FILE *in = fopen(fuzz_file(bytes + 1, n - 1), "r");
    struct arena *a = arena_new((size_t)64 << 20);
    CHECK(in && a);
    cli_read_articles(in, names[bytes[0] % 4], bytes[0] / 4 % 4, take, NULL, &why);
    rewind(in);
    struct conllu_reader *r = conllu_open(in, complain, NULL);
    while (conllu_read(r, a, bytes[0] & 1, &doc)) {
        conllu_write_read(&doc, &out);
        buf_clear(&out);
        arena_reset(a);
    }
    conllu_close(r);
    fclose(in);
    arena_free(a);
    buf_free(&out);
    return 0;
}
