/* SPDX-License-Identifier: MIT */
/* Stage boot: start it. */
#include "boot/boot.h"

#include "boot/cmdline.h"
#include "boot/kernel.h"
#include "boot/kernel_dtb.h"

enum err boot_prepare(const struct phone *phone, const struct board *board,
                      const struct state *state, const struct boot_image *image,
                      enum boot_state boot_state, uint64_t *out_entry)
{
    char chars[CMDLINE_BYTES];
    struct text bootargs = text_in(chars, sizeof chars);
    struct kernel_dtb_facts facts = {
        .bootargs = chars,
        .ramdisk = slice_of(phone->ramdisk.data, (size_t)image->ramdisk_bytes),
        .canvas = &phone->panel->canvas,
        .empty_slots = phone->empty_slots,
        .empty_slot_count = phone->empty_slot_count,
    };

    TRY(kernel_check(phone->kernel, image->kernel_bytes, out_entry));
    TRY(cmdline_build(image->cmdline, board, state, boot_state, &bootargs));
    return kernel_dtb_edit(phone->dtb, &facts);
}

void boot_enter(const struct phone *phone, uint64_t entry)
{
    phone->power->ops->enter_kernel(phone->power, entry, (uint64_t)(uintptr_t)phone->dtb.data);
}
