#include "workers/actors/people.h"

#include <sysexits.h>

#include "proto/base/log.h"

void people_open(struct people *p, struct arena *arena)
{
    *p = (struct people){arena, table_new()};
    if (!p->by_word)
        die(EX_OSERR, "out of memory");
}

void people_close(struct people *p)
{
    table_free(p->by_word);
}

void people_merge(struct identity *id, const struct identity *more)
{
    if (!id->name.p)
        id->name = more->name;
    if (!id->country.p)
        id->country = more->country;
    if (!id->role.p)
        id->role = more->role;
    if (!id->office.p)
        id->office = more->office;
    if (!id->gender)
        id->gender = more->gender;
    if (!id->file) {
        id->file = more->file;
        id->line = more->line;
    }
}

static void add_word(struct people *p, struct str word, const struct person *person)
{
    struct person *entry = ARENA_ARRAY(p->arena, struct person, 1);
    *entry = *person;
    entry->same_key = table_get(p->by_word, word);
    if (!table_put(p->by_word, word, entry, NULL))
        die(EX_OSERR, "out of memory");
}

struct person *people_add(struct people *p, struct identity *id, int32_t mention, struct str first_word,
                          struct str last_word)
{
    /* A bounded look: an article with thousands of namesakes is no article. */
    int looked = 0;
    for (struct person *known = table_get(p->by_word, last_word); known && looked < 8;
         known = known->same_key, looked++)
        if (str_equal(known->id->name, id->name)) {
            people_merge(known->id, id);
            return known;
        }
    struct person person = {id, mention, NULL};
    add_word(p, last_word, &person);
    if (!str_equal(first_word, last_word))
        add_word(p, first_word, &person);
    return table_get(p->by_word, last_word);
}

struct person *people_find(const struct people *p, struct str word)
{
    struct person *found = table_get(p->by_word, word);
    for (struct person *other = found ? found->same_key : NULL; other; other = other->same_key)
        if (other->id != found->id)
            return NULL;
    return found;
}
