/* SPDX-License-Identifier: MIT */
/*
 * AVB's stored rollback indexes, of chained partitions, in the state record. Part of the flow.
 */
#ifndef FLOW_STORED_H
#define FLOW_STORED_H

#include "flow/context.h"

/*
 * Raises the stored indexes to those of the ROM that is about to be started, as policy_stored_to
 * has it; at most one write, and none when nothing rises. On a phone with slots only for a slot
 * that was successful before: another may still be needed. Where the write fails the old indexes
 * stay, and the phone starts.
 */
void flow_raise_stored(struct flow *flow);

#endif
