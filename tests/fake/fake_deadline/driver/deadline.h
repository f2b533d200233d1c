/* SPDX-License-Identifier: MIT */
/*
 * In place of bootloader/driver/deadline.h, where a test wants thousands of waits that run out in a
 * second: a deadline is over after so many looks, whatever the clock says.
 */
#ifndef DRIVER_DEADLINE_H
#define DRIVER_DEADLINE_H

#include "arch/cpu.h"

#include <stdbool.h>

#define DEADLINE_LOOKS   32
#define DEADLINE_LOOK_US 1000

struct deadline {
    unsigned looks;
};

static inline struct deadline deadline_in(uint64_t us)
{
    (void)cpu_now_us();
    return (struct deadline){.looks = us != 0 ? DEADLINE_LOOKS : 1};
}

static inline bool deadline_is_over(struct deadline *deadline)
{
    (void)cpu_now_us();
    return --deadline->looks == 0;
}

#endif
