/* SPDX-License-Identifier: MIT */
/*
 * The bootloader message in `misc`: what the ROM or the recovery asks the bootloader to do. Stage
 * storage. AOSP bootloader_message.h: format/misc.h.
 */
#ifndef STORAGE_BCB_H
#define STORAGE_BCB_H

#include "storage/partition.h"

enum bcb_command {
    BCB_NONE = 0, /* nothing, or nothing that is known */
    BCB_RECOVERY, /* until the recovery takes it away: so a wipe or an update is never half done */
    BCB_BOOTLOADER, /* once */
};

/* Strings that lack their NUL, or have something behind it, are fine; other words are BCB_NONE. */
enum bcb_command bcb_decode(struct slice message);

/*
 * Reads the message of `misc`. `scratch`: at least 4096 bytes.
 *
 *   E_BLOCK_...     the partition could not be read
 *   E_SLICE_RANGE   misc or scratch is too small
 */
NODISCARD enum err bcb_read(const struct partition *misc, struct span scratch,
                            enum bcb_command *out_command);

/*
 * Takes the command away, and nothing else: the rest of the message stays for the recovery. On the
 * disk when it comes back OK; errors as bcb_read, and E_BLOCK_READ_ONLY.
 */
NODISCARD enum err bcb_clear(const struct partition *misc, struct span scratch);

#endif
