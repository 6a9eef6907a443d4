/* confine.h: what a worker gives up before it reads what strangers wrote.
 *
 * Its input is text from anywhere and its code is large: should an article ever take it over, it shall have nothing to do
 * harm with. It keeps the socket that it has, memory, time, and reading its own data files again (a reload). It loses
 * writing, other files, new connections, programs, other processes, and every call that it does not need. In builds with
 * AddressSanitizer, which needs those calls, nothing is given up. */
#ifndef STANCED_CONFINE_H
#define STANCED_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

/* From now on files can be opened only for reading, and only below these folders (NULLs are skipped). Before any thread
 * is started. False: the kernel cannot (Landlock); confine_calls() then forbids to open any. */
bool confine_files(const char *const *folders, size_t n);

/* For this and all threads, for good. `files`: what confine_files() said. `family`: sockets of this family (AF_INET, ...)
 * may still be opened, to connect anew; -1: none. A call that is forbidden fails with EPERM. Dies when the filter cannot
 * be installed. */
void confine_calls(bool files, int family);

#endif
