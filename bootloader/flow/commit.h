/* SPDX-License-Identifier: MIT */
/*
 * What lasts from one boot to the next: what was left undone, and what the ROM may make
 * permanent. Part of the flow.
 */
#ifndef FLOW_COMMIT_H
#define FLOW_COMMIT_H

#include "flow/context.h"

/*
 * Finishes what a change of the lock was cut off from:
 * user data is wiped before anything else happens.
 *
 *   E_BLOCK_..., E_NOR_...   it could not be, and stays to be done: nothing may be started
 */
NODISCARD enum err flow_commit_wipe(struct flow *flow);

/* Writes the slots' record for what is about to be started: flow/slots.h. */
void flow_commit_slot(struct flow *flow);

/*
 * Counts that the ROM restarted the phone before it was well, unless it left a message: what it did
 * was asked for then. Not on a slot that is being tried, whose tries are counted already.
 */
void flow_commit_restart(struct flow *flow);

/* Somebody does something about the phone: what restarted before counts no more. */
void flow_commit_person(struct flow *flow);

/* Fills the boot record for the services to the ROM: just before it is started. */
void flow_commit_record(struct flow *flow);

#endif
