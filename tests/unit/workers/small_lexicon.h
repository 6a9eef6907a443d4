/* small_lexicon.h: a lexicon of a few invented and a few real lines, so that the tests do not depend on
 * config/. */
#ifndef STANCED_TESTS_SMALL_LEXICON_H
#define STANCED_TESTS_SMALL_LEXICON_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "workers/actors/mentions.h"
#include "workers/statements/quotes.h"
#include "workers/text/text.h"

#define SMALL_FILES 7

static const char *const small_names[SMALL_FILES] = {"countries.tsv",    "organisations.tsv", "people.tsv",
                                                     "roles.tsv",        "cues.tsv",          "irregular.tsv",
                                                     "abbreviations.tsv"};

static const char *const small_texts[SMALL_FILES] = {
    "NOR\tname\tNorway\nNOR\tadjective\tNorwegian\nNOR\tpeople\tNorwegians\nNOR\tcapital\tOslo\nNOR\tcity\tBe"
    "rgen\n"
    "TUR\tname\tTurkey\nTUR\tadjective\tTurkish\nTUR\tcapital\tAnkara\n"
    "USA\tname\tUnited "
    "States\nUSA\tname\tUS\nUSA\tname\tU.S.\nUSA\tadjective\tAmerican\nUSA\tcapital\tWashington\n"
    "USA\tmetonym\tPentagon\tMIL\n"
    "CHN\tname\tChina\nCHN\tname\tPeople's Republic of China\nTWN\tname\tTaiwan\nTWN\tname\tRepublic of "
    "China\n"
    "PRK\tname\tNorth Korea\nKOR\tname\tSouth Korea\nKOR\tadjective\tSouth "
    "Korean\nRUS\tname\tRussia\nRUS\tadjective\tRussian\n"
    "RUS\tname\tSoviet Union\t\t\t1991-12-26\n",
    "European Union\tEU\tIGO\tIGO\tNOR\nNATO\t\tIGO\tIGO\nReuters\t\tMNC\tMED\nHarbour "
    "Front\t\tNOR\tREB\tNOR\t2001\t2010-06\n"
    "Harbour Front\t\tNOR\tPTY\tNOR\t2010-07\n",
    "Astrid Holm\tHolm\tNOR\tGOV\tprime minister\t2015-01-01\t2020-01-01\t\tf\n"
    "Knut Berge\tBerge\tNOR\tGOV\tprime minister\t2020-01-01\t\t\tm\n"
    "Ingrid Moe\tMoe\tNOR\tGOV\tforeign minister\t2019-01-01\t\t\tf\n"
    "Paul Renard\tRenard\tIGO\tIGO\tpresident\t2018-01-01\t\tEuropean Union\tm\n",
    "president\tGOV\tperson\tpresident\nprime minister\tGOV\tperson\tprime "
    "minister\npremier\tGOV\tperson\tprime minister\n"
    "foreign minister\tGOV\tperson\tforeign "
    "minister\nminister\tGOV\tperson\nofficial\tGOV\tperson\nleader\tGOV\tperson\n"
    "spokesman\t=\tperson\nspokeswoman\t=\tperson\nhead\t="
    "\tperson\nrebel\tREB\tgroup\narmy\tMIL\tbody\ngovernment\tGOV\tbody\n"
    "foreign "
    "ministry\tGOV\tbody\nmovement\tREB\tbody\nopposition\tOPP\tbody\nlawmaker\tLEG\tperson\ncolonel\tMIL\tpe"
    "rson\n"
    "agency\tGOV\tbody\ncity\tCVL\tbody\nwoman\tCVL\tperson\ncounterpart\tGOV\tperson\n",
    "say\tv\t010\ty\tto\tthat,obj\t0\ntell\tv\t010\ty\tobj\tthat\t0\nreject\tv\t12\t-\tobj\tobj\t-\n"
    "call on\tv\t020\ty\tobj\tinf\t+\nextend * "
    "invitation\tv\t036\t-\tto\tfor\t+\nstrike\tn\t190\t-\ton,against\t-\t-\n"
    "accuse\tv\t112\ty\tobj\tof\t-\n",
    "v\tsay\tsaid\tsaid\nv\tleave\tleft\tleft\nv\tmeet\tmet\tmet\nv\ttell\ttold\ttold\nv\tbe\twas|"
    "were\tbeen\tis|am|are|being\nv\thave\thad\thad\thas|having\n"
    "v\tdo\tdid\tdone\tdoes|"
    "doing\nv\twithdraw\twithdrew\twithdrawn\nv\tput\tput\tput\tputting\nn\twoman\twomen\n",
    "Mr.\ttitle\nCol.\ttitle\nNo.\tinner\nSept.\tmonth\nCalif.\tplace\nInc.\tcompany\n",
};

