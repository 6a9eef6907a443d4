/* An article's text through all stages, with the model and by rules: spans lie in the body, the events can be sent. */
#include "proto/wire.h"
#include "tests/fuzz/fuzz.h"
#include "workers/pipeline.h"

enum { SHORT = 300 }; /* the model reads only what is no longer, or little else would be tried in the time */

static struct pipeline *open_with(const char *model)
{
    struct reason why;
    struct pipeline *p = pipeline_open(pipeline_default_config(), NULL, NULL, model, &why);
    CHECK(p);
    return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct pipeline *pipelines[2];
    if (!pipelines[0]) {
        pipelines[0] = open_with("none");
        pipelines[1] = open_with(NULL);
    }
    struct arena *a = arena_new((size_t)256 << 20);
    CHECK(a);
    for (size_t i = 0; i < (n <= SHORT ? 2 : 1); i++) {
        struct article article = {
            .id = STR("a"), .published = TIME_ABSENT, .revision = -1, .body = {(const char *)bytes, n}};
        struct event_list events;
        struct reason why;
        pipeline_run(pipelines[i], &article, a, &events);
        for (size_t e = 0; e < events.n; e++)
            CHECK(event_check(&events.v[e], n, &why));
        arena_reset(a);
    }
    arena_free(a);
    return 0;
}
