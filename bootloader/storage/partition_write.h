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
 * The same for any offset and length: a block of which only a part is written is read first, into
 * `block`, which has room for one.
 */
NODISCARD enum err partition_write_part(const struct partition *partition, uint64_t offset_bytes,
                                        struct slice bytes, struct span block);
/* From `offset_bytes` on, `length_bytes` read as zeros afterwards. */
NODISCARD enum err partition_zero(const struct partition *partition, uint64_t offset_bytes,
                                  uint64_t length_bytes);
/* Everything written so far is on the disk. */
NODISCARD enum err partition_flush(const struct partition *partition);

#endif
