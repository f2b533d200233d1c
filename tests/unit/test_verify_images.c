/* SPDX-License-Identifier: MIT */
/*
 * verify/verify.h, the images: loaded once, to the right place, never beyond it;
 * and every change seen.
 */
#include "tests/unit/check.h"

#include "tests/fake/fake_disk.h"
#include "tests/fake/fake_rom.h"
#include "verify/verify.h"

#include <stdlib.h>

#define FIRST_LBA     5
#define SCRATCH_BYTES 65536

struct fixture {
    struct fake_disk disk;
    struct verify_parts parts;
    struct verify_room room;
    struct verified verified;
    struct boot_image image;
};

/* The rooms are heap memory of exactly their size: the sanitizer sees a byte too far. */
static struct span room_of(size_t size)
{
    struct span span = {.data = test_malloc(size + 1), .size = size};

    memset(span.data, 0x77, size + 1);
    return span;
}

static void put_boot(struct fixture *f, struct slice boot, uint32_t block_bytes)
{
    uint64_t blocks = (boot.size + block_bytes - 1) / block_bytes + 1;

    fake_disk_init(&f->disk, FIRST_LBA + blocks, block_bytes);
    memcpy(fake_disk_at(&f->disk, FIRST_LBA), boot.data, boot.size);
    f->parts = (struct verify_parts){{{0}}};
    f->parts.list[PART_BOOT] = (struct partition){
        .disk = &f->disk.block, .first_lba = FIRST_LBA, .size_bytes = blocks * block_bytes};
}

/* A phone that has read the claims of `rom`: AUTHENTIC, with the digest of its boot image. */
static void start(struct fixture *f, const struct fake_rom *rom, uint32_t block_bytes)
{
    struct vbmeta_hash_spec hash =
        vbmeta_hash_image("boot", span_slice(rom->boot), slice_of("salt", 3));

    *f = (struct fixture){
        .room = {.kernel = room_of(rom->kernel.size),
                 .ramdisk = room_of(rom->ramdisk.size),
                 .scratch = room_of(SCRATCH_BYTES)},
        .verified = {.verdict = VERDICT_AUTHENTIC,
                     .images[PART_BOOT] = {.present = true, .size_bytes = rom->boot.size}},
    };
    digest_init(&f->verified.images[PART_BOOT].salted, HASH_SHA256);
    digest_update(&f->verified.images[PART_BOOT].salted, slice_of("salt", 3));
    memcpy(f->verified.images[PART_BOOT].digest, hash.digest, SHA256_BYTES);
    put_boot(f, span_slice(rom->boot), block_bytes);
}

static enum err images(struct fixture *f)
{
    memset(&f->image, 0x5a, sizeof f->image);
    return verify_images(&f->parts, PART_BOOT, &f->room, &f->verified, &f->image);
}

static void done(struct fixture *f)
{
    assert_int_equal(f->disk.writes, 0);
    assert_true(fake_disk_read_once(&f->disk));
    assert_int_equal(f->room.kernel.data[f->room.kernel.size], 0x77);
    assert_int_equal(f->room.ramdisk.data[f->room.ramdisk.size], 0x77);
    fake_disk_free(&f->disk);
    test_free(f->room.kernel.data);
    test_free(f->room.ramdisk.data);
    test_free(f->room.scratch.data);
}

static void assert_verdict(const char *name, const struct fixture *f, enum verdict verdict,
                           enum err why)
{
    if (f->verified.verdict != verdict || f->verified.why != why) {
        print_error("%s: %s, %s\n", name, verdict_name(f->verified.verdict),
                    err_name(f->verified.why));
        fail();
    }
}

static void assert_loaded(const struct fixture *f, const struct fake_rom *rom)
{
    assert_int_equal(f->image.kernel_bytes, rom->kernel.size);
    assert_int_equal(f->image.ramdisk_bytes, rom->ramdisk.size);
    assert_memory_equal(f->room.kernel.data, rom->kernel.data, rom->kernel.size);
    assert_memory_equal(f->room.ramdisk.data, rom->ramdisk.data, rom->ramdisk.size);
}

