/* SPDX-License-Identifier: MIT */
/*
 * START READING HERE. The whole way of a phone from power-on to its verdict, one call a stage.
 */
#include "flow.h"

#include "flow_end.h"
#include "flow_keys.h"
#include "flow_read.h"
#include "flow_report.h"
#include "verify/verify.h"

static struct decision brick(enum reason reason)
{
    return (struct decision){.fate = FATE_BRICK, .reason = reason, .boot_state = BOOT_STATE_RED};
}

static struct decision decide(struct flow *flow)
{
    return policy_decide(&flow->board, &flow->state, &flow->verified);
}

/* From power-on to what is to be done. Each stage may end the way early. */
static struct decision walk(struct flow *flow)
{
    struct decision decision;

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
    if (flow_read_claims(flow, flow->board.slot_count != 0 ? "_a" : "", PART_BOOT) != OK) {
        return brick(REASON_BAD_GPT);
    }
    flow_report_claims(flow);
    decision = decide(flow);
    if (flow_look_at_keys(flow) && decision.fate == FATE_BOOT) {
        return decision; /* somebody wants something else: flow_heed_keys */
    }
    /* It may run here if it is what it claims to be: only now is it worth reading in full. */
    if (decision.fate == FATE_BOOT || flow->verified.why == E_VBMETA_MAGIC) {
        flow_show(flow, SCREEN_LOGO);
        if (flow_read_images(flow) != OK) {
            return brick(REASON_BAD_GPT);
        }
        flow_report_images(flow);
        decision = decide(flow);
    }
    flow_report_policy(flow, &decision);
    return decision;
}

void flow_run(const struct phone *phone, struct flow *out_flow)
{
    struct flow *flow = out_flow;

    *flow = (struct flow){.phone = phone};
    flow_report_power_on(phone);
    do {
        flow->decision = walk(flow);
        flow_heed_keys(flow);
        flow_prepare(flow);
        flow_tell(flow);
    } while (flow_end(flow));
}
