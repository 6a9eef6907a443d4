/* One file of the lexicon (the first byte says which) among the others as they are; the ontology; the issues. */
#include "tests/fuzz/fuzz.h"
#include "tests/unit/workers/small_lexicon.h"
#include "workers/stances/issues.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static char dir[64];
    struct reason why;
    char path[256];
    if (n == 0)
        return 0;
    if (!dir[0])
        small_write(dir, -1, NULL);
    size_t which = bytes[0] % SMALL_FILES;
    small_path(path, dir, which);
    FILE *f = fopen(path, "w");
    CHECK(f && fwrite(bytes + 1, 1, n - 1, f) == n - 1 && fclose(f) == 0);
    lexicon_close(lexicon_open(dir, &why));
    f = fopen(path, "w");
    CHECK(f && fputs(small_texts[which], f) >= 0 && fclose(f) == 0);
    issues_close(issues_open(fuzz_file(bytes + 1, n - 1), &why));
    return 0;
}
