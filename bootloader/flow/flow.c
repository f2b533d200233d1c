/* SPDX-License-Identifier: MIT */
/*
 * START READING HERE. The whole way of a phone from power-on to its verdict, one call a stage.
 */
#include "flow/flow.h"

#include "flow/end.h"
#include "flow/commit.h"
#include "flow/wait.h"
#include "flow/read.h"
#include "flow/look.h"
#include "flow/events.h"

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
    if (flow_keep_finish(flow) != OK) {
        return brick(REASON_BAD_STATE);
    }
    flow_keep_message(flow);
    flow_look_at_rom(flow);
    return flow->candidate.decision;
}

void flow_run(const struct phone *phone, struct flow *out_flow)
{
    struct flow *flow = out_flow;

    *flow = (struct flow){.phone = phone};
    flow_report_power_on(phone);
    do {
        flow->decision = walk(flow);
        flow_heed_keys(flow);
        flow_keep_heed(flow);
        flow_look_at_recovery(flow);
        flow_prepare(flow);
        flow_commit_slot(flow);
        flow_tell(flow);
    } while (flow_end(flow));
}
