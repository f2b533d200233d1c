/* SPDX-License-Identifier: MIT */
/* Fuzzes storage/slots.h and policy/slot_policy.h: the input is a record. */
#include "tests/fuzz/fuzz.h"

#include "policy/slot_policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slot_trial none = {.refused = {false}};
    struct slots_record record;
    struct slots slots;
    struct slots next;
    size_t chosen;

    slots_decode(slice_of(data, size), &slots);
    chosen = slot_policy_next(&slots, &none);
    fuzz_assert(chosen == SLOT_NONE || slot_is_bootable(&slots.list[chosen]));
    if (chosen != SLOT_NONE && slot_policy_record(&slots, &none, chosen, &next)) {
        slots_encode(&next, &record);
        slots_decode(slice_of(&record, sizeof record), &slots);
        fuzz_assert(slots.why == OK && slots.active == chosen);
    }
    return 0;
}
