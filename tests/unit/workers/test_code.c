/* stance-code as a program: formats, bad lines, exit codes, streaming order. Runs the binary two folders
 * above its own. */
#include <libgen.h>
#include <limits.h>
#include <sys/wait.h>

#include "tests/unit/workers/cuebook.h"

static char program[PATH_MAX], config[] = "/tmp/code-XXXXXX";

/* Runs stance-code with `args` (a shell's words) on `input`; returns its exit code; output and errors in
 * `out` and `err`. */
static int run_code(const char *args, const char *input, char out[8192], char err[2048])
{
    char command[PATH_MAX * 3], path[64];
    cuebook_file(config, "in", input);
    snprintf(command, sizeof command, "cd %s && '%s' %s > out 2> err", config, program, args);
    int status = system(command);
    const char *const names[] = {"out", "err"};
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", config, names[i]);
        FILE *f = fopen(path, "r");
        assert_non_null(f);
        size_t n = fread(i ? err : out, 1, i ? 2047 : 8191, f);
        (i ? err : out)[n] = 0;
        fclose(f);
    }
    return WEXITSTATUS(status);
}

static void test_json_lines(void **state)
{
    (void)state;
    char out[8192], err[2048];
    int rc = run_code("--config . in",
                      "{\"id\":\"x\",\"body\":\"Iran attacked Iraq.\"}\n"
                      "\n{\"id\":\"y\"}\n"
                      "{\"id\":\"z\",\"published\":\"2020-01-01T00:00:00Z\",\"body\":\"Iraq backed Iran.\"}\n"
                      "{broken\n{\"id\":\"w\",\"status\":\"canceled\"}\n",
                      out, err);
    assert_int_equal(rc, 65);
    assert_contains(err, "in:3: article.body: is missing");
    assert_contains(err, "in:5: ");
    assert_null(strstr(err, "in:6: "));
    char *first = strstr(out, "\"id\":\"x#0\""), *second = strstr(out, "\"id\":\"z#0\"");
    assert_non_null(first);
    assert_true(second > first);
    assert_contains(second, "\"published\":\"2020-01-01T00:00:00Z\"");
}

static void test_text(void **state)
{
    (void)state;
    char out[8192], err[2048];
    assert_int_equal(run_code("--config . in", "  \n Iran attacked Iraq.\n", out, err), 0);
    assert_contains(out, "\"id\":\"in#0\"");
    assert_contains(out, "\"spans\":[[4,8]],\"text\":\"Iran\"");
    assert_int_equal(run_code("--config . - < in", "Iran attacked Iraq.", out, err), 0);
    assert_contains(out, "\"id\":\"-#0\"");
    assert_int_equal(run_code("--config . --table < in", "Iran attacked Iraq.", out, err), 0);
    assert_contains(out, "Iran [IRN");
    assert_contains(out, "| ASSAULT");
    assert_contains(out, "countries.tsv:1 ");
    assert_contains(out, "cues.tsv:");
    assert_int_equal(run_code("--config . in", "", out, err), 0);
    assert_string_equal(out, "");
}

/* Bad lines are told with their number, and the others are answered. */
static void test_pairs(void **state)
{
    (void)state;
    char out[8192], err[2048];
#define PAIR(id, source, target)                                                                             \
    "{\"id\":\"" id "\",\"text\":\"Iran \xc3\xa9 attacked Iraq.\",\"source\":" source ",\"target\":" target  \
    "}\n"
    int rc = run_code("--config . --pairs in",
                      PAIR("a", "[[0,4]]", "[[17,21]]") "{broken\n" PAIR("b", "[[0,40]]", "[]")
                          PAIR("c", "[[0,6]]", "[]") PAIR("d", "[]", "[]") "\n" PAIR("e", "[[4,5]]", "[]")
                              PAIR("f", "[[3,3]]", "[]") PAIR("g", "7", "[]") PAIR("z", "[]", "[[17,21]]"),
                      out, err);
    assert_int_equal(rc, 65);
    assert_contains(err, "in:2: not JSON");
    assert_contains(err, "in:3: pair.source: span [0, 40] is empty or not within the text's 22 bytes");
    assert_contains(err, "in:4: pair.source: span [0, 6] cuts a character in two");
    assert_contains(err, "in:5: pair.source: is empty, and so is pair.target");
    assert_contains(err, "in:7: pair.source: there is no word in span [4, 5]");
    assert_contains(err, "in:8: pair.source: span [3, 3] is empty");
    assert_contains(err, "in:9: pair.source");
    assert_contains(out, "{\"id\":\"a\",\"act\":\"ASSAULT\",\"quad\":\"material-conflict\",\"stance\":");
    char *last = strstr(out, "{\"id\":\"z\"");
    assert_non_null(last);
    assert_contains(last, "\"score\":");
    assert_contains(last, "\"confidence\":");
    assert_int_equal(run_code("--config . --model none --pairs in", "", out, err), 78);
    assert_contains(err, "rules-1: this model knows nothing of pairs");
    assert_int_equal(run_code("--config . --numbers in", "", out, err), 64);
#undef PAIR
}

