/* SPDX-License-Identifier: MIT */
/*
 * What the running ROM found out about its own `system`: dm-verity refuses a changed block, the ROM
 * notes which, and at the next start the bootloader looks at that block itself. Part of the flow.
 */
#ifndef FLOW_VERITY_H
#define FLOW_VERITY_H

#include "flow/flow.h"

/*
 * Heeds the note in `misc`: when the block is not what was signed, a good verdict becomes
 * VERDICT_BAD_HASH, with E_HASHTREE_BLOCK, or the device's error when the block cannot be read.
 * Without a note, a misc or a hash tree nothing happens.
 */
void flow_heed_verity_note(struct flow *flow);

#endif
