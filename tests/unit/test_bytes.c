/* SPDX-License-Identifier: MIT */
/* base/bytes.h: bounds, checked arithmetic, byte order. */
#include "tests/unit/check.h"

#include "base/bytes.h"

static const uint8_t eight[8] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};

static void a_part_is_inside(void **state)
{
    static const struct {
        const char *name;
        uint64_t offset;
        uint64_t length;
        enum err err;
    } cases[] = {
        {"all", 0, 8, OK},
        {"last byte", 7, 1, OK},
        {"nothing at the end", 8, 0, OK},
        {"nothing beyond the end", 9, 0, E_SLICE_RANGE},
        {"one too long", 0, 9, E_SLICE_RANGE},
        {"one too far", 8, 1, E_SLICE_RANGE},
        {"sum wraps to 0", UINT64_MAX, 1, E_SLICE_RANGE},
        {"sum wraps into the slice", 7, UINT64_MAX, E_SLICE_RANGE},
        {"both at the maximum", UINT64_MAX, UINT64_MAX, E_SLICE_RANGE},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct slice part = {.data = NULL, .size = 77};
        enum err err =
            slice_sub(slice_of(eight, sizeof eight), cases[i].offset, cases[i].length, &part);

        assert_err_in(cases[i].name, err, cases[i].err);
        if (err == OK) {
            assert_ptr_equal(part.data, eight + cases[i].offset);
            assert_int_equal(part.size, cases[i].length);
        } else {
            assert_null(part.data);
            assert_int_equal(part.size, 77);
        }
    }
}

static void sums_and_products(void **state)
{
    uint64_t out = 5;

    assert_true(add_u64(UINT64_MAX - 1, 1, &out));
    assert_true(out == UINT64_MAX);
    assert_false(add_u64(UINT64_MAX, 1, &out));
    assert_true(mul_u64(UINT32_MAX, UINT32_MAX, &out));
    assert_true(out == 0xfffffffe00000001u);
    assert_false(mul_u64(UINT64_C(1) << 32, UINT64_C(1) << 32, &out));
    assert_true(mul_u64(UINT64_MAX, 0, &out));
    assert_true(out == 0);
}

static void rounding_up(void **state)
{
    static const struct {
        uint64_t value;
        uint64_t unit;
        bool fits;
        uint64_t rounded;
    } cases[] = {
        {0, 512, true, 0},
        {1, 512, true, 512},
        {512, 512, true, 512},
        {513, 512, true, 1024},
        {7, 1, true, 7},
        {10, 3, true, 12},
        {UINT64_MAX, 1, true, UINT64_MAX},
        {UINT64_MAX - 4095, 4096, true, UINT64_MAX - 4095},
        {UINT64_MAX - 4094, 4096, false, 0},
        {UINT64_MAX, 512, false, 0},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint64_t rounded = 0;

        assert_int_equal(round_up_u64(cases[i].value, cases[i].unit, &rounded), cases[i].fits);
        assert_true(rounded == cases[i].rounded);
    }
}

static void loads_and_stores(void **state)
{
    uint8_t room[8];

    assert_int_equal(le16(eight), 0x2301);
    assert_true(le32(eight) == 0x67452301);
    assert_true(le64(eight) == 0xefcdab8967452301);
    assert_true(be32(eight) == 0x01234567);
    assert_true(be64(eight) == 0x0123456789abcdef);
    assert_true(le32(eight + 4) == 0xefcdab89);

    put_le64(room, 0xefcdab8967452301);
    assert_memory_equal(room, eight, 8);
    put_be64(room, 0x0123456789abcdef);
    assert_memory_equal(room, eight, 8);
    put_be32(room, 0x01020304);
    assert_memory_equal(room, "\x01\x02\x03\x04", 4);
    put_le32(room, 0x01020304);
    assert_memory_equal(room, "\x04\x03\x02\x01", 4);
    put_le16(room, 0x0102);
    assert_memory_equal(room, "\x02\x01\x02\x01", 4);
}

static void all_of_one_value(void **state)
{
    static const uint8_t bytes[4] = {7, 7, 7, 8};

    assert_true(slice_is_all(slice_of(bytes, 3), 7));
    assert_false(slice_is_all(slice_of(bytes, 4), 7));
    assert_true(slice_is_all(slice_of(bytes, 0), 9));
}

static void container(void **state)
{
    struct {
        int before;
        int inner;
    } outer = {1, 2};

    assert_ptr_equal(CONTAINER_OF(&outer.inner, __typeof__(outer), inner), &outer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_is_inside), cmocka_unit_test(sums_and_products),
        cmocka_unit_test(rounding_up),      cmocka_unit_test(loads_and_stores),
        cmocka_unit_test(all_of_one_value), cmocka_unit_test(container),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
