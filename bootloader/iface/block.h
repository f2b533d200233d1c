/* SPDX-License-Identifier: MIT */
/*
 * A block device: a disk, or a partition of one. Addresses in logical blocks, from 0.
 *
 * A driver embeds `struct block` in its own and finds itself again with CONTAINER_OF. All ops must
 * be there; a read-only device answers write with E_BLOCK_READ_ONLY.
 *
 *   E_BLOCK_IO         the device failed, or gave no answer
 *   E_BLOCK_RANGE      a block outside the device
 *   E_BLOCK_ALIGN      a buffer that the device cannot reach
 */
#ifndef IFACE_BLOCK_H
#define IFACE_BLOCK_H

#include "base/bytes.h"

struct block;

struct block_ops {
    enum err (*read)(struct block *block, uint64_t lba, size_t count, void *out);
    enum err (*write)(struct block *block, uint64_t lba, size_t count, const void *data);
    enum err (*flush)(struct block *block);
    /* Makes the blocks read as zeros, and gives their room back to the host where it can. */
    enum err (*zero)(struct block *block, uint64_t lba, uint64_t count);

    /*
     * Reading while something else is done: begin one read, then wait for it. At most one is under
     * way; `out` belongs to the device until read_wait returned. Other calls may not come between.
     */
    enum err (*read_begin)(struct block *block, uint64_t lba, size_t count, void *out);
    enum err (*read_wait)(struct block *block);
};

struct block {
    const struct block_ops *ops;
    uint64_t block_count;
    uint32_t block_bytes; /* 512 or 4096 */
};

#endif
