#include "daemon/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

enum { STATUS_MS = 2000 };

void service_ready(const char *status)
{
    sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void service_reloading(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    /* Type=notify-reload wants the time beside it, and not one before that of its own signal */
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

void service_alive(int64_t now, const char *status)
{
    static int64_t fed, said, every = -1;
    static char last[SERVICE_STATUS];
    uint64_t us = 0;
    if (every < 0)
        every = sd_watchdog_enabled(0, &us) > 0 ? (int64_t)(us / 4000) : INT64_MAX;
    if (every != INT64_MAX && now - fed >= every) {
        fed = now;
        sd_notify(0, "WATCHDOG=1");
    }
    if (now - said >= STATUS_MS && strcmp(last, status) != 0) {
        said = now;
        snprintf(last, sizeof last, "%s", status);
        sd_notifyf(0, "STATUS=%s", status);
    }
}

void service_stopping(void)
{
    sd_notify(0, "STOPPING=1\nSTATUS=draining");
}