/* Who could be an event's target: everybody but its source, and nobody; nothing of events of the sentences around. */
static void test_candidates(void **state)
{
    (void)state;
    char out[8192], err[2048];
    assert_int_equal(run_code("--config . --model none --candidates in",
                              "{\"id\":\"a\",\"body\":\"Iran attacked Iraq. Iraq slept.\"}\n", out, err),
                     0);
    assert_string_equal(
        out, "{\"id\":\"a\",\"text\":\"\",\"source\":[[0,4]],\"target\":[[14,18]],\"cue\":[[5,13]]}\n"
             "{\"id\":\"a\",\"text\":\"\",\"source\":[[0,4]],\"target\":[],\"cue\":[[5,13]]}\n");
}

/* Whatever comes, it ends well. */
static void test_hostile(void **state)
{
    (void)state;
    static const char *const units[] = {"\"",     "\xe2\x80\x9c",        "'as' said ", "\"a\" said Iran. ",
                                        ", said", "Iran said Iraq and ", "a",          "\n"};
    enum { SIZE = 100000 };
    static char text[SIZE + 64];
    char out[8192], err[2048];
    uint32_t seed = 1;
    for (int i = 0; i < SIZE; i++) {
        seed = seed * 1664525u + 1013904223u;
        text[i] = (char)(1 + (seed >> 24) % 255);
    }
    text[0] = ' ';
    assert_int_equal(run_code("--config . in", text, out, err), text[1] == '{' ? 65 : 0);
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        size_t n = 0;
        for (; n < SIZE; n += strlen(units[u]))
            memcpy(text + n, units[u], strlen(units[u]));
        text[n] = 0;
        assert_int_equal(run_code("--config . in", text, out, err), 0);
        assert_string_equal(err, "");
    }
}

static void test_bad_calls(void **state)
{
    (void)state;
    char out[8192], err[2048];
    assert_int_equal(run_code("--help", "", out, err), 0);
    assert_contains(out, "usage: stance-code");
    assert_int_equal(run_code("--version", "", out, err), 0);
    assert_contains(out, "stance-code ");
    assert_int_equal(run_code("--nonsense", "", out, err), 64);
    assert_int_equal(run_code("--config . in in", "", out, err), 64);
    assert_int_equal(run_code("--config . nowhere", "", out, err), 66);
    assert_int_equal(run_code("--config nowhere in", "", out, err), 78);
    assert_contains(err, "nowhere/ontology.tsv");
    assert_int_equal(run_code("--config . --lexicon nowhere in", "", out, err), 78);
}

static int setup(void **state)
{
    (void)state;
    char own[PATH_MAX], lexicon[PATH_MAX], command[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
    if (n < 0 || !mkdtemp(config))
        return -1;
    own[n] = 0;
    snprintf(program, sizeof program, "%.*s/stance-code", PATH_MAX - 20, dirname(dirname(dirname(own))));
    snprintf(lexicon, sizeof lexicon, "%s/lexicon", config);
    snprintf(command, sizeof command, "mkdir %.100s && cp config/ontology.tsv %s", lexicon, config);
    if (system(command) != 0)
        return -1;
    cuebook_write(lexicon);
    cuebook_file(config, "issues.tsv", "trade\ttrade\n");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", config);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_lines), cmocka_unit_test(test_text),      cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_candidates), cmocka_unit_test(test_bad_calls), cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
