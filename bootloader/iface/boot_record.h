/* SPDX-License-Identifier: MIT */
/*
 * What the flow found out about the ROM that it starts,
 * for the firmware's services to it (arch/smc.h).
 *
 * It lies in the secure RAM, out of the ROM's reach. All zero: nothing was started,
 * nothing is raised.
 */
#ifndef IFACE_BOOT_RECORD_H
#define IFACE_BOOT_RECORD_H

#include "base/bytes.h"

struct boot_record {
    bool unlocked;
    uint32_t boot_state;  /* enum boot_state of policy/policy.h */
    bool authentic;       /* the ROM verified against the root key */
    uint64_t rollback;    /* what the fuses counted at power-on */
    uint64_t rollback_to; /* what they may be raised to when the ROM says that it is well */
    bool is_rom;          /* the installed one: no recovery, and nothing that fastboot lent it */
    bool is_well;         /* it said so */
    uint64_t entered_us;  /* when it was started */
};

#endif