static void small_path(char out[256], const char *dir, size_t i)
{
    snprintf(out, 256, "%s/%s", dir, small_names[i]);
}

/* Writes the files to a new directory, file `other` with another text (-1: none). */
static void small_write(char dir[64], int other, const char *text)
{
    char path[256];
    snprintf(dir, 64, "/tmp/stanced-lexicon-XXXXXX");
    assert_non_null(mkdtemp(dir));
    for (size_t i = 0; i < SMALL_FILES; i++) {
        small_path(path, dir, i);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs((int)i == other ? text : small_texts[i], f);
        assert_int_equal(fclose(f), 0);
    }
}

static void small_remove(const char *dir)
{
    char path[256];
    for (size_t i = 0; i < SMALL_FILES; i++) {
        small_path(path, dir, i);
        unlink(path);
    }
    rmdir(dir);
}

static struct lexicon *small_open(void)
{
    char dir[64];
    struct reason why = {""};
    small_write(dir, -1, NULL);
    struct lexicon *l = lexicon_open(dir, &why);
    small_remove(dir);
    if (!l)
        fail_msg("%s", why.text);
    return l;
}

/* An article in the first stages; `published` is a date. */
struct small {
    struct lexicon *lexicon;
    struct arena *arena;
    struct article article;
    struct doc doc;
};

static inline void small_text(struct small *s, const char *body, size_t n)
{
    *s = (struct small){.lexicon = small_open(), .arena = arena_new(0)};
    s->article = (struct article){.body = {body, n}};
    s->doc = (struct doc){.arena = s->arena, .article = &s->article};
}

static inline void small_run(struct small *s, const char *body, const char *published)
{
    int64_t wall;
    small_text(s, body, strlen(body));
    assert_true(clock_parse(str_from(published), &wall));
    s->doc.day = clock_day(wall);
    text_run(&s->doc, s->lexicon, NULL);
    mentions_run(&s->doc, s->lexicon);
    quotes_find(&s->doc);
    coref_run(&s->doc, s->lexicon);
}

static inline void small_end(struct small *s)
{
    arena_free(s->arena);
    lexicon_close(s->lexicon);
}

/* The number of the nth token (from 0) with this text; fails when there is none. */
static inline int32_t small_token(const struct doc *d, const char *text, int nth)
{
    for (size_t i = 0; i < d->n_tokens; i++)
        if (str_is(doc_token_text(d, (int32_t)i), text) && nth-- == 0)
            return (int32_t)i;
    fail_msg("no token '%s'", text);
    return NONE;
}

/* The mention that covers that token; fails when there is none. */
static inline struct actor_mention *small_mention(const struct doc *d, const char *text, int nth)
{
    int32_t m = d->mention_at[small_token(d, text, nth)];
    if (m == NONE)
        fail_msg("no mention covers '%s'", text);
    return &d->mentions[m];
}

/* What a mention covers, as text. */
static inline struct str small_extent(const struct doc *d, const struct actor_mention *m)
{
    uint32_t begin = d->tokens[m->first].begin;
    return (struct str){d->text + begin, d->tokens[m->last - 1].end - begin};
}

#endif
