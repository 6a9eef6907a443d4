#include "tests/unit/workers/small_lexicon.h"

static void check(const char *body, size_t n, const char *text)
{
    struct arena *arena = arena_new(0);
    struct article article = {.body = {body, n}};
    struct doc d = {.arena = arena, .article = &article};
    normalise_run(&d);
    assert_str(((struct str){d.text, d.text_len}), text);
    for (uint32_t i = 0; i < d.text_len; i++)
        assert_true(d.to_body[i] <= d.to_body[i + 1]);
    assert_true(d.to_body[d.text_len] <= n);
    arena_free(arena);
}
#define CHECK(body, text) check((body), sizeof(body) - 1, (text))

static void test_text(void **state)
{
    (void)state;
    CHECK("", "");
    CHECK(" \t\n ", "");
    CHECK("\xEF\xBB\xBF"
          "One  two\tthree\r\nfour\r\n\r\nfive \n \n\n six",
          "One two three\nfour\n\nfive\n\nsix");
    CHECK("Oslo\xC2\xA0said\xE2\x80\x89no\0w", "Oslo said no w");
    CHECK("soft\xC2\xADhy\xE2\x80\x8Bphen", "softhyphen");
    CHECK("a\xE2\x80\xA9"
          "b",
          "a\n\nb");
}

static void test_entities(void **state)
{
    (void)state;
    CHECK("R&amp;D &lt;p&gt; &#233;t&#xE9; &eacute;", "R&D <p> \u00E9t\u00E9 \u00E9");
    CHECK("&ldquo;Yes&rdquo;&nbsp;&mdash; &#146;", "\u201CYes\u201D \u2014 \u2019");
    CHECK("AT&T; &unknown; & &; &#; &#x; &#xZZ; &amp", "AT&T; &unknown; & &; &#; &#x; &#xZZ; &amp");
    CHECK("&#0; &#xD800; &#x110000; &#99999999999;", "\uFFFD \uFFFD \uFFFD \uFFFD");
}

static void test_tags(void **state)
{
    (void)state;
    CHECK("<p>One</p><p class=\"x\">two <b>bold</b><br/>three</p>", "One\n\ntwo bold\nthree");
    CHECK("a<script>if (x < 3) y();</script>b<!-- no -->c", "a bc");
    CHECK("3 < 4 and <unknown> and <p", "3 < 4 and <unknown> and <p");
    CHECK("<!-- never closed <b>x</b>", "<!-- never closed x");
}

static void test_invalid_bytes(void **state)
{
    (void)state;
    CHECK("a\xFF\xFE\xC3z", "a\uFFFDz");
    CHECK("\xE2\x80", "\uFFFD");
    CHECK("\xEF\xBF\xBD", "\uFFFD");
}

/* Spans lead back to exactly the bytes that they came from. */
static void test_spans(void **state)
{
    (void)state;
    static const char body[] = "<p>Jos&eacute; <b>Lima</b>, M\xC3\xA9xico \xFF\xFF!</p>";
    struct arena *arena = arena_new(0);
    struct article article = {.body = {body, sizeof body - 1}};
    struct doc d = {.arena = arena, .article = &article};
    normalise_run(&d);
    static const struct {
        const char *text, *bytes;
    } spans[] = {{"Jos\u00E9", "Jos&eacute;"},
                 {"Lima", "Lima"},
                 {"M\u00E9xico", "M\xC3\xA9xico"},
                 {"\uFFFD", "\xFF\xFF"},
                 {"\u00E9 Lima", "&eacute; <b>Lima"}};
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        const char *at = strstr(d.text, spans[i].text);
        assert_non_null(at);
        uint32_t begin = (uint32_t)(at - d.text);
        struct span s = normalise_body_span(&d, begin, begin + (uint32_t)strlen(spans[i].text));
        assert_str(((struct str){body + s.begin, s.end - s.begin}), spans[i].bytes);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_entities),
                                       cmocka_unit_test(test_tags), cmocka_unit_test(test_invalid_bytes),
                                       cmocka_unit_test(test_spans)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
