/* SPDX-License-Identifier: MIT */
/* Starting the recovery instead of the ROM. Part of the flow. */
#include "flow/recovery.h"

#include "flow/read.h"
#include "flow/events.h"

static struct decision decide(struct flow *flow)
{
    return policy_decide(&flow->board, &flow->state, &flow->verified);
}

static struct decision bad_disk(void)
{
    return (struct decision){FATE_BRICK, REASON_BAD_GPT, BOOT_STATE_RED};
}

static struct decision look_at_recovery(struct flow *flow)
{
    struct decision decision;

    if (flow_read_claims(flow, flow->suffix, PART_RECOVERY) != OK) {
        return bad_disk();
    }
    decision = decide(flow);
    if (decision.fate == FATE_BOOT) {
        flow_show(flow, SCREEN_LOGO);
        if (flow_read_images(flow) != OK) {
            return bad_disk();
        }
        flow_report_images(flow);
        decision = decide(flow);
    }
    flow_report_policy(flow, &decision);
    return decision;
}

void flow_recovery(struct flow *flow)
{
    struct partition recovery;
    struct decision found;

    if (flow->decision.fate != FATE_RECOVERY || flow->gpt_err != OK ||
        gpt_find(&flow->gpt, "recovery", &recovery) != OK) {
        return;
    }
    found = look_at_recovery(flow);
    if (found.reason == REASON_NO_ROM) {
        return;
    }
    if (found.fate != FATE_BOOT) {
        flow->decision = found;
        return;
    }
    flow->decision.boot_state = found.boot_state;
    flow->recovery_loaded = true;
}