static void loads_every_layout(void **state)
{
    static const struct {
        size_t kernel_bytes;
        size_t ramdisk_bytes;
    } sizes[] = {
        {64, 0},         {64, 1},          {2047, 2048},    {2048, 2049},     {4096, 4095},
        {4097, 511},     {10000, 3000},    {65536, 65536},  {0x100000, 4096}, {0x100001, 100},
        {0x17ffff, 777}, {0x280800, 5000}, {100, 0x120000}, {12288, 12287},
    };
    static const uint32_t pages[] = {2048, 4096, 16384};
    static const uint32_t blocks[] = {512, 4096};

    for (size_t i = 0; i < ARRAY_COUNT(sizes) * ARRAY_COUNT(pages) * ARRAY_COUNT(blocks); i++) {
        struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
        struct fake_rom rom;
        struct fixture f;

        spec.kernel_bytes = sizes[i / 6].kernel_bytes;
        spec.ramdisk_bytes = sizes[i / 6].ramdisk_bytes;
        spec.page_bytes = pages[i / 2 % 3];
        spec.header_version = i % 2;
        fake_rom_make(&spec, &rom);
        start(&f, &rom, blocks[i % 2]);
        assert_err(images(&f), OK);
        assert_verdict("layout", &f, VERDICT_AUTHENTIC, OK);
        assert_loaded(&f, &rom);
        done(&f);
        fake_rom_free(&rom);
    }
}

/* Sections that nobody loads are hashed all the same. */
static void other_sections_are_hashed(void **state)
{
    static const size_t second_bytes[] = {1, 4096, 100000};

    for (size_t i = 0; i < 2 * ARRAY_COUNT(second_bytes); i++) {
        struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
        size_t pages = (second_bytes[i / 2] + 2047) / 2048;
        struct fake_rom rom;
        struct fixture f;
        size_t plain_bytes;

        fake_rom_make(&spec, &rom);
        plain_bytes = rom.boot.size;
        rom.boot.size += pages * 2048;
        rom.boot.data = realloc(rom.boot.data, rom.boot.size);
        memset(rom.boot.data + plain_bytes, 0x3c, rom.boot.size - plain_bytes);
        put_le32(((struct boot_image_header *)rom.boot.data)->second_bytes,
                 (uint32_t)second_bytes[i / 2]);
        start(&f, &rom, i % 2 != 0 ? 4096 : 512);
        assert_err(images(&f), OK);
        assert_verdict("with a second stage", &f, VERDICT_AUTHENTIC, OK);
        assert_loaded(&f, &rom);
        done(&f);
        start(&f, &rom, 512);
        fake_disk_at(&f.disk, FIRST_LBA)[rom.boot.size - 1] ^= 0x10;
        assert_err(images(&f), OK);
        assert_verdict("its last byte", &f, VERDICT_BAD_HASH, E_VBMETA_HASH);
        done(&f);
        fake_rom_free(&rom);
    }
}

/* One bit of each byte: header, kernel, ramdisk and padding alike. */
static void every_flipped_byte_is_seen(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
    struct fake_rom rom;
    struct fixture f;
    struct verified claims;
    uint8_t *boot;

    spec.kernel_bytes = 3000;
    spec.ramdisk_bytes = 700;
    fake_rom_make(&spec, &rom);
    start(&f, &rom, 512);
    claims = f.verified;
    boot = fake_disk_at(&f.disk, FIRST_LBA);
    for (size_t i = 0; i < rom.boot.size; i++) {
        f.verified = claims;
        boot[i] ^= (uint8_t)(1u << i % 8);
        assert_err(images(&f), OK);
        if (f.verified.verdict != VERDICT_BAD_HASH || f.verified.why == OK) {
            print_error("byte %zu: %s\n", i, verdict_name(f.verified.verdict));
            fail();
        }
        boot[i] ^= (uint8_t)(1u << i % 8);
        fake_disk_forget(&f.disk);
    }
    f.verified = claims;
    assert_err(images(&f), OK);
    assert_verdict("unchanged", &f, VERDICT_AUTHENTIC, OK);
    done(&f);
    fake_rom_free(&rom);
}

