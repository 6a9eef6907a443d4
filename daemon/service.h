/* service.h: what we tell systemd (sd_notify(3)); nothing happens where NOTIFY_SOCKET is not set. */
#ifndef STANCED_SERVICE_H
#define STANCED_SERVICE_H

#include <stdint.h>

enum { SERVICE_STATUS = 160 };

void service_ready(const char *status);
void service_reloading(void); /* to be followed by service_ready() */
void service_stopping(void);

/* Once a turn, `now` in monotonic ms: feeds the watchdog four times in its time, so that a loop that is stuck is ended
 * and started again; says the status when it has changed, at most every two seconds. */
void service_alive(int64_t now, const char *status);

#endif
