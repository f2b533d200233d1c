/* SPDX-License-Identifier: MIT */
/*
 * Reading and writing a part of a disk: the bounds of the partition, then the disk. Stage storage.
 */
#include "storage/partition.h"

#include "iface/block.h"
#include "storage/partition_write.h"

struct blocks {
    uint64_t lba;
    size_t count;
};

static enum err locate(const struct partition *partition, uint64_t offset_bytes, size_t length,
                       struct blocks *out_blocks)
{
    uint32_t unit = partition->disk->block_bytes;
    uint64_t lba;

    if (offset_bytes % unit != 0 || length % unit != 0) {
        return E_BLOCK_ALIGN;
    }
    if (offset_bytes > partition->size_bytes || length > partition->size_bytes - offset_bytes) {
        return E_BLOCK_RANGE;
    }
    if (!add_u64(partition->first_lba, offset_bytes / unit, &lba)) {
        return E_BLOCK_RANGE;
    }
    *out_blocks = (struct blocks){.lba = lba, .count = length / unit};
    return OK;
}

enum err partition_read(const struct partition *partition, uint64_t offset_bytes, struct span out)
{
    struct block *disk = partition->disk;
    struct blocks blocks;

    TRY(locate(partition, offset_bytes, out.size, &blocks));
    return blocks.count == 0 ? OK : disk->ops->read(disk, blocks.lba, blocks.count, out.data);
}

enum err partition_read_begin(const struct partition *partition, uint64_t offset_bytes,
                              struct span out)
{
    struct block *disk = partition->disk;
    struct blocks blocks;

    TRY(locate(partition, offset_bytes, out.size, &blocks));
    if (blocks.count == 0) {
        return E_BLOCK_RANGE; /* there would be nothing to wait for */
    }
    return disk->ops->read_begin(disk, blocks.lba, blocks.count, out.data);
}

enum err partition_read_wait(const struct partition *partition)
{
    return partition->disk->ops->read_wait(partition->disk);
}

enum err partition_write(const struct partition *partition, uint64_t offset_bytes,
                         struct slice bytes)
{
    struct block *disk = partition->disk;
    struct blocks blocks;

    TRY(locate(partition, offset_bytes, bytes.size, &blocks));
    return blocks.count == 0 ? OK : disk->ops->write(disk, blocks.lba, blocks.count, bytes.data);
}

enum err partition_zero(const struct partition *partition, uint64_t offset_bytes,
                        uint64_t length_bytes)
{
    struct block *disk = partition->disk;
    struct blocks blocks;

    TRY(locate(partition, offset_bytes, length_bytes, &blocks));
    return blocks.count == 0 ? OK : disk->ops->zero(disk, blocks.lba, blocks.count);
}

enum err partition_flush(const struct partition *partition)
{
    return partition->disk->ops->flush(partition->disk);
}
