/* SPDX-License-Identifier: MIT */
/*
 * START READING HERE. The whole way of a phone from power-on to its verdict, one call a stage.
 */
#include "flow.h"

#include "boot/boot.h"
#include "flow_keep.h"
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
    if (flow_read_claims(flow, "", PART_BOOT) != OK) {
        return brick(REASON_BAD_GPT);
    }
    flow_report_claims(flow);
    decision = decide(flow);
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
    flow->decision = walk(flow);
    if (flow->decision.fate == FATE_BOOT) {
        flow->boot_err = boot_prepare(phone, &flow->board, &flow->state, &flow->image,
                                      flow->decision.boot_state, &flow->kernel_entry);
        if (flow->boot_err != OK) {
            flow->decision = brick(REASON_NO_ROM);
        }
    }
    flow->screen = screen_for(&flow->decision, flow->board.os);
    if (flow->decision.fate != FATE_BOOT) {
        flow_show(flow, flow->screen);
    }
    flow_report_verdict(flow);
    if (flow->decision.fate == FATE_BOOT) {
        flow_keep_record(flow);
        boot_enter(phone, flow->kernel_entry);
    }
}
