#include "proto/base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *log_program = "stanced";
static enum log_level log_most = LOG_LEVEL_INFO;
static bool to_journal;

/* systemd names the journal's socket as "device:inode" in $JOURNAL_STREAM; a redirected stderr differs from
 * it. */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat st;
    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && fstat(STDERR_FILENO, &st) == 0 &&
           st.st_dev == device && st.st_ino == inode;
}

void log_open(const char *program, enum log_level most)
{
    log_program = program;
    log_most = most;
    to_journal = stderr_is_journal();
}

static void write_line(enum log_level level, const char *format, va_list args)
{
    static const char *const names[] = {"", "", "", "error: ", "warning: ", "", "", "debug: "};
    char line[2048];
    int n = to_journal ? snprintf(line, sizeof line, "<%d>", level)
                       : snprintf(line, sizeof line, "%s: %s", log_program, names[level]);
    int more = vsnprintf(line + n, sizeof line - (size_t)n - 1, format, args);
    if (more < 0)
        return;
    size_t len = (size_t)n + (size_t)more;
    if (len > sizeof line - 2)
        len = sizeof line - 2;
    line[len] = '\n';
    /* One write a line, so that lines of several processes do not mix. Nobody is left to tell when it fails.
     */
    if (write(STDERR_FILENO, line, len + 1) < 0)
        return;
}

#define LOG_FUNCTION(name, level)                                                                            \
    void name(const char *format, ...)                                                                       \
    {                                                                                                        \
        va_list args;                                                                                        \
        if ((level) > log_most)                                                                              \
            return;                                                                                          \
        va_start(args, format);                                                                              \
        write_line((level), format, args);                                                                   \
        va_end(args);                                                                                        \
    }
LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warning, LOG_LEVEL_WARNING)
LOG_FUNCTION(log_notice, LOG_LEVEL_NOTICE)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)

void die(int exit_code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_line(LOG_LEVEL_ERROR, format, args);
    va_end(args);
    exit(exit_code);
}

void log_bug(const char *file, int line, const char *format, ...)
{
    va_list args;
    char what[1024];
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    log_error("BUG at %s:%d: %s", file, line, what);
    abort();
}
