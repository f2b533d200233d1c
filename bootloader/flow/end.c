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

/* A ROM that may run has the logo on already, or gets its warning. */
void flow_tell(struct flow *flow)
{
    flow->screen = flow->decision.fate == FATE_RECOVERY && starts(flow)
                       ? SCREEN_LOGO
                       : screen_for(&flow->decision, flow->board.os);
    flow_begin_wait(flow);
    if (flow->screen != SCREEN_LOGO) {
        flow_show(flow, flow->screen);
    }
    flow_report_verdict(flow);
}

static void start(struct flow *flow)
{
    flow_wait_to_start(flow);
    if (flow->screen != SCREEN_LOGO) {
        flow_show(flow, SCREEN_LOGO);
    }
    flow_keep_record(flow);
    flow_raise_stored(flow);
    boot_enter(flow->phone, flow->candidate.kernel_entry);
}

static void power_off(struct flow *flow)
{
    flow->phone->power->ops->off(flow->phone->power);
}

/* True: the flow begins anew. */
static bool serve_fastboot(struct flow *flow)
{
    struct power *power = flow->phone->power;

    switch (flow_fastboot(flow)) {
    case FASTBOOT_NEXT_REBOOT:
        power->ops->reset(power);
        return false;
    case FASTBOOT_NEXT_BOOTLOADER:
        power->ops->restart(power, RESTART_BOOTLOADER);
        return false;
    case FASTBOOT_NEXT_RECOVERY:
        power->ops->restart(power, RESTART_RECOVERY);
        return false;
    case FASTBOOT_NEXT_POWER_OFF:
        power_off(flow);
        return false;
    case FASTBOOT_NEXT_CONTINUE:
        *flow = (struct flow){.phone = flow->phone, .went_on = true};
        return true;
    case FASTBOOT_NEXT_BOOT_IMAGE:
        flow_show(flow, SCREEN_LOGO);
        flow_prepare(flow);
        flow_tell(flow);
        return flow_end(flow);
    case FASTBOOT_NEXT_RESCUE:
        flow->decision.fate = FATE_DEAD;
        flow->decision.reason = REASON_COMMAND;
        flow_tell(flow);
        flow_rescue(flow);
        return false;
    }
    return false;
}

/* A brick, or what stands for it, until a person asks for something else. */
static bool wait(struct flow *flow)
{
    enum fate fate = flow_wait_for_keys(flow);

    if (fate == flow->decision.fate) {
        return false;
    }
    flow->decision.fate = fate;
    flow->decision.reason = REASON_KEYS;
    flow_look_at_recovery(flow);
    flow_prepare(flow);
    flow_tell(flow);
    return flow_end(flow);
}

bool flow_end(struct flow *flow)
{
    switch (flow->decision.fate) {
    case FATE_BOOT:
    case FATE_RECOVERY:
        if (starts(flow)) {
            start(flow);
            return false;
        }
        return wait(flow);
    case FATE_BRICK:
        return wait(flow);
    case FATE_DEAD:
        flow_rescue(flow);
        return false;
    case FATE_FASTBOOT:
        return serve_fastboot(flow);
    case FATE_OFF:
        power_off(flow);
        return false;
    }
    return false;
}
