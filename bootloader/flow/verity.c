/* SPDX-License-Identifier: MIT */
/* The ROM's note about its system. Part of the flow. */
#include "flow/verity.h"

#include "storage/verity_note.h"

void flow_heed_verity_note(struct flow *flow)
{
    const struct verified_hashtree *tree = &flow->verified.system;
    struct span scratch = flow->phone->scratch;
    struct partition misc;
    bool present;
    uint64_t block;
    enum err err;

    if (!tree->present || flow->verified.hashtree_disabled ||
        gpt_find(&flow->gpt, "misc", &misc) != OK ||
        verity_note_read(&misc, scratch, &present, &block) != OK || !present) {
        return;
    }
    err = verify_system_block(&flow->parts.list[PART_SYSTEM], tree, block, scratch);
    if (err != OK && err != E_HASHTREE_RANGE) {
        verify_degrade(&flow->verified, VERDICT_BAD_HASH, err);
    }
}
