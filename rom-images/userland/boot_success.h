/* SPDX-License-Identifier: MIT */
/*
 * Telling the phone that this ROM is well: the firmware then raises the rollback fuses to its index, if
 * the maker signed it (bootloader/arch/smc_services.h).
 */
#ifndef USERLAND_BOOT_SUCCESS_H
#define USERLAND_BOOT_SUCCESS_H

#include "trace.h"

/*
 * Reports, and says on the trace what came of it: the word of the kernel module flashlab_smc, or
 * "no-service" when that is not there.
 */
void boot_success_report(const struct trace *trace);

#endif
