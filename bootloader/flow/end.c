/* SPDX-License-Identifier: MIT */
/* From the verdict on. Part of the flow. */
#include "flow/end.h"

#include "boot/boot.h"
#include "flow/fastboot_host.h"
#include "flow/commit.h"
#include "flow/wait.h"
#include "flow/read.h"
#include "flow/look.h"
#include "flow/events.h"
#include "flow/rescue_host.h"
#include "flow/stored.h"

/* Does the decision start what was read? */
static bool starts(const struct flow *flow)
{
    enum part part = flow->decision.fate == FATE_RECOVERY ? PART_RECOVERY : PART_BOOT;

    return (flow->decision.fate == FATE_BOOT || flow->decision.fate == FATE_RECOVERY) &&
           flow->candidate.loaded && flow->candidate.part == part;
}

void flow_prepare(struct flow *flow)
{
    const struct boot_facts facts = candidate_facts(&flow->board, &flow->state, &flow->candidate);

    if (!starts(flow)) {
        return;
    }
    flow->boot_err = boot_prepare(flow->phone, &facts);
    if (flow->boot_err != OK) {
        flow_report_kernel(flow, flow->boot_err);
        flow->decision = (struct decision){FATE_BRICK, REASON_NO_ROM, BOOT_STATE_RED};
    }
}

/* Does somebody look after the phone now? */
static bool is_for_person(enum fate fate)
{
    return fate == FATE_FASTBOOT || fate == FATE_RECOVERY || fate == FATE_DEAD;
}

/* A ROM that may run has the logo on already, or gets its warning. */
void flow_show_verdict(struct flow *flow)
{
    flow->screen = flow->decision.fate == FATE_RECOVERY && starts(flow)
                       ? SCREEN_LOGO
                       : screen_for(&flow->decision, flow->board.os);
    flow_begin_wait(flow);
    if (is_for_person(flow->decision.fate)) {
        flow_commit_person(flow); /* before anybody hears of it, and may switch off */
    }
    if (flow->screen != SCREEN_LOGO) {
        flow_show(flow, flow->screen);
        if (flow->phone->keys != NULL) {
            flow->phone->keys->ops->forget(flow->phone->keys);
        }
    }
    flow_report_verdict(flow);
}

static void start(struct flow *flow)
{
    flow_wait_to_start(flow);
    if (flow->screen != SCREEN_LOGO) {
        flow_show(flow, SCREEN_LOGO);
    }
    flow_commit_record(flow);
    flow_raise_stored(flow);
    boot_enter(flow->phone, flow->candidate.kernel_entry);
}

static void power_off(struct flow *flow)
{
    flow->phone->power->ops->off(flow->phone->power);
}

static enum flow_next serve_fastboot(struct flow *flow)
{
    struct power *power = flow->phone->power;

    switch (flow_fastboot(flow)) {
    case FASTBOOT_NEXT_REBOOT:
        power->ops->reset(power);
        return FLOW_NEXT_NOTHING;
    case FASTBOOT_NEXT_BOOTLOADER:
        power->ops->restart(power, RESTART_BOOTLOADER);
        return FLOW_NEXT_NOTHING;
    case FASTBOOT_NEXT_RECOVERY:
        power->ops->restart(power, RESTART_RECOVERY);
        return FLOW_NEXT_NOTHING;
    case FASTBOOT_NEXT_POWER_OFF:
        power_off(flow);
        return FLOW_NEXT_NOTHING;
    case FASTBOOT_NEXT_CONTINUE:
        *flow = (struct flow){.phone = flow->phone, .went_on = true};
        return FLOW_NEXT_DECIDE;
    case FASTBOOT_NEXT_BOOT_IMAGE:
        flow_show(flow, SCREEN_LOGO);
        return FLOW_NEXT_CARRY_OUT;
    case FASTBOOT_NEXT_RESCUE:
        flow->decision.fate = FATE_DEAD;
        flow->decision.reason = REASON_COMMAND;
        return FLOW_NEXT_CARRY_OUT;
    }
    return FLOW_NEXT_NOTHING;
}

/* A brick, or what stands for it, until a person asks for something else. */
static enum flow_next wait(struct flow *flow)
{
    enum fate fate = flow_wait_for_keys(flow);

    if (fate == flow->decision.fate) {
        return FLOW_NEXT_NOTHING;
    }
    flow->decision.fate = fate;
    flow->decision.reason = REASON_KEYS;
    return FLOW_NEXT_CARRY_OUT;
}

enum flow_next flow_end(struct flow *flow)
{
    switch (flow->decision.fate) {
    case FATE_BOOT:
    case FATE_RECOVERY:
        if (starts(flow)) {
            start(flow);
            return FLOW_NEXT_NOTHING;
        }
        return wait(flow);
    case FATE_BRICK:
        return wait(flow);
    case FATE_DEAD:
        flow_rescue(flow);
        return FLOW_NEXT_NOTHING;
    case FATE_FASTBOOT:
        return serve_fastboot(flow);
    case FATE_OFF:
        power_off(flow);
        return FLOW_NEXT_NOTHING;
    }
    return FLOW_NEXT_NOTHING;
}
