/* SPDX-License-Identifier: MIT */
/*
 * Rescue mode after the verdict: on a dead phone, and when fastboot was asked for it.
 * Part of the flow.
 */
#ifndef FLOW_RESCUE_H
#define FLOW_RESCUE_H

#include "flow/context.h"

/*
 * Black screen, and lab.edl answers until an authorised account resets the phone; on the phone it
 * does not come back then. It does at once where there is no such link.
 */
void flow_rescue(struct flow *flow);

#endif
