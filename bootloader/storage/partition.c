/* SPDX-License-Identifier: MIT */
/*
 * Reading and writing a part of a disk: the bounds of the partition, then the disk. Stage storage.
 */
#include "storage/partition.h"

#include "iface/block.h"
#include "storage/partition_write.h"

#include <string.h>

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

/* What of `bytes` lies in one block, or as many whole blocks as there are. */
static enum err write_next(const struct partition *partition, uint64_t offset_bytes,
                           struct slice bytes, struct span block, size_t *out_count)
{
    uint32_t unit = partition->disk->block_bytes;
    size_t into = (size_t)(offset_bytes % unit);
    size_t count = bytes.size < unit - into ? bytes.size : unit - into;

    if (count == unit) {
        *out_count = bytes.size - bytes.size % unit;
        return partition_write(partition, offset_bytes, slice_of(bytes.data, *out_count));
    }
    *out_count = count;
    block.size = unit;
    TRY(partition_read(partition, offset_bytes - into, block));
    memcpy(block.data + into, bytes.data, count);
    return partition_write(partition, offset_bytes - into, span_slice(block));
}

enum err partition_write_part(const struct partition *partition, uint64_t offset_bytes,
                              struct slice bytes, struct span block)
{
    if (block.size < partition->disk->block_bytes) {
        return E_BLOCK_ALIGN;
    }
    if (offset_bytes > partition->size_bytes ||
        bytes.size > partition->size_bytes - offset_bytes) {
        return E_BLOCK_RANGE; /* before the first byte of it is written */
    }
    while (bytes.size != 0) {
        size_t count;

        TRY(write_next(partition, offset_bytes, bytes, block, &count));
        offset_bytes += count;
        bytes = slice_of(bytes.data + count, bytes.size - count);
    }
    return OK;
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
