/* SPDX-License-Identifier: MIT */
/* From the verdict on: start it, serve it, or wait for a person. Part of the flow. */
#ifndef FLOW_END_H
#define FLOW_END_H

#include "flow/flow.h"

/* Makes a ROM that may run ready to run; one that cannot be is a brick. */
void flow_prepare(struct flow *flow);

/* Draws and reports flow->decision. */
void flow_tell(struct flow *flow);

/*
 * Does what flow->decision says; what a person asks for on the way becomes the decision, told
 * again. On the phone it comes back with true when the flow is to begin anew (fastboot continue;
 * *flow is as before power-on then), with false when there is nothing more to be done.
 */
bool flow_end(struct flow *flow);

#endif
