/* SPDX-License-Identifier: MIT */
/* Writing a part of a disk. Stage storage. */
#include "storage/partition_write.h"

#include "iface/block.h"

#include <string.h>

enum err partition_write(const struct partition *partition, uint64_t offset_bytes,
                         struct slice bytes)
{
    struct block *disk = partition->disk;
    struct partition_blocks blocks;

    TRY(partition_locate(partition, offset_bytes, bytes.size, &blocks));
    return blocks.count == 0 ? OK
                             : disk->ops->write(disk, blocks.lba, (size_t)blocks.count, bytes.data);
}

enum err partition_write_edge(const struct partition *partition, struct partition_edge *edge)
{
    if (edge->held) {
        edge->held = false;
        return partition_write(partition, edge->offset_bytes, span_slice(edge->block));
    }
    return OK;
}

static enum err hold(const struct partition *partition, uint64_t offset_bytes,
                     struct partition_edge *edge)
{
    if (edge->held && edge->offset_bytes == offset_bytes) {
        return OK;
    }
    TRY(partition_write_edge(partition, edge));
    TRY(partition_read(partition, offset_bytes, edge->block));
    edge->offset_bytes = offset_bytes;
    edge->held = true;
    return OK;
}

/* What of `bytes` lies in one block, or as many whole blocks as there are. */
static enum err write_next(const struct partition *partition, uint64_t offset_bytes,
                           struct slice bytes, struct partition_edge *edge, size_t *out_count)
{
    uint32_t unit = partition->disk->block_bytes;
    size_t into = (size_t)(offset_bytes % unit);
    size_t count = MIN(bytes.size, unit - into);

    if (count == unit) {
        *out_count = bytes.size - bytes.size % unit;
        TRY(partition_write_edge(partition, edge));
        return partition_write(partition, offset_bytes, slice_of(bytes.data, *out_count));
    }
    *out_count = count;
    TRY(hold(partition, offset_bytes - into, edge));
    memcpy(edge->block.data + into, bytes.data, count);
    return OK;
}

enum err partition_write_part(const struct partition *partition, uint64_t offset_bytes,
                              struct slice bytes, struct partition_edge *edge)
{
    if (edge->block.size != partition->disk->block_bytes) {
        return E_BLOCK_ALIGN;
    }
    if (offset_bytes > partition->size_bytes || bytes.size > partition->size_bytes - offset_bytes) {
        return E_BLOCK_RANGE; /* before the first byte of it is written */
    }
    while (bytes.size != 0) {
        size_t count;

        TRY(write_next(partition, offset_bytes, bytes, edge, &count));
        offset_bytes += count;
        bytes = slice_of(bytes.data + count, bytes.size - count);
    }
    return OK;
}

enum err partition_zero(const struct partition *partition, uint64_t offset_bytes,
                        uint64_t length_bytes)
{
    struct block *disk = partition->disk;
    struct partition_blocks blocks;

    TRY(partition_locate(partition, offset_bytes, length_bytes, &blocks));
    return blocks.count == 0 ? OK : disk->ops->zero(disk, blocks.lba, blocks.count);
}

enum err partition_flush(const struct partition *partition)
{
    return partition->disk->ops->flush(partition->disk);
}
