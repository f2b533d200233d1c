/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes driver/virtio.h and the disk, keys and streams on it: a device that writes what the input
 * says into registers, rings and buffers, whenever the driver lets it. Whatever it does, each call
 * comes to an end, and what is read lies in the memory that was given.
 */
#include "tests/fuzz/fuzz.h"

#include "arch/cpu.h"
#include "arch/rest.h"
#include "driver/virtio_blk.h"
#include "driver/virtio_input.h"
#include "driver/virtio_serial.h"

#define BASE        0x1000
#define ROOM_BYTES  (4u << 20)
#define MOVES_MAX   64
#define USED_OFFSET 0x500 /* of the used ring in a queue's room */

static struct {
    struct slice input;
    uint8_t *room;
    uint64_t now_us;
    unsigned moves;
} device;

static uint8_t next(void)
{
    uint8_t byte = device.input.size != 0 ? *device.input.data : 0;

    if (device.input.size != 0) {
        device.input = slice_of(device.input.data + 1, device.input.size - 1);
    }
    return byte;
}

/* Something in a page of the memory that it can reach changes: most of all in used rings. */
static void move(void)
{
    uint8_t page = next();
    uint16_t at = (uint16_t)((page & 0x80) != 0 ? next() % 0x40 + USED_OFFSET : next() << 4);

    if (device.input.size != 0 && device.moves++ < MOVES_MAX) {
        device.room[((size_t)page % 16) * 4096 + at % 4096] = next();
    }
}

void cpu_barrier(void)
{
    move();
}

uint64_t cpu_now_us(void)
{
    move();
    return device.now_us++;
}

void cpu_rest_for_device(uint32_t us, uintptr_t virtio_base)
{
    move();
}

uint32_t mmio_read32(uintptr_t address)
{
    switch (address & 0xfff) {
    case 0x000:
        return 0x74726976; /* "virt" */
    case 0x004:
        return 2;
    case 0x034:
        return 1024;
    default:
        return next() | (uint32_t)next() << 24 | 8;
    }
}

void mmio_write32(uintptr_t address, uint32_t value)
{
}

static void use_disk(const struct virtio_device *id)
{
    static struct virtio_blk disk;
    uint8_t *data = device.room + VIRTIO_BLK_DMA_BYTES;
    struct block *block = &disk.block;

    if (virtio_blk_init(&disk, id, device.room, (struct span){device.room, ROOM_BYTES}) == OK) {
        (void)!block->ops->read(block, 0, 1, data);
        (void)!block->ops->write(block, 1, 2, data);
        (void)!block->ops->zero(block, 0, block->block_count < 64 ? block->block_count : 64);
        (void)!block->ops->flush(block);
        fuzz_assert(block->ops->read(block, block->block_count, 1, data) != OK);
    }
}

static void use_keys(const struct virtio_device *id)
{
    static struct virtio_input input;

    if (virtio_input_init(&input, id, device.room) == OK) {
        for (int i = 0; i < 8; i++) {
            fuzz_assert(input.keys.ops->pressed(&input.keys) <= KEY_POWER);
        }
        (void)input.keys.ops->held(&input.keys, KEY_POWER);
        input.keys.ops->forget(&input.keys);
    }
}

static void use_streams(const struct virtio_device *id)
{
    static const char *const names[] = {"lab.fastboot", "lab.trace"};
    static struct virtio_serial serial;
    static uint8_t bytes[5000];
    size_t count = 0;

    if (virtio_serial_init(&serial, id, device.room, names, 2) == OK) {
        struct link *link = virtio_serial_link(&serial, "lab.fastboot");

        for (int i = 0; i < 4; i++) {
            (void)link->ops->changes(link);
            (void)!link->ops->read(link, (struct span){bytes, sizeof bytes}, &count);
            fuzz_assert(count <= sizeof bytes);
            (void)!link->ops->write(link, slice_of(bytes, 100));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct virtio_device id = {.base = BASE};
    struct virtio_device found;

    if (device.room == NULL) {
        device.room = aligned_alloc(4096, ROOM_BYTES);
    }
    memset(device.room, 0, 16 * 4096);
    device.input = slice_of(data, size);
    device.moves = 0;
    switch (next() % 3) {
    case 0:
        use_disk(&id);
        break;
    case 1:
        use_keys(&id);
        break;
    default:
        use_streams(&id);
        break;
    }
    fuzz_assert(virtio_probe(BASE, &found) == E_VIRTIO_ABSENT || found.id != 0);
    virtio_acknowledge(&id);
    return 0;
}
