/* SPDX-License-Identifier: MIT */
/* Stage boot: start it. */
#include "boot/boot.h"

#include "boot/cmdline.h"
#include "boot/kernel.h"
#include "boot/kernel_dtb.h"
#include "boot/unpack.h"

static enum err make_bootargs(const struct phone *phone, const struct boot_facts *facts,
                              struct text *out)
{
    bool locked = state_is_locked(facts->board, facts->state);

    TRY(cmdline_build(facts->image->cmdline, facts->board, facts->state, facts->boot_state, out));
    TRY(cmdline_add_slot(facts->slot_suffix, out));
    TRY(cmdline_add_port(phone->lab.adb_port, out));
    return cmdline_add_verified(facts->verified, locked, out);
}

enum err boot_check(const struct phone *phone, const struct boot_facts *facts,
                    struct progress *progress, uint64_t *out_entry)
{
    char chars[CMDLINE_BYTES];
    struct text bootargs = text_in(chars, sizeof chars);
    size_t kernel_bytes;

    TRY(unpack_kernel(phone->kernel, facts->image, phone->scratch, progress, &kernel_bytes));
    TRY(kernel_check(phone->kernel, kernel_bytes, out_entry));
    return make_bootargs(phone, facts, &bootargs);
}

enum err boot_prepare(const struct phone *phone, const struct boot_facts *facts)
{
    char chars[CMDLINE_BYTES];
    struct text bootargs = text_in(chars, sizeof chars);
    struct kernel_dtb_facts dtb_facts = {
        .bootargs = chars,
        .ramdisk = slice_of(phone->ramdisk.data, (size_t)facts->image->ramdisk_bytes),
        .canvas = &phone->panel->canvas,
        .empty_slots = phone->empty_slots,
        .empty_slot_count = phone->empty_slot_count,
    };

    TRY(make_bootargs(phone, facts, &bootargs));
    return kernel_dtb_edit(phone->dtb, &dtb_facts);
}

void boot_enter(const struct phone *phone, uint64_t entry)
{
    phone->power->ops->enter_kernel(phone->power, entry, (uint64_t)(uintptr_t)phone->dtb.data);
}
