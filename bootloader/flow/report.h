/* SPDX-License-Identifier: MIT */
/*
 * What happened, told twice: a JSON line on lab.trace for programs, a line of words on the serial
 * line for people. docs/trace.md lists the events. Those of the stage "flow" decide: they go to the
 * secure UART too, before lab.trace, so that nobody can pass a ROM's line for one of them.
 */
#ifndef REPORT_H
#define REPORT_H

#include "base/text.h"
#include "iface/phone.h"

#define REPORT_BYTES 1024

/* One event that is being put together. */
struct report {
    const struct phone *phone;
    struct text json;
    struct text words;
    bool decides;
    char json_chars[REPORT_BYTES];
    char words_chars[REPORT_BYTES];
};

void report_begin(struct report *report, const struct phone *phone, const char *stage,
                  const char *event);
void report_str(struct report *report, const char *key, const char *value);
void report_u64(struct report *report, const char *key, uint64_t value);
void report_bool(struct report *report, const char *key, bool value);
/*
 * Sends both lines. A line that did not fit, or that nobody takes, is left out: the phone goes on.
 */
void report_end(struct report *report);

#endif
