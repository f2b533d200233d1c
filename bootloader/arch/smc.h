/* SPDX-License-Identifier: MIT */
/*
 * The services of EL3 for the ROM, by SMC: PSCI 1.0 (Arm DEN 0022), as far as a phone with one processor
 * needs it.
 *
 *   PSCI_VERSION 0x84000000     -> 0x00010000
 *   MIGRATE_INFO_TYPE 0x84000006 -> 2: nothing to migrate
 *   SYSTEM_OFF 0x84000008       does not come back
 *   SYSTEM_RESET 0x84000009     does not come back
 *   PSCI_FEATURES 0x8400000a (id) -> 0 for the ones listed here, else NOT_SUPPORTED
 *
 * Everything else is NOT_SUPPORTED (-1). Arguments are numbers; none is ever taken as an address.
 */
#ifndef ARCH_SMC_H
#define ARCH_SMC_H

#include "iface/power.h"

/* The caller's registers, x0 to x30, as entry.S lays them out; x[0] is what the caller gets back. */
struct smc_frame {
    uint64_t x[32];
};

/* Who switches off and resets. */
void smc_start(struct power *power);

/* From entry.S. */
void smc_handle(struct smc_frame *frame);

#endif
