/* SPDX-License-Identifier: MIT */
/*
 * The kernel's command line: what the boot image asks for,
 * then what is true of this phone. Stage boot.
 */
#ifndef BOOT_CMDLINE_H
#define BOOT_CMDLINE_H

#include "base/text.h"
#include "board/board.h"
#include "policy/policy.h"

#define CMDLINE_BYTES 2048 /* what an arm64 kernel takes, with the NUL */

/*
 * Adds to `out`: the image's words, less those that begin with "androidboot.", wherever quotes stand
 * in them - only the firmware speaks for the phone -, those with a quote that never ends, and those
 * with a control character; then androidboot.hwc,
 * .verifiedbootstate, .vbmeta.device_state, .serialno, .hardware, .flashlab.regime (the lab's own:
 * who checks regions; the ROM's check asks for "shipped"), .anti (the index in the fuses, where the
 * phone has anti-rollback: for the recovery).
 *
 *   E_TEXT_SPACE   it does not all fit
 */
NODISCARD enum err cmdline_build(const char *image_cmdline, const struct board *board,
                                 const struct state *state, enum boot_state boot_state,
                                 struct text *out);

/*
 * Adds androidboot.slot_suffix where there are slots: `suffix` is "_a", "_b", or "". E_TEXT_SPACE.
 */
NODISCARD enum err cmdline_add_slot(const char *suffix, struct text *out);

/* Adds androidboot.flashlab.adb, the host's port for adb, where one is known. E_TEXT_SPACE. */
NODISCARD enum err cmdline_add_port(const char *adb_port, struct text *out);

/*
 * Adds what was verified beside the image: the words of vbmeta's descriptors, less those that are
 * the firmware's own; then androidboot.veritymode ("enforcing" on a locked phone, "eio" on an open
 * one, "disabled"), and androidboot.verity.system, with which the ROM sets up dm-verity: blocks of
 * 4096 bytes of the file system, block where its hash tree begins, root digest, salt, and
 * another hash function than SHA-256, with commas between.
 *
 *   E_TEXT_SPACE   it does not all fit
 */
NODISCARD enum err cmdline_add_verified(const struct verified *verified, bool locked,
                                        struct text *out);

#endif
