/* trees.h: documents for tests with their trees, so that a test does not hang on a model.
 *
 * A line a word, in the order of CoNLL-U, without the columns that nobody here reads: lemma of the word's own
 * letters is "=", features none "_":
 *
 *   "1 Iran = PROPN _ 2 nsubj\n"
 *   "2 left leave VERB Tense=Past|VerbForm=Fin 0 root\n"
 *
 * A '~' before a word joins it to the one before. A blank line ends a sentence. Names (PROPN, with the names right
 * before them) and personal pronouns become mentions. */
#ifndef STANCED_TESTS_TREES_H
#define STANCED_TESTS_TREES_H

#include <stdio.h>

#include "tests/unit/workers/tagged.h"
#include "workers/conllu.h"
#include "workers/engine/feats.h"

static void trees_complain(void *who, size_t line, const char *what)
{
    (void)who;
    fail_msg("line %zu: %s", line, what);
}

/* The lines with the columns that they lack. */
static FILE *trees_columns(const char *lines, char *out, size_t room)
{
    size_t n = 0;
    for (const char *p = lines, *end; *p; p = *end ? end + 1 : end) {
        char mark = 0, id[8] = "", form[64] = "", lemma[64] = "", upos[16] = "", feats[128] = "",
             head[8] = "", rel[32] = "";
        end = strchr(p, '\n') ? strchr(p, '\n') : p + strlen(p);
        if (end > p &&
            sscanf(p, "%7s %63s %63s %15s %127s %7s %31s", id, form, lemma, upos, feats, head, rel) != 7)
            fail_msg("no seven columns: %.*s", (int)(end - p), p);
        bool glued =
            *end && sscanf(end + 1, "%*d %c", &mark) == 1 && mark == '~'; /* the next word, to this one */
        const char *word = form[0] == '~' && form[1] ? form + 1 : form;
        n += (size_t)(end == p ? snprintf(out + n, room - n, "\n")
                               : snprintf(out + n, room - n, "%s\t%s\t%s\t%s\t_\t%s\t%s\t%s\t_\t%s\n", id,
                                          word, strcmp(lemma, "=") ? lemma : word, upos, feats, head, rel,
                                          glued ? "SpaceAfter=No" : "_"));
        assert_true(n + 1 < room);
    }
    return fmemopen(out, n, "r");
}

/* What text/lemma.c makes of the features. */
static void trees_forms(struct doc *d)
{
    for (size_t i = 0; i < d->n_tokens; i++) {
        struct token *t = &d->tokens[i];
        if (t->upos != UPOS_VERB && t->upos != UPOS_AUX)
            continue;
        bool past = t->feats->tense == TENSE_PAST;
        switch (t->feats->verbform) {
        case VERBFORM_FIN: t->form = past ? VERB_PAST : VERB_PRESENT; break;
        case VERBFORM_GER: t->form = VERB_ING; break;
        case VERBFORM_PART: t->form = past ? VERB_PARTICIPLE : VERB_ING; break;
        default: t->form = VERB_BASE;
        }
    }
}

static void trees_mentions(struct doc *d)
{
    d->mentions = ARENA_ARRAY(d->arena, struct actor_mention, d->n_tokens);
    d->mention_at = ARENA_ARRAY(d->arena, int32_t, d->n_tokens + 1);
    for (size_t i = 0; i < d->n_tokens; i++) {
        const struct token *t = &d->tokens[i];
        d->mention_at[i] = NONE;
        bool pronoun = t->upos == UPOS_PRON && t->feats->prontype == PRONTYPE_PRS;
        if (t->upos != UPOS_PROPN && !pronoun)
            continue;
        if (!pronoun && i && t[-1].upos == UPOS_PROPN) {
            d->mention_at[i] = (int32_t)d->n_mentions - 1;
            d->mentions[d->n_mentions - 1].last = d->mentions[d->n_mentions - 1].head + 2;
            d->mentions[d->n_mentions - 1].head++;
            continue;
        }
        struct actor_mention *m = &d->mentions[d->n_mentions];
        *m = (struct actor_mention){.first = (int32_t)i,
                                    .last = (int32_t)i + 1,
                                    .head = (int32_t)i,
                                    .sentence = t->sentence,
                                    .antecedent = NONE};
        m->kind = pronoun ? MENTION_PRONOUN : MENTION_COUNTRY;
        m->ids = ARENA_ARRAY(d->arena, struct identity, 1);
        m->ids->name = doc_token_text(d, m->head);
        m->ids->country = STR("XXX");
        m->n_ids = 1;
        d->mention_at[i] = (int32_t)d->n_mentions++;
    }
}

static inline struct doc *trees_doc(struct arena *to, const char *lines)
{
    static char text[1 << 14];
    FILE *in = trees_columns(lines, text, sizeof text);
    assert_non_null(in);
    struct conllu_reader *r = conllu_open(in, trees_complain, NULL);
    struct conllu c;
    assert_true(conllu_read(r, to, true, &c));
    conllu_close(r);
    fclose(in);
    assert_true(c.doc->has_tree);
    trees_forms(c.doc);
    trees_mentions(c.doc);
    c.doc->to_body = ARENA_ARRAY(to, uint32_t, c.doc->text_len + 1);
    for (uint32_t i = 0; i <= c.doc->text_len; i++)
        c.doc->to_body[i] = i;
    return c.doc;
}

#endif
