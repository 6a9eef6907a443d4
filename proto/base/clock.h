/* clock.h: time. Decisions never read it: whoever calls them passes it in. */
#ifndef STANCED_CLOCK_H
#define STANCED_CLOCK_H

#include "proto/base/str.h"

#define TIME_ABSENT INT64_MIN

int64_t clock_mono_ms(void); /* milliseconds on CLOCK_MONOTONIC: for deadlines */
int64_t clock_wall_ms(void); /* milliseconds since 1970-01-01T00:00:00Z: for people and for retention */

/* RFC 3339 ("2026-03-04T10:00:00Z", with offset or fraction; also a date alone, read as its midnight UTC) to
 * milliseconds since 1970. False when it is no such thing. Years 0001 to 9999. */
bool clock_parse(struct str text, int64_t *wall_ms);

#define CLOCK_TEXT 32
/* "2026-03-04T10:00:00Z", with ".123" when there are milliseconds. Returns `out`. */
const char *clock_format(int64_t wall_ms, char out[CLOCK_TEXT]);

/* Days since 1970-01-01 of a wall time (floor). */
int32_t clock_day(int64_t wall_ms);

#endif
