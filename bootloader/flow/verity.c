/* SPDX-License-Identifier: MIT */
/* The ROM's note about its system. Part of the flow. */
#include "flow/verity.h"

#include "storage/verity_note.h"

void verity_apply_note(const struct gpt *gpt, const struct partition *system, struct span scratch,
                       struct verified *verified)
{
    const struct verified_hashtree *tree = &verified->system;
    struct partition misc;
    bool present;
    uint64_t block;
    enum err err;

    if (!tree->present || verified->hashtree_disabled || gpt_find(gpt, "misc", &misc) != OK ||
        verity_note_read(&misc, scratch, &present, &block) != OK || !present) {
        return;
    }
    err = verify_system_block(system, tree, block, scratch);
    if (err != OK && err != E_HASHTREE_RANGE) {
        verify_degrade(verified, VERDICT_BAD_HASH, err);
    }
}
