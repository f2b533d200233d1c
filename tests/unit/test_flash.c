/* SPDX-License-Identifier: MIT */
/*
 * fastboot/flash.h and rollback_check.h: what is on the disk after an image was flashed, raw or
 * sparse; images that are too large or too old; a disk that fails.
 */
#include "tests/unit/check.h"

#include "format/sparse.h"
#include "tests/fake/fake_fastboot.h"

#include <stdlib.h>

static const struct fake_phone_spec unlocked = {
    .codename = "dipper", .made_for = REGION_CN, .unlocked = true};
static const struct fake_phone_spec with_slots = {
    .codename = "dipper", .made_for = REGION_GLOBAL, .unlocked = true, .slots = true};

static void fill_with(uint8_t *bytes, size_t size, uint32_t random)
{
    for (size_t i = 0; i < size; i++) {
        random = random * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(random >> 24);
    }
}

/* Any size up to the partition's; the rest of the last block is zeros, what is behind it stays. */
static void raw_images(void **unused)
{
    static const size_t sizes[] = {1, 511, 512, 513, 40000, 65535, 65536};
    static uint8_t image[65537];
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);
    uint64_t size;
    uint8_t *boot = fake_fastboot_bytes(fastboot, "boot", &size);

    fill_with(image, sizeof image, 1);
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        size_t padded = (sizes[i] + 511) / 512 * 512;

        memset(boot, 0x5a, size);
        assert_string_equal(
            fake_fastboot_ask_with(fastboot, slice_of(image, sizes[i]), "flash:boot"), "OKAY");
        assert_memory_equal(boot, image, sizes[i]);
        assert_true(slice_is_all(slice_of(boot + sizes[i], padded - sizes[i]), 0));
        assert_true(slice_is_all(slice_of(boot + padded, size - padded), 0x5a));
    }
    memset(boot, 0x5a, size);
    assert_string_equal(
        fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), "flash:boot"),
        "FAILthe image is larger than the partition (E_BLOCK_RANGE)");
    assert_true(slice_is_all(slice_of(boot, size), 0x5a));
    fake_fastboot_delete(fastboot);
}

static size_t put_header(uint8_t *at, uint32_t blocks, uint32_t chunks)
{
    put_le32(at, SPARSE_MAGIC);
    put_le16(at + 4, SPARSE_MAJOR);
    put_le16(at + 6, 0);
    put_le16(at + 8, 28);
    put_le16(at + 10, 12);
    put_le32(at + 12, 4096);
    put_le32(at + 16, blocks);
    put_le32(at + 20, chunks);
    put_le32(at + 24, 0);
    return 28;
}

static size_t put_chunk(uint8_t *at, uint16_t type, uint32_t blocks, uint32_t payload)
{
    put_le16(at, type);
    put_le16(at + 2, 0);
    put_le32(at + 4, blocks);
    put_le32(at + 8, 12 + payload);
    return 12 + payload;
}

static void sparse_images(void **unused)
{
    static uint8_t image[20000];
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);
    uint64_t size;
    uint8_t *boot = fake_fastboot_bytes(fastboot, "boot", &size);
    size_t at = put_header(image, 9, 4);
    uint8_t *data = image + at + 12;

    at += put_chunk(image + at, SPARSE_CHUNK_RAW, 2, 8192);
    fill_with(data, 8192, 2);
    at += put_chunk(image + at, SPARSE_CHUNK_DONT_CARE, 3, 0);
    put_le32(image + at + 12, 0x44332211);
    at += put_chunk(image + at, SPARSE_CHUNK_FILL, 3, 4);
    put_le32(image + at + 12, 0);
    at += put_chunk(image + at, SPARSE_CHUNK_FILL, 1, 4);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(image, at), "flash:boot"),
                        "OKAY");
    assert_memory_equal(boot, data, 8192);
    assert_true(slice_is_all(slice_of(boot + 8192, 3 * 4096), 0x5a));
    for (size_t i = 0; i < 3 * 4096; i++) {
        assert_int_equal(boot[5 * 4096 + i], 0x11 * (1 + i % 4));
    }
    assert_true(slice_is_all(slice_of(boot + 8 * 4096, 4096), 0));
    assert_true(slice_is_all(slice_of(boot + 9 * 4096, size - 9 * 4096), 0x5a));

    /* One block more than the partition, found before anything is written. */
    memset(boot, 0x5a, size);
    put_le32(image + 16, 17);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(image, at), "flash:boot"),
                        "FAILthe image is larger than the partition (E_SPARSE_SPACE)");
    put_le32(image + 16, 10);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(image, at), "flash:boot"),
                        "FAILa damaged sparse image (E_SPARSE_RANGE)");
    assert_true(slice_is_all(slice_of(boot, size), 0x5a));
    fake_fastboot_delete(fastboot);
}

