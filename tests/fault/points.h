/* points.h: named fail points. The fault builds (build/fault/...) are the programs' own objects, linked with wrappers
 * (ld --wrap) around what can fail; nothing of this is in a release.
 *
 *     STANCED_FAULT=POINT:N      the Nth call of POINT fails, from 1
 *     STANCED_FAULT=POINT:N-M    the Nth to the Mth; M = 0: from the Nth on
 *     STANCED_FAULT_SKEW=FILE    the file's 8 bytes (int64, this machine's order) are added to the wall clock, in ms
 *
 * Points: alloc, send_full, send_gone, send_memory (points.c); put, put_full, begin, commit, spawn (points_daemon.c). A
 * point that fires says so on stderr: "fault: alloc 17". */
#ifndef STANCED_TESTS_FAULT_POINTS_H
#define STANCED_TESTS_FAULT_POINTS_H

#include <stdbool.h>

/* Counts a call of this point (its own static counter); true: it has to fail. */
bool fault_fails(const char *point, long *calls);

#endif
