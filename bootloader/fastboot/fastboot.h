/* SPDX-License-Identifier: MIT */
/*
 * Stage fastboot: change it. The phone's side of the fastboot protocol, over the link lab.fastboot.
 *
 * AOSP system/core/fastboot/README.md, protocol 0.4, TCP version 1. The layers, each in its file:
 *
 *   tcp         the byte stream: handshake, lengths, who came and went
 *   session     one packet in, replies out; knows no transport
 *   commands    the table of commands; lock_rules says which of them are allowed on what
 *   getvar, flash, sparse, unlock, oem, png   what the commands do
 *   dry_run     what would become of the phone
 */
#ifndef FASTBOOT_FASTBOOT_H
#define FASTBOOT_FASTBOOT_H

#include "board/board.h"
#include "iface/phone.h"
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
     * phone->scratch, not to phone->download.
     */
    struct fastboot_outcome (*dry_run)(struct fastboot_host *host, const struct state *state,
                                       struct slice boot_image);
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

/*
 * Fastboot mode, from its screen to a command or key that ends it. The panel is on already. Draws
 * screen/fastboot_screen.h, polls the keys, rests between packets (phone->power->ops->rest).
 * Without a link (phone->fastboot NULL) the keys still work.
 *
 * No client, whatever it sends or does not read, makes it end or wait for ever; what one leaves
 * half done is forgotten when it goes.
 */
enum fastboot_next fastboot_serve(const struct fastboot_context *context);

#endif
