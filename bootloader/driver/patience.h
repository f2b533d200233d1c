/* SPDX-License-Identifier: MIT */
/*
 * How long a driver waits for its device.
 *
 * On a busy computer the whole machine may stand still for seconds, the device with it. So between
 * two looks at most PATIENCE_LOOK_US count, however late the second one comes: what runs out is the
 * time in which the phone ran and the device could have.
 *
 * Use: `struct patience patience = patience_of(TIMEOUT_US);`, then ask patience_is_over() once for
 * each look at the device, after the look.
 */
#ifndef DRIVER_PATIENCE_H
#define DRIVER_PATIENCE_H

#include "arch/cpu.h"

#define PATIENCE_LOOK_US 1000

struct patience {
    uint64_t looked_us;
    uint64_t left_us;
};

static inline struct patience patience_of(uint64_t us)
{
    return (struct patience){.looked_us = cpu_now_us(), .left_us = us};
}

static inline bool patience_is_over(struct patience *patience)
{
    uint64_t now_us = cpu_now_us();
    uint64_t passed_us = now_us - patience->looked_us;

    passed_us = passed_us < PATIENCE_LOOK_US ? passed_us : PATIENCE_LOOK_US;
    patience->looked_us = now_us;
    patience->left_us = passed_us < patience->left_us ? patience->left_us - passed_us : 0;
    return patience->left_us == 0;
}

#endif
