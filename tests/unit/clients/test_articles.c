/* Files to articles. */
#include "clients/cli.h"
#include "proto/base/clock.h"
#include "tests/unit/unit.h"

/* What came, one text a call: "LINE id|title|lang|revision|status|published|body" or "LINE! reason". */
struct seen {
    struct buf text;
    int stop_after; /* 0: never */
};

static bool note(void *arg, size_t line, const struct article *a, const struct reason *why)
{
    struct seen *s = arg;
    char time[CLOCK_TEXT] = "";
    if (a && a->published != TIME_ABSENT)
        clock_format(a->published, time);
    if (a)
        buf_printf(&s->text, "%zu %.*s|%.*s|%.*s|%d|%d|%s|%.*s\n", line, STR_ARGS(a->id), STR_ARGS(a->title),
                   STR_ARGS(a->lang), (int)a->revision, a->status, time, STR_ARGS(a->body));
    else
        buf_printf(&s->text, "%zu! %s\n", line, why->text);
    return s->stop_after == 0 || --s->stop_after > 0;
}

static struct seen read_all(const char *name, int format, const char *content, size_t n, bool ok)
{
    struct seen s = {BUF_INIT, 0};
    struct reason why;
    FILE *in = fmemopen((void *)content, n ? n : 1, "r");
    if (n == 0)
        fgetc(in);
    assert_int_equal(cli_read_articles(in, name, format, note, &s, &why), ok);
    fclose(in);
    buf_putc(&s.text, '\0');
    return s;
}

static void expect(const char *name, int format, const char *content, const char *expected)
{
    struct seen s = read_all(name, format, content, strlen(content), true);
    assert_string_equal(s.text.data, expected);
    buf_free(&s.text);
}

static void expect_part(const char *name, int format, const char *content, const char *part)
{
    struct seen s = read_all(name, format, content, strlen(content), true);
    if (!strstr(s.text.data, part))
        fail_msg("'%s' does not hold '%s'", s.text.data, part);
    buf_free(&s.text);
}

static void text_is_one_article(void **state)
{
    (void)state;
    expect("a.txt", FORMAT_AUTO, "One.\n\nTwo.\n", "1 |||-1|-1||One.\n\nTwo.\n\n");
    expect("a.txt", FORMAT_AUTO, "{\"body\":\"x\"}", "1 |||-1|-1||{\"body\":\"x\"}\n");
    expect("story", FORMAT_AUTO, "Norway said no.", "1 |||-1|-1||Norway said no.\n");
}

static void json_lines(void **state)
{
    (void)state;
    expect("-", FORMAT_AUTO,
           "{\"id\":\"a\",\"title\":\"T\",\"published\":\"2026-01-02T03:04:05Z\",\"revision\":2,\"body\":"
           "\"x\"}\n\n"
           "{\"id\":\"b\",\"body\":\"y\",\"lang\":\"en\",\"status\":\"usable\",\"extra\":[1]}",
           "1 a|T||2|-1|2026-01-02T03:04:05Z|x\n3 b||en|-1|0||y\n");
}

static void a_bad_line_is_named_and_the_rest_goes_on(void **state)
{
    (void)state;
    struct seen s = read_all(
        "x.jsonl", FORMAT_AUTO,
        "{\"id\":\"a\",\"body\":\"x\"}\nnonsense\n{\"body\":7}\n{\"id\":\"b\",\"body\":\"y\"}\n",
        strlen("{\"id\":\"a\",\"body\":\"x\"}\nnonsense\n{\"body\":7}\n{\"id\":\"b\",\"body\":\"y\"}\n"),
        true);
    assert_non_null(strstr(s.text.data, "1 a|"));
    assert_non_null(strstr(s.text.data, "2! "));
    assert_non_null(strstr(s.text.data, "3! article.body"));
    assert_non_null(strstr(s.text.data, "4 b|"));
    buf_free(&s.text);
}

static void ninjs_one_object_over_many_lines(void **state)
{
    (void)state;
    expect("n.json", FORMAT_AUTO,
           "{\n \"uri\": \"u:1\",\n \"headline\": \"H\",\n \"language\": \"en\", \"version\": \"3\",\n"
           " \"versioncreated\": \"2026-03-05T08:00:00Z\", \"pubstatus\": \"usable\", \"body_text\": "
           "\"Text.\"\n}\n",
           "1 u:1|H|en|3|0|2026-03-05T08:00:00Z|Text.\n");
}

