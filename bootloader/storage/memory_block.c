/* SPDX-License-Identifier: MIT */
/* Memory as a disk. Stage storage. */
#include "storage/memory_block.h"

#include <string.h>

#define BLOCK_BYTES 512

static enum err memory_read(struct block *block, uint64_t lba, size_t count, void *out)
{
    struct slice bytes = CONTAINER_OF(block, struct memory_block, block)->bytes;
    size_t wanted = count * BLOCK_BYTES;
    size_t there;

    if (count == 0 || lba > block->block_count || count > block->block_count - lba) {
        return E_BLOCK_RANGE;
    }
    there = bytes.size - (size_t)lba * BLOCK_BYTES;
    there = MIN(there, wanted);
    memcpy(out, bytes.data + (size_t)lba * BLOCK_BYTES, there);
    memset((uint8_t *)out + there, 0, wanted - there);
    return OK;
}

static enum err memory_write(struct block *block, uint64_t lba, size_t count, const void *data)
{
    return E_BLOCK_READ_ONLY;
}

static enum err memory_zero(struct block *block, uint64_t lba, uint64_t count)
{
    return E_BLOCK_READ_ONLY;
}

static enum err memory_done(struct block *block)
{
    return OK;
}

void memory_block_init(struct memory_block *memory, struct slice bytes)
{
    static const struct block_ops ops = {
        .read = memory_read,
        .write = memory_write,
        .flush = memory_done,
        .zero = memory_zero,
        .read_begin = memory_read,
        .read_wait = memory_done,
    };

    *memory = (struct memory_block){
        .block = {.ops = &ops,
                  .block_count = bytes.size / BLOCK_BYTES + (bytes.size % BLOCK_BYTES != 0),
                  .block_bytes = BLOCK_BYTES},
        .bytes = bytes,
    };
}
