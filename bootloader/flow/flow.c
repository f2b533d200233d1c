/* SPDX-License-Identifier: MIT */
/*
 * START READING HERE. The whole way of a phone from power-on to its verdict, one call a stage.
 */
#include "flow/flow.h"

#include "flow/end.h"
#include "flow/commit.h"
#include "flow/wait.h"
#include "flow/read.h"
#include "flow/recovery.h"
#include "flow/events.h"
#include "flow/slots.h"
#include "verify/verify.h"

static struct decision brick(enum reason reason)
{
    return (struct decision){.fate = FATE_BRICK, .reason = reason, .boot_state = BOOT_STATE_RED};
}

static struct decision decide(struct flow *flow)
{
    return policy_decide(&flow->board, &flow->state, &flow->verified);
}

/* Is somebody at the keys, or did the ROM leave a message? */
static bool something_else_is_asked(struct flow *flow)
{
    return flow_look_at_keys(flow) || flow->asked != BCB_NONE;
}

/* What is in the slot of flow->suffix, and may it run here? */
static struct decision look_at_rom(struct flow *flow)
{
    struct decision decision;

    if (flow_read_claims(flow, flow->suffix, PART_BOOT) != OK) {
        return brick(REASON_BAD_GPT);
    }
    flow_report_claims(flow);
    decision = decide(flow);
    if (something_else_is_asked(flow) && decision.fate == FATE_BOOT) {
        return decision; /* flow_heed_keys, flow_keep_heed */
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
    if (flow_keep_finish(flow) != OK) {
        return brick(REASON_BAD_STATE);
    }
    flow_keep_message(flow);
    if (!flow_slots_begin(flow)) {
        return brick(REASON_NO_ROM);
    }
    do {
        decision = look_at_rom(flow);
    } while (flow_slots_again(flow, &decision));
    return decision;
}

void flow_run(const struct phone *phone, struct flow *out_flow)
{
    struct flow *flow = out_flow;

    *flow = (struct flow){.phone = phone, .suffix = ""};
    flow_report_power_on(phone);
    do {
        flow->decision = walk(flow);
        flow_heed_keys(flow);
        flow_keep_heed(flow);
        flow_recovery(flow);
        flow_prepare(flow);
        flow_slots_commit(flow);
        flow_tell(flow);
    } while (flow_end(flow));
}
