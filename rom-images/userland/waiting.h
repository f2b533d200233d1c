/* SPDX-License-Identifier: MIT */
/*
 * How long a device is waited for that the kernel may not have found yet. A device that has not
 * come by then is not there.
 *
 * The milliseconds are those that the waiting process slept, one after the other, and not the
 * clock's: while a busy computer stands still, the device cannot come.
 */
#ifndef USERLAND_WAITING_H
#define USERLAND_WAITING_H

#include <stdbool.h>
#include <unistd.h>

#define DEVICE_WAIT_MS 10000

/* Use: do { look } while (!found && wait_more(&left_ms)); false: the time is over. */
static inline bool wait_more(unsigned *left_ms)
{
    if (*left_ms == 0) {
        return false;
    }
    (*left_ms)--;
    usleep(1000);
    return true;
}

#endif
