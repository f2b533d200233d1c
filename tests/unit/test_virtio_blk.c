/* SPDX-License-Identifier: MIT */
/*
 * driver/virtio_blk.h: what is written is read back, what is flushed outlives a cut of the power,
 * and a device that lies or falls silent is reset and believed nothing.
 */
#include "tests/unit/check.h"

#include "driver/virtio_blk.h"
#include "tests/fake/fake_blk.h"

#include <stdlib.h>

#define BASE          0x1000
#define SECTOR        512
#define MEMORY_BYTES  (1u << 20)
#define FEATURE_RO    (1u << 5)
#define FEATURE_FLUSH (1u << 9)
#define FEATURE_ZERO  (1u << 14)

struct world {
    struct fake_blk device;
    struct virtio_blk driver;
    struct block *block;
    uint8_t *dma;
    uint8_t *memory; /* all that the device can reach */
};

static void start(struct world *world)
{
    const struct virtio_device device = {BASE, VIRTIO_ID_BLOCK};

    assert_err(virtio_blk_init(&world->driver, &device, world->dma,
                               (struct span){world->memory, MEMORY_BYTES}),
               OK);
    world->block = &world->driver.block;
    world->device.requests = 0;
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    fake_blk_make(&world->device);
    world->dma = aligned_alloc(4096, VIRTIO_BLK_DMA_BYTES);
    world->memory = malloc(MEMORY_BYTES);
    start(world);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    fake_blk_free(&world->device);
    free(world->memory);
    free(world->dma);
    free(world);
    return 0;
}

static enum err put(struct world *world, uint64_t lba, size_t count, uint8_t byte)
{
    memset(world->memory, byte, count * SECTOR);
    return world->block->ops->write(world->block, lba, count, world->memory);
}

static uint8_t get(struct world *world, uint64_t lba)
{
    memset(world->memory, 0xa5, SECTOR);
    assert_err(world->block->ops->read(world->block, lba, 1, world->memory), OK);
    for (size_t i = 1; i < SECTOR; i++) {
        assert_int_equal(world->memory[i], world->memory[0]);
    }
    return world->memory[0];
}

static void what_is_written_is_read(void **state)
{
    struct world *world = *state;

    assert_int_equal(world->block->block_count, FAKE_BLK_SECTORS);
    assert_int_equal(world->block->block_bytes, SECTOR);
    assert_err(put(world, 7, 3, 0x11), OK);
    assert_err(put(world, FAKE_BLK_SECTORS - 1, 1, 0x22), OK);
    assert_int_equal(get(world, 6), 0);
    assert_int_equal(get(world, 7), 0x11);
    assert_int_equal(get(world, 9), 0x11);
    assert_int_equal(get(world, 10), 0);
    assert_int_equal(get(world, FAKE_BLK_SECTORS - 1), 0x22);
    assert_err(world->block->ops->read_begin(world->block, 8, 1, world->memory), OK);
    assert_err(world->block->ops->read_wait(world->block), OK);
    assert_int_equal(world->memory[0], 0x11);
}

/* Refused by the driver; the device hears of none of it. */
static void what_is_out_of_bounds(void **state)
{
    struct world *world = *state;
    struct block *block = world->block;
    uint8_t *end = world->memory + MEMORY_BYTES;
    uint8_t elsewhere[SECTOR];

    assert_err(block->ops->read(block, 0, 0, world->memory), E_BLOCK_RANGE);
    assert_err(block->ops->read(block, FAKE_BLK_SECTORS, 1, world->memory), E_BLOCK_RANGE);
    assert_err(block->ops->write(block, FAKE_BLK_SECTORS - 1, 2, world->memory), E_BLOCK_RANGE);
    assert_err(block->ops->read(block, UINT64_MAX, 1, world->memory), E_BLOCK_RANGE);
    assert_err(block->ops->read(block, 0, SIZE_MAX, world->memory), E_BLOCK_RANGE);
    assert_err(block->ops->zero(block, 1, UINT64_MAX), E_BLOCK_RANGE);
    assert_err(block->ops->read(block, 0, 2, end - SECTOR), E_BLOCK_ALIGN);
    assert_err(block->ops->read(block, 0, 1, elsewhere), E_BLOCK_ALIGN);
    assert_int_equal(world->device.requests, 0);
    assert_err(block->ops->read(block, 0, 1, end - SECTOR), OK);
}

/* The cache of a disk is lost with the power; what was flushed is not. */
static void what_is_flushed_stays(void **state)
{
    struct world *world = *state;
    struct block *block = world->block;

    assert_err(put(world, 5, 2, 0x33), OK);
    assert_err(block->ops->flush(block), OK);
    assert_err(put(world, 6, 1, 0x44), OK);
    fake_blk_cut(&world->device);
    assert_int_equal(get(world, 5), 0x33);
    assert_int_equal(get(world, 6), 0x33);
    assert_err(block->ops->zero(block, 5, 2), OK);
    assert_err(block->ops->flush(block), OK);
    fake_blk_cut(&world->device);
    assert_int_equal(get(world, 5), 0);
    assert_int_equal(world->device.flushes, 2);
}

