/* SPDX-License-Identifier: MIT */
/* The panel: writes the mode to "etc/ramfb". */
#include "driver/ramfb.h"

#define MODE_BYTES      28
#define FORMAT_XRGB8888 0x34325258u /* DRM's "XR24" */
#define BYTES_PER_PIXEL 4

static enum err ramfb_start(struct panel *panel, uint32_t width_px, uint32_t height_px)
{
    struct ramfb *ramfb = CONTAINER_OF(panel, struct ramfb, panel);
    uint64_t size = (uint64_t)width_px * height_px * BYTES_PER_PIXEL;
    uint8_t mode[MODE_BYTES];

    panel->canvas = (struct canvas){0};
    if (width_px == 0 || height_px == 0 || size > ramfb->pixels.size) {
        return E_PANEL_SIZE;
    }
    put_be64(mode, (uint64_t)(uintptr_t)ramfb->pixels.data);
    put_be32(mode + 8, FORMAT_XRGB8888);
    put_be32(mode + 12, 0);
    put_be32(mode + 16, width_px);
    put_be32(mode + 20, height_px);
    put_be32(mode + 24, width_px * BYTES_PER_PIXEL);
    if (fw_cfg_write(ramfb->fw_cfg, "etc/ramfb", slice_of(mode, sizeof mode)) != OK) {
        return E_PANEL_ABSENT;
    }
    panel->canvas = (struct canvas){
        .pixels = (uint32_t *)(void *)ramfb->pixels.data,
        .width_px = width_px,
        .height_px = height_px,
        .stride_px = width_px,
    };
    return OK;
}

static const struct panel_ops ops = {.start = ramfb_start};

void ramfb_init(struct ramfb *ramfb, struct fw_cfg *fw_cfg, struct span pixels)
{
    *ramfb = (struct ramfb){.panel.ops = &ops, .fw_cfg = fw_cfg, .pixels = pixels};
}
