/* SPDX-License-Identifier: MIT */
/*
 * What the phone remembers: the state journal in the NOR. Stage storage. Layout: format/state_record.h.
 */
#ifndef STORAGE_STATE_H
#define STORAGE_STATE_H

#include "base/bytes.h"

struct state {
    bool unlocked;       /* zeroed memory is locked */
    bool unlock_ability; /* may it be unlocked with a token? */
    uint64_t sequence;
};

/*
 * Decodes the newer valid one of the two records, each at the start of its half.
 *
 *   E_STATE_NONE   neither is valid; *out_state is then the safe state: locked, no unlock ability
 */
NODISCARD enum err state_decode(struct slice half_a, struct slice half_b, struct state *out_state);

#endif
