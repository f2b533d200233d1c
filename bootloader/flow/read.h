/* SPDX-License-Identifier: MIT */
/*
 * Bringing each stage what it reads: bytes from the phone's devices, into the phone's memory.
 * Part of the flow. Each gives the error of the device or of the stage; what it found is in `flow`.
 */
#ifndef FLOW_READ_H
#define FLOW_READ_H

#include "flow/context.h"

NODISCARD enum err flow_read_board(struct flow *flow);
/* E_STATE_NONE: flow->state is the safe state then, and the phone goes on. */
NODISCARD enum err flow_read_state(struct flow *flow);
NODISCARD enum err flow_read_gpt(struct flow *flow);
/*
 * Starts the panel, unless it runs: at the board's size, or at a usual one when no board is known.
 */
void flow_start_panel(struct panel *panel, const struct board *board);

/* Puts a screen on the panel; starts the panel the first time. */
void flow_show(struct flow *flow, enum screen screen);
/* On flow->screen: draws what has changed when flow->wait and wait_s have. */
void flow_show_wait(struct flow *flow);

#endif
