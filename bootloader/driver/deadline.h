/* SPDX-License-Identifier: MIT */
/*
 * How long a driver waits for its device.
 *
 * On a busy computer the whole machine may stand still for seconds, the device with it. So between
 * two looks at most DEADLINE_LOOK_US count, however late the second one comes: what runs out is the
 * time in which the phone ran and the device could have.
 *
 * Use: `struct deadline deadline = deadline_in(TIMEOUT_US);`, then ask deadline_is_over() once for
 * each look at the device, after the look.
 */
#ifndef DRIVER_DEADLINE_H
#define DRIVER_DEADLINE_H

#include "arch/cpu.h"
#include "base/bytes.h"

#define DEADLINE_LOOK_US 1000

struct deadline {
    uint64_t looked_us;
    uint64_t left_us;
};

static inline struct deadline deadline_in(uint64_t us)
{
    return (struct deadline){.looked_us = cpu_now_us(), .left_us = us};
}

static inline bool deadline_is_over(struct deadline *deadline)
{
    uint64_t now_us = cpu_now_us();
    uint64_t passed_us = now_us - deadline->looked_us;

    passed_us = MIN(passed_us, DEADLINE_LOOK_US);
    deadline->looked_us = now_us;
    deadline->left_us = passed_us < deadline->left_us ? deadline->left_us - passed_us : 0;
    return deadline->left_us == 0;
}

#endif
