/* Who may connect where: the decision, and the lists as they change. */
#include "daemon/auth.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/stanced-auth-XXXXXX";

static struct named_key peer(const char *name, unsigned char number)
{
    struct named_key k = {.key = {{number, 7}}};
    snprintf(k.name, sizeof k.name, "%s", name);
    return k;
}

static const struct named_key *decide(const struct key_list lists[ROLES], const char *endpoint,
                                      const char *mechanism, const struct named_key *who, struct reason *why)
{
    struct auth_peer p = {str_from(endpoint), str_from(mechanism), {(const char *)who->key.b, KEY_BYTES}};
    return auth_decide(lists, &p, why);
}

static void an_endpoint_is_for_its_role(void **state)
{
    (void)state;
    struct named_key feeders[] = {peer("f2", 9), peer("f", 1)}, workers[] = {peer("w", 2)},
                     followers[] = {peer("o", 3)}, operators[] = {peer("b", 4), peer("f-too", 1)};
    struct key_list lists[ROLES] = {[ROLE_FEEDER] = {feeders, 2},
                                    [ROLE_WORKER] = {workers, 1},
                                    [ROLE_FOLLOWER] = {followers, 1},
                                    [ROLE_OPERATOR] = {operators, 2}};
    const struct named_key who[] = {peer("", 1), peer("", 2), peer("", 3), peer("", 4), peer("", 5)};
    static const struct {
        const char *endpoint;
        const char *names[5]; /* for each of `who`; NULL: is refused */
    } table[] = {
        {"intake", {"f", NULL, NULL, NULL, NULL}},     {"work", {NULL, "w", NULL, NULL, NULL}},
        {"live", {NULL, NULL, "o", NULL, NULL}},       {"stream", {NULL, NULL, "o", NULL, NULL}},
        {"control", {"f-too", NULL, NULL, "b", NULL}}, {"http", {NULL, NULL, NULL, NULL, NULL}},
        {"", {NULL, NULL, NULL, NULL, NULL}},
    };
    struct reason why;
    for (int i = 0; i < ROLES; i++)
        auth_sort(&lists[i]);
    for (size_t e = 0; e < sizeof table / sizeof *table; e++)
        for (size_t i = 0; i < 5; i++) {
            const struct named_key *got = decide(lists, table[e].endpoint, "CURVE", &who[i], &why);
            if (table[e].names[i]) {
                assert_non_null(got);
                assert_string_equal(got->name, table[e].names[i]);
            } else {
                assert_null(got);
            }
        }
    assert_null(decide(lists, "intake", "CURVE", &who[1], &why));
    assert_string_equal(why.text, "w is a worker and no feeder");
    assert_null(decide(lists, "intake", "CURVE", &who[4], &why));
    assert_contains(why.text, "is not allowed");
}

static void only_a_proved_key_counts(void **state)
{
    (void)state;
    struct named_key all[] = {peer("x", 1)}, who = peer("", 1);
    struct key_list lists[ROLES] = {{all, 1}, {all, 1}, {all, 1}, {all, 1}};
    struct reason why;
    assert_non_null(decide(lists, "intake", "CURVE", &who, &why));
    assert_null(decide(lists, "intake", "NULL", &who, &why));
    assert_null(decide(lists, "intake", "PLAIN", &who, &why));
    assert_null(decide(lists, "intake", "", &who, &why));
    struct auth_peer p = {STR("intake"), STR("CURVE"), {(const char *)who.key.b, KEY_BYTES - 1}};
    assert_null(auth_decide(lists, &p, &why));
    p.credentials.n = 0;
    assert_null(auth_decide(lists, &p, &why));
    assert_string_equal(why.text, "it shows no key");
}

static void nobody_is_in_an_empty_list(void **state)
{
    (void)state;
    const struct key_list lists[ROLES] = {{NULL, 0}};
    const struct named_key who = peer("", 0);
    struct reason why;
    assert_null(decide(lists, "work", "CURVE", &who, &why));
}

