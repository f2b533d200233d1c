/* SPDX-License-Identifier: MIT */
/*
 * What the running ROM found out about its own `system`: dm-verity refuses a changed block, the ROM
 * notes which, and at the next start the bootloader looks at that block itself. Part of the flow.
 */
#ifndef FLOW_VERITY_H
#define FLOW_VERITY_H

#include "storage/gpt.h"
#include "verify/verify.h"

/*
 * Applies the note in `misc`: when the block of `system` is not what was signed, a good verdict
 * becomes VERDICT_BAD_HASH, with E_HASHTREE_BLOCK, or the device's error when the block cannot be
 * read. Without a note, a misc or a hash tree nothing happens.
 */
void verity_apply_note(const struct gpt *gpt, const struct partition *system, struct span scratch,
                       struct verified *verified);

#endif
