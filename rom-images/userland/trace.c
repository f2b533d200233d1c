/* SPDX-License-Identifier: MIT */
/* What the ROM reports on lab.trace. QEMU: -device virtserialport,name=lab.trace,... */
#include "trace.h"

#include "ports.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PORT_NAME  "lab.trace"
#define PORT_FLAGS (O_WRONLY | O_NONBLOCK)

static uint64_t now_us(void)
{
    uint64_t ticks;
    uint64_t hz;

    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks));
    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
    if (hz == 0) {
        return 0;
    }
    return ticks / hz * 1000000 + ticks % hz * 1000000 / hz;
}

bool trace_open(struct trace *trace, unsigned wait_ms)
{
    struct pollfd writable = {.fd = port_open(PORT_NAME, PORT_FLAGS), .events = POLLOUT};

    for (unsigned waited_ms = 0; writable.fd < 0 && waited_ms < wait_ms; waited_ms++) {
        usleep(1000);
        writable.fd = port_open(PORT_NAME, PORT_FLAGS);
    }
    trace->fd = writable.fd;
    if (writable.fd < 0) {
        return false;
    }
    /* A port can be written to once its other side is open: QEMU says so just after the name. */
    for (unsigned waited_ms = 0; waited_ms < 200 && poll(&writable, 1, 0) == 0; waited_ms++) {
        usleep(1000);
    }
    return true;
}

void trace_begin(struct trace_event *event, const char *name)
{
    trace_begin_stage(event, "rom", name);
}

void trace_begin_stage(struct trace_event *event, const char *stage, const char *name)
{
    event->text = text_in(event->line, sizeof(event->line) - 1);
    json_begin(&event->text);
    json_u64(&event->text, "t_us", now_us());
    json_str(&event->text, "stage", stage);
    json_str(&event->text, "event", name);
}

void trace_send(const struct trace *trace, struct trace_event *event)
{
    ssize_t sent;

    json_end(&event->text);
    /* Half an object would be worse than none. */
    if (trace->fd < 0 || event->text.full) {
        return;
    }
    event->line[event->text.length] = '\n';
    do {
        sent = write(trace->fd, event->line, event->text.length + 1);
    } while (sent < 0 && errno == EINTR);
}

void trace_what(const struct trace *trace, const char *name, const char *what)
{
    struct trace_event event;

    trace_begin(&event, name);
    json_str(&event.text, "what", what);
    trace_send(trace, &event);
}
