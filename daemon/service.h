/* service.h: what we tell systemd (sd_notify(3)); nothing happens where NOTIFY_SOCKET is not set. */
#ifndef STANCED_SERVICE_H
#define STANCED_SERVICE_H

void service_ready(const char *status);
void service_reloading(void); /* to be followed by service_ready() */
void service_stopping(void);

#endif
