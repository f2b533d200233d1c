/* SPDX-License-Identifier: MIT */
/*
 * The header of a boot image. Stage verify. Layout: format/boot_image.h.
 */
#ifndef VERIFY_BOOT_IMAGE_H
#define VERIFY_BOOT_IMAGE_H

#include "base/bytes.h"
#include "format/boot_image.h"

/* How a kernel is packed: format/packed_kernel.h. */
enum packing {
    PACKING_NONE,
    PACKING_GZIP,
    PACKING_LZ4,
    PACKING_OTHER, /* in a way that this phone cannot unpack */
};

struct boot_image {
    enum packing packing; /* known once the image is loaded */
    uint32_t page_bytes;
    uint64_t kernel_offset; /* in the image */
    uint64_t kernel_bytes;
    uint64_t ramdisk_offset;
    uint64_t ramdisk_bytes;
    uint64_t total_bytes; /* the whole image, in full pages */
    char cmdline[BOOT_IMAGE_CMDLINE_BYTES + BOOT_IMAGE_EXTRA_CMDLINE_BYTES];
};

/*
 * Reads the header of an image that may be `limit_bytes` long.
 *
 *   E_SLICE_RANGE           fewer bytes than a header
 *   E_BOOT_IMAGE_MAGIC, E_BOOT_IMAGE_VERSION (0 to 2), E_BOOT_IMAGE_PAGE_SIZE
 *   E_BOOT_IMAGE_RANGE      no kernel; a size that wraps; more than the limit
 *   E_BOOT_IMAGE_CMDLINE    a byte in the command line that is not printable ASCII
 *
 * On error *out_image is untouched.
 */
NODISCARD enum err boot_image_parse(struct slice header, uint64_t limit_bytes,
                                    struct boot_image *out_image);

/*
 * Is it a boot image whose header is newer than those that this phone reads? Versions 3 and later
 * lay out everything but the number itself in another way. On false *out_version is untouched.
 */
bool boot_image_is_newer(struct slice image, uint32_t *out_version);

/* By the first bytes of a kernel. What bears no packer's magic is not packed. */
enum packing boot_image_packing(struct slice kernel);

/*
 * Where a kernel lies in a room of `room_bytes` that it fits: one that must be unpacked first at
 * the end, everything else at the start, where it runs.
 */
size_t boot_image_kernel_place(const struct boot_image *image, size_t room_bytes);

#endif
