/* SPDX-License-Identifier: MIT */
/*
 * What the firmware does for the ROM, by SMC: numbers only, for the firmware, for the ROM's kernel
 * module (rom-images/kernel-module) and for whoever writes another.
 *
 * Arm SMC Calling Convention (DEN 0028) 1.1: fast calls of 32 bits, in the range of the OEM. The
 * number goes in w0, the answer comes back in x0; all other registers stay as they are. No call
 * takes an argument, and none ever reads or writes the caller's memory.
 *
 *   call                    answer
 *   FLASHLAB_SMC_VERSION    FLASHLAB_SMC_VERSION_1_0
 *   FLASHLAB_SMC_SUCCESS    the ROM is up and well: FLASHLAB_SUCCESS_...
 *   FLASHLAB_SMC_LOCK       FLASHLAB_LOCK_...: what was true when the ROM was started
 *   FLASHLAB_SMC_STATE      FLASHLAB_STATE_...: what verified boot found out
 *
 * Anything else answers FLASHLAB_SMC_UNKNOWN.
 *
 * FLASHLAB_SMC_SUCCESS raises the phone's rollback fuses to the ROM's index, for ever: if the ROM
 * verified against the root key, locked or not (AVB raises while locked only: docs/trust.md), and
 * never past the number of fuses or the index of another slot that could still boot. It is for the
 * ROM to call when it would be at home for good; calling it again does no harm. It does not mark a
 * slot as successful: the ROM does that itself, in `misc` (bootloader/format/misc.h), as Android's
 * do, and first. A ROM that has called it does not die early, whatever it does later; five times in a
 * row without, and the bootloader does not start it again (docs/trust.md).
 */
#ifndef ARCH_SMC_SERVICES_H
#define ARCH_SMC_SERVICES_H

#define FLASHLAB_SMC_VERSION 0x83000000u
#define FLASHLAB_SMC_SUCCESS 0x83000001u
#define FLASHLAB_SMC_LOCK    0x83000002u
#define FLASHLAB_SMC_STATE   0x83000003u

#define FLASHLAB_SMC_UNKNOWN (-1L)

#define FLASHLAB_SMC_VERSION_1_0 0x00010000u

#define FLASHLAB_SUCCESS_UNCHANGED     0 /* the fuses count that much already, or the phone has none */
#define FLASHLAB_SUCCESS_RAISED        1
#define FLASHLAB_SUCCESS_NOT_AUTHENTIC 2 /* not by the root key: what it says of itself burns nothing */
#define FLASHLAB_SUCCESS_FAILED        3 /* the flash failed; some of the fuses may be burned */

#define FLASHLAB_LOCK_LOCKED   0
#define FLASHLAB_LOCK_UNLOCKED 1

#define FLASHLAB_STATE_RED        0
#define FLASHLAB_STATE_ORANGE     1
#define FLASHLAB_STATE_YELLOW     2
#define FLASHLAB_STATE_GREEN      3
#define FLASHLAB_STATE_UNVERIFIED 4

#endif
