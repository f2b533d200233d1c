/* SPDX-License-Identifier: MIT */
/* What fastboot mode works on, and what it asks of the flow. Stage fastboot. */
#ifndef FASTBOOT_CONTEXT_H
#define FASTBOOT_CONTEXT_H

#include "board/board.h"
#include "iface/phone.h"
#include "iface/progress.h"
#include "policy/policy.h"
#include "storage/gpt.h"
#include "storage/state.h"
#include "verify/verified.h"

/* What is to be done when fastboot mode ends. */
enum fastboot_next {
    FASTBOOT_NEXT_REBOOT = 0,
    FASTBOOT_NEXT_BOOTLOADER, /* restart into fastboot mode */
    FASTBOOT_NEXT_RECOVERY,
    FASTBOOT_NEXT_POWER_OFF,
    FASTBOOT_NEXT_CONTINUE,   /* go on as if fastboot mode had not been entered */
    FASTBOOT_NEXT_BOOT_IMAGE, /* start what the last dry run loaded, once */
    FASTBOOT_NEXT_RESCUE,     /* EDL */
};

/* What becomes of the phone, and why. */
struct fastboot_outcome {
    struct decision decision;
    enum err why;                    /* the check that failed; OK: none did */
    const struct verified *verified; /* the host's: holds until its next dry run */
};

struct fastboot_host;

/* What fastboot mode asks of the flow, which lies to its right. */
struct fastboot_host_ops {
    /*
     * What would become of the phone, as its disk is now, under `state`: reads and verifies it
     * anew, as power-on would. With a `boot_image` (size not 0; memory that nobody else writes)
     * that is taken in the place of the boot partition; after FATE_BOOT it is loaded and can be
     * started: FASTBOOT_NEXT_BOOT_IMAGE. Writes to phone->kernel, phone->ramdisk and
     * phone->scratch, not to phone->download. `loading` is told how far that is.
     */
    struct fastboot_outcome (*dry_run)(struct fastboot_host *host, const struct state *state,
                                       struct slice boot_image, struct progress *loading);
    /* A command was answered with OKAY or FAIL (`answer`, with its text). For the trace. */
    void (*report)(struct fastboot_host *host, const char *command, const char *answer);
};

/* The flow embeds this and finds itself again with CONTAINER_OF. */
struct fastboot_host {
    const struct fastboot_host_ops *ops;
};

struct fastboot_context {
    const struct phone *phone;
    const struct board *board;
    struct state *state;          /* changed, and committed, by lock and unlock */
    struct gpt *gpt;              /* NULL: no usable table, so nothing can be flashed */
    struct fastboot_outcome last; /* of the boot that led here: `oem why` */
    struct fastboot_host *host;
};

#endif
