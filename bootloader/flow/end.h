/* SPDX-License-Identifier: MIT */
/* From the verdict on: start it, serve it, or wait for a person. Part of the flow. */
#ifndef FLOW_END_H
#define FLOW_END_H

#include "flow/context.h"

/* What flow_run does next. */
enum flow_next {
    FLOW_NEXT_NOTHING,   /* on the phone: somebody switched it off, or it waits for ever */
    FLOW_NEXT_DECIDE,    /* the whole way anew; *flow is as before power-on */
    FLOW_NEXT_CARRY_OUT, /* flow->decision is another one: prepare, show and do that */
};

/* Makes a ROM that may run ready to run; one that cannot be is a brick. */
void flow_prepare(struct flow *flow);

/* Draws and reports flow->decision. */
void flow_show_verdict(struct flow *flow);

/* Does what flow->decision says, and says what is next. */
enum flow_next flow_end(struct flow *flow);

#endif
