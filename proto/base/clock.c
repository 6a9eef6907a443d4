#include "proto/base/clock.h"

#include <time.h>

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

static int64_t now_ms(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_mono_ms(void)
{
    return now_ms(CLOCK_MONOTONIC);
}

int64_t clock_wall_ms(void)
{
    return now_ms(CLOCK_REALTIME);
}

/* Days since 1970-01-01 of a date of the Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms"). */
static int64_t days_from_date(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void date_from_days(int64_t days, int64_t *y, int *m, int *d)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = yoe + era * 400 + (*m <= 2);
}

struct reader {
    const char *p, *end;
    bool ok;
};

static int digits(struct reader *r, int n)
{
    int v = 0;
    for (; n > 0; n--) {
        if (r->p == r->end || *r->p < '0' || *r->p > '9')
            return r->ok = false, 0;
        v = v * 10 + (*r->p++ - '0');
    }
    return v;
}

static bool eat(struct reader *r, const char *any)
{
    if (r->p == r->end || !strchr(any, *r->p) || !*r->p)
        return false;
    r->p++;
    return true;
}

static void need(struct reader *r, const char *any)
{
    r->ok = r->ok && eat(r, any);
}

static bool date_is_real(int y, int m, int d)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return y >= 1 && m >= 1 && m <= 12 && d >= 1 && d <= days[m - 1] + (m == 2 && leap);
}

/* "10:00:00.123+02:00": milliseconds since midnight UTC, which may be less than 0 or more than a day. */
static int64_t read_time(struct reader *r)
{
    int h = digits(r, 2);
    need(r, ":");
    int m = digits(r, 2);
    need(r, ":");
    int s = digits(r, 2), ms = 0;
    if (eat(r, "."))
        for (int unit = 100, i = 0; i == 0 || (r->p < r->end && *r->p >= '0' && *r->p <= '9');
             unit /= 10, i++)
            ms += unit * digits(r, 1);
    int offset = 0;
    if (!eat(r, "Zz")) {
        bool minus = r->p < r->end && *r->p == '-';
        need(r, "+-");
        int oh = digits(r, 2);
        need(r, ":");
        int om = digits(r, 2);
        r->ok = r->ok && oh < 24 && om < 60;
        offset = (oh * 60 + om) * (minus ? -1 : 1);
    }
    r->ok = r->ok && h < 24 && m < 60 && s <= 60;
    return ((h * 60 + m - offset) * INT64_C(60) + s) * 1000 + ms;
}

bool clock_parse(struct str text, int64_t *wall_ms)
{
    struct reader r = {text.p, text.p + text.n, true};
    int y = digits(&r, 4);
    need(&r, "-");
    int m = digits(&r, 2);
    need(&r, "-");
    int d = digits(&r, 2);
    if (!r.ok || !date_is_real(y, m, d))
        return false;
    int64_t ms = days_from_date(y, m, d) * DAY_MS;
    if (r.p < r.end) {
        need(&r, "Tt ");
        ms += read_time(&r);
    }
    if (!r.ok || r.p != r.end)
        return false;
    *wall_ms = ms;
    return true;
}

static char *put_digits(char *at, int64_t v, int n, char behind)
{
    for (int i = n - 1; i >= 0; i--, v /= 10)
        at[i] = (char)('0' + v % 10);
    at[n] = behind;
    return at + n + 1;
}

/* By hand: every event that is packed has a time, and printf took a tenth of the daemon's turn. */
const char *clock_format(int64_t wall_ms, char out[CLOCK_TEXT])
{
    int64_t day = wall_ms / DAY_MS - (wall_ms % DAY_MS < 0), ms = wall_ms - day * DAY_MS, y;
    int m, d;
    date_from_days(day, &y, &m, &d);
    char *p = put_digits(out, y, 4, '-');
    p = put_digits(p, m, 2, '-');
    p = put_digits(p, d, 2, 'T');
    p = put_digits(p, ms / 3600000, 2, ':');
    p = put_digits(p, ms / 60000 % 60, 2, ':');
    p = put_digits(p, ms / 1000 % 60, 2, ms % 1000 ? '.' : 'Z');
    if (ms % 1000)
        p = put_digits(p, ms % 1000, 3, 'Z');
    *p = 0;
    return out;
}

int32_t clock_day(int64_t wall_ms)
{
    return (int32_t)(wall_ms / DAY_MS - (wall_ms % DAY_MS < 0));
}
