/* SPDX-License-Identifier: MIT */
/*
 * recovery/package.h: of a package that was damaged, cut short, forged or swapped while it is read
 * nothing is written.
 */
#include "tests/fake/package_desk.h"

static void test_good_one(void **state)
{
    (void)state;
    package_assert_fault(FAULT_NONE, "good");
    assert_memory_equal(package_desk.boot, package_boot_image, sizeof(package_boot_image));
    assert_memory_equal(package_desk.recovery, package_boot_image, 70000);
    assert_memory_equal(package_desk.vbmeta, "AVB0 new", 8);
    assert_true(
        slice_is_all(slice_of(package_desk.vbmeta + 8, sizeof(package_desk.vbmeta) - 8), 0));
    assert_string_equal(package_desk.order, "rrbbbv");
}

/* The next of the places to look at: every one near both ends, some between. */
static size_t next_place(size_t at, size_t whole)
{
    size_t tail = whole - 1200;

    if (at < 100 || at >= tail) {
        return at + 1;
    }
    return at + 9973 < tail ? at + 9973 : tail;
}

/* Every byte of the package, and a bit of it. */
static void test_every_byte_counts(void **state)
{
    (void)state;
    package_make_small();
    for (size_t i = 0; i < package_desk.zip.size; i = next_place(i, package_desk.zip.size)) {
        enum recovery_fault fault;

        package_desk.zip.data[i] ^= (uint8_t)(1u << i % 8);
        fault = package_take();
        if (fault != FAULT_SIGNATURE && fault != FAULT_UNSIGNED) {
            fail_msg("byte %zu: %s", i, recovery_fault_name(fault));
        }
        assert_int_equal(package_desk.writes + package_desk.begins, 0);
        package_desk.zip.data[i] ^= (uint8_t)(1u << i % 8);
    }
    package_assert_fault(FAULT_NONE, "as it was");
}

static void test_every_length(void **state)
{
    size_t whole;

    (void)state;
    package_make_small();
    whole = package_desk.zip.size;
    for (size_t size = 1; size < whole; size = next_place(size, whole)) {
        enum recovery_fault fault;

        package_desk.zip.size = size;
        fault = package_take();
        assert_true(fault == FAULT_SIZE || fault == FAULT_UNSIGNED || fault == FAULT_SIGNATURE);
        assert_int_equal(package_desk.writes + package_desk.begins, 0);
    }
    package_desk.zip.size = whole;
}

static void test_who_signed(void **state)
{
    const struct recovery_zip_file file = {"boot.img", slice_of("x", 1)};

    (void)state;
    package_make_zip(&file, 1, fake_other_key());
    package_assert_fault(FAULT_SIGNATURE, "another key");
    package_make_zip(&file, 1, NULL);
    package_assert_fault(FAULT_SIGNATURE, "no key");
    package_make_zip(&file, 1, fake_root_key());
    package_assert_fault(FAULT_METADATA, "nothing but an image");
}

/* The computer sends something else in the second pass, in every block and at some bytes of it. */
static void test_swapped(void **state)
{
    (void)state;
    for (uint64_t at = 0; at < package_desk.zip.size - RECOVERY_ZIP_UNSIGNED_BYTES; at += 1999) {
        enum recovery_fault fault;

        package_desk.swap_at = at;
        fault = package_take();
        assert_true(fault == FAULT_CHANGED);
        assert_true(strchr(package_desk.order, 'v') == NULL); /* the old vbmeta stands */
        assert_true(memcmp(package_desk.recovery + 100, package_boot_image + 100, 100) == 0 ||
                    package_desk.writes == 0);
    }
}

static void test_computer_goes_away(void **state)
{
    (void)state;
    package_assert_fault(FAULT_NONE, "good");
    for (size_t i = package_desk.reads; i > 0; i--) {
        package_desk.fail_from = i;
        assert_true(package_take() == FAULT_LINK);
        assert_true(strchr(package_desk.order, 'v') == NULL);
    }
}

/* The power goes at every write; then the same package again. */
static void test_power_cuts(void **state)
{
    size_t writes;

    (void)state;
    package_assert_fault(FAULT_NONE, "good");
    writes = package_desk.writes;
    for (size_t cut = 0; cut < writes; cut++) {
        memset(package_desk.boot, 0, sizeof(package_desk.boot));
        memset(package_desk.vbmeta, 'o', sizeof(package_desk.vbmeta));
        package_desk.write_left = cut;
        assert_true(package_take() == FAULT_WRITE);
        assert_true(slice_is_all(slice_of(package_desk.vbmeta, sizeof(package_desk.vbmeta)), 'o'));
        package_desk.write_left = SIZE_MAX;
        assert_true(package_take() == FAULT_NONE);
        assert_memory_equal(package_desk.boot, package_boot_image, sizeof(package_boot_image));
        assert_memory_equal(package_desk.vbmeta, "AVB0 new", 8);
    }
}

/* Nothing behind the signed bytes is given out, wherever a read begins and ends. */
static void test_reading_behind_the_end(void **state)
{
    static struct recovery_package package;
    const struct recovery_reader reader = package_reader();
    const struct signing_key *key = fake_root_key();
    uint64_t end;
    uint8_t bytes[8];

    (void)state;
    assert_int_equal(recovery_package_check(&package, &reader,
                                            slice_of(key->public_key, sizeof(key->public_key))),
                     FAULT_NONE);
    end = package.signed_bytes;
    assert_int_equal(recovery_package_read(&package, end - 8, (struct span){bytes, sizeof(bytes)}),
                     FAULT_NONE);
    for (uint64_t at = end - 7; at < end + 3; at++) {
        assert_int_equal(recovery_package_read(&package, at, (struct span){bytes, sizeof(bytes)}),
                         FAULT_ZIP_END);
    }
    assert_int_equal(
        recovery_package_read(&package, UINT64_MAX, (struct span){bytes, sizeof(bytes)}),
        FAULT_ZIP_END);
    recovery_package_free(&package);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_good_one, package_begin),
        cmocka_unit_test_setup(test_every_byte_counts, package_begin),
        cmocka_unit_test_setup(test_every_length, package_begin),
        cmocka_unit_test_setup(test_who_signed, package_begin),
        cmocka_unit_test_setup(test_swapped, package_begin),
        cmocka_unit_test_setup(test_computer_goes_away, package_begin),
        cmocka_unit_test_setup(test_power_cuts, package_begin),
        cmocka_unit_test_setup_teardown(test_reading_behind_the_end, package_begin, package_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
