/* SPDX-License-Identifier: MIT */
/* Slots in the flow. */
#include "flow/slots.h"

static bool has_slots(const struct candidate_source *source)
{
    return source->board->slot_count == SLOT_COUNT;
}

static enum err find_misc(const struct candidate_source *source, struct partition *out_misc)
{
    return gpt_find(source->gpt, "misc", out_misc);
}

static void go_to(struct candidate_source *source, struct slot_walk *walk, size_t slot)
{
    walk->slot = slot;
    source->suffix = slot_suffix(slot);
}

bool slots_begin(struct candidate_source *source, struct slot_walk *out_walk)
{
    struct partition misc;

    *out_walk = (struct slot_walk){.slot = 0};
    source->suffix = "";
    if (!has_slots(source)) {
        return true;
    }
    if (find_misc(source, &misc) != OK ||
        slots_read(&misc, source->phone->scratch, &out_walk->record) != OK) {
        slots_decode(slice_of("", 0), &out_walk->record); /* the defaults; starting one will fail */
    }
    out_walk->first = slot_policy_next(&out_walk->record, &out_walk->trial);
    go_to(source, out_walk, out_walk->first == SLOT_NONE ? 0 : out_walk->first);
    return out_walk->first != SLOT_NONE;
}

/* After a refusal: is there another slot to look at? */
static bool go_on(struct candidate_source *source, struct slot_walk *walk,
                  const struct decision *decision)
{
    size_t next;

    if (!has_slots(source) || walk->trial.refused[walk->slot] ||
        (decision->fate != FATE_BRICK && decision->fate != FATE_DEAD)) {
        return false;
    }
    slot_policy_refuse(&walk->trial, walk->slot, decision->reason);
    next = slot_policy_next(&walk->record, &walk->trial);
    if (next == SLOT_NONE) {
        next = walk->first;
        if (next == walk->slot) {
            return false;
        }
    }
    go_to(source, walk, next);
    return true;
}

void slots_look(struct candidate_source *source, struct candidate_watcher *watcher,
                struct slot_walk *out_walk, struct candidate *out_candidate)
{
    if (!slots_begin(source, out_walk)) {
        *out_candidate = (struct candidate){
            .suffix = "", .decision = {FATE_BRICK, REASON_NO_ROM, BOOT_STATE_RED}};
        return;
    }
    do {
        candidate_look(source, watcher, out_candidate);
    } while (go_on(source, out_walk, &out_candidate->decision));
}

void slots_commit(const struct candidate_source *source, struct slot_walk *walk, bool dry,
                  struct decision *decision)
{
    struct partition misc;
    struct slots next;
    enum err err;

    if (!has_slots(source) || decision->fate != FATE_BOOT ||
        !slot_policy_record(&walk->record, &walk->trial, walk->slot, &next)) {
        return;
    }
    err = find_misc(source, &misc);
    if (err == OK && !dry) {
        err = slots_write(&misc, source->phone->scratch, &next);
    }
    if (err != OK) {
        *decision = (struct decision){FATE_BRICK, REASON_BAD_GPT, BOOT_STATE_RED};
        return;
    }
    walk->record = next;
}

/* The lowest index that the other slot would boot with; UINT64_MAX: none would keep it from it. */
static uint64_t index_of_other(const struct candidate_source *source, const struct slot_walk *walk)
{
    size_t slot = walk->slot == 0 ? 1 : 0;
    struct candidate_source other_source = *source;
    struct candidate other;

    if (!slot_is_bootable(&walk->record.list[slot])) {
        return UINT64_MAX;
    }
    other_source.suffix = slot_suffix(slot);
    other_source.part = PART_BOOT;
    other_source.image = slice_of(NULL, 0);
    candidate_look_at_claims(&other_source, &other);
    return other.decision.fate == FATE_BOOT && other.verified.has_index
               ? other.verified.rollback_index
               : UINT64_MAX;
}

uint64_t slots_rollback_to(const struct candidate_source *source, const struct slot_walk *walk,
                           const struct verified *verified)
{
    uint64_t index = policy_rollback_to(source->board, verified);
    uint64_t other;

    if (!has_slots(source) || index <= source->board->rollback_index) {
        return index;
    }
    other = index_of_other(source, walk);
    return MIN(other, index);
}
