/* SPDX-License-Identifier: MIT */
/* What lasts from one boot to the next. Part of the flow. */
#include "flow/commit.h"

#include "flow/events.h"
#include "flow/look.h"
#include "format/boot_image.h"
#include "iface/block.h"
#include "storage/wipe.h"

#include <string.h>

enum err flow_keep_finish(struct flow *flow)
{
    enum err err;

    if (!flow->state.wipe_pending) {
        return OK;
    }
    err = wipe_when_pending(flow->phone->nor, &flow->state, &flow->gpt);
    flow_report_wipe(flow, err);
    return err;
}

/* Does it begin as a boot image? Whether it is a good one is for stage verify to say. */
static bool has_recovery(const struct flow *flow)
{
    struct partition recovery;
    struct span block = {.data = flow->phone->scratch.data};

    if (gpt_find(&flow->gpt, "recovery", &recovery) != OK) {
        return false;
    }
    block.size = recovery.disk->block_bytes;
    return block.size <= flow->phone->scratch.size && partition_read(&recovery, 0, block) == OK &&
           memcmp(block.data, BOOT_IMAGE_MAGIC, strlen(BOOT_IMAGE_MAGIC)) == 0;
}

void flow_keep_message(struct flow *flow)
{
    struct span scratch = flow->phone->scratch;
    enum bcb_command command;
    struct partition misc;

    flow->asked = BCB_NONE;
    if (flow->went_on || gpt_find(&flow->gpt, "misc", &misc) != OK ||
        bcb_read(&misc, scratch, &command) != OK || command == BCB_NONE) {
        return;
    }
    if (command == BCB_RECOVERY ? has_recovery(flow) : bcb_clear(&misc, scratch) == OK) {
        flow->asked = command;
    }
    flow_report_message(flow, command);
}

void flow_keep_heed(struct flow *flow)
{
    struct decision *decision = &flow->decision;

    if (flow->asked == BCB_NONE || decision->fate == FATE_DEAD || decision->reason == REASON_KEYS ||
        decision->reason == REASON_COMMAND) {
        return;
    }
    decision->fate = flow->asked == BCB_RECOVERY ? FATE_RECOVERY : FATE_FASTBOOT;
    decision->reason = REASON_BCB;
}

void flow_commit_slot(struct flow *flow)
{
    const struct candidate_source source = flow_source(flow, PART_BOOT);

    slots_commit(&source, &flow->walk, false, &flow->decision);
}

void flow_keep_record(struct flow *flow)
{
    const struct candidate_source source = flow_source(flow, PART_BOOT);

    *flow->phone->record = (struct boot_record){
        .unlocked = flow->state.unlocked,
        .boot_state = (uint32_t)flow->decision.boot_state,
        .authentic = flow->candidate.verified.verdict == VERDICT_AUTHENTIC,
        .rollback = flow->board.rollback_index,
        .rollback_to = slots_rollback_to(&source, &flow->walk, &flow->candidate.verified),
    };
}
