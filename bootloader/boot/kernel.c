/* SPDX-License-Identifier: MIT */
/* The kernel that was loaded. Stage boot. */
#include "boot/kernel.h"

#include "format/kernel_image.h"

#include <string.h>

enum err kernel_check(struct span room, uint64_t kernel_bytes, uint64_t *out_entry)
{
    const struct kernel_image_header *header = (const void *)room.data;
    uint64_t memory_bytes;

    if (kernel_bytes < sizeof *header || kernel_bytes > room.size ||
        memcmp(header->magic, KERNEL_IMAGE_MAGIC, sizeof header->magic) != 0) {
        return E_KERNEL_MAGIC;
    }
    memory_bytes = le64(header->image_bytes);
    /*
     * It lies where it runs, so a kernel that wants an offset cannot be had. The file may be longer
     * than what it needs: a device tree stands behind it.
     */
    if (le64(header->text_offset) != 0 || memory_bytes == 0 || memory_bytes > room.size) {
        return E_KERNEL_RANGE;
    }
    *out_entry = (uint64_t)(uintptr_t)room.data;
    return OK;
}
