/* log.h: messages to stderr, and the three kinds of failure (see README "Failures").
 *
 * One line a message. Under systemd (stderr is the journal) each line starts with its priority, "<6>", as
 * sd-daemon(3) defines; elsewhere with the program's name. Thread-safe as far as one write(2) is. */
#ifndef STANCED_LOG_H
#define STANCED_LOG_H

#include <stdnoreturn.h>

/* The numbers are those of syslog(3). */
enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_NOTICE = 5,
    LOG_LEVEL_INFO = 6,
    LOG_LEVEL_DEBUG = 7
};

/* Sets the program's name (kept, not copied) and the least urgent level that is still written. */
void log_open(const char *program, enum log_level most);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A bad environment at start: says what, and exits with a code of sysexits.h. Never because of what a peer
 * sent. */
noreturn void die(int exit_code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A broken invariant: our mistake. Says where and aborts. */
noreturn void log_bug(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define BUG(...) log_bug(__FILE__, __LINE__, __VA_ARGS__)

#endif