/* A device that has no flush has no cache either. */
static void a_device_without_flush(void **state)
{
    struct world *world = *state;

    world->device.features = 0;
    start(world);
    assert_err(put(world, 5, 1, 0x33), OK);
    assert_err(world->block->ops->flush(world->block), OK);
    assert_int_equal(world->device.requests, 1);
}

static void zeros(void **state)
{
    static const struct {
        uint32_t features;
        uint32_t at_once;
        unsigned requests;
    } cases[] = {
        {FEATURE_FLUSH | FEATURE_ZERO, 1000, 3},
        {FEATURE_FLUSH | FEATURE_ZERO, UINT32_MAX, 1},
        {FEATURE_FLUSH | FEATURE_ZERO, 0, 3}, /* a device that can none at once cannot do it */
        {FEATURE_FLUSH, 1000, 3},             /* written, half a MiB at a time */
    };
    struct world *world = *state;

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        world->device.features = cases[i].features;
        world->device.zero_sectors = cases[i].at_once;
        start(world);
        memset(world->device.cache, 0x77, FAKE_BLK_SECTORS * SECTOR);
        assert_err(world->block->ops->zero(world->block, 10, 2500), OK);
        assert_int_equal(world->device.requests, cases[i].requests);
        assert_true(slice_is_all(slice_of(world->device.cache + 10 * SECTOR, 2500 * SECTOR), 0));
        assert_int_equal(world->device.cache[10 * SECTOR - 1], 0x77);
        assert_int_equal(world->device.cache[2510 * SECTOR], 0x77);
    }
}

static void a_read_only_device(void **state)
{
    struct world *world = *state;
    struct block *block;

    world->device.features |= FEATURE_RO;
    start(world);
    block = world->block;
    assert_err(put(world, 5, 1, 0x33), E_BLOCK_READ_ONLY);
    assert_err(block->ops->zero(block, 5, 1), E_BLOCK_READ_ONLY);
    assert_int_equal(world->device.requests, 0);
    assert_int_equal(get(world, 5), 0);
}

static enum err ask(struct world *world, int what)
{
    struct block *block = world->block;

    switch (what) {
    case 0:
        return block->ops->read(block, 3, 2, world->memory);
    case 1:
        return block->ops->write(block, 3, 2, world->memory);
    case 2:
        return block->ops->flush(block);
    default:
        return block->ops->zero(block, 3, 2);
    }
}

#define ASKS 4

/* It failed, and said so: the next request is an ordinary one. */
static void a_device_that_fails(void **state)
{
    struct world *world = *state;

    for (int what = 0; what < ASKS; what++) {
        for (int how = FAKE_BLK_IO_ERROR; how <= FAKE_BLK_UNSUPPORTED; how++) {
            world->device.lie = (enum fake_blk_lie)how;
            world->device.lie_at = 1;
            start(world);
            assert_err(ask(world, what), E_BLOCK_IO);
            assert_err(ask(world, what), OK);
        }
    }
}

/*
 * A lie, or silence: the device is reset, so that it cannot write to memory that is somebody else's
 * by now, and asked nothing any more; each further request fails at once.
 */
static void a_device_that_lies(void **state)
{
    struct world *world = *state;

    for (int what = 0; what < ASKS; what++) {
        for (int how = FAKE_BLK_SILENT; how <= FAKE_BLK_NO_STATUS; how++) {
            uint64_t then_us;

            world->device.lie = (enum fake_blk_lie)how;
            world->device.lie_at = 1;
            start(world);
            world->device.resets = 0;
            assert_err(ask(world, what), E_BLOCK_IO);
            assert_int_equal(world->device.resets, 1);
            assert_int_equal(world->device.status, 0);
            then_us = world->device.now_us;
            for (int next = 0; next < ASKS; next++) {
                assert_err(ask(world, next), E_BLOCK_IO);
            }
            assert_err(world->block->ops->read_begin(world->block, 3, 1, world->memory),
                       E_BLOCK_IO);
            assert_int_equal(world->device.requests, 1);
            assert_int_equal(world->device.now_us, then_us);
        }
    }
}

/* A minute of its own time: a computer that writes its disk out may take long. */
static void silence_has_an_end(void **state)
{
    struct world *world = *state;

    world->device.lie = FAKE_BLK_SILENT;
    world->device.lie_at = 2;
    start(world);
    assert_err(ask(world, 0), OK);
    assert_err(ask(world, 0), E_BLOCK_IO);
    assert_in_range(world->device.now_us, 60000000, 70000000);
}

/* Looking takes the time of a computer that is busy: the answer comes when the processor rests. */
static void a_slow_device_is_rested_for(void **state)
{
    struct world *world = *state;

    start(world);
    for (unsigned what = 0; what < ASKS; what++) {
        world->device.waits_for_rest = true;
        assert_err(ask(world, (int)what), OK);
        assert_int_equal(world->device.rests, what + 1);
    }
    assert_err(ask(world, 0), OK);
    assert_int_equal(world->device.rests, ASKS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read),
        TEST(what_is_out_of_bounds),
        TEST(what_is_flushed_stays),
        TEST(a_device_without_flush),
        TEST(zeros),
        TEST(a_read_only_device),
        TEST(a_device_that_fails),
        TEST(a_device_that_lies),
        TEST(silence_has_an_end),
        TEST(a_slow_device_is_rested_for),
    };

    return cmocka_run_group_tests_name("virtio_blk", tests, NULL, NULL);
}
