/* SPDX-License-Identifier: MIT */
/* A disk in memory. */
#include "tests/fake/fake_disk.h"

#include "tests/fake/fake_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a test must see at once: the code under test broke a rule of iface/block.h. */
static void rule(bool kept, const char *words)
{
    if (!kept) {
        fprintf(stderr, "fake disk: %s\n", words);
        abort();
    }
}

static struct fake_disk *disk_of(struct block *block)
{
    return CONTAINER_OF(block, struct fake_disk, block);
}

static bool fails_now(struct fake_disk *disk)
{
    disk->requests++;
    return disk->requests == disk->fail_at ||
           (disk->fail_from != 0 && disk->requests >= disk->fail_from);
}

static bool inside(const struct fake_disk *disk, uint64_t lba, size_t count)
{
    return lba <= disk->block.block_count && count <= disk->block.block_count - lba;
}

static enum err begin(struct block *block, uint64_t lba, size_t count, void *out)
{
    struct fake_disk *disk = disk_of(block);

    rule(!disk->under_way, "a second read while one is under way");
    rule(count != 0, "a read of nothing");
    if (!inside(disk, lba, count)) {
        return E_BLOCK_RANGE;
    }
    disk->failing = fails_now(disk);
    disk->under_way = true;
    disk->lba = lba;
    disk->count = count;
    disk->out = out;
    memset(out, 0xa5, count * block->block_bytes);
    return OK;
}

static enum err wait_for(struct block *block)
{
    struct fake_disk *disk = disk_of(block);

    rule(disk->under_way, "waiting for nothing");
    disk->under_way = false;
    if (disk->failing) {
        return E_BLOCK_IO;
    }
    memcpy(disk->out, fake_disk_at(disk, disk->lba), disk->count * block->block_bytes);
    for (size_t i = 0; i < disk->count; i++) {
        disk->times_read[disk->lba + i]++;
    }
    return OK;
}

static enum err read_blocks(struct block *block, uint64_t lba, size_t count, void *out)
{
    TRY(begin(block, lba, count, out));
    return wait_for(block);
}

static enum err write_blocks(struct block *block, uint64_t lba, size_t count, const void *data)
{
    struct fake_disk *disk = disk_of(block);

    rule(!disk->under_way, "a write while a read is under way");
    disk->writes++;
    if (!inside(disk, lba, count)) {
        return E_BLOCK_RANGE;
    }
    if (disk->read_only) {
        return E_BLOCK_READ_ONLY;
    }
    if (fails_now(disk)) {
        return E_BLOCK_IO;
    }
    disk->unflushed++;
    memcpy(fake_disk_at(disk, lba), data, count * block->block_bytes);
    return OK;
}

static enum err flush(struct block *block)
{
    struct fake_disk *disk = disk_of(block);

    rule(!disk->under_way, "a flush while a read is under way");
    if (fails_now(disk)) {
        return E_BLOCK_IO;
    }
    disk->unflushed = 0;
    return OK;
}

static enum err zero(struct block *block, uint64_t lba, uint64_t count)
{
    struct fake_disk *disk = disk_of(block);

    rule(!disk->under_way, "zeroing while a read is under way");
    disk->writes++;
    if (!inside(disk, lba, count)) {
        return E_BLOCK_RANGE;
    }
    if (disk->read_only) {
        return E_BLOCK_READ_ONLY;
    }
    if (fails_now(disk)) {
        return E_BLOCK_IO;
    }
    disk->unflushed++;
    memset(fake_disk_at(disk, lba), 0, count * block->block_bytes);
    return OK;
}

static const struct block_ops ops = {
    .zero = zero,
    .read = read_blocks,
    .write = write_blocks,
    .flush = flush,
    .read_begin = begin,
    .read_wait = wait_for,
};

void fake_disk_init(struct fake_disk *disk, uint64_t block_count, uint32_t block_bytes)
{
    *disk = (struct fake_disk){
        .block = {.ops = &ops, .block_count = block_count, .block_bytes = block_bytes},
        .bytes = fake_memory_take(block_count * block_bytes),
        .times_read = calloc(block_count, 1),
    };
    rule(disk->times_read != NULL, "no memory for the disk");
    memset(disk->bytes, 0, block_count * block_bytes);
}

void fake_disk_free(struct fake_disk *disk)
{
    fake_memory_give(disk->bytes);
    free(disk->times_read);
}

uint8_t *fake_disk_at(struct fake_disk *disk, uint64_t lba)
{
    return disk->bytes + lba * disk->block.block_bytes;
}

bool fake_disk_read_once(const struct fake_disk *disk)
{
    for (uint64_t i = 0; i < disk->block.block_count; i++) {
        if (disk->times_read[i] > 1) {
            return false;
        }
    }
    return true;
}

void fake_disk_forget(struct fake_disk *disk)
{
    memset(disk->times_read, 0, disk->block.block_count);
    disk->requests = 0;
    disk->writes = 0;
}
