/* SPDX-License-Identifier: MIT */
/* The phone's disk. */
#include "driver/virtio_blk.h"

#include <string.h>

#define FEATURE_READ_ONLY    (1u << 5)
#define FEATURE_FLUSH        (1u << 9)
#define FEATURE_WRITE_ZEROES (1u << 14)
#define CONFIG_CAPACITY      0  /* in sectors of 512 bytes */
#define CONFIG_ZERO_SECTORS  48 /* in one request at most */
#define SECTOR_BYTES         512

#define TYPE_IN    0u
#define TYPE_OUT   1u
#define TYPE_FLUSH 4u
#define TYPE_ZERO  13u

#define HEAD           0 /* one request at a time: always the same chain */
#define STATUS_OK      0
#define STATUS_PENDING 0xff
#define HEADER_BYTES   16
#define STATUS_OFFSET  HEADER_BYTES
#define ZERO_OFFSET    32 /* of the range to be zeroed, in the request's page */
#define ZERO_BYTES     16 /* sector 64, count 32, flags 32 */
#define ZERO_UNMAP     1u
#define ZERO_AT_ONCE   (1u << 21)   /* sectors: a GiB */
#define DATA_BYTES_MAX (256u << 20) /* one request */
#define TIMEOUT_US     60000000     /* a computer that writes its own disk out can take very long */

static struct virtio_blk *self(struct block *block)
{
    return CONTAINER_OF(block, struct virtio_blk, block);
}

/* Can the device reach this memory? */
static bool reachable(const struct virtio_blk *disk, const void *data, size_t size)
{
    uintptr_t first = (uintptr_t)disk->reachable.data;
    uintptr_t at = (uintptr_t)data;

    return at >= first && at - first <= disk->reachable.size &&
           size <= disk->reachable.size - (at - first);
}

static void send(struct virtio_blk *disk, uint32_t type, uint64_t lba, void *data, size_t size)
{
    struct virtio_buffer buffers[3];
    size_t count = 0;

    disk->expected_bytes = 1 + (type == TYPE_IN ? (uint32_t)size : 0);
    put_le32(disk->request, type);
    put_le32(disk->request + 4, 0);
    put_le64(disk->request + 8, lba);
    disk->request[STATUS_OFFSET] = STATUS_PENDING;
    buffers[count++] = (struct virtio_buffer){disk->request, HEADER_BYTES, false};
    if (size != 0) {
        buffers[count++] = (struct virtio_buffer){data, (uint32_t)size, type == TYPE_IN};
    }
    buffers[count++] = (struct virtio_buffer){disk->request + STATUS_OFFSET, 1, true};
    virtqueue_add(&disk->queue, HEAD, buffers, count);
}

/* Did the device end this request, and no other, and write what it had to? */
static bool is_answered(struct virtio_blk *disk)
{
    uint8_t status;
    uint16_t head;
    uint32_t bytes;

    if (virtqueue_wait(&disk->queue, TIMEOUT_US, &head, &bytes) != OK) {
        return false;
    }
    status = disk->request[STATUS_OFFSET];
    return head == HEAD && status != STATUS_PENDING &&
           (bytes == disk->expected_bytes || status != STATUS_OK);
}

/* A device that never answers, or not to what it was asked, still has our memory: it is reset. */
static enum err finish(struct virtio_blk *disk)
{
    if (!is_answered(disk)) {
        disk->broken = true;
        virtio_reset(&disk->device);
        return E_BLOCK_IO;
    }
    return disk->request[STATUS_OFFSET] == STATUS_OK ? OK : E_BLOCK_IO;
}

static enum err request(struct virtio_blk *disk, uint32_t type, uint64_t lba, void *data,
                        size_t size)
{
    if (disk->broken) {
        return E_BLOCK_IO;
    }
    send(disk, type, lba, data, size);
    return finish(disk);
}

static enum err check(struct virtio_blk *disk, uint64_t lba, size_t count, const void *data)
{
    if (disk->broken) {
        return E_BLOCK_IO;
    }
    if (count == 0 || lba > disk->block.block_count || count > disk->block.block_count - lba ||
        count > DATA_BYTES_MAX / SECTOR_BYTES) {
        return E_BLOCK_RANGE;
    }
    return reachable(disk, data, count * SECTOR_BYTES) ? OK : E_BLOCK_ALIGN;
}

static enum err blk_read_begin(struct block *block, uint64_t lba, size_t count, void *out)
{
    TRY(check(self(block), lba, count, out));
    send(self(block), TYPE_IN, lba, out, count * SECTOR_BYTES);
    return OK;
}

