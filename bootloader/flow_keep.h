/* SPDX-License-Identifier: MIT */
/*
 * What lasts from one boot to the next: what was left undone, what somebody asked for, which slot, and
 * what the ROM may make permanent. Part of the flow.
 */
#ifndef FLOW_KEEP_H
#define FLOW_KEEP_H

#include "flow.h"

/* Fills the boot record for the services to the ROM: just before it is started. */
void flow_keep_record(const struct flow *flow);

#endif