/* Blocks of 4 bytes, smaller than the disk's: what lies around them stays. */
static void sparse_images_of_small_blocks(void **unused)
{
    static uint8_t image[2048];
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);
    uint64_t size;
    uint8_t *boot = fake_fastboot_bytes(fastboot, "boot", &size);
    size_t at = put_header(image, 400, 5);

    put_le32(image + 12, 4);
    at += put_chunk(image + at, SPARSE_CHUNK_DONT_CARE, 1, 0);
    memset(image + at + 12, 0x77, 800);
    at += put_chunk(image + at, SPARSE_CHUNK_RAW, 200, 800);
    put_le32(image + at + 12, 0x44332211);
    at += put_chunk(image + at, SPARSE_CHUNK_FILL, 2, 4);
    put_le32(image + at + 12, 0);
    at += put_chunk(image + at, SPARSE_CHUNK_FILL, 190, 4);
    at += put_chunk(image + at, SPARSE_CHUNK_DONT_CARE, 7, 0);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(image, at), "flash:boot"),
                        "OKAY");
    assert_true(slice_is_all(slice_of(boot, 4), 0x5a));
    assert_true(slice_is_all(slice_of(boot + 4, 800), 0x77));
    assert_memory_equal(boot + 804, "\x11\x22\x33\x44\x11\x22\x33\x44", 8);
    assert_true(slice_is_all(slice_of(boot + 812, 760), 0));
    assert_true(slice_is_all(slice_of(boot + 1572, size - 1572), 0x5a));
    fake_fastboot_delete(fastboot);
}

static size_t vbmeta_with_index(uint8_t *bytes, uint64_t index)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", fake_root_key());
    struct fake_rom rom;
    size_t size;

    spec.rollback_index = index;
    fake_rom_make(&spec, &rom);
    size = rom.vbmeta.size;
    memcpy(bytes, rom.vbmeta.data, size);
    fake_rom_free(&rom);
    return size;
}

/* dipper's fuses count 1. As it is, in a sparse image, and around what is there already. */
static void anti_rollback_when_flashed(void **unused)
{
    static const char words[] = "FAILcurrent device antirollback version is greater than this "
                                "package (phone 1, image 0)";
    static uint8_t old[8192];
    static uint8_t sparse[16384];
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);
    uint64_t size;
    uint8_t *vbmeta = fake_fastboot_bytes(fastboot, "vbmeta", &size);
    size_t old_bytes = vbmeta_with_index(old, 0);
    size_t at = put_header(sparse, 2, 1);

    assert_true(old_bytes <= sizeof old);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(old, old_bytes), "flash:vbmeta"),
                        words);
    memcpy(sparse + at + 12, old, 8192);
    at += put_chunk(sparse + at, SPARSE_CHUNK_RAW, 2, 8192);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(sparse, at), "flash:vbmeta"),
                        words);
    assert_true(slice_is_all(slice_of(vbmeta, size), 0x5a));

    /* It leaves out the first block: what is there stays, and that is old. */
    memcpy(vbmeta, old, 4096);
    at = put_header(sparse, 2, 2);
    at += put_chunk(sparse + at, SPARSE_CHUNK_DONT_CARE, 1, 0);
    memcpy(sparse + at + 12, old + 4096, 4096);
    at += put_chunk(sparse + at, SPARSE_CHUNK_RAW, 1, 4096);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(sparse, at), "flash:vbmeta"),
                        words);
    memset(vbmeta, 0x5a, 4096);

    old_bytes = vbmeta_with_index(old, 1);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(old, old_bytes), "flash:vbmeta"),
                        "OKAY");
    assert_memory_equal(vbmeta, old, old_bytes);
    old_bytes = vbmeta_with_index(old, 7);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(old, old_bytes), "flash:vbmeta"),
                        "OKAY");
    assert_string_equal(fake_fastboot_ask(fastboot, "erase:vbmeta"), "OKAY");
    fake_fastboot_delete(fastboot);
}

