/* SPDX-License-Identifier: MIT */
/*
 * Rescue mode (EDL): the last way to write to a phone that nothing else answers on. Stage fastboot:
 * like it, it changes what is on the phone. docs/rescue.md has the protocol. The layers, each in
 * its file:
 *
 *   rescue          clients, one after the other
 *   rescue_stream   packets of one client
 *   rescue_session  one command after the other, and the table of commands
 *   rescue_xml      the text of a command
 *   rescue_auth     who may do more than knock
 *   rescue_storage  writing and erasing
 *
 * It reaches the disk and nothing else: fuses and the lock state in the NOR stay as they are.
 */
#ifndef FASTBOOT_RESCUE_H
#define FASTBOOT_RESCUE_H

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

/*
 * Answers on phone->rescue until an authorised account resets the phone. Whatever a client sends,
 * or does not, the next one finds it as the first did: nothing of the one before counts for it.
 */
enum rescue_next rescue_serve(const struct rescue_context *context);

#endif
