#include "workers/roles_write.h"

#include "workers/statements/role_input.h"

void roles_write(const struct doc *d, const struct reading *r, struct str id, struct buf *out)
{
    const struct role_input *in = role_input_find(d, r);
    buf_printf(out, "# newdoc = %.*s\n", STR_ARGS(id));
    for (int32_t i = 0, end = 0, stretch = -1; i < (int32_t)d->n_tokens; i++) {
        const struct token *t = &d->tokens[i];
        if (i == end) {
            end = role_stretch_end(d, i);
            stretch++;
        }
        buf_printf(out, "%u\t%u\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", d->to_body[t->begin],
                   d->to_body[t->end], t->sentence, stretch, t->upos, (int)branch_base(d, i), t->head,
                   in[i].quote, in[i].cue, in[i].mention, r->clauses->quote_at[i]);
    }
}
