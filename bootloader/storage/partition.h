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

NODISCARD enum err partition_read(const struct partition *partition, uint64_t offset_bytes,
                                  struct span out);

/* The same in two halves: see iface/block.h. */
NODISCARD enum err partition_read_begin(const struct partition *partition, uint64_t offset_bytes,
                                        struct span out);
NODISCARD enum err partition_read_wait(const struct partition *partition);

#endif
