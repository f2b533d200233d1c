/* SPDX-License-Identifier: MIT */
/* Starting the recovery instead of the ROM. Part of the flow. */
#ifndef FLOW_RECOVERY_H
#define FLOW_RECOVERY_H

#include "flow/flow.h"

/*
 * When the recovery is to be started: reads it by the same rules as the ROM, into the same place.
 * Then flow->recovery_loaded is set; or it is refused, and the decision is a brick with the reason;
 * or there is none, and the decision stays what it is, for the screen that says so.
 */
void flow_recovery(struct flow *flow);

#endif
