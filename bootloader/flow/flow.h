/* SPDX-License-Identifier: MIT */
/*
 * The flow: power-on -> board -> storage -> verify -> policy -> boot | brick.
 *
 * START READING in flow.c: it calls the stages in this order, hands what one found out to the next,
 * and reports each (flow/events.c).
 */
#ifndef FLOW_H
#define FLOW_H

#include "flow/context.h"

/*
 * Runs the phone from power-on to its verdict. On the phone it comes back only when nothing was
 * started: the screen that says why is on. On a fake phone it always does,
 * and *out_flow tells the story.
 */
void flow_run(const struct phone *phone, struct flow *out_flow);

#endif
