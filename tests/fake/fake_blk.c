/* SPDX-License-Identifier: MIT */
/* A virtio disk as QEMU makes it. */
#include "tests/fake/fake_blk.h"

#include "arch/cpu.h"
#include "arch/rest.h"

#include <stdlib.h>
#include <string.h>

#define SECTOR_BYTES 512
#define LOOK_US      10

#define FEATURE_FLUSH        (1u << 9)
#define FEATURE_WRITE_ZEROES (1u << 14)

enum {
    TYPE_IN = 0,
    TYPE_OUT = 1,
    TYPE_FLUSH = 4,
    TYPE_ZERO = 13
};
enum {
    STATUS_OK = 0,
    STATUS_IO_ERROR = 1,
    STATUS_UNSUPPORTED = 2
};

#define DESC_NEXT   1u
#define DESC_WRITES 2u

static struct fake_blk *the_blk;

struct descriptor {
    uint64_t address;
    uint32_t size;
    uint16_t flags;
    uint16_t next;
};

static uint8_t *memory(uint64_t address)
{
    return (uint8_t *)(uintptr_t)address;
}

static const struct descriptor *descriptor(const struct fake_blk *blk, uint16_t head)
{
    return (const struct descriptor *)(void *)memory(blk->rings[0]) + head;
}

/* Virtio 1.1, 2.6.8.2: the bytes that it wrote, of all that it may. */
static void push(struct fake_blk *blk, uint32_t head, uint32_t bytes)
{
    uint16_t *index = (uint16_t *)(void *)memory(blk->rings[2]) + 1;
    uint32_t *element = (uint32_t *)(void *)(index + 1) + 2 * (*index % blk->size);

    element[0] = head;
    element[1] = bytes;
    (*index)++;
    blk->has_interrupt = true;
}

static bool inside(uint64_t lba, uint64_t count)
{
    return lba <= FAKE_BLK_SECTORS && count <= FAKE_BLK_SECTORS - lba;
}

static uint8_t zero(struct fake_blk *blk, const uint8_t *range)
{
    uint64_t lba = le64(range);
    uint32_t count = le32(range + 8);

    if (count > blk->zero_sectors || !inside(lba, count)) {
        return STATUS_IO_ERROR;
    }
    memset(blk->cache + lba * SECTOR_BYTES, 0, (size_t)count * SECTOR_BYTES);
    return STATUS_OK;
}

static uint8_t carry_out(struct fake_blk *blk, const uint8_t *header, const struct descriptor *data)
{
    uint64_t lba = le64(header + 8);
    size_t size = data != NULL ? data->size : 0;

    switch (le32(header)) {
    case TYPE_IN:
    case TYPE_OUT:
        if (size % SECTOR_BYTES != 0 || !inside(lba, size / SECTOR_BYTES)) {
            return STATUS_IO_ERROR;
        }
        if (le32(header) == TYPE_IN) {
            memcpy(memory(data->address), blk->cache + lba * SECTOR_BYTES, size);
        } else {
            memcpy(blk->cache + lba * SECTOR_BYTES, memory(data->address), size);
        }
        return STATUS_OK;
    case TYPE_FLUSH:
        blk->flushes++;
        memcpy(blk->medium, blk->cache, FAKE_BLK_SECTORS * SECTOR_BYTES);
        return STATUS_OK;
    case TYPE_ZERO:
        return zero(blk, memory(data->address));
    default:
        return STATUS_UNSUPPORTED;
    }
}

