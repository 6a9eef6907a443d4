/* cuebook.h: a small lexicon of cues for tests, so that no test hangs on a line of config/lexicon. */
#ifndef STANCED_TESTS_CUEBOOK_H
#define STANCED_TESTS_CUEBOOK_H

#include <unistd.h>

#include "tests/unit/workers/tagged.h"
#include "workers/actors/lexicon.h"

static const char cuebook_cues[] = "say\tv\t010\ty\tto\tabout\t0\n"
                                   "tell\tv\t010\ty\tobj\tof about inf\t0\n"
                                   "add\tv\t010\ty\t-\t-\t0\n"
                                   "comment\tv\t010\ty\t-\ton\t0\n"
                                   "suggest\tv\t010\ty\t-\tobj\t0\n"
                                   "according to\tp\t010\ty\t-\t-\t0\n"
                                   "accuse\tv\t112\tm\tobj\tof\t-\n"
                                   "reject\tv\t120\t-\tobj by\tobj\t-\n"
                                   "dismiss\tv\t120\t-\tobj\tobj\t-\n"
                                   "back\tv\t051\t-\tobj\tobj\t+\n"
                                   "urge\tv\t102\tm\tobj\tinf\t+\n"
                                   "agree\tv\t030\tm\twith\tinf on\t+\n"
                                   "plan\tv\t030\tm\t-\tinf obj\t0\n"
                                   "refuse\tv\t120\tm\t-\tinf\t-\n"
                                   "meet\tv\t040\t-\tobj with\t-\t0\n"
                                   "attack\tv\t190\t-\tobj\tobj\t-\n"
                                   "shell\tv\t194\t-\tobj\tobj\t-\n"
                                   "sign\tv\t057\t-\twith\tobj\t+\n"
                                   "extend * invitation\tv\t036\t-\tto\tfor\t+\n"
                                   "express * skepticism\tv\t012\tm\tabout\tabout\t-\n"
                                   "exchange * fire\tv\t190\t-\twith\t-\t-\n"
                                   "offer\tn\t036\t-\tto\tfor\t+\n"
                                   "ready\ta\t030\tm\t-\tinf\t+\n"
                                   "reject * claim\tv\t120\t-\tobj\tobj\t-\n"
                                   "deny\tv\t016\ty\t-\tthat\t0\n"
                                   "have * doubts\tv\t012\tm\tabout\tabout\t-\n"
                                   "allege\tv\t112\ty\t-\t-\t-\n";

static void cuebook_file(const char *dir, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* Writes all files of the lexicon into `dir`. */
static void cuebook_write(const char *dir)
{
    static const char *const empty[] = {"organisations.tsv", "people.tsv", "roles.tsv", "abbreviations.tsv"};
    cuebook_file(dir, "countries.tsv", "IRN\tname\tIran\nIRQ\tname\tIraq\n");
    cuebook_file(dir, "irregular.tsv", "v\tsay\tsaid\tsaid\t\n");
    cuebook_file(dir, "cues.tsv", cuebook_cues);
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        cuebook_file(dir, empty[i], "# empty\n");
}

static inline struct lexicon *cuebook_open(void)
{
    char dir[] = "/tmp/cuebook-XXXXXX", path[512];
    assert_non_null(mkdtemp(dir));
    cuebook_write(dir);
    struct reason why;
    struct lexicon *l = lexicon_open(dir, &why);
    if (!l)
        fail_msg("%s", why.text);
    snprintf(path, sizeof path, "rm -r %s", dir);
    assert_int_equal(system(path), 0);
    return l;
}

#endif
