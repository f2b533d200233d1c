/* SPDX-License-Identifier: MIT */
/*
 * The processor and its power: off, reset, and the way into the ROM's kernel.
 */
#ifndef IFACE_POWER_H
#define IFACE_POWER_H

#include "base/bytes.h"

struct power;

/* Why the phone started: what was asked for when it restarted itself. */
enum restart {
    RESTART_NONE = 0, /* it was switched on */
    RESTART_PLAIN,
    RESTART_BOOTLOADER, /* into fastboot mode */
    RESTART_RECOVERY,
    RESTART_EARLY, /* the ROM did, before it was well: arch/smc.h */
};

struct power_ops {
    void (*off)(struct power *power);
    void (*reset)(struct power *power); /* RESTART_PLAIN */
    /* So too; phone->restart of the next start is `why`. */
    void (*restart)(struct power *power, enum restart why);
    /*
     * Stops the devices and enters the kernel at `entry` in the non-secure world, with the device
     * tree at `dtb`. Comes back on a fake phone only.
     */
    void (*enter_kernel)(struct power *power, uint64_t entry, uint64_t dtb);
    /*
     * Lets the processor sleep for so long at most, or until a device has news: what waits for a
     * person or a client calls it in its loop, between two looks.
     */
    void (*rest)(struct power *power, uint32_t us);
    /* Microseconds since power-on. */
    uint64_t (*now_us)(struct power *power);
};

struct power {
    const struct power_ops *ops;
};

#endif