static void ninjs_list_lines_and_version_2(void **state)
{
    (void)state;
    expect("-", FORMAT_NINJS, "[{\"uri\":\"1\",\"body_text\":\"a\"},{\"uri\":\"2\",\"body_text\":\"b\"}]",
           "1 1|||-1|0||a\n1 2|||-1|0||b\n");
    expect("-", FORMAT_NINJS, "{\"uri\":\"1\",\"body_text\":\"a\"}\n\n{\"uri\":\"2\",\"body_text\":\"b\"}\n",
           "1 1|||-1|0||a\n3 2|||-1|0||b\n");
    expect("-", FORMAT_NINJS,
           "{\"uri\":\"1\",\"headlines\":[{\"value\":\"H\"}],\"bodies\":[{\"contenttype\":\"text/"
           "html\",\"value\":\"<p>no</p>\"},"
           "{\"contenttype\":\"text/plain\",\"value\":\"yes\"}]}",
           "1 1|H||-1|0||yes\n");
}

static void ninjs_html_keeps_words_and_paragraphs(void **state)
{
    (void)state;
    expect("-", FORMAT_NINJS,
           "{\"uri\":\"1\",\"body_html\":\"<div class='x'><p>One <b>big</b> &amp; two.</p><script>var a = "
           "'<p>';</script><p>Three<br>four 3 < 5</p></div>\"}",
           "1 1|||-1|0||One big &amp; two.\n\nThree\nfour 3 < 5\n\n\n");
    expect_part("-", FORMAT_NINJS, "{\"uri\":\"1\",\"body_html\":\"cut off <p\"}", "cut off ");
    expect_part("-", FORMAT_NINJS, "{\"uri\":\"1\",\"body_html\":\"<script>never closed\"}", "1 1|");
}

static void ninjs_states_and_mistakes(void **state)
{
    (void)state;
    expect_part("-", FORMAT_NINJS, "{\"uri\":\"1\",\"pubstatus\":\"withheld\",\"body_text\":\"a\"}",
                "1! ninjs: pubstatus is 'withheld'");
    expect("-", FORMAT_NINJS, "{\"uri\":\"1\",\"pubstatus\":\"canceled\"}", "1 1|||-1|1||\n");
    expect_part("-", FORMAT_NINJS, "{\"uri\":\"1\"}", "1! ninjs: neither body_text");
    expect_part("-", FORMAT_NINJS, "[7]", "1! ninjs: expected an object");
    expect_part("-", FORMAT_NINJS, "{\"uri\":\"1\",\"body_text\":\"a\",\"versioncreated\":\"soon\"}",
                "1! versioncreated");
    expect_part("-", FORMAT_NINJS, "{\"uri\":\"1\",\"body_text\":\"a\"}\n{\n\"uri\": oops}", "3! not JSON");
}

static void empty_files(void **state)
{
    (void)state;
    for (int format = FORMAT_AUTO; format <= FORMAT_NINJS; format++) {
        struct seen s = read_all("e", format, "", 0, true);
        assert_string_equal(s.text.data, format == FORMAT_TEXT ? "1 |||-1|-1||\n" : "");
        buf_free(&s.text);
    }
}

static void saying_stop_stops(void **state)
{
    (void)state;
    static const char content[] = "{\"body\":\"a\"}\n{\"body\":\"b\"}\n{\"body\":\"c\"}\n";
    struct seen s = {BUF_INIT, 2};
    struct reason why;
    FILE *in = fmemopen((void *)content, strlen(content), "r");
    assert_false(cli_read_articles(in, "x.jsonl", FORMAT_AUTO, note, &s, &why));
    assert_string_equal(why.text, "");
    assert_int_equal(s.stop_after, 0);
    fclose(in);
    buf_free(&s.text);
}

static void formats_by_name(void **state)
{
    (void)state;
    assert_int_equal(cli_format("auto"), FORMAT_AUTO);
    assert_int_equal(cli_format("ninjs"), FORMAT_NINJS);
    assert_int_equal(cli_format("rss"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_one_article),
        cmocka_unit_test(json_lines),
        cmocka_unit_test(a_bad_line_is_named_and_the_rest_goes_on),
        cmocka_unit_test(ninjs_one_object_over_many_lines),
        cmocka_unit_test(ninjs_list_lines_and_version_2),
        cmocka_unit_test(ninjs_html_keeps_words_and_paragraphs),
        cmocka_unit_test(ninjs_states_and_mistakes),
        cmocka_unit_test(empty_files),
        cmocka_unit_test(saying_stop_stops),
        cmocka_unit_test(formats_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
