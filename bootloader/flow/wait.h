/* SPDX-License-Identifier: MIT */
/*
 * What a person does with the keys: at power-on, while a warning is shown, on the screen of a
 * brick. Part of the flow.
 */
#ifndef FLOW_KEYS_H
#define FLOW_KEYS_H

#include "flow/flow.h"

/*
 * Looks at the keys once, and at what the lab says was held since power-on: flow->wish is then the
 * key that counts, KEY_VOLUME_DOWN (fastboot) before KEY_VOLUME_UP (recovery). May be called again.
 * Returns whether anything is asked for, by keys or by the restart before.
 */
bool flow_look_at_keys(struct flow *flow);

/*
 * Was something asked for, by keys or by the restart before? Then the decision is that; unless it
 * is dead.
 */
void flow_heed_keys(struct flow *flow);

/* Before flow->screen is drawn: does it wait, and how long? */
void flow_begin_wait(struct flow *flow);

/*
 * With flow->screen on the panel, before a ROM is started: comes back when its time is over, or
 * when the power key has paused it and let it go on. Screens that do not wait come back at once.
 */
void flow_wait_to_start(struct flow *flow);

/*
 * With flow->screen on the panel and nothing to start: waits until a person asks for FATE_FASTBOOT
 * (Volume down and Power) or FATE_OFF (Power), or until the screen's time is over (FATE_OFF). Gives
 * back flow->decision.fate where none of this can ever come: no keys, and no time that ends.
 */
enum fate flow_wait_for_keys(struct flow *flow);

#endif
