/* SPDX-License-Identifier: MIT */
/* Which slot? Stage policy. */
#include "policy/slot_policy.h"

size_t slot_policy_next(const struct slots *slots, const struct slot_trial *trial)
{
    size_t best = SLOT_NONE;

    for (size_t i = 0; i < SLOT_COUNT; i++) {
        const struct slot *slot = &slots->list[i];

        if (!trial->refused[i] && slot_is_bootable(slot) &&
            (best == SLOT_NONE || slot->priority > slots->list[best].priority)) {
            best = i;
        }
    }
    return best;
}

void slot_policy_refuse(struct slot_trial *trial, size_t index, enum reason reason)
{
    trial->refused[index] = true;
    trial->reason[index] = reason;
}

static enum slot_unbootable why_not(const struct slot *slot, bool refused, enum reason reason)
{
    if (refused) {
        return reason == REASON_NO_ROM ? SLOT_UNBOOTABLE_NO_ROM : SLOT_UNBOOTABLE_REFUSED;
    }
    if (slot->verity_corrupted) {
        return SLOT_UNBOOTABLE_VERITY;
    }
    return SLOT_UNBOOTABLE_NO_TRIES;
}

bool slot_policy_record(const struct slots *slots, const struct slot_trial *trial, size_t chosen,
                        struct slots *out_slots)
{
    struct slots next = *slots;
    bool changed = slots->active != chosen;

    next.active = chosen;
    if (!next.list[chosen].successful) {
        next.list[chosen].tries--;
        changed = true;
    }
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        const struct slot *slot = &slots->list[i];

        if (i != chosen && slot->priority != 0 && (trial->refused[i] || !slot_is_bootable(slot))) {
            slots_set_unbootable(&next, i, why_not(slot, trial->refused[i], trial->reason[i]));
            changed = true;
        }
    }
    *out_slots = next;
    return changed;
}
