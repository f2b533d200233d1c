/* SPDX-License-Identifier: MIT */
/*
 * What the ROM reports on the port lab.trace: one JSON object a line,
 * as the firmware does before it.
 *
 * t_us is the time since power-on, from the same counter that the firmware reads. A reader who is
 * slow is waited for, TRACE_STALL_MS a line; when there is none the line is dropped.
 */
#ifndef USERLAND_TRACE_H
#define USERLAND_TRACE_H

#include "base/text.h"

#define TRACE_LINE_BYTES 8192 /* holds any values of properties, escaped */
#define TRACE_STALL_MS   2000

struct trace {
    int fd; /* -1: no port */
};

/* One event while it is being written. */
struct trace_event {
    char line[TRACE_LINE_BYTES];
    struct text text;
};

/*
 * Finds the port by its name and opens it; waits at most `wait_ms` for it to come, and then a
 * moment for QEMU to say that its other side is open. False: no port.
 */
bool trace_open(struct trace *trace, unsigned wait_ms);

/* {"t_us":...,"stage":"rom","event":NAME; add fields with json_str and the like to event->text. */
void trace_begin(struct trace_event *event, const char *name);

/* The same for another stage: "recovery". */
void trace_begin_stage(struct trace_event *event, const char *stage, const char *name);

/* Ends the object and sends it. */
void trace_send(const struct trace *trace, struct trace_event *event);

/* An event with the one field "what". */
void trace_what(const struct trace *trace, const char *name, const char *what);

#endif
