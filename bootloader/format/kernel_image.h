/* SPDX-License-Identifier: MIT */
/*
 * The header of an arm64 Linux kernel ("Image"): Linux, Documentation/arch/arm64/booting.rst.
 * Little endian.
 */
#ifndef FORMAT_KERNEL_IMAGE_H
#define FORMAT_KERNEL_IMAGE_H

#include <assert.h>
#include <stdint.h>

#define KERNEL_IMAGE_MAGIC        "ARM\x64"
#define KERNEL_IMAGE_MAGIC_OFFSET 56
#define KERNEL_IMAGE_ALIGN        0x200000 /* the base that text_offset counts from: 2 MiB */

struct kernel_image_header {
    uint8_t code[8];
    uint8_t text_offset[8];
    uint8_t image_bytes[8]; /* in memory, with what follows the file */
    uint8_t flags[8];
    uint8_t reserved[24];
    uint8_t magic[4];
    uint8_t pe_offset[4];
};

static_assert(sizeof(struct kernel_image_header) == 64, "booting.rst, section 4");

#endif
