/* engine: how fast the language engine is, and where a word's time goes.
 *
 *   engine MODEL TEXT [SECONDS]
 *
 * Runs it over a text again and again. The products of the same shapes by themselves, measured in between, are what no
 * engine around them could be faster than. */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#include "proto/base/buf.h"
#include "proto/base/log.h"
#include "workers/engine/engine.h"
#include "workers/pipeline.h"
#include "workers/text/text.h"

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct str read_all(const char *path)
{
    struct buf b = BUF_INIT;
    char chunk[4096];
    FILE *in = fopen(path, "r");
    if (!in)
        die(EX_NOINPUT, "%s: cannot be read", path);
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, in)) > 0;)
        buf_append(&b, chunk, n);
    fclose(in);
    return (struct str){b.data, b.len};
}

/* The text's words: the engine sees what it sees in a worker, but nothing else is timed. */
static struct doc *prepare(struct str text, struct arena *arena, const struct engine *e)
{
    char path[4096];
    struct reason why;
    snprintf(path, sizeof path, "%s/lexicon", pipeline_default_config());
    struct lexicon *lexicon = lexicon_open(path, &why);
    if (!lexicon)
        die(EX_CONFIG, "%s", why.text);
    struct article *a = ARENA_ARRAY(arena, struct article, 1);
    *a = (struct article){
        .v = 1, .id = STR("bench"), .published = TIME_ABSENT, .revision = -1, .status = -1, .body = text};
    struct doc *d = ARENA_ARRAY(arena, struct doc, 1);
    d->arena = arena;
    d->article = a;
    normalise_run(d);
    tokens_run(d, lexicon);
    sentences_run(d, lexicon, engine_boundary(e));
    lexicon_close(lexicon);
    return d;
}

static void show(const struct engine_times *t, double words)
{
    double encoder = 0, all = 0, bare = t->bare[PART_PRODUCTS] + t->bare[PART_HEADS];
    for (int i = 0; i < PART_COUNT; i++) {
        printf("  %-9s %6.3f us a word\n", engine_part_names[i], t->seconds[i] / words * 1e6);
        encoder += i < PART_ENCODER_END ? t->seconds[i] : 0;
        all += t->seconds[i];
    }
    printf("encoder: %.0f words/s; its bare products %.0f: %.1f %%\n", words / encoder,
           words / t->bare[PART_PRODUCTS], t->bare[PART_PRODUCTS] / encoder * 100);
    printf("engine: %.0f words/s; its bare products %.0f: %.1f %%\n", words / all, words / bare,
           bare / all * 100);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        die(EX_USAGE, "usage: engine MODEL TEXT [SECONDS]");
    double limit = argc > 3 ? strtod(argv[3], NULL) : 2;
    struct reason why;
    struct engine *e = engine_open(argv[1], &why);
    struct arena *kept = arena_new(0), *scratch = arena_new(0);
    if (!e || !kept || !scratch)
        die(EX_CONFIG, "%s", why.text);
    struct doc *d = prepare(read_all(argv[2]), kept, e);
    d->arena = scratch;
    size_t words = 0;
    double begun = seconds(), fastest = 1e9, took;
    do {
        double one = seconds();
        arena_reset(scratch);
        engine_run(e, d);
        words += d->n_tokens;
        one = seconds() - one;
        fastest = one < fastest ? one : fastest;
    } while ((took = seconds() - begun) < limit);
    printf("%s, %s kernels: %.0f words/s (%.2f us a word; the best of all rounds %.2f)\n", engine_name(e),
           engine_kernels(e), (double)words / took, took / (double)words * 1e6,
           fastest / (double)d->n_tokens * 1e6);

    /* The best round of each part: a machine that others use, too, only adds to it. */
    struct engine_times best;
    for (int i = 0; i < PART_COUNT; i++)
        best.seconds[i] = best.bare[i] = 1e9;
    for (begun = seconds(); seconds() - begun < limit;) {
        struct engine_times t = {0};
        arena_reset(scratch);
        engine_run_timed(e, d, &t);
        for (int i = 0; i < PART_COUNT; i++) {
            best.seconds[i] = t.seconds[i] < best.seconds[i] ? t.seconds[i] : best.seconds[i];
            best.bare[i] = t.bare[i] < best.bare[i] ? t.bare[i] : best.bare[i];
        }
    }
    show(&best, (double)d->n_tokens);
    engine_close(e);
    arena_free(kept);
    arena_free(scratch);
    return 0;
}
