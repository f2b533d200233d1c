/* SPDX-License-Identifier: MIT */
/* What lasts from one boot to the next. Part of the flow. */
#include "flow/commit.h"

#include "flow/events.h"
#include "flow/look.h"
#include "storage/wipe.h"

enum err flow_commit_wipe(struct flow *flow)
{
    enum err err;

    if (!flow->state.wipe_pending) {
        return OK;
    }
    err = wipe_when_pending(flow->phone->nor, &flow->state, &flow->gpt);
    flow_report_wipe(flow, err);
    return err;
}

void flow_commit_slot(struct flow *flow)
{
    const struct candidate_source source = flow_source(flow, PART_BOOT);

    slots_commit(&source, &flow->walk, false, &flow->decision);
}

void flow_commit_record(struct flow *flow)
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
