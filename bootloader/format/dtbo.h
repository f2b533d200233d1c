/* SPDX-License-Identifier: MIT */
/*
 * The dtbo image: Android's table of device tree overlays. Big endian.
 * AOSP: system/libufdt, utils/src/dt_table.h.
 */
#ifndef FORMAT_DTBO_H
#define FORMAT_DTBO_H

#include <assert.h>
#include <stdint.h>

#define DTBO_MAGIC      0xd7b7ab1eu
#define DTBO_PAGE_BYTES 2048

struct dtbo_header {
    uint8_t magic[4];
    uint8_t total_bytes[4];
    uint8_t header_bytes[4];
    uint8_t entry_bytes[4];
    uint8_t entry_count[4];
    uint8_t entries_offset[4];
    uint8_t page_bytes[4];
    uint8_t version[4]; /* 0 */
};

struct dtbo_entry {
    uint8_t dt_bytes[4];
    uint8_t dt_offset[4];
    uint8_t id[4];
    uint8_t rev[4];
    uint8_t custom[4][4];
};

static_assert(sizeof(struct dtbo_header) == 32, "AOSP dt_table.h");
static_assert(sizeof(struct dtbo_entry) == 32, "AOSP dt_table.h");

#endif
