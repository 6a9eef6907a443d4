/* fuzz.h: what the fuzz targets share. One target a parser: whatever the bytes, it ends, within its memory, and what it
 * takes it can write and read again. */
#ifndef STANCED_TESTS_FUZZ_H
#define STANCED_TESTS_FUZZ_H

#include "proto/base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define CHECK(condition)                                                                                     \
    ((condition) ? (void)0 : (fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition), abort()))

/* The bytes as a file that can be opened by this path; the next call replaces them. */
static inline const char *fuzz_file(const void *bytes, size_t n)
{
    static char path[64];
    static int fd = -1;
    if (fd < 0) {
        fd = memfd_create("fuzz", MFD_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    CHECK(ftruncate(fd, 0) == 0 && pwrite(fd, bytes, n, 0) == (ssize_t)n);
    return path;
}

#endif
