#include "daemon/intake.h"
#include "tests/unit/unit.h"

static struct article article(const char *body, int64_t revision)
{
    return (struct article){.v = 1,
                            .id = STR("a"),
                            .body = str_from(body),
                            .revision = revision,
                            .status = -1,
                            .published = TIME_ABSENT};
}

static struct id_record known_as(const struct article *a, int64_t revision, enum id_state state)
{
    return (struct id_record){
        .number = 1, .revision = revision, .content = intake_content(a), .state = state};
}

static enum intake_verdict decide(const struct article *a, const struct id_record *known, struct reason *why)
{
    why->text[0] = '\0';
    return intake_decide(a, intake_content(a), known, why);
}

static void the_unknown_is_new(void **state)
{
    (void)state;
    struct reason why;
    struct article a = article("one", -1);
    assert_int_equal(decide(&a, NULL, &why), INTAKE_NEW);
}

static void the_same_again_is_known(void **state)
{
    (void)state;
    struct reason why;
    struct article a = article("one", -1), zero = article("one", 0);
    for (int s = ID_WAITING; s <= ID_DROPPED; s++) {
        struct id_record r = known_as(&a, 0, (enum id_state)s);
        assert_int_equal(decide(&a, &r, &why), INTAKE_KNOWN);
        assert_int_equal(decide(&zero, &r, &why), INTAKE_KNOWN); /* no revision counts as 0 */
    }
}

static void other_content_needs_a_higher_revision(void **state)
{
    (void)state;
    struct reason why;
    struct article a = article("one", 2), b = article("two", 2);
    struct id_record r = known_as(&a, 2, ID_DONE);
    assert_int_equal(decide(&b, &r, &why), INTAKE_REFUSE);
    assert_string_equal(why.text,
                        "this id is known with revision 2 and other content; what changes it needs a higher "
                        "revision than that, not 2");
    b.revision = 1;
    assert_int_equal(decide(&b, &r, &why), INTAKE_REFUSE);
    a.revision = 1; /* the old content under the old revision */
    assert_int_equal(decide(&a, &r, &why), INTAKE_REFUSE);
    b.revision = 3;
    assert_int_equal(decide(&b, &r, &why), INTAKE_REVISION);
    a.revision = 3; /* a later revision supersedes even when nothing changed */
    assert_int_equal(decide(&a, &r, &why), INTAKE_REVISION);
}

static void canceled_needs_a_known_id(void **state)
{
    (void)state;
    struct reason why;
    struct article a = article("one", -1);
    struct id_record r = known_as(&a, 2, ID_DONE);
    a.status = ARTICLE_CANCELED;
    assert_int_equal(decide(&a, NULL, &why), INTAKE_REFUSE);
    assert_string_equal(why.text, "nothing is known of this id, so there is nothing to cancel");
    assert_int_equal(decide(&a, &r, &why), INTAKE_CANCEL);
    a.revision = 1;
    assert_int_equal(decide(&a, &r, &why), INTAKE_REFUSE);
    assert_string_equal(why.text, "revision 1 cannot cancel revision 2");
    a.revision = 2;
    r.state = ID_CANCELED;
    assert_int_equal(decide(&a, &r, &why), INTAKE_KNOWN);
}

/* Each field that events depend on makes other content; what is passed through does not. */
static void content_is_what_events_depend_on(void **state)
{
    (void)state;
    struct article a = article("one", 0), b;
    struct digest first = intake_content(&a), d;
#define DIFFERS(change) b = a, change, d = intake_content(&b), memcmp(d.b, first.b, sizeof d.b) != 0
    assert_true((DIFFERS(b.title = STR("t"))));
    assert_true((DIFFERS(b.title = STR(""))));
    assert_true((DIFFERS(b.source = STR("s"))));
    assert_true((DIFFERS(b.url = STR("u"))));
    assert_true((DIFFERS(b.lang = STR("en"))));
    assert_true((DIFFERS(b.published = 0)));
    assert_true((DIFFERS(b.body = STR("on"))));
    assert_false((DIFFERS(b.revision = 7)));
    assert_false((DIFFERS(b.meta = ((struct raw){"\xc0", 1}))));
}

static void an_id_is_made_of_url_and_body(void **state)
{
    (void)state;
    char x[DIGEST_HEX], y[DIGEST_HEX];
    struct article a = article("one", 0), b = a;
    assert_string_equal(intake_id(&a, x), intake_id(&b, y));
    assert_int_equal(strlen(x), DIGEST_HEX - 1);
    b.title = STR("another headline");
    assert_string_equal(intake_id(&a, x), intake_id(&b, y));
    b.url = STR("http://example.org/1");
    assert_string_not_equal(intake_id(&a, x), intake_id(&b, y));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_unknown_is_new),
        cmocka_unit_test(the_same_again_is_known),
        cmocka_unit_test(other_content_needs_a_higher_revision),
        cmocka_unit_test(canceled_needs_a_known_id),
        cmocka_unit_test(content_is_what_events_depend_on),
        cmocka_unit_test(an_id_is_made_of_url_and_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
