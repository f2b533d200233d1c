/* SPDX-License-Identifier: MIT */
/* Fuzzes storage/state.h: the input is the count of fuses, then two halves of the journal. */
#include "tests/fuzz/fuzz.h"

#include "storage/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct state state = {.unlocked = true};
    uint32_t fuses = size != 0 ? data[0] : 0;
    size_t half = size / 2;
    enum err err;

    if (size == 0) {
        return 0;
    }
    err = state_decode(slice_of(data + 1, half), slice_of(data + 1 + half, size - 1 - half), fuses,
                       &state);
    fuzz_assert(err == OK || (!state.unlocked && !state.unlock_ability && state.wipe_pending));
    fuzz_assert(err != OK || state.lock_changes - fuses <= 1);
    return 0;
}
