/* SPDX-License-Identifier: MIT */
/*
 * Slots in the flow: which to look at, which next, and what the disk is to remember. Part of the
 * flow. On a phone without slots all of these do nothing.
 */
#ifndef FLOW_SLOTS_H
#define FLOW_SLOTS_H

#include "flow/flow.h"

/* Reads the record; flow->suffix is then the slot's to look at first. False: no slot may boot. */
bool flow_slots_begin(struct flow *flow);

/*
 * What policy decided about the slot at flow->suffix. True: look at the one that flow->suffix now
 * names. When all are refused that is the first again, so that its refusal is what the phone says.
 */
bool flow_slots_again(struct flow *flow, const struct decision *decision);

/*
 * Writes the record for the slot that is about to be started, at most once. Where that fails the
 * phone must not start it, or it would be tried for ever: the decision becomes a brick.
 */
void flow_slots_commit(struct flow *flow);

/* policy_rollback_to, less where the other slot may still have to boot with a lower index. */
uint64_t flow_slots_rollback_to(struct flow *flow);

#endif
