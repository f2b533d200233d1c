/* SPDX-License-Identifier: MIT */
/*
 * Writes an Android boot image into memory. Layout: bootloader/format/boot_image.h.
 *
 * Pure: no file is touched, and the same input gives the same bytes.
 */
#ifndef ROM_IMAGES_BOOT_IMAGE_WRITE_H
#define ROM_IMAGES_BOOT_IMAGE_WRITE_H

#include "base/bytes.h"

/* What goes in. Everything belongs to the caller. */
struct boot_image_spec {
    struct slice kernel;
    struct slice ramdisk;
    const char *name;    /* at most 15 characters */
    const char *cmdline; /* at most 1534 characters; what does not fit goes to the extra field */
    uint32_t header_version; /* 0 or 1 */
    uint32_t page_bytes;     /* 2048, 4096, 8192 or 16384 */
    uint32_t os_version;     /* packed: boot_image_os_version() */
};

/* "8.1.0" with patch level 2018-09: boot_image_os_version(8, 1, 0, 2018, 9). */
uint32_t boot_image_os_version(unsigned major, unsigned minor, unsigned patch, unsigned year,
                               unsigned month);

/* The size of the image in bytes, whole pages; 0 when a size, text or version is out of range. */
size_t boot_image_write_size(const struct boot_image_spec *spec);

/*
 * Writes the image, boot_image_write_size() bytes, to the start of `out`. False, and nothing
 * written, when the spec is out of range or `out` is too small. The id is what AOSP's own tool
 * makes it: the SHA-1 of the parts, each followed by its size as 32 bits.
 */
bool boot_image_write(const struct boot_image_spec *spec, struct span out);

#endif
