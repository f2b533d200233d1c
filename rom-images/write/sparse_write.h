/* SPDX-License-Identifier: MIT */
/*
 * Android sparse images, written: a partition's content without its empty part
 * (bootloader/format/sparse.h). Sizes in bytes.
 */
#ifndef ROM_IMAGES_SPARSE_WRITE_H
#define ROM_IMAGES_SPARSE_WRITE_H

#include "base/bytes.h"

#define SPARSE_WRITE_BLOCK_BYTES    4096u
#define SPARSE_WRITE_OVERHEAD_BYTES 68u /* what an image has at most besides its content */

/* A partition from its beginning; each size is a multiple of SPARSE_WRITE_BLOCK_BYTES. */
struct sparse_spec {
    struct slice content;
    uint64_t zeroed_bytes; /* behind it: zeros, where a file system would have its roots */
    uint64_t total_bytes;  /* of the partition: the rest is left as it is on the phone */
};

/*
 * Writes the image. Returns its size; 0 when a size is no such multiple, too large for the format,
 * or `out` smaller than the content with SPARSE_WRITE_OVERHEAD_BYTES.
 */
NODISCARD size_t sparse_write(const struct sparse_spec *spec, struct span out);

#endif
