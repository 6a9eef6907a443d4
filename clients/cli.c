/* cli.c: the small things that all commands share. */
#include "clients/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "proto/base/log.h"

int cli_usage(const char *command, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fprintf(stderr, "stance %s: ", command);
    vfprintf(stderr, format, ap);
    fprintf(stderr, "\nTry 'stance %s --help'.\n", command);
    va_end(ap);
    return EX_USAGE;
}

bool cli_number(const char *text, int64_t least, int64_t most, int64_t *out)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (errno || end == text || *end || n < least || n > most)
        return false;
    *out = n;
    return true;
}

int cli_exit_code(enum stance_code code)
{
    switch (code) {
    case STANCE_OK: return EX_OK;
    case STANCE_TIMEOUT: return EX_UNAVAILABLE;
    case STANCE_INTERRUPTED: return EX_TEMPFAIL;
    case STANCE_REFUSED: return EX_DATAERR;
    case STANCE_DENIED: return EX_NOPERM;
    case STANCE_FAILED: return EX_SOFTWARE;
    }
    BUG("no such result: %d", code);
}
