/* unit.h: what every unit test includes: cmocka with the headers that it wants before it. */
#ifndef STANCED_TESTS_UNIT_H
#define STANCED_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/base/str.h"

/* Fails unless `s` is exactly this text. */
#define assert_str(s, text)                                                                                  \
    do {                                                                                                     \
        struct str unit_s = (s);                                                                             \
        assert_non_null(unit_s.p);                                                                           \
        assert_int_equal(unit_s.n, strlen(text));                                                            \
        assert_memory_equal(unit_s.p, (text), unit_s.n);                                                     \
    } while (0)

/* Fails unless `text` (a C string) has `part` in it, and shows both. */
#define assert_contains(text, part)                                                                          \
    do {                                                                                                     \
        if (!strstr((text), (part)))                                                                         \
            fail_msg("expected \"%s\" in \"%s\"", (part), (text));                                           \
    } while (0)

#endif
