/* CoNLL-U: what is read is written again, what is wrong is told with its line, trees are trees. */
#include "tests/unit/workers/small_lexicon.h"
#include "workers/conllu.h"
#include "workers/engine/feats.h"
#include "workers/engine/relations.h"

static char complaints[4096];

static void complain(void *who, size_t line, const char *what)
{
    (void)who;
    size_t n = strlen(complaints);
    snprintf(complaints + n, sizeof complaints - n, "%zu: %s\n", line, what);
}

/* Reads all documents of `text` and writes them to `out`; the number of documents. */
static int copy(const char *text, size_t n, struct buf *out)
{
    FILE *in = fmemopen((void *)(uintptr_t)text, n, "r");
    assert_non_null(in);
    struct conllu_reader *r = conllu_open(in, complain, NULL);
    struct arena *arena = arena_new(0);
    struct conllu c;
    int documents = 0;
    complaints[0] = 0;
    for (; conllu_read(r, arena, true, &c); documents++) {
        conllu_write_read(&c, out);
        arena_reset(arena);
    }
    buf_putc(out, 0);
    conllu_close(r);
    arena_free(arena);
    fclose(in);
    return documents;
}

static void check_copy(const char *text, const char *expected, int documents)
{
    struct buf out = BUF_INIT;
    assert_int_equal(copy(text, strlen(text), &out), documents);
    assert_string_equal(out.data, expected);
    buf_free(&out);
}

#define REST "\t_\tX\t_\t_\t0\troot\t_\t_\n"

static void test_round_trip(void **state)
{
    (void)state;
    check_copy("\n# newdoc id = one\r\n# odd = \t comment\n"
               "1-2\tShe's\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No|Lang=en\n"
               "1\tShe\tshe\tPRON\tPRP\tCase=Nom|Number=Sing\t3\tnsubj\t3:nsubj\t_\n"
               "2\t's\tbe\tAUX\tVBZ\tTense=Pres\t3\tcop\t_\tA=b|Name=B-PER|C=d\n"
               "3\tlate\tlate\tADJ\tJJ\t_\t0\troot\t_\tSpaceAfter=No\n"
               "3.1\tgone\tgo\tVERB\t_\t_\t_\t_\t3:x\t_\n"
               "\n# newdoc\n1\tEnd\t_\t_\t_\t_\t_\t_\t_\t_",
               "# newdoc id = one\n# odd = \t comment\n"
               "1-2\tShe's\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No|Lang=en\n"
               "1\tShe\tshe\tPRON\t_\tCase=Nom|Number=Sing\t3\tnsubj\t_\t_\n"
               "2\t's\tbe\tAUX\t_\tTense=Pres\t3\tcop\t_\tA=b|C=d\n"
               "3\tlate\tlate\tADJ\t_\t_\t0\troot\t_\tSpaceAfter=No\n\n"
               "# newdoc\n1\tEnd\tend\tX\t_\t_\t0\troot\t_\t_\n\n",
               2);
    assert_string_equal(complaints, "");
}

/* The words of a document and how they stand in its text. */
static void test_words(void **state)
{
    (void)state;
    static const char good[] = "# newpar\n"
                               "1-2\tDon\u2019t\t_\t_\t_\t_\t_\t_\t_\t_\n"
                               "1\tDo\t_\tAUX\t_\t_\t0\troot\t_\t_\n"
                               "2\tn\u2019t\t_\tPART\t_\tPolarity=Neg\t1\tadvmod:x\t_\t_\n"
                               "3\tgo\t_\tVERB\t_\todd\t1\tdep\t_\tSpaceAfter=No\n"
                               "4\t.\t_\t_\t_\t_\t1\tpunct\t_\t_\n\n"
                               "# newpar\n1\tYes\t_\tINTJ\t_\t_\t0\troot\t_\tX=SpaceAfter=No\n\n"
                               "1\tNo\t_\tINTJ\t_\t_\t0\troot\t_\tSpaceAfter=No\n\n";
    FILE *in = fmemopen((void *)(uintptr_t)good, sizeof good - 1, "r");
    struct conllu_reader *r = conllu_open(in, complain, NULL);
    struct arena *arena = arena_new(0);
    struct conllu c;
    complaints[0] = 0;
    assert_true(conllu_read(r, arena, true, &c));
    assert_string_equal(complaints, "");
    const struct doc *d = c.doc;
    assert_string_equal(d->text, "Don\u2019t go.\n\nYes No");
    assert_int_equal(d->text_len, strlen(d->text));
    assert_int_equal(d->to_body[d->text_len], d->text_len);
    assert_int_equal(d->n_sentences, 3);
    assert_int_equal(d->sentences[1].paragraph, 1);
    assert_int_equal(d->sentences[2].paragraph, 1);
    assert_int_equal(d->sentences[2].begin, d->tokens[5].begin);
    assert_int_equal(d->sentences[0].end, d->tokens[3].end);
    assert_str(d->tokens[1].lower, "n't");
    assert_str(doc_token_text(d, 1), "n\u2019t");
    static const bool space[] = {false, true, false, true, true, true}, joined[] = {false, true};
    for (size_t i = 0; i < d->n_tokens; i++) {
        assert_int_equal(d->tokens[i].space_after, space[i]);
        assert_int_equal(d->tokens[i].joined, i < 2 && joined[i]);
    }
    assert_true(d->tokens[0].capital);
    assert_true(d->has_tree);
    assert_int_equal(d->tokens[0].head, NONE);
    assert_int_equal(d->tokens[3].head, 0);
    assert_int_equal(d->tokens[1].deprel, REL_ADVMOD);
    assert_int_equal(d->tokens[1].feats->polarity, POLARITY_NEG);
    assert_str(d->tokens[2].feats->text, "_");
    assert_false(conllu_read(r, arena, true, &c));
    conllu_close(r);
    arena_free(arena);
    fclose(in);
}

