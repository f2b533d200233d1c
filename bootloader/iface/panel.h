/* SPDX-License-Identifier: MIT */
/*
 * The phone's panel, and the memory that it shows.
 */
#ifndef IFACE_PANEL_H
#define IFACE_PANEL_H

#include "base/bytes.h"

/* Pixels in memory: 0x00rrggbb, row by row from the top left. */
struct canvas {
    uint32_t *pixels;
    uint32_t width_px;
    uint32_t height_px;
    uint32_t stride_px; /* from one row to the next */
};

struct panel;

struct panel_ops {
    /*
     * Switches the panel on at this size; what it shows is undefined until the whole canvas is drawn
     * once. E_PANEL_ABSENT when the machine has none,
     * E_PANEL_SIZE when the size is beyond it; `canvas` is then empty (width 0).
     */
    enum err (*start)(struct panel *panel, uint32_t width_px, uint32_t height_px);
};

struct panel {
    const struct panel_ops *ops;
    struct canvas canvas; /* valid after start */
};

#endif