static void bad_claims_and_a_loadable_image(void **state)
{
    static const struct {
        const char *name;
        enum verdict before;
        bool present;
        bool right; /* the digest */
        int longer; /* than the image, says the claim */
        enum verdict after;
        enum err why;
    } cases[] = {
        {"not signed", VERDICT_BAD_SIGNATURE, true, true, 0, VERDICT_BAD_SIGNATURE, E_VBMETA_MAGIC},
        {"not signed, changed", VERDICT_BAD_SIGNATURE, true, false, 0, VERDICT_BAD_SIGNATURE,
         E_VBMETA_MAGIC},
        {"not signed, no claim", VERDICT_BAD_SIGNATURE, false, false, 0, VERDICT_BAD_SIGNATURE,
         E_VBMETA_MAGIC},
        {"wrong key", VERDICT_WRONG_KEY, true, true, 0, VERDICT_WRONG_KEY, E_VBMETA_MAGIC},
        {"wrong key, changed", VERDICT_WRONG_KEY, true, false, 0, VERDICT_BAD_HASH, E_VBMETA_HASH},
        {"wrong key, no claim", VERDICT_WRONG_KEY, false, false, 0, VERDICT_WRONG_KEY,
         E_VBMETA_MAGIC},
        {"authentic, changed", VERDICT_AUTHENTIC, true, false, 0, VERDICT_BAD_HASH, E_VBMETA_HASH},
        {"authentic, no claim", VERDICT_AUTHENTIC, false, true, 0, VERDICT_BAD_HASH,
         E_VBMETA_DESCRIPTOR},
        {"a page less", VERDICT_AUTHENTIC, true, true, -2048, VERDICT_BAD_HASH, E_VBMETA_HASH},
        {"a byte more", VERDICT_AUTHENTIC, true, true, 1, VERDICT_BAD_HASH, E_VBMETA_HASH},
        {"nobody looked", VERDICT_UNKNOWN, true, true, 0, VERDICT_UNKNOWN, E_VBMETA_MAGIC},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
        struct fake_rom rom;
        struct fixture f;

        fake_rom_make(&spec, &rom);
        start(&f, &rom, 512);
        f.verified.verdict = cases[i].before;
        f.verified.why = E_VBMETA_MAGIC;
        f.verified.images[PART_BOOT].present = cases[i].present;
        f.verified.images[PART_BOOT].digest[31] ^= cases[i].right ? 0 : 1;
        f.verified.images[PART_BOOT].size_bytes += (uint64_t)cases[i].longer;
        assert_err(images(&f), OK);
        assert_verdict(cases[i].name, &f, cases[i].after, cases[i].why);
        assert_loaded(&f, &rom); /* for a phone that may run it all the same */
        done(&f);
        fake_rom_free(&rom);
    }
}

/* What was signed is what lies in the partition, also behind what the header tells of. */
static void bytes_behind_the_image_are_hashed(void **state)
{
    static const size_t behind[] = {1, 511, 512, 2048, 5000, 200000};

    for (size_t i = 0; i < 2 * ARRAY_COUNT(behind); i++) {
        struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
        struct fake_rom rom;
        struct fixture f;
        size_t plain_bytes;

        fake_rom_make(&spec, &rom);
        plain_bytes = rom.boot.size;
        rom.boot.size += behind[i / 2];
        rom.boot.data = realloc(rom.boot.data, rom.boot.size);
        memset(rom.boot.data + plain_bytes, 0x3c, behind[i / 2]);
        start(&f, &rom, 512);
        assert_err(images(&f), OK);
        assert_verdict("signed with them", &f, VERDICT_AUTHENTIC, OK);
        assert_loaded(&f, &rom);
        done(&f);

        start(&f, &rom, 512);
        fake_disk_at(&f.disk, FIRST_LBA)[i % 2 == 0 ? rom.boot.size - 1 : plain_bytes] ^= 1;
        assert_err(images(&f), OK);
        assert_verdict("changed there", &f, VERDICT_BAD_HASH, E_VBMETA_HASH);
        done(&f);

        start(&f, &rom, 512);
        f.verified.images[PART_BOOT].size_bytes = f.parts.list[PART_BOOT].size_bytes + 1;
        assert_err(images(&f), OK);
        assert_verdict("more than there is", &f, VERDICT_BAD_HASH, E_VBMETA_HASH);
        done(&f);
        fake_rom_free(&rom);
    }
}

/* The claim's digest covers what the claim's size says, and that is not the whole image. */
static void a_digest_of_a_part_is_not_enough(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
    struct fake_rom rom;
    struct vbmeta_hash_spec hash;
    struct fixture f;

    fake_rom_make(&spec, &rom);
    start(&f, &rom, 512);
    hash = vbmeta_hash_image("boot", slice_of(rom.boot.data, 2048), slice_of("salt", 3));
    memcpy(f.verified.images[PART_BOOT].digest, hash.digest, SHA256_BYTES);
    f.verified.images[PART_BOOT].size_bytes = 2048;
    assert_err(images(&f), OK);
    assert_verdict("part", &f, VERDICT_BAD_HASH, E_VBMETA_HASH);
    done(&f);
    fake_rom_free(&rom);
}

