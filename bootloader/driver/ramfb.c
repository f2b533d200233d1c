/* SPDX-License-Identifier: MIT */
/* The panel: finds "etc/ramfb" among the files of fw_cfg and writes the mode to it. */
#include "driver/ramfb.h"

#include "arch/cpu.h"
#include "base/text.h"

#include <string.h>

#define FW_CFG_DMA_ADDRESS 16 /* register, written as one big-endian 64-bit number */
#define FW_CFG_FILE_DIR    0x19u

#define DMA_ERROR  1u
#define DMA_READ   2u
#define DMA_SELECT 8u
#define DMA_WRITE  16u

/* In the DMA memory: the control block, then the data. */
#define DATA_OFFSET 64
#define DMA_TIMEOUT_US 100000

#define FILE_ENTRY_BYTES 64 /* size 32, selector 16, reserved 16, name 56 */
#define FILE_NAME_OFFSET 8
#define FILE_NAME_BYTES  56
#define FILES_MAX        256

#define MODE_BYTES        28
#define FORMAT_XRGB8888   0x34325258u /* DRM's "XR24" */
#define BYTES_PER_PIXEL   4

static enum err transfer(struct ramfb *ramfb, uint32_t control, uint32_t size)
{
    uint64_t end_us = cpu_now_us() + DMA_TIMEOUT_US;

    put_be32(ramfb->dma, control);
    put_be32(ramfb->dma + 4, size);
    put_be64(ramfb->dma + 8, (uint64_t)(uintptr_t)(ramfb->dma + DATA_OFFSET));
    cpu_barrier();
    mmio_write64(ramfb->fw_cfg + FW_CFG_DMA_ADDRESS,
                 __builtin_bswap64((uint64_t)(uintptr_t)ramfb->dma));
    for (;;) {
        uint32_t left;

        cpu_barrier();
        left = __builtin_bswap32(*(volatile uint32_t *)(void *)ramfb->dma);
        if ((left & DMA_ERROR) != 0 || cpu_now_us() > end_us) {
            return E_PANEL_ABSENT;
        }
        if (left == 0) {
            return OK;
        }
    }
}

static enum err find_file(struct ramfb *ramfb, const char *name, uint32_t *out_selector)
{
    const uint8_t *data = ramfb->dma + DATA_OFFSET;
    uint32_t count;

    TRY(transfer(ramfb, FW_CFG_FILE_DIR << 16 | DMA_SELECT | DMA_READ, 4));
    count = be32(data);
    for (uint32_t i = 0; i < count && i < FILES_MAX; i++) {
        TRY(transfer(ramfb, DMA_READ, FILE_ENTRY_BYTES));
        if (string_equals((const char *)data + FILE_NAME_OFFSET, FILE_NAME_BYTES, name)) {
            *out_selector = (uint32_t)data[4] << 8 | data[5];
            return OK;
        }
    }
    return E_PANEL_ABSENT;
}

static enum err ramfb_start(struct panel *panel, uint32_t width_px, uint32_t height_px)
{
    struct ramfb *ramfb = CONTAINER_OF(panel, struct ramfb, panel);
    uint8_t *mode = ramfb->dma + DATA_OFFSET;
    uint64_t size = (uint64_t)width_px * height_px * BYTES_PER_PIXEL;
    uint32_t selector;

    panel->canvas = (struct canvas){0};
    if (width_px == 0 || height_px == 0 || size > ramfb->pixels.size) {
        return E_PANEL_SIZE;
    }
    TRY(find_file(ramfb, "etc/ramfb", &selector));
    memset(ramfb->pixels.data, 0, size);
    put_be64(mode, (uint64_t)(uintptr_t)ramfb->pixels.data);
    put_be32(mode + 8, FORMAT_XRGB8888);
    put_be32(mode + 12, 0);
    put_be32(mode + 16, width_px);
    put_be32(mode + 20, height_px);
    put_be32(mode + 24, width_px * BYTES_PER_PIXEL);
    TRY(transfer(ramfb, selector << 16 | DMA_SELECT | DMA_WRITE, MODE_BYTES));
    panel->canvas = (struct canvas){
        .pixels = (uint32_t *)(void *)ramfb->pixels.data,
        .width_px = width_px,
        .height_px = height_px,
        .stride_px = width_px,
    };
    return OK;
}

static const struct panel_ops ops = {.start = ramfb_start};

void ramfb_init(struct ramfb *ramfb, uintptr_t fw_cfg, uint8_t *dma, struct span pixels)
{
    *ramfb = (struct ramfb){.panel.ops = &ops, .fw_cfg = fw_cfg, .dma = dma, .pixels = pixels};
}
