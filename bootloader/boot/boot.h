/* SPDX-License-Identifier: MIT */
/*
 * Stage boot: start it. Decision -> kernel.
 */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include "board/board.h"
#include "iface/phone.h"
#include "iface/progress.h"
#include "policy/policy.h"
#include "verify/boot_image.h"

/* What was found out, for the kernel to be told. */
struct boot_facts {
    const struct board *board;
    const struct state *state;
    const struct verified *verified;
    const struct boot_image *image;
    enum boot_state boot_state;
    const char *slot_suffix; /* "": the phone has no slots */
};

/*
 * Could it be entered? Unpacks what lies in phone->kernel, once, to where it runs, and looks whether
 * it is a kernel that can be told all it must. `progress` (NULL: nobody) is told meanwhile.
 *
 *   E_KERNEL_...   what was loaded cannot be started (boot/unpack.h, boot/kernel.h)
 *   E_TEXT_SPACE   the command line is too long
 */
NODISCARD enum err boot_check(const struct phone *phone, const struct boot_facts *facts,
                              struct progress *progress, uint64_t *out_entry);

/*
 * Everything that a kernel in phone->kernel and a ramdisk in phone->ramdisk need, up to the jump, once
 * boot_check has found nothing.
 *
 *   E_TEXT_SPACE   the command line is too long
 *   E_DTB_EDIT     the device tree could not be made
 */
NODISCARD enum err boot_prepare(const struct phone *phone, const struct boot_facts *facts);

/* The jump. Comes back on a fake phone only. */
void boot_enter(const struct phone *phone, uint64_t entry);

#endif
