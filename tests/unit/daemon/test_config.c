#include "daemon/config.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/stanced-config-XXXXXX";

static void write_file(const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* Loads `text`; the errors must be exactly `expected`, where "@" stands for the file's name ("": none). */
static struct config load(const char *text, const char *expected)
{
    struct config c;
    struct buf errors = BUF_INIT, want = BUF_INIT;
    memset(&c, 0xee, sizeof c);
    write_file(text);
    bool ok = config_load(path, &c, &errors);
    for (const char *p = expected; *p; p++) {
        if (*p == '@')
            buf_puts(&want, path);
        else
            buf_putc(&want, *p);
    }
    buf_putc(&errors, '\0');
    buf_putc(&want, '\0');
    assert_string_equal(errors.data, want.data);
    assert_int_equal(ok, !*expected);
    if (!ok)
        assert_int_equal((unsigned char)c.store.path[0], 0xee); /* untouched */
    buf_free(&errors);
    buf_free(&want);
    return c;
}

static void defaults(void **state)
{
    (void)state;
    struct config a, b = load("# nothing\n\n; set\n", "");
    struct buf errors = BUF_INIT;
    assert_true(config_load(NULL, &a, &errors));
    assert_memory_equal(&a, &b, sizeof a);
    assert_string_equal(a.store.path, "/var/lib/stanced");
    assert_int_equal(a.store.map_size, INT64_C(4) << 30);
    assert_int_equal(a.workers.count, 2);
    assert_int_equal(a.workers.attempts, 3);
    assert_int_equal(a.limits.max_body, 1 << 20);
    assert_int_equal(a.limits.memory, 256 << 20);
    assert_int_equal(a.log.level, LOG_LEVEL_INFO);
    assert_string_equal(a.endpoints.http, "127.0.0.1:9477");
}

static void every_kind_of_value(void **state)
{
    (void)state;
    struct config c =
        load("[store]\npath = /x\nmap_size = 64M\nretain_days=7 ; a week\n"
             "[endpoints]\nintake = tcp://127.0.0.1:5000\ninsecure = yes\nlive =\nhttp = 0.0.0.0:80\n"
             "[workers]\ncommand = /usr/bin/thing --fast\n[log]\nlevel = debug\n[limits]\nmax_body = 2K\n",
             "");
    assert_string_equal(c.store.path, "/x");
    assert_int_equal(c.store.map_size, 64 << 20);
    assert_int_equal(c.store.retain_days, 7);
    assert_string_equal(c.endpoints.intake, "tcp://127.0.0.1:5000");
    assert_int_equal(c.endpoints.insecure, 1);
    assert_string_equal(c.endpoints.live, "");
    assert_string_equal(c.workers.command, "/usr/bin/thing --fast");
    assert_int_equal(c.log.level, LOG_LEVEL_DEBUG);
    assert_int_equal(c.limits.max_body, 2048);
    c = load("[endpoints]\nwork = tcp://*:5000\n[keys]\nsecret = /etc/k\n", ""); /* tcp with a key */
    assert_string_equal(c.keys.secret, "/etc/k");
    assert_string_equal(c.keys.allow, "/etc/stanced/keys/allow");
}

/* Golden pairs: what is written, what is said. */
static void bad_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text, *errors;
    } cases[] = {
        {"[stor]\npath = /x\n", "@:2: unknown section [stor]\n"},
        {"path = /x\n", "@:1: \"path\" stands before any [section]\n"},
        {"[store]\npaht = /x\n", "@:2: unknown key \"paht\" in [store]\n"},
        {"[store]\npath =\n", "@:2: [store] path = : expected a text that is not empty\n"},
        {"[store]\n\nmap_size = 4X\n",
         "@:3: [store] map_size = 4X: expected a size such as 64M or 4G from 4194304 to 70368744177664\n"},
        {"[store]\nmap_size = 1K\n",
         "@:2: [store] map_size = 1K: expected a size such as 64M or 4G from 4194304 to 70368744177664\n"},
        {"[store]\nmap_size = 99999999999T\n", "@:2: [store] map_size = 99999999999T: expected a size such "
                                               "as 64M or 4G from 4194304 to 70368744177664\n"},
        {"[workers]\ncount = many\n", "@:2: [workers] count = many: expected a number from 0 to 256\n"},
        {"[workers]\ncount = -1\n", "@:2: [workers] count = -1: expected a number from 0 to 256\n"},
        {"[workers]\ncount = 2M\n", "@:2: [workers] count = 2M: expected a number from 0 to 256\n"},
        {"[workers]\ncount = 1\ncount = 2\n", "@:3: [workers] count was given in line 2 already\n"},
        {"[log]\nlevel = loud\n",
         "@:2: [log] level = loud: expected error, warning, notice, info or debug\n"},
        {"[endpoints]\ninsecure = perhaps\n", "@:2: [endpoints] insecure = perhaps: expected yes or no\n"},
        {"[endpoints]\nintake = /tmp/x\n",
         "@:2: [endpoints] intake = /tmp/x: expected an endpoint: ipc://PATH or tcp://ADDRESS:PORT\n"},
        {"[endpoints]\nintake =\n",
         "@:2: [endpoints] intake = : expected an endpoint: ipc://PATH or tcp://ADDRESS:PORT\n"},
        {"[endpoints]\n\nwork = tcp://127.0.0.1:1\n",
         "@:3: [endpoints] work = tcp://127.0.0.1:1: tcp needs a key, [keys] secret = FILE; expected that, "
         "ipc://PATH, or insecure = yes\n"},
        {"[endpoints]\nhttp = 8080\n",
         "@:2: [endpoints] http = 8080: expected ADDRESS:PORT such as 127.0.0.1:9477, or nothing\n"},
        {"[endpoints]\nhttp = 0.0.0.0:8080\n",
         "@:2: [endpoints] http = 0.0.0.0:8080: expected a loopback address, or insecure = yes\n"},
        {"[endpoints]\nwork = ipc:///a\nintake = ipc:///b\nlive = ipc:///a\n",
         "@:4: [endpoints] live = ipc:///a: is that of work\n"},
        {"[store]\nthis is not it\n", "@:2: expected [section], key = value, or a comment\n"},
        {"[store]\nx = 1\ny = 2\n", "@:2: unknown key \"x\" in [store]\n@:3: unknown key \"y\" in [store]\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        load(cases[i].text, cases[i].errors);
}

static void a_line_too_long_is_one_error(void **state)
{
    (void)state;
    char text[600] = "[store]\npath = /";
    size_t n = strlen(text);
    memset(text + n, 'x', 400);
    strcpy(text + n + 400, "\nretain_days = no\n");
    load(text, "@:2: the line is longer than 198 bytes\n"
               "@:3: [store] retain_days = no: expected a number from 0 to 36500\n");
}

static void a_missing_file_says_so(void **state)
{
    (void)state;
    struct config c;
    struct buf errors = BUF_INIT;
    assert_false(config_load("/nonexistent/stanced.conf", &c, &errors));
    buf_putc(&errors, '\0');
    assert_string_equal(errors.data, "/nonexistent/stanced.conf: No such file or directory\n");
    buf_free(&errors);
}

static void reload_takes_what_it_may(void **state)
{
    (void)state;
    struct config running = load("[store]\npath = /a\nretain_days = 1\n[workers]\ncount = 1\n", "");
    struct config fresh =
        load("[store]\npath = /b\nretain_days = 2\n[workers]\ncount = 3\n[endpoints]\nlive =\n", "");
    struct buf restart = BUF_INIT;
    config_apply(&running, &fresh, &restart);
    buf_putc(&restart, '\0');
    assert_string_equal(restart.data, "[store] path, [endpoints] live");
    assert_string_equal(running.store.path, "/a");
    assert_int_equal(running.store.retain_days, 2);
    assert_int_equal(running.workers.count, 3);
    buf_free(&restart);
}

/* The file that we install: every key it shows, with the value that it shows, is the default. */
static void the_installed_file_shows_the_defaults(void **state)
{
    (void)state;
    FILE *f = fopen("config/stanced.conf", "r");
    if (!f)
        skip(); /* not run from the root */
    char line[300], text[16384] = "";
    while (fgets(line, sizeof line, f)) /* keys are commented out with "#key", prose with "# text" */
        strcat(text, line[0] == '#' && line[1] != ' ' ? line + 1 : line);
    fclose(f);
    struct config given = load(text, ""), defaults_ = load("", "");
    assert_memory_equal(&given, &defaults_, sizeof given);
}

int main(void)
{
    int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(every_kind_of_value),
        cmocka_unit_test(bad_lines),
        cmocka_unit_test(a_line_too_long_is_one_error),
        cmocka_unit_test(a_missing_file_says_so),
        cmocka_unit_test(reload_takes_what_it_may),
        cmocka_unit_test(the_installed_file_shows_the_defaults),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
