/* SPDX-License-Identifier: MIT */
/*
 * START READING HERE. The whole way of a phone from power-on to its verdict, one call a stage.
 */
#include "flow/flow.h"

#include "flow/commit.h"
#include "flow/end.h"
#include "flow/events.h"
#include "flow/look.h"
#include "flow/read.h"
#include "flow/request.h"

static struct decision brick(enum reason reason)
{
    return (struct decision){.fate = FATE_BRICK, .reason = reason, .boot_state = BOOT_STATE_RED};
}

/* From power-on to what is to be done. Each stage may end the way early. */
static struct decision walk(struct flow *flow)
{
    flow->board_err = flow_read_board(flow);
    flow_report_board(flow);
    if (flow->board_err != OK) {
        return brick(REASON_BAD_BOARD);
    }
    flow->state_err = flow_read_state(flow);

    flow->gpt_err = flow_read_gpt(flow);
    flow_report_storage(flow);
    if (flow->gpt_err != OK) {
        return brick(REASON_BAD_GPT);
    }
    if (flow_commit_wipe(flow) != OK) {
        return brick(REASON_BAD_STATE);
    }
    flow_request_message(flow);
    flow_look_at_rom(flow);
    flow_commit_restart(flow);
    return policy_after_restarts(&flow->state, &flow->candidate.decision);
}

static void decide(struct flow *flow)
{
    flow->decision = walk(flow);
    flow_request_apply(flow);
    flow_look_at_recovery(flow);
    flow_commit_slot(flow);
}

void flow_run(const struct phone *phone, struct flow *out_flow)
{
    struct flow *flow = out_flow;
    enum flow_next next = FLOW_NEXT_DECIDE;

    *flow = (struct flow){.phone = phone};
    flow_report_power_on(phone);
    while (next != FLOW_NEXT_NOTHING) {
        if (next == FLOW_NEXT_DECIDE) {
            decide(flow);
        }
        flow_prepare(flow);
        flow_show_verdict(flow);
        next = flow_end(flow);
    }
}
