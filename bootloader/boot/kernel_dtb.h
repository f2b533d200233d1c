/* SPDX-License-Identifier: MIT */
/*
 * The device tree that the ROM's kernel gets: the merged tree, less what the ROM must not see, with
 * what it must be told. Stage boot.
 */
#ifndef BOOT_KERNEL_DTB_H
#define BOOT_KERNEL_DTB_H

#include "iface/panel.h"

struct kernel_dtb_facts {
    const char *bootargs;
    struct slice ramdisk;        /* where it lies */
    const struct canvas *canvas; /* width 0: no framebuffer */
    const uint64_t *empty_slots; /* addresses of device slots with nothing in them */
    size_t empty_slot_count;
};

/*
 * Edits the tree at the start of `room`, which board_merge made.
 *
 *   taken out   every node that only the secure world may use, fw_cfg, PCI, the second NOR bank,
 *               empty device slots, and the board's own node
 *   put in      /psci (method smc), /chosen bootargs, initrd and framebuffer, a reservation of the
 *               panel's pixels
 *
 *   E_DTB_EDIT   it does not fit, or the tree is not one that board_merge made
 */
NODISCARD enum err kernel_dtb_edit(struct span room, const struct kernel_dtb_facts *facts);

#endif