static enum err blk_read_wait(struct block *block)
{
    return finish(self(block));
}

static enum err blk_read(struct block *block, uint64_t lba, size_t count, void *out)
{
    TRY(blk_read_begin(block, lba, count, out));
    return blk_read_wait(block);
}

static enum err blk_write(struct block *block, uint64_t lba, size_t count, const void *data)
{
    TRY(check(self(block), lba, count, data));
    return request(self(block), TYPE_OUT, lba, (void *)(uintptr_t)data, count * SECTOR_BYTES);
}

static enum err blk_write_refused(struct block *block, uint64_t lba, size_t count, const void *data)
{
    return E_BLOCK_READ_ONLY;
}

static enum err blk_flush(struct block *block)
{
    if (!self(block)->can_flush) {
        return OK;
    }
    return request(self(block), TYPE_FLUSH, 0, NULL, 0);
}

static enum err zero_by_device(struct virtio_blk *disk, uint64_t lba, uint32_t count)
{
    uint8_t *range = disk->request + ZERO_OFFSET;

    put_le64(range, lba);
    put_le32(range + 8, count);
    put_le32(range + 12, ZERO_UNMAP);
    return request(disk, TYPE_ZERO, 0, range, ZERO_BYTES);
}

static enum err zero_by_writing(struct virtio_blk *disk, uint64_t lba, uint32_t count)
{
    if (!disk->zeros_are_clear) {
        memset(disk->zeros, 0, VIRTIO_BLK_ZEROS_BYTES);
        disk->zeros_are_clear = true;
    }
    return request(disk, TYPE_OUT, lba, disk->zeros, (size_t)count * SECTOR_BYTES);
}

static enum err blk_zero(struct block *block, uint64_t lba, uint64_t count)
{
    struct virtio_blk *disk = self(block);
    bool by_device = disk->zero_sectors_max != 0;
    uint32_t most = by_device ? disk->zero_sectors_max : VIRTIO_BLK_ZEROS_BYTES / SECTOR_BYTES;

    if (lba > block->block_count || count > block->block_count - lba) {
        return E_BLOCK_RANGE;
    }
    while (count != 0) {
        uint32_t now = count < most ? (uint32_t)count : most;

        TRY(by_device ? zero_by_device(disk, lba, now) : zero_by_writing(disk, lba, now));
        lba += now;
        count -= now;
    }
    return OK;
}

static enum err blk_zero_refused(struct block *block, uint64_t lba, uint64_t count)
{
    return E_BLOCK_READ_ONLY;
}

static const struct block_ops ops = {
    .read = blk_read,
    .write = blk_write,
    .flush = blk_flush,
    .zero = blk_zero,
    .read_begin = blk_read_begin,
    .read_wait = blk_read_wait,
};

static const struct block_ops read_only_ops = {
    .read = blk_read,
    .write = blk_write_refused,
    .flush = blk_flush,
    .zero = blk_zero_refused,
    .read_begin = blk_read_begin,
    .read_wait = blk_read_wait,
};

static uint32_t zero_limit(const struct virtio_device *device, uint32_t features)
{
    uint32_t limit;

    if ((features & FEATURE_WRITE_ZEROES) == 0) {
        return 0;
    }
    limit = virtio_config32(device, CONFIG_ZERO_SECTORS);
    return MIN(limit, ZERO_AT_ONCE);
}

enum err virtio_blk_init(struct virtio_blk *disk, const struct virtio_device *device, uint8_t *dma,
                         struct span reachable_memory)
{
    uint32_t features;

    *disk = (struct virtio_blk){.device = *device, .reachable = reachable_memory};
    TRY(virtio_start(device, FEATURE_READ_ONLY | FEATURE_FLUSH | FEATURE_WRITE_ZEROES, &features));
    TRY(virtqueue_init(&disk->queue, device, 0, VIRTQUEUE_SIZE, dma));
    disk->request = dma + VIRTQUEUE_ROOM_BYTES;
    disk->zeros = disk->request + 4096;
    disk->zero_sectors_max = zero_limit(device, features);
    virtio_ready(device);
    disk->can_flush = (features & FEATURE_FLUSH) != 0;
    disk->block.ops = (features & FEATURE_READ_ONLY) != 0 ? &read_only_ops : &ops;
    disk->block.block_bytes = SECTOR_BYTES;
    disk->block.block_count = virtio_config64(device, CONFIG_CAPACITY);
    return OK;
}
