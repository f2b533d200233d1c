/* SPDX-License-Identifier: MIT */
/*
 * What the home screen's clock shows: the phone's real-time clock, in UTC.
 *
 * The property ro.flashlab.clock=HH:MM stops it at that time of Wednesday, 5 September 2018, so
 * that pictures can be compared. (A ROM without it can be stopped from outside:
 * QEMU -rtc base=...,clock=vm.)
 */
#ifndef USERLAND_CLOCK_H
#define USERLAND_CLOCK_H

#include <stdbool.h>

struct clock_time {
    int month;   /* 1 to 12 */
    int day;     /* 1 to 31 */
    int weekday; /* 0 to 6, from Sunday */
    int hour;
    int minute;
};

/*
 * The time to show; `stopped_at` is the property's value, or "" - anything but HH:MM counts as "".
 */
struct clock_time clock_read(const char *stopped_at);

/* True when the clock stands still. */
bool clock_is_stopped(const char *stopped_at);

/* Milliseconds to the next full minute of the real-time clock: 1 to 60000. */
int clock_to_next_minute_ms(void);

#endif
