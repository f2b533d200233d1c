/* SPDX-License-Identifier: MIT */
/*
 * The phone's panel: QEMU's ramfb, which shows a piece of RAM; told where over fw_cfg (MMIO, with DMA).
 * QEMU: docs/specs/fw_cfg.rst. Big endian.
 *
 * QEMU: -device ramfb
 */
#ifndef DRIVER_RAMFB_H
#define DRIVER_RAMFB_H

#include "iface/panel.h"

#define RAMFB_DMA_BYTES 4096

struct ramfb {
    struct panel panel;
    uintptr_t fw_cfg;
    uint8_t *dma;
    struct span pixels;
};

/* `dma` is RAMFB_DMA_BYTES of memory that the device reaches, aligned to 8; `pixels` what it will show. */
void ramfb_init(struct ramfb *ramfb, uintptr_t fw_cfg, uint8_t *dma, struct span pixels);

#endif