/* Unless they are asked for, nothing of the input's tags is in the document. */
static void test_words_only(void **state)
{
    (void)state;
    static const char text[] = "1\tGo\tgo\tVERB\t_\tMood=Imp\t0\troot\t_\tName=B-PER\n";
    FILE *in = fmemopen((void *)(uintptr_t)text, sizeof text - 1, "r");
    struct conllu_reader *r = conllu_open(in, complain, NULL);
    struct arena *arena = arena_new(0);
    struct conllu c;
    assert_true(conllu_read(r, arena, false, &c));
    const struct token *t = &c.doc->tokens[0];
    assert_false(c.doc->has_tree);
    assert_int_equal(t->upos, UPOS_X);
    assert_int_equal(t->deprel, REL_NONE);
    assert_null(t->feats);
    assert_int_equal(t->name, TAG_NONE);
    conllu_close(r);
    arena_free(arena);
    fclose(in);
}

/* The sentence has these heads; only a tree is taken. */
static bool tree(const char *heads)
{
    char text[512] = "";
    int n = 0;
    for (const char *p = heads; *p; p += strcspn(p, " "), p += *p == ' ') {
        size_t used = strlen(text);
        n++;
        snprintf(text + used, sizeof text - used, "%d\tx\t_\tX\t_\t_\t%.*s\tdep\t_\t_\n", n,
                 (int)strcspn(p, " "), p);
    }
    FILE *in = fmemopen(text, strlen(text), "r");
    struct conllu_reader *r = conllu_open(in, complain, NULL);
    struct arena *arena = arena_new(0);
    struct conllu c;
    assert_true(conllu_read(r, arena, true, &c));
    bool is = c.doc->has_tree;
    struct buf out = BUF_INIT;
    conllu_write_read(&c, &out);
    buf_putc(&out, 0);
    if (!is) {
        assert_int_equal(c.doc->tokens[0].head, NONE);
        assert_contains(out.data, "1\tx\tx\tX\t_\t_\t0\troot\t_\t_\n");
        assert_true(n < 2 || strstr(out.data, "2\tx\tx\tX\t_\t_\t1\tdep\t_\t_\n"));
    }
    buf_free(&out);
    conllu_close(r);
    arena_free(arena);
    fclose(in);
    return is;
}

