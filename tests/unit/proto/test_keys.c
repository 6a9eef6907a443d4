/* Keys as text, lines and files. That the text is what ZeroMQ reads is asked by the process tests. */
#include "proto/keys.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/stanced-keys-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[4][256];
    static int next;
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

static const char *write_file(const char *name, const char *text, mode_t mode)
{
    const char *path = in_folder(name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

/* 8 groups of five digits. */
#define GROUPS_7 "0000000001000020000300004000050000600007"
#define GROUPS_8 "0000000001000020000300004000050000600008"

static void text_and_bytes(void **state)
{
    (void)state;
    struct key k, again;
    char text[KEY_TEXT];
    assert_true(key_parse(STR(GROUPS_7), &k));
    for (size_t i = 0; i < KEY_BYTES; i++) /* each group is a number, its highest byte first */
        assert_int_equal(k.b[i], i % 4 == 3 ? i / 4 : 0);
    for (unsigned seed = 0; seed < 500; seed++) {
        for (size_t i = 0; i < KEY_BYTES; i++)
            k.b[i] = (unsigned char)(seed * 2654435761u >> (i % 23));
        key_text(&k, text);
        assert_int_equal(strlen(text), KEY_TEXT - 1);
        assert_true(key_parse(str_from(text), &again));
        assert_true(key_equal(&k, &again));
    }
    memset(k.b, 0xff, sizeof k.b);
    key_text(&k, text);
    assert_true(key_parse(str_from(text), &again));
    assert_true(key_equal(&k, &again));
}

static void text_that_is_none(void **state)
{
    (void)state;
    struct key k;
    assert_false(key_parse(STR(""), &k));
    assert_false(key_parse(STR("000000000100002000030000400005000060000"), &k));   /* 39 */
    assert_false(key_parse(STR("00000000010000200003000040000500006000070"), &k)); /* 41 */
    assert_false(key_parse(STR("0000000001000020000300004000050000600~07"), &k));
    assert_false(key_parse(STR("000000000100002000030000400005000060000\0"), &k));
    assert_false(key_parse(STR("#####00001000020000300004000050000600007"), &k)); /* beyond 32 bits */
}

static enum key_line line(const char *text, bool secret, struct reason *why)
{
    struct named_key k;
    return key_line(str_from(text), secret, &k, why);
}

static void lines(void **state)
{
    (void)state;
    struct named_key k;
    struct reason why;
    assert_int_equal(key_line(STR("public  vienna-2\t" GROUPS_7 "\r"), false, &k, &why), KEY_LINE_KEY);
    assert_string_equal(k.name, "vienna-2");
    assert_int_equal(line("", false, &why), KEY_LINE_NONE);
    assert_int_equal(line("   ", false, &why), KEY_LINE_NONE);
    assert_int_equal(line("# public x y", false, &why), KEY_LINE_NONE);
    static const struct {
        const char *line, *reason;
        bool secret;
    } wrong[] = {
        {"secret a " GROUPS_7, "this is a secret key", false},
        {"public a " GROUPS_7, "this is a public key", true},
        {"public a", "expected: public NAME KEY", false},
        {"secret a", "expected: secret NAME KEY", true},
        {"public a " GROUPS_7 " more", "expected: public NAME KEY", false},
        {"pubic a " GROUPS_7, "expected: public NAME KEY", false},
        {"public ../a " GROUPS_7, "the name may have letters", false},
        {"public \x1b[1m " GROUPS_7, "the name may have letters", false},
        {"public a short", "the key has 5 characters; expected 40", false},
        {"public a ~~~~~00001000020000300004000050000600007", "not Z85", false},
        {"public a 0000000000000000000000000000000000000000", "the key is zero", false},
        {"public aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa " GROUPS_7,
         "longer than 64", false},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(line(wrong[i].line, wrong[i].secret, &why), KEY_LINE_WRONG);
        assert_contains(why.text, wrong[i].reason);
        assert_null(strstr(why.text, GROUPS_7));
    }
}

static void a_new_pair(void **state)
{
    (void)state;
    struct named_key secret, public;
    struct key derived;
    struct stat st;
    struct reason why;
    assert_true(key_new(folder, "press", &why));
    assert_int_equal(stat(in_folder("press.key"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_true(key_read_secret(in_folder("press.key"), &secret, &why));
    assert_true(key_read_public(in_folder("press.pub"), &public, &why));
    derived = key_public_of(&secret.key);
    assert_true(key_equal(&derived, &public.key));
    assert_string_equal(secret.name, "press");
    assert_int_equal(prctl(PR_GET_DUMPABLE), 0); /* no core of who has read a secret */

    assert_false(key_new(folder, "press", &why)); /* nothing is written over */
    assert_contains(why.text, "press.key: is there already");
    unlink(in_folder("press.key"));
    assert_false(key_new(folder, "press", &why));
    assert_contains(why.text, "press.pub: is there already");
    assert_int_not_equal(access(in_folder("press.key"), F_OK), 0); /* no half pair stays */
    assert_false(key_new(folder, "a/b", &why));
    assert_false(key_new(in_folder("nowhere"), "a", &why));
    assert_contains(why.text, "No such file");
}

static void who_may_read_a_secret(void **state)
{
    (void)state;
    struct named_key k;
    struct reason why;
    static const char good[] = "secret a " GROUPS_7 "\n";
    assert_true(key_read_secret(write_file("good", good, 0400), &k, &why));
    static const mode_t open_to_others[] = {0640, 0604, 0620, 0610, 0777};
    for (size_t i = 0; i < sizeof open_to_others / sizeof *open_to_others; i++) {
        assert_false(key_read_secret(write_file("open", good, open_to_others[i]), &k, &why));
        assert_contains(why.text, "expected 0600");
        unlink(in_folder("open"));
    }
    /* systemd's credentials are its own affair, but only they */
    const char *credential = write_file("stanced.key", good, 0440);
    char path[256];
    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    assert_true(key_read_secret(credential, &k, &why));
    assert_true(key_credential("stanced.key", path, sizeof path));
    assert_string_equal(path, credential);
    write_file("empty", "", 0400);
    assert_false(key_credential("empty", path, sizeof path));
    write_file("comment", "# none\n", 0400);
    assert_false(key_credential("comment", path, sizeof path));
    assert_false(key_credential("absent", path, sizeof path));
    mkdir(in_folder("deeper"), 0700);
    assert_false(key_read_secret(write_file("deeper/x", good, 0440), &k, &why));
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_false(key_read_secret(credential, &k, &why));
}

static void files_that_are_none(void **state)
{
    (void)state;
    struct named_key k;
    struct reason why;
    assert_false(key_read_secret(in_folder("absent"), &k, &why));
    assert_contains(why.text, "No such file");
    assert_false(key_read_secret(folder, &k, &why));
    assert_contains(why.text, "is no file");
    assert_false(key_read_secret(write_file("none", "# nothing\n", 0600), &k, &why));
    assert_contains(why.text, "no key in it");
    assert_false(
        key_read_secret(write_file("two", "secret a " GROUPS_7 "\nsecret b " GROUPS_8 "\n", 0600), &k, &why));
    assert_contains(why.text, "two:2: a second key");
    assert_false(key_read_secret(write_file("bad", "\n\nsecret a b\n", 0600), &k, &why));
    assert_contains(why.text, "bad:3: ");
    char longer[1200];
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    assert_false(key_read_public(write_file("long", longer, 0600), &k, &why));
    assert_contains(why.text, "long:1: the line is too long");
}

static void allow_lists(void **state)
{
    (void)state;
    struct key_list l = {NULL, 7};
    struct reason why;
    assert_true(key_list_read(in_folder("no-list"), &l, &why)); /* nobody may, and that is no mistake */
    assert_int_equal(l.n, 0);
    static const char two[] = "public a " GROUPS_7 "\n# and\n\npublic b " GROUPS_8;
    assert_true(key_list_read(write_file("worker", two, 0644), &l, &why));
    assert_int_equal(l.n, 2);
    assert_string_equal(l.v[1].name, "b");
    key_list_free(&l);
    static const struct {
        const char *text, *reason;
        mode_t mode;
    } wrong[] = {
        {two, "so that anybody may let himself in", 0646},
        {"public a " GROUPS_7 "\npublic a " GROUPS_8 "\n", ":2: this name stands in an earlier line", 0644},
        {"public a " GROUPS_7 "\npublic b " GROUPS_7 "\n", ":2: this key stands in an earlier line", 0644},
        {"public a " GROUPS_7 "\nsecret b " GROUPS_8 "\n", ":2: this is a secret key", 0644},
        {"\n\nhello\n", ":3: expected: public NAME KEY", 0644},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(key_list_read(write_file("wrong", wrong[i].text, wrong[i].mode), &l, &why));
        assert_contains(why.text, wrong[i].reason);
        assert_null(strstr(why.text, GROUPS_8));
    }
    assert_false(key_list_read(folder, &l, &why));
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command); /* NOLINT(cert-env33-c): our own folder */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_bytes),
        cmocka_unit_test(text_that_is_none),
        cmocka_unit_test(lines),
        cmocka_unit_test(a_new_pair),
        cmocka_unit_test(who_may_read_a_secret),
        cmocka_unit_test(files_that_are_none),
        cmocka_unit_test(allow_lists),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
