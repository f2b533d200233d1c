/* SPDX-License-Identifier: MIT */
/*
 * The phone's panel: QEMU's ramfb, which shows a piece of RAM;
 * told where in a file of fw_cfg. Big endian.
 *
 * QEMU: -device ramfb
 */
#ifndef DRIVER_RAMFB_H
#define DRIVER_RAMFB_H

#include "driver/fw_cfg.h"
#include "iface/panel.h"

struct ramfb {
    struct panel panel;
    struct fw_cfg *fw_cfg;
    struct span pixels;
};

/* `pixels` is the memory that it will show. */
void ramfb_init(struct ramfb *ramfb, struct fw_cfg *fw_cfg, struct span pixels);

#endif
