/* SPDX-License-Identifier: MIT */
/* Slots in the flow. */
#include "flow/slots.h"

#include "flow/read.h"
#include "flow/events.h"

static bool has_slots(const struct flow *flow)
{
    return flow->board.slot_count == SLOT_COUNT;
}

static enum err find_misc(const struct flow *flow, struct partition *out_misc)
{
    return gpt_find(&flow->gpt, "misc", out_misc);
}

static void look_at(struct flow *flow, size_t slot)
{
    flow->slot = slot;
    flow->suffix = slot_suffix(slot);
    flow_report_slot(flow);
}

bool flow_slots_begin(struct flow *flow)
{
    struct partition misc;

    flow->suffix = "";
    if (!has_slots(flow)) {
        return true;
    }
    flow->slot_trial = (struct slot_trial){{false}, {REASON_NONE}};
    if (find_misc(flow, &misc) != OK ||
        slots_read(&misc, flow->phone->scratch, &flow->slots) != OK) {
        slots_decode(slice_of("", 0), &flow->slots); /* the defaults; starting one will fail */
    }
    flow->first_slot = slot_policy_next(&flow->slots, &flow->slot_trial);
    if (flow->first_slot == SLOT_NONE) {
        return false;
    }
    look_at(flow, flow->first_slot);
    return true;
}

bool flow_slots_again(struct flow *flow, const struct decision *decision)
{
    size_t next;

    if (!has_slots(flow) || flow->slot_trial.refused[flow->slot] ||
        (decision->fate != FATE_BRICK && decision->fate != FATE_DEAD)) {
        return false;
    }
    slot_policy_refuse(&flow->slot_trial, flow->slot, decision->reason);
    next = slot_policy_next(&flow->slots, &flow->slot_trial);
    if (next == SLOT_NONE) {
        next = flow->first_slot;
        if (next == flow->slot) {
            return false;
        }
    }
    look_at(flow, next);
    return true;
}

void flow_slots_commit(struct flow *flow)
{
    struct partition misc;
    struct slots next;

    if (!has_slots(flow) || flow->decision.fate != FATE_BOOT ||
        !slot_policy_record(&flow->slots, &flow->slot_trial, flow->slot, &next)) {
        return;
    }
    flow->slots_err = find_misc(flow, &misc);
    if (flow->slots_err == OK) {
        flow->slots_err = slots_write(&misc, flow->phone->scratch, &next);
    }
    if (flow->slots_err != OK) {
        flow->decision = (struct decision){FATE_BRICK, REASON_BAD_GPT, BOOT_STATE_RED};
        return;
    }
    flow->slots = next;
}

/* The lowest index that the other slot would boot with; UINT64_MAX: it would not. */
static uint64_t index_of_other(struct flow *flow)
{
    size_t other = flow->slot == 0 ? 1 : 0;
    const struct verified verified = flow->verified;
    uint64_t index = UINT64_MAX;

    if (!slot_is_bootable(&flow->slots.list[other])) {
        return index;
    }
    if (flow_read_claims(flow, slot_suffix(other), PART_BOOT) == OK &&
        policy_decide(&flow->board, &flow->state, &flow->verified).fate == FATE_BOOT) {
        index = flow->verified.rollback_index;
    }
    flow->verified = verified;
    return index;
}

uint64_t flow_slots_rollback_to(struct flow *flow)
{
    uint64_t index = policy_rollback_to(&flow->board, &flow->verified);
    uint64_t other;

    if (!has_slots(flow) || index <= flow->board.rollback_index) {
        return index;
    }
    other = index_of_other(flow);
    return other < index ? other : index;
}
