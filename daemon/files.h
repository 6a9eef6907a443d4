/* files.h: open files. Each peer is one; a bounded number of them leaves room for our own. */
#ifndef STANCED_FILES_H
#define STANCED_FILES_H

#include <stdint.h>

/* To be called once, before there are threads: takes as many files as we may have, not as many as a shell gives, and keeps
 * some for ourselves. From then on a connection that would use those is ended as soon as it is accepted. */
void files_setup(void);

/* Connections that were ended so, since the start. From any thread. */
int64_t files_turned_away(void);

#endif
