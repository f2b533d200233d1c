/* SPDX-License-Identifier: MIT */
/*
 * Android sparse images, written: a partition's content without its empty part
 * (bootloader/format/sparse.h). Sizes in bytes.
 */
#ifndef ROM_IMAGES_SPARSE_WRITE_H
#define ROM_IMAGES_SPARSE_WRITE_H

#include "base/bytes.h"

#define SPARSE_WRITE_BLOCK_BYTES 4096u
#define SPARSE_BLANK_BYTES       56 /* of an image that sparse_write_blank makes, at most */

/*
 * A blank partition of `total_bytes`: zeros where a file system has its roots, the first
 * `zeroed_bytes`; what comes behind is left as it is on the phone. Both are multiples of
 * SPARSE_WRITE_BLOCK_BYTES, and zeroed_bytes is at most total_bytes.
 *
 * Returns the image's size; 0 when a size is no such multiple, or too large for the format.
 */
NODISCARD size_t sparse_write_blank(uint64_t total_bytes, uint64_t zeroed_bytes,
                                    uint8_t out[SPARSE_BLANK_BYTES]);

#endif
