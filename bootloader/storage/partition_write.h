/* SPDX-License-Identifier: MIT */
/*
 * Writing to a partition. Stage storage; verify/ never includes this.
 *
 * Offsets and lengths in bytes, multiples of the block size;
 * errors as in storage/partition.h, and E_BLOCK_READ_ONLY.
 */
#ifndef STORAGE_PARTITION_WRITE_H
#define STORAGE_PARTITION_WRITE_H

#include "storage/partition.h"

NODISCARD enum err partition_write(const struct partition *partition, uint64_t offset_bytes,
                                   struct slice bytes);

/*
 * A block of which only a part has come: it is read once, and written when bytes of another come.
 * `block` is one of the disk's; begins with `held` false.
 */
struct partition_edge {
    struct span block;
    uint64_t offset_bytes;
    bool held;
};

/*
 * partition_write for any offset and length. What is held in the end, partition_write_edge writes:
 * however small the parts are, a block is written once as long as they come in order.
 */
NODISCARD enum err partition_write_part(const struct partition *partition, uint64_t offset_bytes,
                                        struct slice bytes, struct partition_edge *edge);
NODISCARD enum err partition_write_edge(const struct partition *partition,
                                        struct partition_edge *edge);
/* From `offset_bytes` on, `length_bytes` read as zeros afterwards. */
NODISCARD enum err partition_zero(const struct partition *partition, uint64_t offset_bytes,
                                  uint64_t length_bytes);
/* Everything written so far is on the disk. */
NODISCARD enum err partition_flush(const struct partition *partition);

#endif
