/* SPDX-License-Identifier: MIT */
/*
 * Switches of the lab, for one run: what no real phone has. All zero is a phone as it was sold.
 *
 * QEMU: -fw_cfg name=opt/flashlab/NAME,string=VALUE (scripts/phone passes them)
 */
#ifndef IFACE_LAB_H
#define IFACE_LAB_H

#include "base/bytes.h"

#define LAB_PORT_CHARS 6

struct lab {
    bool no_wait;     /* opt/flashlab/no-wait=1: warnings are shown, and not waited for */
    bool volume_up;   /* opt/flashlab/hold=volume-up,volume-down,power: held since power-on; the */
    bool volume_down; /* machine's keyboard cannot say what was held before its driver started */
    bool power;
    char adb_port[LAB_PORT_CHARS]; /* opt/flashlab/adb-port=5555: of the host, where adb reaches the */
};                                 /* phone, for its screens; empty: nobody said */

#endif
