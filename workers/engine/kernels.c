#include "workers/engine/kernels.h"

#include <stdlib.h>

#include "workers/engine/kernels_impl.h"

static bool always(void)
{
    return true;
}

#ifdef KERNELS_X86
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vnni");
}
#endif

/* The fastest first. */
static const struct {
    const struct kernels *kernels;
    bool (*runs_here)(void);
} all[] = {
#ifdef KERNELS_X86
    {&kernels_avx512, has_avx512},
    {&kernels_avx2, has_avx2},
#endif
    {&kernels_plain, always},
};

const struct kernels *kernels_named(const char *name, struct reason *why)
{
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (strcmp(all[i].kernels->name, name) != 0)
            continue;
        if (all[i].runs_here())
            return all[i].kernels;
        reason_set(why, "STANCED_KERNELS: this machine cannot run %s", name);
        return NULL;
    }
    reason_set(why, "STANCED_KERNELS: there are no kernels '%s'; plain, avx2 and avx512 are known", name);
    return NULL;
}

const struct kernels *kernels_choose(struct reason *why)
{
    const char *name = getenv("STANCED_KERNELS");
    if (name && *name)
        return kernels_named(name, why);
    size_t i = 0;
    while (!all[i].runs_here())
        i++;
    return all[i].kernels;
}

static void *lines(size_t bytes)
{
    size_t whole = ROUND_UP(bytes, LINE);
    void *p = aligned_alloc(LINE, whole);
    return p ? memset(p, 0, whole) : NULL;
}

bool matrix_make(struct matrix *m, const struct kernels *k, size_t outs, size_t ins, const int8_t *weights,
                 const float *scale, const float *bias)
{
    *m = (struct matrix){.outs = outs,
                         .ins = ins,
                         .out_stride = ROUND_UP(outs, OUT_STEP),
                         .in_stride = ROUND_UP(ins, IN_STEP)};
    m->packed = lines(m->out_stride * m->in_stride * k->weight_bytes);
    m->scale = lines(m->out_stride * sizeof *m->scale);
    m->bias = lines(m->out_stride * sizeof *m->bias);
    m->start = lines(m->out_stride * sizeof *m->start);
    if (!m->packed || !m->scale || !m->bias || !m->start) {
        matrix_free(m);
        return false;
    }
    memcpy(m->scale, scale, outs * sizeof *scale);
    memcpy(m->bias, bias, outs * sizeof *bias);
    k->pack(m, weights);
    return true;
}

void matrix_free(struct matrix *m)
{
    free(m->packed);
    free(m->scale);
    free(m->bias);
    free(m->start);
    *m = (struct matrix){0};
}
