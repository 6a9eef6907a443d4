#include "daemon/service.h"

#include "proto/base/clock.h"

#include <inttypes.h>
#include <systemd/sd-daemon.h>

void service_ready(const char *status)
{
    sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void service_reloading(void)
{
    /* the time is what Type=notify-reload wants beside it */
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_mono_ms() * 1000);
}

void service_stopping(void)
{
    sd_notify(0, "STOPPING=1\nSTATUS=draining");
}
