/* SPDX-License-Identifier: MIT */
/*
 * What is asked for at power-on instead of the ROM: by keys, by the restart before, by the message
 * in misc. Part of the flow.
 */
#ifndef FLOW_REQUEST_H
#define FLOW_REQUEST_H

#include "flow/context.h"

/*
 * Looks at the keys once, and at what the lab says was held since power-on: flow->request.key is
 * then the one that counts, KEY_VOLUME_DOWN (fastboot) before KEY_VOLUME_UP (recovery). May be
 * called again. Returns whether anything is asked for, by keys or by the restart before.
 */
bool flow_request_keys(struct flow *flow);

/*
 * Reads the bootloader message into flow->request.message: only what can be done.
 * bootonce-bootloader is taken away here, before anything is done about it, so that it can never be
 * a loop; where it cannot be taken away it was not asked. boot-recovery counts only where there is
 * something in the recovery partition.
 */
void flow_request_message(struct flow *flow);

/*
 * The message led to a recovery that may not start: it is taken away, so that the phone says so once
 * and starts its ROM the next time.
 */
void flow_request_drop_message(struct flow *flow);

/* Is anything asked for, by whatever? Looks at the keys again. */
bool flow_requests(struct flow *flow);

/* Then the decision is that, keys before the message; unless it is dead. */
void flow_request_apply(struct flow *flow);

#endif