/* The last page need not be whole: what runs is in what was signed. */
static void a_last_page_may_be_cut_short(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
    struct fake_rom rom;

    spec.ramdisk_bytes = 3001;
    fake_rom_make(&spec, &rom);
    for (int less = 0; less < 2; less++) {
        size_t whole_page = rom.boot.size;
        struct fixture f;

        rom.boot.size = rom.boot.size / 2048 * 2048 - 2048 + 3001 % 2048 - (size_t)less;
        start(&f, &rom, 4096);
        assert_err(images(&f), OK);
        assert_verdict(less != 0 ? "a byte of the ramdisk is not signed" : "the ramdisk's end", &f,
                       less != 0 ? VERDICT_BAD_HASH : VERDICT_AUTHENTIC,
                       less != 0 ? E_VBMETA_HASH : OK);
        done(&f);
        rom.boot.size = whole_page;
    }
    fake_rom_free(&rom);
}

/* Hashed with SHA-512; and in a way that nobody here knows. */
static void other_functions(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
    struct fake_rom rom;

    fake_rom_make(&spec, &rom);
    for (int changed = 0; changed < 2; changed++) {
        struct verified_image *claim;
        struct digest digest;
        struct fixture f;

        start(&f, &rom, 4096);
        claim = &f.verified.images[PART_BOOT];
        digest_init(&claim->salted, HASH_SHA512);
        digest_update(&claim->salted, slice_of("a long salt", 11));
        digest = claim->salted;
        digest_update(&digest, span_slice(rom.boot));
        digest_final(&digest, claim->digest);
        claim->digest[63] ^= (uint8_t)changed;
        assert_err(images(&f), OK);
        assert_verdict("SHA-512", &f, changed != 0 ? VERDICT_BAD_HASH : VERDICT_AUTHENTIC,
                       changed != 0 ? E_VBMETA_HASH : OK);
        done(&f);
        start(&f, &rom, 4096);
        f.verified.images[PART_BOOT].unsupported = true;
        assert_err(images(&f), OK);
        assert_verdict("unknown", &f, VERDICT_UNSUPPORTED, E_VBMETA_UNSUPPORTED);
        assert_loaded(&f, &rom); /* for a phone that may run it all the same */
        done(&f);
    }
    fake_rom_free(&rom);
}

static void blank_boot_is_no_rom(void **state)
{
    static const uint8_t values[] = {0x00, 0xff};
    static const enum verdict before[] = {VERDICT_AUTHENTIC, VERDICT_BAD_SIGNATURE,
                                          VERDICT_WRONG_KEY};

    for (size_t i = 0; i < ARRAY_COUNT(values) * ARRAY_COUNT(before); i++) {
        struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
        struct fake_rom rom;
        struct fixture f;

        fake_rom_make(&spec, &rom);
        memset(rom.boot.data, values[i % 2], rom.boot.size);
        start(&f, &rom, i < 3 ? 512 : 4096);
        memset(fake_disk_at(&f.disk, FIRST_LBA), values[i % 2], f.parts.list[PART_BOOT].size_bytes);
        f.verified.verdict = before[i / 2];
        assert_err(images(&f), OK);
        assert_verdict("blank", &f, VERDICT_NO_ROM, E_BOOT_IMAGE_MAGIC);
        assert_int_equal(f.image.kernel_bytes, 0);
        done(&f);
        fake_rom_free(&rom);
    }
}

enum spoil {
    SPOIL_MAGIC,
    SPOIL_PAGE,
    SPOIL_KERNEL_SIZE,
    SPOIL_KERNEL_ROOM,
    SPOIL_RAMDISK_ROOM,
    SPOIL_PARTITION,
};

