/* SPDX-License-Identifier: MIT */
/* sparse_write: blank images, byte by byte; what sizes it takes. e2e/test_packages.py asks
 * simg2img. */
#include "tests/check.h"

#include "rom-images/sparse_write.h"

#define MIB (1u << 20)

static void a_blank_image_byte_by_byte(void **state)
{
    static const uint8_t expected[] = {
        0x3a, 0xff, 0x26, 0xed, 1, 0, 0, 0, 28, 0, 12, 0, 0, 0x10, 0, 0, /* header */
        10,   0,    0,    0,    2, 0, 0, 0, 0,  0, 0,  0,                /* blocks, chunks */
        0xc2, 0xca, 0,    0,    3, 0, 0, 0, 16, 0, 0,  0, 0, 0,    0, 0, /* 3 of zeros */
        0xc3, 0xca, 0,    0,    7, 0, 0, 0, 12, 0, 0,  0,                /* 7 as they are */
    };
    uint8_t image[SPARSE_BLANK_BYTES];

    assert_int_equal(sparse_write_blank(10 * 4096, 3 * 4096, image), sizeof(expected));
    assert_memory_equal(image, expected, sizeof(expected));
}

static void empty_chunks_are_left_out(void **state)
{
    uint8_t image[SPARSE_BLANK_BYTES];

    assert_int_equal(sparse_write_blank(MIB, MIB, image), 28 + 16);
    assert_int_equal(le32(image + 20), 1);
    assert_int_equal(sparse_write_blank(MIB, 0, image), 28 + 12);
    assert_int_equal(le32(image + 20), 1);
}

static void sizes_that_the_format_cannot_hold(void **state)
{
    const struct {
        uint64_t total_bytes;
        uint64_t zeroed_bytes;
    } cases[] = {
        {MIB + 1, 0}, {MIB, 1},        {MIB, 2 * MIB},         {4095, 0},
        {1, 1},       {UINT64_MAX, 0}, {1ull << (32 + 12), 0}, {4096, UINT64_MAX - 4095},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint8_t image[SPARSE_BLANK_BYTES] = {0};

        assert_int_equal(sparse_write_blank(cases[i].total_bytes, cases[i].zeroed_bytes, image), 0);
        assert_true(slice_is_all(slice_of(image, sizeof(image)), 0));
    }
    assert_int_not_equal(
        sparse_write_blank((1ull << (32 + 12)) - 4096, 0, (uint8_t[SPARSE_BLANK_BYTES]){0}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_blank_image_byte_by_byte),
        cmocka_unit_test(empty_chunks_are_left_out),
        cmocka_unit_test(sizes_that_the_format_cannot_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
