/* SPDX-License-Identifier: MIT */
/* What the ROM reports on lab.trace. QEMU: -device virtserialport,name=lab.trace,... */
#include "trace.h"

#include "ports.h"
#include "waiting.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PORT_NAME       "lab.trace"
#define CONNECT_WAIT_MS 1000 /* nobody may be there: the phone goes on without him */

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

/*
 * A port can be written to once its other side is open: QEMU says so after the name, as soon as it
 * gets to it. Until then poll() finds a hang-up.
 */
static bool is_connected(int fd)
{
    struct pollfd port = {.fd = fd, .events = POLLOUT};

    return poll(&port, 1, 0) > 0 && (port.revents & POLLHUP) == 0;
}

bool trace_open(struct trace *trace, unsigned wait_ms)
{
    trace->fd = port_open(PORT_NAME, O_WRONLY | O_NONBLOCK, wait_ms);
    if (trace->fd < 0) {
        return false;
    }
    wait_ms = MIN(wait_ms, CONNECT_WAIT_MS);
    while (!is_connected(trace->fd) && wait_more(&wait_ms)) {
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
    struct pollfd port = {.fd = trace->fd, .events = POLLOUT};
    ssize_t sent;

    json_end(&event->text);
    /* Half an object would be worse than none. */
    if (trace->fd < 0 || event->text.full) {
        return;
    }
    event->line[event->text.length] = '\n';
    do {
        sent = write(trace->fd, event->line, event->text.length + 1);
    } while (sent < 0 &&
             (errno == EINTR || (errno == EAGAIN && poll(&port, 1, TRACE_STALL_MS) > 0 &&
                                 (port.revents & POLLHUP) == 0)));
}

void trace_what(const struct trace *trace, const char *name, const char *what)
{
    struct trace_event event;

    trace_begin(&event, name);
    json_str(&event.text, "what", what);
    trace_send(trace, &event);
}
