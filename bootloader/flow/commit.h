/* SPDX-License-Identifier: MIT */
/*
 * What lasts from one boot to the next: what was left undone, what somebody asked for, and what the
 * ROM may make permanent. Part of the flow.
 */
#ifndef FLOW_KEEP_H
#define FLOW_KEEP_H

#include "flow/flow.h"

/*
 * Finishes what a change of the lock was cut off from: user data is wiped before anything else
 * happens.
 *
 *   E_BLOCK_..., E_NOR_...   it could not be, and stays to be done: nothing may be started
 */
NODISCARD enum err flow_keep_finish(struct flow *flow);

/*
 * Reads the bootloader message into flow->asked: only what can be done. bootonce-bootloader is
 * taken away here, before anything is done about it, so that it can never be a loop; where it
 * cannot be taken away it was not asked. boot-recovery counts only where there is something in the
 * recovery partition.
 */
void flow_keep_message(struct flow *flow);

/*
 * Was something asked for by the message? Then the decision is that; unless it is dead, or by keys.
 */
void flow_keep_heed(struct flow *flow);

/* Writes the slots' record for what is about to be started: flow/slots.h. */
void flow_commit_slot(struct flow *flow);

/* Fills the boot record for the services to the ROM: just before it is started. */
void flow_keep_record(struct flow *flow);

#endif
