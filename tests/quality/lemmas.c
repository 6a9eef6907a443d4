/* lemmas: CoNLL-U in, the same with lemmas by our rules from the tags of the input: what the lemma stage can do
 * when the tagger makes no mistake. Usage: lemmas LEXICON-DIRECTORY <gold.conllu >out.conllu */
#include <stdio.h>
#include <sysexits.h>

#include "proto/base/log.h"
#include "workers/conllu.h"
#include "workers/text/text.h"

static void complain(void *who, size_t line, const char *what)
{
    (void)who;
    die(EX_DATAERR, "line %zu: %s", line, what);
}

int main(int argc, char **argv)
{
    struct reason why;
    log_open("lemmas", LOG_LEVEL_INFO);
    struct lexicon *lexicon = argc == 2 ? lexicon_open(argv[1], &why) : NULL;
    if (!lexicon)
        die(EX_USAGE, "usage: lemmas LEXICON-DIRECTORY");
    struct arena *arena = arena_new(0);
    struct conllu_reader *r = conllu_open(stdin, complain, NULL);
    struct conllu c;
    struct buf out = BUF_INIT;
    while (conllu_read(r, arena, true, &c)) {
        for (size_t i = 0; i < c.doc->n_tokens; i++)
            c.doc->tokens[i].lemma = c.doc->tokens[i].lower;
        lemma_run(c.doc, lexicon);
        conllu_write_read(&c, &out);
        fwrite(out.data, 1, out.len, stdout);
        buf_clear(&out);
        arena_reset(arena);
    }
    conllu_close(r);
    lexicon_close(lexicon);
    arena_free(arena);
    buf_free(&out);
    return 0;
}