static void test_trees(void **state)
{
    (void)state;
    assert_true(tree("0"));
    assert_true(tree("2 3 0"));
    assert_true(tree("0 1 2 3 2 1"));
    static const char *const none[] = {"1", "_", "2 1", "0 0", "0 3 2", "4 0 1", "2 0 x", "0 1a", "2 3 1"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (tree(none[i]))
            fail_msg("'%s' is no tree", none[i]);
}

/* One broken sentence between two good ones: it is told and left out. */
static void check_bad(const char *bad, const char *told)
{
    struct buf text = BUF_INIT, out = BUF_INIT;
    buf_printf(&text, "1\tBefore" REST "\n# c\n%s\n\n1\tBehind" REST, bad);
    copy(text.data, text.len, &out);
    if (strcmp(complaints, told) != 0)
        fail_msg("'%s': told '%s', expected '%s'", bad, complaints, told);
    assert_contains(out.data, "Before");
    assert_contains(out.data, "Behind");
    assert_null(strstr(out.data, "# c"));
    buf_free(&text);
    buf_free(&out);
}

static void test_bad_lines(void **state)
{
    (void)state;
    check_bad("1\tx\t_", "4: expected 10 columns parted by tabs, found 3\n");
    check_bad("1\tx\t_\tX\t_\t_\t0\troot\t_\t_\t_", "4: expected 10 columns parted by tabs, found 11\n");
    check_bad("1\t\t_\tX\t_\t_\t0\troot\t_\t_", "4: column 2 is empty, '_' stands for nothing\n");
    check_bad("plain text", "4: expected 10 columns parted by tabs, found 1\n");
    check_bad("2\tx" REST, "4: the id is '2' where word 1 is expected\n");
    check_bad("1\tx" REST "1\tx" REST, "5: the id is '1' where word 2 is expected\n");
    check_bad("1\tx" REST "3\tx" REST, "5: the id is '3' where word 2 is expected\n");
    check_bad("0\tx" REST, "4: the id is '0' where word 1 is expected\n");
    check_bad("1x\tx" REST, "4: the id is '1x' where word 1 is expected\n");
    check_bad("2-3\tx" REST, "4: the id is '2-3' where word 1 is expected\n");
    check_bad("1-0\tx" REST, "4: '1-0' is no range of words\n");
    check_bad("1-3\txy" REST "1\tx" REST "2\ty" REST, "7: the sentence ends within the range up to word 3\n");
    check_bad("1-3\txy" REST "1\tx" REST "2-3\ty" REST, "6: the range 2-3 begins within another one\n");
    check_bad("1\tx" REST "2.1\ty" REST, "5: the empty node 2.1 does not follow word 2\n");
    check_bad("1\tx\xFFy" REST, "4: byte 4 is not UTF-8\n");
    check_bad("1\tx\x01y" REST, "4: byte 4 is a control character\n");
    check_bad("# only a comment", "3: there is no word below these comments\n");
}

static void test_limits(void **state)
{
    (void)state;
    struct buf text = BUF_INIT, out = BUF_INIT;
    for (int i = 1; i <= CONLLU_WORDS_MAX + 1; i++)
        buf_printf(&text, "%d\tx" REST, i);
    copy(text.data, text.len, &out);
    assert_string_equal(complaints, "1001: the sentence has more than 1000 words\n");
    assert_string_equal(out.data, "");
    buf_clear(&text);
    buf_clear(&out);
    buf_puts(&text, "# ");
    for (size_t i = 0; i < CONLLU_LINE_MAX; i++)
        buf_putc(&text, 'x');
    buf_puts(&text, "\n1\tx" REST "\n1\ty" REST);
    copy(text.data, text.len, &out);
    assert_string_equal(complaints, "1: the line is longer than 1 MiB\n");
    assert_string_equal(out.data, "1\ty\ty\tX\t_\t_\t0\troot\t_\t_\n\n");
    buf_clear(&text);
    buf_clear(&out);
    for (int i = 0; i < 2 * CONLLU_BATCH + 10; i++)
        buf_printf(&text, "1\tw%d" REST "\n", i);
    assert_int_equal(copy(text.data, text.len, &out), 3);
    assert_contains(out.data, "\tw0\t");
    assert_contains(out.data, "\tw40009\t");
    buf_free(&text);
    buf_free(&out);
}

static void test_nul(void **state)
{
    (void)state;
    struct buf out = BUF_INIT;
    static const char text[] = "1\tx\0y" REST "\n1\tz" REST;
    copy(text, sizeof text - 1, &out);
    assert_string_equal(complaints, "1: byte 4 is a control character\n");
    assert_contains(out.data, "1\tz\t");
    buf_free(&out);
}

/* A document from text: comments, ranges, gaps, the stand-in for a tree, names. */
static void test_from_text(void **state)
{
    (void)state;
    struct small s;
    static const char body[] = "Oslo said:\nno.\n\nYes";
    small_text(&s, body, sizeof body - 1);
    text_run(&s.doc, s.lexicon, NULL);
    s.doc.tokens[0].name = TAG_B_PLACE;
    s.doc.tokens[2].joined = true; /* as if "said:" were one written word */
    struct buf out = BUF_INIT;
    conllu_write(&s.doc, STR("a b\n"), &out);
    buf_putc(&out, 0);
    assert_contains(out.data, "# newdoc id = a b_\n# newpar\n# sent_id = a_b_-1\n# text = Oslo said: no.\n");
    assert_contains(out.data,
                    "1\tOslo\tOslo\tPROPN\t_\t_\t0\troot\t_\tName=B-LOC\n2-3\tsaid:\t_\t_\t_\t_\t_\t_\t_\t_\n"
                    "2\tsaid\tsay\tVERB\t_\t_\t1\tdep\t_\t_\n3\t:\t:\tPUNCT\t_\t_\t1\tdep\t_\t_\n");
    assert_contains(out.data, "no\tno\tDET\t_\t_\t");
    assert_contains(out.data, "\tSpaceAfter=No\n");
    assert_contains(out.data, "# newpar\n# sent_id = a_b_-2\n# text = Yes\n1\tYes\t");
    buf_free(&out);
    small_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_words),
        cmocka_unit_test(test_words_only), cmocka_unit_test(test_trees),
        cmocka_unit_test(test_bad_lines),  cmocka_unit_test(test_limits),
        cmocka_unit_test(test_nul),        cmocka_unit_test(test_from_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
