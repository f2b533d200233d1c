/* SPDX-License-Identifier: MIT */
/*
 * The services of EL3 for the ROM, by SMC: PSCI 1.0 (Arm DEN 0022), as far as a phone with one
 * processor needs it, and the lab's own (arch/smc_services.h, which a ROM's programmer reads).
 *
 *   PSCI_VERSION 0x84000000     -> 0x00010000
 *   MIGRATE_INFO_TYPE 0x84000006 -> 2: nothing to migrate
 *   SYSTEM_OFF 0x84000008       does not come back
 *   SYSTEM_RESET 0x84000009     does not come back; RESTART_EARLY within two minutes of the start of
 *                               an installed ROM that has not said that it is well
 *   PSCI_FEATURES 0x8400000a (id) -> 0 for the ones listed here, else NOT_SUPPORTED
 *
 * Everything else is NOT_SUPPORTED (-1). Arguments are numbers; none is ever taken as an address.
 *
 * The ROM's SIMD registers are live while these run: general registers only (-mgeneral-regs-only,
 * and no C library function but memcpy, memmove and memset, which are arch/mem.S).
 */
#ifndef ARCH_SMC_H
#define ARCH_SMC_H

#include "iface/boot_record.h"
#include "iface/power.h"

/*
 * The caller's registers, x0 to x30, as entry.S lays them out; x[0] is what the caller gets back.
 */
struct smc_frame {
    uint64_t x[32];
};

/* Who does what the services ask for. It is copied; what it points to must stay. */
struct smc_backend {
    struct power *power;
    struct boot_record *record;
    /* Burns the rollback fuses up to `index`: port/ knows how. */
    enum err (*raise_rollback)(uint64_t index);
    /* What it did before counts no more. */
    void (*rom_is_well)(void);
};

void smc_start(const struct smc_backend *backend);

/* From entry.S. */
void smc_handle(struct smc_frame *frame);

#endif
