/* SPDX-License-Identifier: MIT */
/*
 * What a person does with the keys while a warning is shown, and on the screen of a brick. Part of
 * the flow.
 */
#ifndef FLOW_WAIT_H
#define FLOW_WAIT_H

#include "flow/context.h"

/* The next key that was pressed, and whether one is held now; none on a phone without keys. */
enum key flow_key_pressed(const struct flow *flow);
bool flow_key_held(const struct flow *flow, enum key key);

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
