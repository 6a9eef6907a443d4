/* kernels_impl.h: the builds of the kernels, for kernels.c and the files that they are in. */
#ifndef STANCED_KERNELS_IMPL_H
#define STANCED_KERNELS_IMPL_H

#include "workers/engine/kernels.h"

#ifdef __x86_64__
#define KERNELS_X86 1
#endif

extern const struct kernels kernels_plain, kernels_avx2, kernels_avx512;

#endif
