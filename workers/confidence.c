#include "workers/confidence.h"

#include <string.h>

#include "workers/engine/model.h"

static bool rises(const float *v, size_t n, bool strictly)
{
    for (size_t i = 0; i < n; i++)
        if (v[i] < 0 || v[i] > 1 || (i > 0 && (strictly ? v[i] <= v[i - 1] : v[i] < v[i - 1])))
            return false;
    return true;
}

bool confidence_open(const struct engine *e, struct confidence *out, struct reason *why)
{
    static const char *const names[] = {"confidence.words", "confidence.words-and-act", "confidence.act"};
    memset(out, 0, sizeof *out);
    for (size_t k = 0; e && k < CONFIDENCE_KINDS; k++) {
        uint32_t shape[2] = {2, 0};
        if (!model_find(engine_model(e), names[k]))
            continue;
        const float *v = model_want(engine_model(e), names[k], MODEL_F32, 2, shape, why);
        if (!v)
            return false;
        out->line[k].score = v;
        out->line[k].share = v + shape[1];
        out->line[k].n = shape[1];
        if (!rises(v, shape[1], true) || !rises(v + shape[1], shape[1], false))
            return reason_set(why, "%s: not a rising line from 0 to 1", names[k]);
    }
    return true;
}

double confidence_share(const struct confidence *c, enum confidence_kind kind, double score)
{
    const float *x = c->line[kind].score, *y = c->line[kind].share;
    size_t n = c->line[kind].n, i = 0;
    if (n == 0)
        return score;
    while (i < n && (double)x[i] < score)
        i++;
    if (i == 0 || i == n)
        return (double)y[i ? n - 1 : 0];
    double part = (score - (double)x[i - 1]) / ((double)x[i] - (double)x[i - 1]);
    return (double)y[i - 1] + part * ((double)y[i] - (double)y[i - 1]);
}