static void spoil(struct fixture *f, enum spoil what)
{
    struct boot_image_header *header =
        (struct boot_image_header *)fake_disk_at(&f->disk, FIRST_LBA);

    switch (what) {
    case SPOIL_MAGIC:
        header->magic[7] ^= 1;
        break;
    case SPOIL_PAGE:
        header->page_bytes[1] ^= 1;
        break;
    case SPOIL_KERNEL_SIZE:
        header->kernel_bytes[3] = 0xff;
        break;
    case SPOIL_KERNEL_ROOM:
        f->room.kernel.size--;
        break;
    case SPOIL_RAMDISK_ROOM:
        f->room.ramdisk.size--;
        break;
    case SPOIL_PARTITION:
        f->parts.list[PART_BOOT].size_bytes = 1024;
        break;
    }
}

static void what_cannot_be_loaded_is_not(void **state)
{
    static const struct {
        enum spoil what;
        enum err why;
    } cases[] = {
        {SPOIL_MAGIC, E_BOOT_IMAGE_MAGIC},        {SPOIL_PAGE, E_BOOT_IMAGE_PAGE_SIZE},
        {SPOIL_KERNEL_SIZE, E_BOOT_IMAGE_RANGE},  {SPOIL_KERNEL_ROOM, E_BOOT_IMAGE_RANGE},
        {SPOIL_RAMDISK_ROOM, E_BOOT_IMAGE_RANGE}, {SPOIL_PARTITION, E_SLICE_RANGE},
    };

    for (size_t i = 0; i < 2 * ARRAY_COUNT(cases); i++) {
        struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
        bool was_authentic = i % 2 == 0;
        struct fake_rom rom;
        struct fixture f;

        fake_rom_make(&spec, &rom);
        start(&f, &rom, 512);
        f.verified.verdict = was_authentic ? VERDICT_AUTHENTIC : VERDICT_BAD_SIGNATURE;
        spoil(&f, cases[i / 2].what);
        assert_err(images(&f), OK);
        assert_verdict("spoilt", &f, was_authentic ? VERDICT_BAD_HASH : VERDICT_NO_ROM,
                       cases[i / 2].why);
        assert_int_equal(f.image.kernel_bytes, 0);
        assert_true(slice_is_all(span_slice(f.room.kernel), 0x77));
        assert_true(slice_is_all(span_slice(f.room.ramdisk), 0x77));
        f.room.kernel.size = rom.kernel.size;
        f.room.ramdisk.size = rom.ramdisk.size;
        done(&f);
        fake_rom_free(&rom);
    }
}

static void the_disk_fails_at_each_request(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
    struct fake_rom rom;
    unsigned requests = 1;

    spec.kernel_bytes = 0x280800;
    fake_rom_make(&spec, &rom);
    for (unsigned at = 1; at <= requests; at++) {
        struct fixture f;

        start(&f, &rom, 4096);
        if (at == 1) {
            assert_err(images(&f), OK);
            requests = f.disk.requests;
            assert_true(requests > 4);
            f.verified.verdict = VERDICT_AUTHENTIC;
            fake_disk_forget(&f.disk);
        }
        f.disk.fail_at = at;
        assert_err(images(&f), E_BLOCK_IO);
        assert_verdict("failed", &f, VERDICT_NO_ROM, E_BLOCK_IO);
        assert_int_equal(f.image.kernel_bytes, 0);
        assert_false(f.disk.under_way);
        done(&f);
    }
    fake_rom_free(&rom);
}

static void scratch_must_be_large_enough(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
    struct fake_rom rom;
    struct fixture f;

    fake_rom_make(&spec, &rom);
    start(&f, &rom, 512);
    f.room.scratch.size--;
    assert_err(images(&f), E_SLICE_RANGE);
    assert_int_equal(f.image.kernel_bytes, 0);
    assert_int_equal(f.disk.requests, 0);
    done(&f);
    fake_rom_free(&rom);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_behind_the_image_are_hashed),
        cmocka_unit_test(loads_every_layout),
        cmocka_unit_test(other_sections_are_hashed),
        cmocka_unit_test(every_flipped_byte_is_seen),
        cmocka_unit_test(bad_claims_and_a_loadable_image),
        cmocka_unit_test(a_digest_of_a_part_is_not_enough),
        cmocka_unit_test(a_last_page_may_be_cut_short),
        cmocka_unit_test(other_functions),
        cmocka_unit_test(blank_boot_is_no_rom),
        cmocka_unit_test(what_cannot_be_loaded_is_not),
        cmocka_unit_test(the_disk_fails_at_each_request),
        cmocka_unit_test(scratch_must_be_large_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
