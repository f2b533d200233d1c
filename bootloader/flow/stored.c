/* SPDX-License-Identifier: MIT */
/* AVB's stored rollback indexes. Part of the flow. */
#include "flow/stored.h"

static bool may_raise(const struct flow *flow)
{
    return flow->board.slot_count == 0 ||
           flow->walk.record.list[flow->walk.record.active].successful;
}

void flow_raise_stored(struct flow *flow)
{
    struct state state = flow->state;
    bool rises = false;

    for (size_t i = 0; i < STATE_ROLLBACK_LOCATIONS; i++) {
        uint64_t index = policy_stored_to(&flow->board, &flow->state, &flow->candidate.verified, i);

        rises |= index > state.rollback[i];
        state.rollback[i] = index;
    }
    if (rises && may_raise(flow) && state_commit(flow->phone->nor, &state) == OK) {
        flow->state = state;
    }
}
