/* SPDX-License-Identifier: MIT */
/* What lasts from one boot to the next. Part of the flow. */
#include "flow_keep.h"

void flow_keep_record(const struct flow *flow)
{
    *flow->phone->record = (struct boot_record){
        .unlocked = flow->state.unlocked,
        .boot_state = (uint32_t)flow->decision.boot_state,
        .authentic = flow->verified.verdict == VERDICT_AUTHENTIC,
        .rollback = flow->board.rollback_index,
        .rollback_to = policy_rollback_to(&flow->board, &flow->verified),
    };
}
