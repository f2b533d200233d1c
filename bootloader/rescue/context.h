/* SPDX-License-Identifier: MIT */
/* What rescue mode works on, and what it asks of the flow. Stage rescue. */
#ifndef RESCUE_CONTEXT_H
#define RESCUE_CONTEXT_H

#include "board/board.h"
#include "iface/phone.h"

enum rescue_next {
    RESCUE_NEXT_NONE = 0, /* there is no link to answer on */
    RESCUE_NEXT_RESET,
};

struct rescue_host;

/* What rescue mode asks of the flow, which lies to its right. */
struct rescue_host_ops {
    /*
     * A command was answered. `target` is the partition that it was about, or empty; `refusal` the
     * words of the refusal, or empty when it was done. For the trace.
     */
    void (*report)(struct rescue_host *host, const char *command, const char *target,
                   const char *refusal);
};

struct rescue_host {
    const struct rescue_host_ops *ops;
};

struct rescue_context {
    const struct phone *phone;
    const struct board *board; /* as the fuses have it: whose account counts */
    struct rescue_host *host;
};

#endif
