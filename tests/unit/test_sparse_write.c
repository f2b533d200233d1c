/* SPDX-License-Identifier: MIT */
/*
 * sparse_write: images byte by byte; what sizes it takes. e2e/test_packages.py asks
 * simg2img.
 */
#include "tests/unit/check.h"

#include "rom-images/write/sparse_write.h"

#define BLOCK SPARSE_WRITE_BLOCK_BYTES
#define MIB   (1u << 20)

static uint8_t image[3 * BLOCK];

static size_t write(uint64_t content_bytes, uint64_t zeroed_bytes, uint64_t total_bytes)
{
    static const uint8_t content[2 * BLOCK] = {'c', [2 * BLOCK - 1] = 'e'};
    const struct sparse_spec spec = {
        .content = slice_of(content, content_bytes),
        .zeroed_bytes = zeroed_bytes,
        .total_bytes = total_bytes,
    };

    memset(image, 0, sizeof(image));
    return sparse_write(&spec, (struct span){.data = image, .size = sizeof(image)});
}

static void a_blank_image_byte_by_byte(void **state)
{
    static const uint8_t expected[] = {
        0x3a, 0xff, 0x26, 0xed, 1, 0, 0, 0, 28, 0, 12, 0, 0, 0x10, 0, 0, /* header */
        10,   0,    0,    0,    2, 0, 0, 0, 0,  0, 0,  0,                /* blocks, chunks */
        0xc2, 0xca, 0,    0,    3, 0, 0, 0, 16, 0, 0,  0, 0, 0,    0, 0, /* 3 of zeros */
        0xc3, 0xca, 0,    0,    7, 0, 0, 0, 12, 0, 0,  0,                /* 7 as they are */
    };

    assert_int_equal(write(0, 3 * BLOCK, 10 * BLOCK), sizeof(expected));
    assert_memory_equal(image, expected, sizeof(expected));
}

static void content_comes_first(void **state)
{
    static const uint8_t raw[] = {0xc1, 0xca, 0, 0, 2, 0, 0, 0, 12, 0x20, 0, 0};
    static const uint8_t fill[] = {0xc2, 0xca, 0, 0, 1, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t rest[] = {0xc3, 0xca, 0, 0, 2, 0, 0, 0, 12, 0, 0, 0};

    assert_int_equal(write(2 * BLOCK, BLOCK, 5 * BLOCK), 2 * BLOCK + SPARSE_WRITE_OVERHEAD_BYTES);
    assert_int_equal(le32(image + 16), 5);
    assert_int_equal(le32(image + 20), 3);
    assert_memory_equal(image + 28, raw, sizeof(raw));
    assert_int_equal(image[40], 'c');
    assert_int_equal(image[40 + 2 * BLOCK - 1], 'e');
    assert_memory_equal(image + 40 + 2 * BLOCK, fill, sizeof(fill));
    assert_memory_equal(image + 56 + 2 * BLOCK, rest, sizeof(rest));
}

static void empty_chunks_are_left_out(void **state)
{
    assert_int_equal(write(0, MIB, MIB), 28 + 16);
    assert_int_equal(le32(image + 20), 1);
    assert_int_equal(write(0, 0, MIB), 28 + 12);
    assert_int_equal(le32(image + 20), 1);
    assert_int_equal(write(BLOCK, 0, BLOCK), 28 + 12 + BLOCK);
    assert_int_equal(le32(image + 20), 1);
    assert_int_equal(write(0, 0, 0), 28);
}

static void sizes_that_the_format_cannot_hold(void **state)
{
    const struct {
        uint64_t content_bytes;
        uint64_t zeroed_bytes;
        uint64_t total_bytes;
    } cases[] = {
        {0, 0, MIB + 1},
        {0, 1, MIB},
        {1, 0, MIB},
        {0, 2 * MIB, MIB},
        {2 * BLOCK, 0, BLOCK},
        {BLOCK, BLOCK, BLOCK},
        {0, 0, 4095},
        {1, 0, 1},
        {0, 0, UINT64_MAX},
        {0, 0, 1ull << (32 + 12)},
        {0, UINT64_MAX - 4095, BLOCK},
        {BLOCK, UINT64_MAX - 4095, BLOCK},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(write(cases[i].content_bytes, cases[i].zeroed_bytes, cases[i].total_bytes),
                         0);
        assert_true(slice_is_all(slice_of(image, sizeof(image)), 0));
    }
    assert_int_not_equal(write(0, 0, (1ull << (32 + 12)) - BLOCK), 0);
}

static void a_room_that_is_too_small(void **state)
{
    static const uint8_t content[BLOCK];
    const struct sparse_spec spec = {.content = slice_of(content, BLOCK), .total_bytes = BLOCK};
    struct span room = {.data = image, .size = BLOCK + SPARSE_WRITE_OVERHEAD_BYTES - 1};

    assert_int_equal(sparse_write(&spec, room), 0);
    room.size++;
    assert_int_not_equal(sparse_write(&spec, room), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_blank_image_byte_by_byte),
        cmocka_unit_test(content_comes_first),
        cmocka_unit_test(empty_chunks_are_left_out),
        cmocka_unit_test(sizes_that_the_format_cannot_hold),
        cmocka_unit_test(a_room_that_is_too_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
