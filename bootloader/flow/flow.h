/* SPDX-License-Identifier: MIT */
/*
 * The flow: power-on -> board -> storage -> verify -> policy -> boot | brick.
 *
 * START READING in flow.c: it calls the stages in this order, hands what one found out to the next,
 * and reports each (flow/events.c).
 */
#ifndef FLOW_H
#define FLOW_H

#include "board/board.h"
#include "iface/phone.h"
#include "policy/policy.h"
#include "policy/slot_policy.h"
#include "screen/screens.h"
#include "storage/bcb.h"
#include "storage/gpt.h"
#include "storage/state.h"
#include "verify/boot_image.h"
#include "verify/verified.h"
#include "verify/verify.h"

/* What each stage found out, in their order. Zeroed, it is a locked phone that bricks. */
struct flow {
    const struct phone *phone;
    enum err board_err;
    struct board board;
    enum err state_err;
    struct state state;
    enum err gpt_err;
    struct gpt gpt;
    enum bcb_command asked; /* by the ROM, in the bootloader message */
    struct slots slots;
    enum err slots_err; /* why the record could not be written */
    struct slot_trial slot_trial;
    size_t first_slot;
    size_t slot;
    const char *suffix;        /* of the slot that is looked at; "": the phone has none */
    struct verify_parts parts; /* of the slot that is to be started */
    enum part start;           /* and what of it: PART_BOOT, PART_RECOVERY */
    struct verified verified;
    struct boot_image image;
    bool recovery_loaded; /* what was read is the recovery: FATE_RECOVERY starts it */
    enum err boot_err;
    uint64_t kernel_entry;
    bool went_on;  /* fastboot mode was left to start the phone: what led there is over */
    enum key wish; /* what the keys ask for at power-on; KEY_NONE: nothing */
    struct decision decision;
    enum screen screen;
    enum screen_wait wait; /* what the screen waits for */
    uint32_t wait_s;       /* and the seconds that are left */
};

/*
 * Runs the phone from power-on to its verdict. On the phone it comes back only when nothing was
 * started: the screen that says why is on. On a fake phone it always does, and *out_flow tells the
 * story.
 */
void flow_run(const struct phone *phone, struct flow *out_flow);

#endif
