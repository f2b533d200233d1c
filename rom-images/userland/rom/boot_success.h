/* SPDX-License-Identifier: MIT */
/*
 * Telling the phone that this ROM is well: its slot is marked as successful, as Android's boot
 * control does it; then the firmware raises the rollback fuses to its index, if the maker signed it
 * (bootloader/arch/smc_services.h). In this order: the fuses must not pass a slot that
 * is still on trial.
 */
#ifndef USERLAND_BOOT_SUCCESS_H
#define USERLAND_BOOT_SUCCESS_H

#include "format/misc.h"
#include "trace.h"

/*
 * Reports, and says on the trace what came of it: the word of the kernel module flashlab_smc, or
 * "no-service" when that is not there. `slot_suffix`: "_a", "_b", or "" on a phone without slots.
 */
void boot_success_report(const struct trace *trace, const char *slot_suffix);

/*
 * Marks the slot in *record. False, and nothing changed: it is marked already, or the record is
 * damaged or has no such slot.
 */
bool boot_success_mark(struct slots_record *record, const char *slot_suffix);

#endif
