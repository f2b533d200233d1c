/* SPDX-License-Identifier: MIT */
/*
 * Reading a part of a disk: the bounds of the partition, then the disk. Stage storage.
 */
#include "storage/partition.h"

#include "iface/block.h"

enum err partition_locate(const struct partition *partition, uint64_t offset_bytes,
                          uint64_t length_bytes, struct partition_blocks *out_blocks)
{
    uint32_t unit = partition->disk->block_bytes;
    uint64_t lba;

    if (offset_bytes % unit != 0 || length_bytes % unit != 0) {
        return E_BLOCK_ALIGN;
    }
    if (offset_bytes > partition->size_bytes ||
        length_bytes > partition->size_bytes - offset_bytes) {
        return E_BLOCK_RANGE;
    }
    if (!add_u64(partition->first_lba, offset_bytes / unit, &lba)) {
        return E_BLOCK_RANGE;
    }
    *out_blocks = (struct partition_blocks){.lba = lba, .count = length_bytes / unit};
    return OK;
}

enum err partition_read(const struct partition *partition, uint64_t offset_bytes, struct span out)
{
    struct block *disk = partition->disk;
    struct partition_blocks blocks;

    TRY(partition_locate(partition, offset_bytes, out.size, &blocks));
    return blocks.count == 0 ? OK
                             : disk->ops->read(disk, blocks.lba, (size_t)blocks.count, out.data);
}

enum err partition_read_begin(const struct partition *partition, uint64_t offset_bytes,
                              struct span out)
{
    struct block *disk = partition->disk;
    struct partition_blocks blocks;

    TRY(partition_locate(partition, offset_bytes, out.size, &blocks));
    if (blocks.count == 0) {
        return E_BLOCK_RANGE; /* there would be nothing to wait for */
    }
    return disk->ops->read_begin(disk, blocks.lba, (size_t)blocks.count, out.data);
}

enum err partition_read_wait(const struct partition *partition)
{
    return partition->disk->ops->read_wait(partition->disk);
}
