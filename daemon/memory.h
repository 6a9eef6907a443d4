/* memory.h: how much memory the process holds for itself, so that feeders can be told to wait before it runs out. */
#ifndef STANCED_MEMORY_H
#define STANCED_MEMORY_H

#include <stdint.h>

/* To be called once, before there are threads: memory that is freed goes back to the system and not into pools. */
void memory_setup(void);

/* Bytes of private memory now, without pages of files such as the store's map; 0: unknown. */
int64_t memory_private(void);

#endif
