/* SPDX-License-Identifier: MIT */
/* What the flow finds out from power-on to its end, and hands from one stage to the next. */
#ifndef FLOW_CONTEXT_H
#define FLOW_CONTEXT_H

#include "board/board.h"
#include "flow/candidate.h"
#include "flow/slots.h"
#include "iface/phone.h"
#include "policy/policy.h"
#include "screen/screens.h"
#include "storage/bcb.h"
#include "storage/gpt.h"
#include "storage/state.h"

/* What is asked for instead of the ROM: flow/request.h. */
struct flow_request {
    enum key key;             /* KEY_NONE: by no key */
    enum bcb_command message; /* that the ROM left in misc */
};

/* What each stage found out, in their order. Zeroed, it is a locked phone that bricks. */
struct flow {
    const struct phone *phone;
    enum err board_err;
    struct board board;
    enum err state_err;
    struct state state;
    enum err gpt_err;
    struct gpt gpt;
    struct flow_request request;
    struct slot_walk walk;
    struct candidate candidate;       /* what was looked at last: that, if anything, is started */
    struct candidate_watcher watcher; /* flow/look.c; so is the next */
    struct progress loading;
    enum err boot_err;
    bool went_on; /* fastboot mode was left to start the phone: what led there is over */
    bool is_lent; /* candidate is no installed one: `fastboot boot` */
    struct decision decision;
    enum screen screen;
    enum screen_wait wait; /* what the screen waits for */
    uint32_t wait_s;       /* and the seconds that are left */
};

#endif
