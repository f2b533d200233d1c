/* SPDX-License-Identifier: MIT */
/* What lasts from one boot to the next. Part of the flow. */
#include "flow/commit.h"

#include "flow/events.h"
#include "flow/look.h"
#include "storage/restarts.h"
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

/* Where a slot's tries are counted, those end the loop. */
static bool is_tried(const struct flow *flow)
{
    return flow->board.slot_count == SLOT_COUNT && !flow->walk.record.list[flow->walk.slot].successful;
}

void flow_commit_restart(struct flow *flow)
{
    bool asked = flow->request.message != BCB_NONE; /* it restarted for that, and died of nothing */

    if (flow->phone->restart == RESTART_EARLY && !flow->went_on && !asked && !is_tried(flow)) {
        /* One that cannot be counted is not: the loop then lasts until a person ends it. */
        (void)!restarts_add(flow->phone->nor, &flow->state);
    }
    flow_report_restarts(flow);
}

void flow_commit_person(struct flow *flow)
{
    (void)!restarts_clear(flow->phone->nor, &flow->state);
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
        .is_rom = flow->candidate.part == PART_BOOT && !flow->is_lent,
        .entered_us = flow->phone->power->ops->now_us(flow->phone->power),
    };
}
