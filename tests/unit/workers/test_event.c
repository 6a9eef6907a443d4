/* Events from findings: offsets into the body, texts, order, ids, several identities, what the wire demands
 * of them. */
#include "proto/wire.h"
#include "tests/unit/workers/findings.h"
#include "workers/event.h"
#include "workers/stances/issues.h"
#include "workers/stances/stance.h"

static struct ontology *ontology;
static struct article article;

static struct doc *coded(const char *marked, struct event_list *out, struct event_trace **traces)
{
    struct doc *d = read_text(marked);
    article = (struct article){.id = STR("a-1"),
                               .title = STR("t"),
                               .published = TIME_ABSENT,
                               .revision = -1,
                               .body = {d->text, d->text_len}};
    d->article = &article;
    events_build(d, ontology, "rules-1", "ff", NULL, out, traces);
    struct reason why;
    for (size_t i = 0; i < out->n; i++)
        if (!event_check(&out->v[i], d->text_len, &why))
            fail_msg("%s", why.text);
    return d;
}

static void test_event(void **state)
{
    (void)state;
    struct event_list list;
    struct event_trace *traces;
    struct doc *d =
        coded("It/o rained=rain/d _. | [ Iran/N ] extended=extend/d an/t invitation/n to/p [ Iraq/N ] _.",
              &list, &traces);
    assert_int_equal(list.n, 1);
    const struct event *e = &list.v[0];
    assert_str(e->id, "a-1#0");
    assert_int_equal(e->seq, -1);
    assert_str(e->article->title, "t");
    assert_int_equal(e->sentence->index, 1);
    assert_str(e->source->text, "Iran");
    assert_str(e->source->name, "Iran");
    assert_str(e->source->country, "XXX");
    assert_null(e->source->role.p);
    assert_int_equal(e->source->spans.n, 1);
    assert_memory_equal(d->text + e->source->spans.v[0].begin, "Iran", 4);
    assert_str(e->target->text, "Iraq");
    assert_str(e->act->cameo, "036");
    assert_int_equal(e->act->type, ACT_AGREE);
    assert_int_equal(e->act->quad, QUAD_VERBAL_COOPERATION);
    assert_int_equal(e->act->cue.spans.n, 2);
    assert_str(e->act->cue.text, "extended invitation");
    assert_null(e->statement);
    assert_null(e->reported_by);
    assert_str(e->model, "rules-1");
    assert_true(e->confidence > 0 && e->confidence < 1);
    assert_contains(traces[0].cue_file, "cues.tsv");
    assert_int_equal(traces[0].cue_line, 19);
}

static void test_order_and_nesting(void **state)
{
    (void)state;
    struct event_list list;
    coded("“ [ _Iraq/N ] attacked=attack/d a/t town/n _, _” [ Iran/N ] said=say/d _.", &list, NULL);
    assert_int_equal(list.n, 2);
    assert_str(list.v[0].act->cue.text, "attacked");
    assert_str(list.v[0].reported_by->text, "Iran");
    assert_str(list.v[1].id, "a-1#1");
    assert_str(list.v[1].statement->content->text, "Iraq attacked a town");
    assert_int_equal(list.v[1].statement->mode, MODE_DIRECT);
}

static void give_two(struct doc *d, int32_t mention)
{
    struct identity *ids = ARENA_ARRAY(d->arena, struct identity, 2);
    ids[0] = (struct identity){.country = STR("IRN")};
    ids[1] = (struct identity){.country = STR("IRQ")};
    d->mentions[mention].ids = ids;
    d->mentions[mention].n_ids = 2;
}

/* An act done to one another is an event each way, marked as one. */
static void test_reciprocal(void **state)
{
    (void)state;
    struct event_list list;
    coded(
        "It/o rained=rain/d _. | [ Oman/N ] attacked=attack/d [ Mali/N ] _. | [ Iran/N ] and/c [ Iraq/N ] met=meet/d _.",
        &list, NULL);
    assert_int_equal(list.n, 3);
    assert_null(list.v[0].reciprocal.p);
    assert_str(list.v[1].reciprocal, "a-1#1");
    assert_str(list.v[2].reciprocal, "a-1#1");
    struct doc *d = coded("[ Iran/N ] and/c [ Iraq/N ] met=meet/d _.", &list, NULL);
    d->findings[1].cue.n = 0; /* the other one is not told */
    events_build(d, ontology, "m", "l", NULL, &list, NULL);
    assert_int_equal(list.n, 1);
    assert_null(list.v[0].reciprocal.p);
}

/* What nobody in particular says is told, with an empty source; an act by nobody is not. */
static void test_nobody(void **state)
{
    (void)state;
    struct event_list list;
    struct doc *d = coded("[ Iran/N ] said=say/d that/s talks/n failed=fail/d _.", &list, NULL);
    d->findings[0].source = NONE;
    d->findings[0].source_pieces.n = 0;
    events_build(d, ontology, "m", "l", NULL, &list, NULL);
    assert_int_equal(list.n, 1);
    assert_int_equal(list.v[0].source->spans.n, 0);
    assert_int_equal(list.v[0].source->text.n, 0);
    assert_null(list.v[0].source->name.p);
    struct reason why;
    assert_true(event_check(&list.v[0], d->text_len, &why));
    d->findings[0].is_statement = false;
    events_build(d, ontology, "m", "l", NULL, &list, NULL);
    assert_int_equal(list.n, 0);
}

static void test_identities(void **state)
{
    (void)state;
    struct event_list list;
    struct doc *d = coded("[ Both/t leaders/n ] attacked=attack/d [ Oman/N ] _.", &list, NULL);
    give_two(d, 0);
    events_build(d, ontology, "m", "l", NULL, &list, NULL);
    assert_int_equal(list.n, 2);
    assert_str(list.v[0].source->country, "IRN");
    assert_str(list.v[1].source->country, "IRQ");
    assert_str(list.v[1].source->text, "Both leaders");
    d->findings[0].target = d->findings[0].source; /* they meet: each the other */
    events_build(d, ontology, "m", "l", NULL, &list, NULL);
    assert_int_equal(list.n, 2);
    assert_str(list.v[0].target->country, "IRQ");
    assert_str(list.v[1].target->country, "IRN");
}

static void test_broken_body(void **state)
{
    (void)state;
    struct event_list list;
    struct doc *d = coded("[ Iran/N ] attacked=attack/d [ Iraq/N ] _.", &list, NULL);
    char *body = arena_alloc(arena, d->text_len);
    memcpy(body, d->text, d->text_len);
    body[1] = (char)0xff; /* the body is not UTF-8 where the text was mended */
    article.body.p = body;
    events_build(d, ontology, "m", "l", NULL, &list, NULL);
    assert_str(list.v[0].source->text, "Iran");
    struct buf out = BUF_INIT;
    wire_pack(&event_schema, &list.v[0], &out);
    assert_false(out.failed);
    buf_free(&out);
}

static int setup(void **state)
{
    struct reason why;
    ontology = ontology_load("config/ontology.tsv", &why);
    return ontology ? findings_setup(state) : -1;
}

static int teardown(void **state)
{
    ontology_free(ontology);
    return findings_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event),      cmocka_unit_test(test_order_and_nesting),
        cmocka_unit_test(test_reciprocal), cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_identities), cmocka_unit_test(test_broken_body),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
