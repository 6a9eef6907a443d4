/* event.h (workers): from the findings of a document to the events of proto/event.h. */
#ifndef STANCED_WORKERS_EVENT_H
#define STANCED_WORKERS_EVENT_H

#include "workers/confidence.h"
#include "workers/doc.h"
#include "workers/pipeline.h"

/* Events of all findings that name a source or are statements, in the order of their cues, with offsets into the article's
 * body; ids
 * "<article id>#<n>". A source of several identities ("both leaders") gives an event each. `model` and
 * `lexicon` are kept, not copied. `confidence` may be NULL: raw scores. `traces`, when not NULL, gets one entry an event. All in the document's
 * arena. */
void events_build(struct doc *d, const struct ontology *o, const char *model, const char *lexicon,
                  const struct confidence *confidence, struct event_list *out, struct event_trace **traces);

#endif
