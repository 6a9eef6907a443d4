/* Log lines: the priorities that journald reads when stderr is the journal, words when it is not. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/log.h"
#include "tests/unit/unit.h"

/* Runs `say` with stderr into a file, which is the journal's stream when `journal`; gives what was written. */
static void capture(void (*say)(void), bool journal, char *out, size_t room)
{
    FILE *f = tmpfile();
    struct stat st;
    char stream[64];
    int saved = dup(STDERR_FILENO);
    assert_non_null(f);
    assert_int_equal(fstat(fileno(f), &st), 0);
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
             (unsigned long long)st.st_ino + !journal);
    setenv("JOURNAL_STREAM", stream, 1);
    dup2(fileno(f), STDERR_FILENO);
    say();
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(f);
    size_t n = fread(out, 1, room - 1, f);
    out[n] = 0;
    fclose(f);
}

static void say_three(void)
{
    log_open("prog", LOG_LEVEL_INFO);
    log_error("store %s", "gone");
    log_info("line");
    log_debug("not shown");
}

static void lines_carry_priorities_in_the_journal(void **state)
{
    (void)state;
    char text[512];
    capture(say_three, true, text, sizeof text);
    assert_string_equal(text, "<3>store gone\n<6>line\n");
}

static void lines_carry_the_program_elsewhere(void **state)
{
    (void)state;
    char text[512];
    capture(say_three, false, text, sizeof text);
    assert_string_equal(text, "prog: error: store gone\nprog: line\n");
}

static void say_much(void)
{
    char large[5000];
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = 0;
    log_open("prog", LOG_LEVEL_INFO);
    log_warning("%s", large);
    log_info("next");
}

static void long_lines_are_cut_and_stay_one_line(void **state)
{
    (void)state;
    char text[6000];
    capture(say_much, true, text, sizeof text);
    char *end = strchr(text, '\n');
    assert_non_null(end);
    assert_string_equal(end, "\n<6>next\n");
    assert_true(end - text > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_carry_priorities_in_the_journal),
        cmocka_unit_test(lines_carry_the_program_elsewhere),
        cmocka_unit_test(long_lines_are_cut_and_stay_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
