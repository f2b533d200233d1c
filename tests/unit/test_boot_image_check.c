/* SPDX-License-Identifier: MIT */
/*
 * fastboot/boot_image_check.h: boot images of header versions 3 and 4 are named where they are
 * offered, and nothing is written; what is no such image goes its way.
 */
#include "tests/unit/check.h"

#include "fastboot/boot_image_check.h"
#include "format/boot_image.h"
#include "format/sparse.h"
#include "tests/fake/fake_fastboot.h"

static const struct fake_phone_spec unlocked = {
    .codename = "dipper", .made_for = REGION_CN, .unlocked = true};
static const struct fake_phone_spec with_slots = {
    .codename = "jasmine_sprout", .made_for = REGION_GLOBAL, .unlocked = true, .slots = true};

#define WORDS_3 "FAILa boot image of header version 3: this phone starts versions 0 to 2"
#define WORDS_4 "FAILa boot image of header version 4: this phone starts versions 0 to 2"

#define BYTES 4096

static void make_image(uint8_t bytes[BYTES], uint32_t version)
{
    struct boot_image_header *header = (struct boot_image_header *)bytes;

    memset(bytes, 0, BYTES);
    memcpy(header->magic, BOOT_IMAGE_MAGIC, sizeof header->magic);
    put_le32(header->header_version, version);
}

/* The same as a sparse image of one block of data. */
static void make_sparse(const uint8_t image[BYTES], uint8_t out[28 + 12 + BYTES])
{
    memset(out, 0, 28 + 12);
    put_le32(out, SPARSE_MAGIC);
    put_le16(out + 4, SPARSE_MAJOR);
    put_le16(out + 8, 28);
    put_le16(out + 10, 12);
    put_le32(out + 12, BYTES);
    put_le32(out + 16, 1);
    put_le32(out + 20, 1);
    put_le16(out + 28, SPARSE_CHUNK_RAW);
    put_le32(out + 32, 1);
    put_le32(out + 36, 12 + BYTES);
    memcpy(out + 40, image, BYTES);
}

static void refused_where_they_are_offered(void **state)
{
    static const struct {
        const char *command;
        uint32_t version;
        bool slots;
        const char *reply;
    } cases[] = {
        {"flash:boot", 3, false, WORDS_3},  {"flash:boot", 4, false, WORDS_4},
        {"boot", 3, false, WORDS_3},        {"boot", 4, false, WORDS_4},
        {"flash:boot_b", 3, true, WORDS_3}, {"flash:boot", 4, true, WORDS_4},
        {"flash:misc", 4, false, "OKAY"},   {"flash:boot", 2, false, "OKAY"},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        static struct fake_fastboot fastboot;
        uint8_t image[BYTES];

        fake_fastboot_make(cases[i].slots ? &with_slots : &unlocked, &fastboot);
        make_image(image, cases[i].version);
        assert_string_equal(
            fake_fastboot_ask_with(&fastboot, slice_of(image, sizeof image), cases[i].command),
            cases[i].reply);
        assert_string_equal(fake_fastboot_ask(&fastboot, "getvar:unlocked"), "OKAYyes");
        fake_fastboot_free(&fastboot);
    }
}

static void by_the_partition(void **state)
{
    static const struct {
        const char *name;
        bool refused;
    } cases[] = {{"recovery", true}, {"recovery_b", true}, {"boot_a", true}, {NULL, true},
                 {"boot_c", false},  {"recover", false},   {"vbmeta", false}};

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint8_t image[BYTES];
        char words[80];

        make_image(image, 3);
        assert_int_equal(boot_image_check_refuses(cases[i].name, slice_of(image, sizeof image),
                                                  words, sizeof words),
                         cases[i].refused);
    }
}

static void sparse_ones_too_and_nothing_is_written(void **state)
{
    static struct fake_fastboot fastboot;
    uint8_t image[BYTES];
    uint8_t sparse[28 + 12 + BYTES];
    uint8_t before[SHA256_BYTES];
    uint8_t after[SHA256_BYTES];

    fake_fastboot_make(&unlocked, &fastboot);
    fake_fastboot_sha256(&fastboot, "boot", before);
    make_image(image, 4);
    make_sparse(image, sparse);
    assert_string_equal(
        fake_fastboot_ask_with(&fastboot, slice_of(sparse, sizeof sparse), "flash:boot"), WORDS_4);
    fake_fastboot_sha256(&fastboot, "boot", after);
    assert_memory_equal(before, after, SHA256_BYTES);
    /* One that begins with nothing is no boot image yet, and a damaged one has words of its own. */
    put_le16(sparse + 28, SPARSE_CHUNK_DONT_CARE);
    put_le32(sparse + 36, 12);
    assert_string_equal(fake_fastboot_ask_with(&fastboot, slice_of(sparse, 40), "flash:boot"),
                        "OKAY");
    assert_memory_equal(fake_fastboot_ask_with(&fastboot, slice_of(sparse, 39), "flash:boot"),
                        "FAILa damaged sparse image", 26);
    fake_fastboot_free(&fastboot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_where_they_are_offered),
        cmocka_unit_test(by_the_partition),
        cmocka_unit_test(sparse_ones_too_and_nothing_is_written),
    };

    return cmocka_run_group_tests_name("boot_image_check", tests, NULL, NULL);
}
