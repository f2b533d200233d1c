/* SPDX-License-Identifier: MIT */
/*
 * flash: and erase:. Stage fastboot.
 */
#ifndef FASTBOOT_FLASH_H
#define FASTBOOT_FLASH_H

#include "fastboot/reply.h"

/*
 * The partition that a command means: its own name, or, on a phone with slots, the name without the
 * suffix of the current slot. E_GPT_NOT_FOUND when there is none; *out_partition is untouched then.
 */
NODISCARD enum err flash_find(const struct fastboot_context *context, const char *name,
                              struct partition *out_partition);

void flash_run(struct session *session, const char *argument);
void flash_run_crc_list(struct session *session, const char *argument);
void flash_run_sparse_crc_list(struct session *session, const char *argument);
void flash_run_antirbpass(struct session *session, const char *argument);
void flash_run_erase(struct session *session, const char *argument);

#endif