/* A slot's vbmeta is one, by its own name and by that of the current slot. */
static void anti_rollback_for_slots(void **unused)
{
    static const char *const commands[] = {"flash:vbmeta", "flash:vbmeta_a", "flash:vbmeta_b"};
    static uint8_t old[8192];
    size_t old_bytes = vbmeta_with_index(old, 0);

    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        struct fake_fastboot *fastboot = fake_fastboot_new(&with_slots);

        fastboot->board.protections |= PROTECTION_ANTI_ROLLBACK;
        fastboot->board.rollback_index = 1;
        assert_memory_equal(fake_fastboot_ask_with(fastboot, slice_of(old, old_bytes), commands[i]),
                            "FAILcurrent device antirollback version", 39);
        fake_fastboot_delete(fastboot);
    }
}

/* Larger than what is written between two looks at the clock, and than its partition by a block. */
static void nothing_is_written_of_what_does_not_fit(void **unused)
{
    const size_t partition_bytes = 6u << 20;
    const size_t image_bytes = partition_bytes + 512;
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);
    struct span *download = &fastboot->phone.phone.download;
    struct fake_disk disk;

    fake_disk_init(&disk, partition_bytes / 512 + 8, 512);
    fastboot->gpt = (struct gpt){
        .disk = &disk.block,
        .count = 1,
        .partitions = {{.name = "boot", .block_count = partition_bytes / 512}},
    };
    free(download->data);
    *download = (struct span){calloc(1, image_bytes), image_bytes};
    fastboot->session.download = *download;
    session_command(&fastboot->session, slice_of("flash:boot", 10));
    assert_int_equal(disk.writes, 0);
    fastboot->session.download = (struct span){download->data, partition_bytes};
    session_command(&fastboot->session, slice_of("flash:boot", 10));
    assert_true(disk.writes > 1); /* that much does fit */
    fake_disk_free(&disk);
    fake_fastboot_delete(fastboot);
}

/* Whoever hears OKAY may pull the plug. */
static void what_is_told_as_done_is_on_the_medium(void **unused)
{
    static const char *const commands[] = {"flash:boot", "erase:boot", "set_active:b", "oem lock"};
    static const uint8_t image[5000] = "an image";

    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        struct fake_fastboot *fastboot = fake_fastboot_new(&with_slots);
        struct fake_disk *disk = &fastboot->phone.disk;
        unsigned writes = disk->writes;

        assert_string_equal(
            fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), commands[i]), "OKAY");
        assert_true(disk->writes > writes);
        assert_int_equal(disk->unflushed, 0);
        fake_fastboot_delete(fastboot);
    }
}

/* A disk that fails at any request: FAIL, and the phone goes on. */
static void a_disk_that_fails(void **unused)
{
    static const char *const commands[] = {"flash:boot", "erase:boot", "oem sha256:boot"};
    static uint8_t image[9000];
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);

    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        for (unsigned at = 1; at <= 2; at++) {
            fake_disk_forget(&fastboot->phone.disk);
            fastboot->phone.disk.fail_at = at;
            if (at == 1 || i != 2) {
                assert_memory_equal(
                    fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), commands[i]),
                    "FAILthe disk failed", 19);
            }
            fastboot->phone.disk.fail_at = 0;
            assert_string_equal(fake_fastboot_ask(fastboot, "getvar:product"), "OKAYdipper");
        }
    }
    fastboot->context.gpt = NULL;
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(image, 512), "flash:boot"),
                        "FAILthe disk has no usable partition table");
    assert_string_equal(fake_fastboot_ask(fastboot, "getvar:all"), "OKAY");
    fake_fastboot_delete(fastboot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_images),
        cmocka_unit_test(sparse_images),
        cmocka_unit_test(sparse_images_of_small_blocks),
        cmocka_unit_test(anti_rollback_when_flashed),
        cmocka_unit_test(anti_rollback_for_slots),
        cmocka_unit_test(nothing_is_written_of_what_does_not_fit),
        cmocka_unit_test(what_is_told_as_done_is_on_the_medium),
        cmocka_unit_test(a_disk_that_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
