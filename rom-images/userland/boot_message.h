/* SPDX-License-Identifier: MIT */
/*
 * The bootloader message: how ROM, recovery and bootloader leave each other word over a restart. It
 * lies in the partition `misc` (bootloader/format/misc.h).
 */
#ifndef USERLAND_BOOT_MESSAGE_H
#define USERLAND_BOOT_MESSAGE_H

#include "format/misc.h"

#include <stdbool.h>

/*
 * What a recovery is asked for: the first line of the message's `recovery` field, and one option.
 */
#define RECOVERY_WORD          "recovery\n"
#define RECOVERY_SHOW_MISMATCH "--show_version_mismatch\n"
/* Without their newline. */
#define RECOVERY_SIDELOAD        "--sideload"
#define RECOVERY_SIDELOAD_REBOOT "--sideload_auto_reboot"

/* `command` and the lines of `recovery`; empty texts for none. Longer ones are cut. */
void boot_message_make(const char *command, const char *recovery, struct bootloader_message *out);

/* Has the message this line (with its newline) in `recovery`, after RECOVERY_WORD? */
bool boot_message_asks(const struct bootloader_message *message, const char *line);

/* From and to the partition; writing ends when it lies on the disk. False: it could not be done. */
bool boot_message_read(struct bootloader_message *out);
bool boot_message_write(const struct bootloader_message *message);

#endif
