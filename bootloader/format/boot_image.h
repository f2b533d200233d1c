/* SPDX-License-Identifier: MIT */
/*
 * The Android boot image, header versions 0 to 2. Little endian.
 *
 * The header fills the first page; kernel, ramdisk, second stage, recovery DTBO (v1) and DTB (v2)
 * follow, each from a page boundary. The load addresses in the header are ignored here.
 */
#ifndef FORMAT_BOOT_IMAGE_H
#define FORMAT_BOOT_IMAGE_H

#include <assert.h>
#include <stdint.h>

#define BOOT_IMAGE_MAGIC               "ANDROID!"
#define BOOT_IMAGE_NAME_BYTES          16
#define BOOT_IMAGE_CMDLINE_BYTES       512
#define BOOT_IMAGE_EXTRA_CMDLINE_BYTES 1024

struct boot_image_header {
    uint8_t magic[8];
    uint8_t kernel_bytes[4];
    uint8_t kernel_addr[4];
    uint8_t ramdisk_bytes[4];
    uint8_t ramdisk_addr[4];
    uint8_t second_bytes[4];
    uint8_t second_addr[4];
    uint8_t tags_addr[4];
    uint8_t page_bytes[4]; /* 2048, 4096, 8192 or 16384 */
    uint8_t header_version[4];
    uint8_t os_version[4]; /* version 11 + 7 + 7 bits, patch level 7 + 4 bits */
    uint8_t name[BOOT_IMAGE_NAME_BYTES];
    uint8_t cmdline[BOOT_IMAGE_CMDLINE_BYTES];
    uint8_t id[32];
    uint8_t extra_cmdline[BOOT_IMAGE_EXTRA_CMDLINE_BYTES];
    /* from version 1 */
    uint8_t recovery_dtbo_bytes[4];
    uint8_t recovery_dtbo_offset[8];
    uint8_t header_bytes[4];
    /* from version 2 */
    uint8_t dtb_bytes[4];
    uint8_t dtb_addr[8];
};

#define BOOT_IMAGE_V0_HEADER_BYTES 1632
#define BOOT_IMAGE_V1_HEADER_BYTES 1648
#define BOOT_IMAGE_V2_HEADER_BYTES 1660

static_assert(sizeof(struct boot_image_header) == BOOT_IMAGE_V2_HEADER_BYTES, "no padding");

#endif
