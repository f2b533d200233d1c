/* SPDX-License-Identifier: MIT */
/* storage/partition.h: nothing outside the partition can be read. */
#include "tests/unit/check.h"

#include "storage/partition_write.h"
#include "tests/fake/fake_disk.h"

#define BLOCKS 32

static void mark(struct fake_disk *disk)
{
    for (uint64_t lba = 0; lba < BLOCKS; lba++) {
        memset(fake_disk_at(disk, lba), (int)lba + 1, disk->block.block_bytes);
    }
}

static void bounds(void **state)
{
    /* a partition of 4 blocks of 512 from block 8 */
    static const struct {
        const char *name;
        uint64_t offset;
        size_t length;
        enum err err;
    } cases[] = {
        {"all", 0, 2048, OK},
        {"last block", 1536, 512, OK},
        {"nothing", 0, 0, OK},
        {"nothing at the end", 2048, 0, OK},
        {"one block too long", 0, 2560, E_BLOCK_RANGE},
        {"behind the end", 2048, 512, E_BLOCK_RANGE},
        {"far behind", UINT64_MAX - 511, 512, E_BLOCK_RANGE},
        {"offset not a block", 1, 512, E_BLOCK_ALIGN},
        {"offset at the maximum", UINT64_MAX, 512, E_BLOCK_ALIGN},
        {"length not a block", 0, 511, E_BLOCK_ALIGN},
    };
    struct fake_disk disk;
    uint8_t room[4096];

    fake_disk_init(&disk, BLOCKS, 512);
    mark(&disk);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct partition part = {.disk = &disk.block, .first_lba = 8, .size_bytes = 2048};
        struct span out = {.data = room, .size = cases[i].length};

        memset(room, 0, sizeof room);
        fake_disk_forget(&disk);
        assert_err_in(cases[i].name, partition_read(&part, cases[i].offset, out), cases[i].err);
        if (cases[i].err == OK && cases[i].length != 0) {
            assert_int_equal(room[0], 9 + cases[i].offset / 512);
            assert_int_equal(room[cases[i].length - 1],
                             9 + (cases[i].offset + cases[i].length) / 512 - 1);
        } else {
            assert_int_equal(disk.requests, 0);
        }
        assert_int_equal(room[cases[i].length], 0);
    }
    fake_disk_free(&disk);
}

static void in_two_halves(void **state)
{
    struct fake_disk disk;
    struct partition part = {.disk = &disk.block, .first_lba = 4, .size_bytes = 4096 * 2};
    uint8_t room[4096];
    struct span out = {.data = room, .size = sizeof room};

    fake_disk_init(&disk, BLOCKS, 4096);
    mark(&disk);
    assert_err(partition_read_begin(&part, 4096, out), OK);
    assert_int_equal(room[0], 0xa5); /* not there yet */
    assert_err(partition_read_wait(&part), OK);
    assert_int_equal(room[0], 6);
    assert_err(partition_read_begin(&part, 8192, out), E_BLOCK_RANGE);
    assert_err(partition_read_begin(&part, 512, out), E_BLOCK_ALIGN);
    out.size = 0;
    assert_err(partition_read_begin(&part, 0, out), E_BLOCK_RANGE);
    fake_disk_free(&disk);
}

static void the_disk_fails(void **state)
{
    struct fake_disk disk;
    struct partition part = {.disk = &disk.block, .first_lba = 4, .size_bytes = 2048};
    uint8_t room[512];
    struct span out = {.data = room, .size = sizeof room};

    fake_disk_init(&disk, BLOCKS, 512);
    disk.fail_at = 1;
    assert_err(partition_read(&part, 0, out), E_BLOCK_IO);
    disk.fail_at = 2;
    assert_err(partition_read_begin(&part, 0, out), OK);
    assert_err(partition_read_wait(&part), E_BLOCK_IO);
    part.first_lba = BLOCKS - 1; /* a partition beyond its disk */
    assert_err(partition_read(&part, 512, out), E_BLOCK_RANGE);
    part.first_lba = UINT64_MAX;
    assert_err(partition_read(&part, 512, out), E_BLOCK_RANGE);
    fake_disk_free(&disk);
}

/* Every offset and length in five blocks of 8: those bytes change, and no others. */
static void parts_of_blocks(void **state)
{
    struct fake_disk disk;
    struct partition part = {.disk = &disk.block, .first_lba = 8, .size_bytes = 5 * 8};
    uint8_t news[5 * 8];
    uint8_t block[8];
    struct partition_edge edge = {.block = {block, sizeof block}};

    fake_disk_init(&disk, BLOCKS, 8);
    memset(news, 0xee, sizeof news);
    for (size_t from = 0; from <= part.size_bytes; from++) {
        for (size_t to = from; to <= part.size_bytes; to++) {
            mark(&disk);
            assert_err(partition_write_part(&part, from, slice_of(news, to - from), &edge), OK);
            assert_err(partition_write_edge(&part, &edge), OK);
            for (size_t i = 0; i < BLOCKS * 8; i++) {
                bool written = i >= 8 * 8 + from && i < 8 * 8 + to;

                assert_int_equal(disk.bytes[i], written ? 0xee : i / 8 + 1);
            }
        }
    }
    fake_disk_forget(&disk);
    disk.writes = 0;
    assert_err(partition_write_part(&part, 3, slice_of(news, 38), &edge), E_BLOCK_RANGE);
    assert_err(partition_write_part(&part, 41, slice_of(news, 0), &edge), E_BLOCK_RANGE);
    edge.block.size = 7;
    assert_err(partition_write_part(&part, 3, slice_of(news, 1), &edge), E_BLOCK_ALIGN);
    assert_int_equal(disk.writes, 0);
    fake_disk_free(&disk);
}

/* However small they are, a block is read and written once; whole ones lie where they belong. */
static void parts_in_order(void **state)
{
    struct fake_disk disk;
    struct partition part = {.disk = &disk.block, .first_lba = 0, .size_bytes = 4 * 512};
    uint8_t news[4 * 512];
    uint8_t block[512];
    struct partition_edge edge = {.block = {block, sizeof block}};

    fake_disk_init(&disk, BLOCKS, 512);
    mark(&disk);
    for (size_t i = 0; i < sizeof news; i++) {
        news[i] = (uint8_t)(i % 251);
    }
    for (size_t i = 0; i < 2 * 512 + 4; i += 4) {
        assert_err(partition_write_part(&part, i, slice_of(news + i, 4), &edge), OK);
    }
    assert_err(partition_write_part(&part, 3 * 512, slice_of(news + 3 * 512, 512), &edge), OK);
    assert_false(edge.held);
    assert_err(partition_write_edge(&part, &edge), OK);
    assert_int_equal(disk.requests, 3 + 4);
    assert_int_equal(disk.writes, 4);
    assert_memory_equal(disk.bytes, news, 2 * 512 + 4);
    assert_int_equal(disk.bytes[2 * 512 + 4], 3);
    assert_memory_equal(disk.bytes + 3 * 512, news + 3 * 512, 512);
    fake_disk_free(&disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_blocks), cmocka_unit_test(parts_in_order),
        cmocka_unit_test(bounds),          cmocka_unit_test(in_two_halves),
        cmocka_unit_test(the_disk_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