/* One request: header, perhaps data, status. */
static void serve(struct fake_blk *blk, uint16_t head)
{
    const struct descriptor *header = descriptor(blk, head);
    const struct descriptor *data = descriptor(blk, header->next);
    const struct descriptor *status =
        (data->flags & DESC_NEXT) != 0 ? descriptor(blk, data->next) : data;
    bool lies = ++blk->requests == blk->lie_at;
    enum fake_blk_lie lie = lies ? blk->lie : FAKE_BLK_HONEST;
    uint32_t bytes = 1;

    data = status == data ? NULL : data;
    if (data != NULL && (data->flags & DESC_WRITES) != 0) {
        bytes += data->size;
    }
    if (lie == FAKE_BLK_SILENT) {
        return;
    }
    if (lie == FAKE_BLK_IO_ERROR || lie == FAKE_BLK_UNSUPPORTED) {
        *memory(status->address) = lie == FAKE_BLK_IO_ERROR ? STATUS_IO_ERROR : STATUS_UNSUPPORTED;
    } else if (lie != FAKE_BLK_NO_STATUS) {
        *memory(status->address) = carry_out(blk, memory(header->address), data);
    }
    bytes += lie == FAKE_BLK_MORE_BYTES ? 1 : 0;
    bytes -= lie == FAKE_BLK_FEWER_BYTES ? 1 : 0;
    push(blk,
         lie == FAKE_BLK_OTHER_HEAD ? head + 1u
         : lie == FAKE_BLK_NO_HEAD  ? blk->size
                                    : head,
         bytes);
}

static void notified(struct fake_blk *blk)
{
    const uint16_t *available = (const uint16_t *)(void *)memory(blk->rings[1]);

    while (blk->status != 0 && available[1] != blk->taken && !blk->waits_for_rest) {
        serve(blk, available[2 + blk->taken++ % blk->size]);
    }
}

void cpu_barrier(void)
{
}

uint64_t cpu_now_us(void)
{
    return the_blk->now_us += LOOK_US;
}

/* Ended at once by an interrupt that nobody has acknowledged; else long enough for what is due. */
void cpu_rest_for_device(uint32_t us, uintptr_t virtio_base)
{
    if (the_blk->has_interrupt) {
        return;
    }
    the_blk->now_us += us;
    the_blk->rests++;
    the_blk->waits_for_rest = false;
    notified(the_blk);
}

uint32_t mmio_read32(uintptr_t address)
{
    const struct fake_blk *blk = the_blk;

    switch (address & 0xfff) {
    case 0x010:
        return blk->features_page == 0 ? blk->features : 1; /* version 1 */
    case 0x034:
        return 256;
    case 0x060:
        return blk->has_interrupt;
    case 0x070:
        return blk->status;
    case 0x100:
        return (uint32_t)blk->capacity;
    case 0x104:
        return (uint32_t)(blk->capacity >> 32);
    case 0x130:
        return blk->zero_sectors;
    default:
        abort();
    }
}

static void set_status(struct fake_blk *blk, uint32_t value)
{
    blk->status = value;
    if (value == 0) {
        blk->resets++;
        blk->taken = 0;
        memset(blk->rings, 0, sizeof blk->rings);
    }
}

void mmio_write32(uintptr_t address, uint32_t value)
{
    struct fake_blk *blk = the_blk;
    unsigned which = (address & 0x0ff) / 0x10;
    uint64_t *ring = blk->rings + (which >= 8 && which <= 0xa ? which - 8 : 0);

    switch (address & 0xfff) {
    case 0x014:
        blk->features_page = value;
        break;
    case 0x038:
        blk->size = value;
        break;
    case 0x050:
        notified(blk);
        break;
    case 0x064:
        blk->has_interrupt = blk->has_interrupt && value == 0;
        break;
    case 0x070:
        set_status(blk, value);
        break;
    case 0x080:
    case 0x090:
    case 0x0a0:
        *ring = value;
        break;
    case 0x084:
    case 0x094:
    case 0x0a4:
        *ring |= (uint64_t)value << 32;
        break;
    default:
        break;
    }
}

void fake_blk_make(struct fake_blk *blk)
{
    *blk = (struct fake_blk){
        .cache = calloc(FAKE_BLK_SECTORS, SECTOR_BYTES),
        .medium = calloc(FAKE_BLK_SECTORS, SECTOR_BYTES),
        .features = FEATURE_FLUSH | FEATURE_WRITE_ZEROES,
        .zero_sectors = 1000,
        .capacity = FAKE_BLK_SECTORS,
    };
    if (blk->cache == NULL || blk->medium == NULL) {
        abort();
    }
    the_blk = blk;
}

void fake_blk_free(struct fake_blk *blk)
{
    free(blk->cache);
    free(blk->medium);
}

void fake_blk_cut(struct fake_blk *blk)
{
    memcpy(blk->cache, blk->medium, FAKE_BLK_SECTORS * SECTOR_BYTES);
}
