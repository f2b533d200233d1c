/* SPDX-License-Identifier: MIT */
/*
 * A partition: a part of a disk that can be read on its own. Stage storage.
 *
 * Offsets and lengths in bytes from the start of the partition, multiples of the disk's block size.
 *
 *   E_BLOCK_ALIGN   not a multiple of the block size
 *   E_BLOCK_RANGE   not all inside the partition
 *   E_BLOCK_IO      the disk failed
 */
#ifndef STORAGE_PARTITION_H
#define STORAGE_PARTITION_H

#include "base/bytes.h"

struct block;

struct partition {
    struct block *disk;
    uint64_t first_lba;
    uint64_t size_bytes;
};

/* The blocks of the disk that are meant: E_BLOCK_ALIGN, E_BLOCK_RANGE. */
struct partition_blocks {
    uint64_t lba;
    uint64_t count;
};
NODISCARD enum err partition_locate(const struct partition *partition, uint64_t offset_bytes,
                                    uint64_t length_bytes, struct partition_blocks *out_blocks);

NODISCARD enum err partition_read(const struct partition *partition, uint64_t offset_bytes,
                                  struct span out);

/* The same in two halves: see iface/block.h. */
NODISCARD enum err partition_read_begin(const struct partition *partition, uint64_t offset_bytes,
                                        struct span out);
NODISCARD enum err partition_read_wait(const struct partition *partition);

#endif
