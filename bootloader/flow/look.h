/* SPDX-License-Identifier: MIT */
/*
 * Looking at candidates on the way to the verdict: what is found out is reported, and the logo is
 * shown when something is loaded. Part of the flow.
 */
#ifndef FLOW_LOOK_H
#define FLOW_LOOK_H

#include "flow/context.h"

/* What candidates are looked at with in this flow: on its phone, `part` of the slot at hand. */
struct candidate_source flow_source(const struct flow *flow, enum part part);

/*
 * The ROM, slot by slot: flow->candidate, flow->walk. When something else is asked for (keys,
 * message), one whose claims pass is not loaded.
 */
void flow_look_at_rom(struct flow *flow);

/*
 * When the recovery is to be started: looks at it by the same rules as at the ROM. Then
 * flow->candidate is it, loaded; or it is refused, and the decision is a brick with the reason; or
 * there is none, and the decision stays what it is, for the screen that says so.
 */
void flow_look_at_recovery(struct flow *flow);

#endif
