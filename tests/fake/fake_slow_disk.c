/* SPDX-License-Identifier: MIT */
/* A disk that takes its time. */
#include "tests/fake/fake_slow_disk.h"

#include <string.h>

static struct fake_slow_disk *self(struct block *block)
{
    return CONTAINER_OF(block, struct fake_slow_disk, block);
}

static uint64_t cost_us(const struct fake_slow_disk *disk, uint64_t blocks)
{
    return disk->request_us + blocks * disk->block.block_bytes * disk->times / disk->bytes_a_us;
}

static void charge(struct fake_slow_disk *disk, uint64_t blocks)
{
    *disk->now_us += cost_us(disk, blocks);
}

static bool is_real(const struct fake_slow_disk *disk, uint64_t lba, uint64_t count)
{
    return lba <= disk->under_blocks && count <= disk->under_blocks - lba;
}

static enum err slow_read(struct block *block, uint64_t lba, size_t count, void *out)
{
    struct fake_slow_disk *disk = self(block);

    charge(disk, count);
    if (is_real(disk, lba, count)) {
        return disk->under->ops->read(disk->under, lba, count, out);
    }
    memset(out, 0, count * block->block_bytes);
    return OK;
}

/* It goes on beside the processor. */
static enum err slow_read_begin(struct block *block, uint64_t lba, size_t count, void *out)
{
    struct fake_slow_disk *disk = self(block);

    disk->ready_us = *disk->now_us + cost_us(disk, count);
    disk->passed_on = is_real(disk, lba, count);
    if (disk->passed_on) {
        return disk->under->ops->read_begin(disk->under, lba, count, out);
    }
    memset(out, 0, count * block->block_bytes);
    return OK;
}

static enum err slow_read_wait(struct block *block)
{
    struct fake_slow_disk *disk = self(block);

    if (*disk->now_us < disk->ready_us) {
        *disk->now_us = disk->ready_us;
    }
    return disk->passed_on ? disk->under->ops->read_wait(disk->under) : OK;
}

static enum err slow_write(struct block *block, uint64_t lba, size_t count, const void *data)
{
    struct fake_slow_disk *disk = self(block);

    charge(disk, count);
    return is_real(disk, lba, count) ? disk->under->ops->write(disk->under, lba, count, data) : OK;
}

/* The device does it: no bytes move. */
static enum err slow_zero(struct block *block, uint64_t lba, uint64_t count)
{
    struct fake_slow_disk *disk = self(block);

    charge(disk, 0);
    return is_real(disk, lba, count) ? disk->under->ops->zero(disk->under, lba, count) : OK;
}

static enum err slow_flush(struct block *block)
{
    struct fake_slow_disk *disk = self(block);

    charge(disk, 0);
    return disk->under->ops->flush(disk->under);
}

void fake_slow_disk_init(struct fake_slow_disk *disk, struct block *under, uint64_t *now_us,
                         unsigned request_us, unsigned bytes_a_us)
{
    static const struct block_ops ops = {.read = slow_read,
                                         .write = slow_write,
                                         .flush = slow_flush,
                                         .zero = slow_zero,
                                         .read_begin = slow_read_begin,
                                         .read_wait = slow_read_wait};

    *disk = (struct fake_slow_disk){
        .block = {&ops, under->block_count, under->block_bytes},
        .under = under,
        .under_blocks = under->block_count,
        .now_us = now_us,
        .request_us = request_us,
        .bytes_a_us = bytes_a_us,
        .times = 1,
    };
}