static void what_is_taken_away(void **state)
{
    (void)state;
    struct named_key ab[] = {peer("a", 1), peer("b", 2)}, bc[] = {peer("b", 2), peer("c", 3)},
                     renamed[] = {peer("A", 1), peer("B", 2)};
    struct key_list none = {NULL, 0}, old = {ab, 2}, other = {bc, 2}, same = {renamed, 2};
    assert_false(auth_takes_away(&none, &old));
    assert_false(auth_takes_away(&old, &same)); /* a name is no key */
    assert_true(auth_takes_away(&old, &other));
    assert_true(auth_takes_away(&old, &none));
}

/* ---- files ---- */

static void put_list(const char *role, const struct named_key *v, size_t n, const char *more)
{
    char path[256], fresh[264], text[KEY_TEXT];
    snprintf(path, sizeof path, "%s/%s", folder, role);
    snprintf(fresh, sizeof fresh, "%s.new", path);
    FILE *f = fopen(fresh, "w");
    assert_non_null(f);
    for (size_t i = 0; i < n; i++) {
        key_text(&v[i].key, text);
        fprintf(f, "public %s %s\n", v[i].name, text);
    }
    fputs(more, f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(rename(fresh, path), 0);
}

static bool still(const struct auth *a, const char *endpoint, const struct named_key *who)
{
    char text[KEY_TEXT];
    key_text(&who->key, text);
    return auth_still(a, endpoint, text);
}

static void lists_change_while_it_runs(void **state)
{
    (void)state;
    struct config c;
    struct buf errors = BUF_INIT;
    struct reason why;
    struct auth *a;
    const struct named_key v[] = {peer("a", 1), peer("b", 2)};
    assert_true(config_load(NULL, &c, &errors));
    assert_true(auth_open(&c, &a, &why)); /* no key: nothing to guard */
    assert_null(a);
    assert_true(key_new(folder, "stanced", &why));
    snprintf(c.keys.secret, sizeof c.keys.secret, "%s/stanced.key", folder);
    snprintf(c.keys.allow, sizeof c.keys.allow, "%s", folder);
    put_list("worker", v, 1, "");
    assert_true(auth_open(&c, &a, &why));
    assert_true(still(a, "work", &v[0]));
    assert_false(still(a, "intake", &v[0]));
    assert_false(auth_still(a, "work", NULL));
    assert_false(auth_still(a, "work", "nonsense"));

    assert_false(auth_refresh(a, folder)); /* nothing new */
    put_list("worker", v, 2, "");
    assert_false(auth_refresh(a, folder)); /* one more: nobody has to go */
    assert_true(still(a, "work", &v[1]));
    put_list("worker", v, 0, "nonsense\n");
    assert_false(auth_refresh(a, folder)); /* a wrong file changes nothing */
    assert_true(still(a, "work", &v[1]));
    put_list("worker", v + 1, 1, "");
    assert_true(auth_refresh(a, folder));
    assert_false(still(a, "work", &v[0]));
    assert_true(still(a, "work", &v[1]));
    assert_true(auth_refresh(a, "/nowhere")); /* another folder, and nobody in it */
    assert_false(still(a, "work", &v[1]));
    auth_free(a);

    put_list("worker", v, 0, "nonsense\n");
    assert_false(auth_open(&c, &a, &why)); /* at start it is fatal */
    assert_contains(why.text, "worker:1: expected");
    put_list("worker", v, 0, "");
    snprintf(c.keys.secret, sizeof c.keys.secret, "%s/stanced.pub", folder);
    assert_false(auth_open(&c, &a, &why));
    assert_contains(why.text, "expected 0600");
    buf_free(&errors);
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
        cmocka_unit_test(an_endpoint_is_for_its_role), cmocka_unit_test(only_a_proved_key_counts),
        cmocka_unit_test(nobody_is_in_an_empty_list),  cmocka_unit_test(what_is_taken_away),
        cmocka_unit_test(lists_change_while_it_runs),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
