/* SPDX-License-Identifier: MIT */
/*
 * Fastboot mode in the flow: what it is told of this boot, and what it may ask. Part of the flow.
 */
#ifndef FLOW_FASTBOOT_H
#define FLOW_FASTBOOT_H

#include "fastboot/fastboot.h"
#include "flow/context.h"

/*
 * Runs fastboot mode (fastboot/fastboot.h) on what the flow has found out so far, be it little:
 * without a board or a partition table it still answers.
 *
 * After FASTBOOT_NEXT_BOOT_IMAGE flow->candidate and ->decision are those of the image that is to
 * be started; boot_prepare is next. After anything else the flow begins anew, as changed as
 * the person left the phone.
 */
enum fastboot_next flow_fastboot(struct flow *flow);

#endif
