/* SPDX-License-Identifier: MIT */
/*
 * verify/verify.h, the images: loaded once, to the right place, never beyond it; every change is
 * seen there.
 */
#include "tests/fake/loading.h"

#include <stdlib.h>

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
        struct loading f;

        spec.kernel_bytes = sizes[i / 6].kernel_bytes;
        spec.ramdisk_bytes = sizes[i / 6].ramdisk_bytes;
        spec.page_bytes = pages[i / 2 % 3];
        spec.header_version = i % 2;
        fake_rom_make(&spec, &rom);
        loading_start(&f, &rom, blocks[i % 2]);
        assert_err(loading_images(&f), OK);
        loading_assert_verdict("layout", &f, VERDICT_AUTHENTIC, OK);
        loading_assert_loaded(&f, &rom);
        loading_done(&f);
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
        struct loading f;
        size_t plain_bytes;

        fake_rom_make(&spec, &rom);
        plain_bytes = rom.boot.size;
        rom.boot.size += pages * 2048;
        rom.boot.data = realloc(rom.boot.data, rom.boot.size);
        memset(rom.boot.data + plain_bytes, 0x3c, rom.boot.size - plain_bytes);
        put_le32(((struct boot_image_header *)rom.boot.data)->second_bytes,
                 (uint32_t)second_bytes[i / 2]);
        loading_start(&f, &rom, i % 2 != 0 ? 4096 : 512);
        assert_err(loading_images(&f), OK);
        loading_assert_verdict("with a second stage", &f, VERDICT_AUTHENTIC, OK);
        loading_assert_loaded(&f, &rom);
        loading_done(&f);
        loading_start(&f, &rom, 512);
        fake_disk_at(&f.disk, LOADING_LBA)[rom.boot.size - 1] ^= 0x10;
        assert_err(loading_images(&f), OK);
        loading_assert_verdict("its last byte", &f, VERDICT_BAD_HASH, E_VBMETA_HASH);
        loading_done(&f);
        fake_rom_free(&rom);
    }
}

/* One bit of each byte: header, kernel, ramdisk and padding alike. */
static void every_flipped_byte_is_seen(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
    struct fake_rom rom;
    struct loading f;
    struct verified claims;
    uint8_t *boot;

    spec.kernel_bytes = 3000;
    spec.ramdisk_bytes = 700;
    fake_rom_make(&spec, &rom);
    loading_start(&f, &rom, 512);
    claims = f.verified;
    boot = fake_disk_at(&f.disk, LOADING_LBA);
    for (size_t i = 0; i < rom.boot.size; i++) {
        f.verified = claims;
        boot[i] ^= (uint8_t)(1u << i % 8);
        assert_err(loading_images(&f), OK);
        if (f.verified.verdict != VERDICT_BAD_HASH || f.verified.why == OK) {
            print_error("byte %zu: %s\n", i, verdict_name(f.verified.verdict));
            fail();
        }
        boot[i] ^= (uint8_t)(1u << i % 8);
        fake_disk_forget(&f.disk);
    }
    f.verified = claims;
    assert_err(loading_images(&f), OK);
    loading_assert_verdict("unchanged", &f, VERDICT_AUTHENTIC, OK);
    loading_done(&f);
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
        struct loading f;

        fake_rom_make(&spec, &rom);
        loading_start(&f, &rom, 512);
        f.verified.verdict = cases[i].before;
        f.verified.why = E_VBMETA_MAGIC;
        f.verified.images[PART_BOOT].present = cases[i].present;
        f.verified.images[PART_BOOT].digest[31] ^= cases[i].right ? 0 : 1;
        f.verified.images[PART_BOOT].size_bytes += (uint64_t)cases[i].longer;
        assert_err(loading_images(&f), OK);
        loading_assert_verdict(cases[i].name, &f, cases[i].after, cases[i].why);
        loading_assert_loaded(&f, &rom); /* for a phone that may run it all the same */
        loading_done(&f);
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
        struct loading f;
        size_t plain_bytes;

        fake_rom_make(&spec, &rom);
        plain_bytes = rom.boot.size;
        rom.boot.size += behind[i / 2];
        rom.boot.data = realloc(rom.boot.data, rom.boot.size);
        memset(rom.boot.data + plain_bytes, 0x3c, behind[i / 2]);
        loading_start(&f, &rom, 512);
        assert_err(loading_images(&f), OK);
        loading_assert_verdict("signed with them", &f, VERDICT_AUTHENTIC, OK);
        loading_assert_loaded(&f, &rom);
        loading_done(&f);

        loading_start(&f, &rom, 512);
        fake_disk_at(&f.disk, LOADING_LBA)[i % 2 == 0 ? rom.boot.size - 1 : plain_bytes] ^= 1;
        assert_err(loading_images(&f), OK);
        loading_assert_verdict("changed there", &f, VERDICT_BAD_HASH, E_VBMETA_HASH);
        loading_done(&f);

        loading_start(&f, &rom, 512);
        f.verified.images[PART_BOOT].size_bytes = f.parts.list[PART_BOOT].size_bytes + 1;
        assert_err(loading_images(&f), OK);
        loading_assert_verdict("more than there is", &f, VERDICT_BAD_HASH, E_VBMETA_HASH);
        loading_done(&f);
        fake_rom_free(&rom);
    }
}

/* The claim's digest covers what the claim's size says, and that is not the whole image. */
static void a_digest_of_a_part_is_not_enough(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
    struct fake_rom rom;
    struct vbmeta_hash_spec hash;
    struct loading f;

    fake_rom_make(&spec, &rom);
    loading_start(&f, &rom, 512);
    hash = vbmeta_hash_image("boot", slice_of(rom.boot.data, 2048), slice_of("salt", 3));
    memcpy(f.verified.images[PART_BOOT].digest, hash.digest, SHA256_BYTES);
    f.verified.images[PART_BOOT].size_bytes = 2048;
    assert_err(loading_images(&f), OK);
    loading_assert_verdict("part", &f, VERDICT_BAD_HASH, E_VBMETA_HASH);
    loading_done(&f);
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
        struct loading f;

        rom.boot.size = rom.boot.size / 2048 * 2048 - 2048 + 3001 % 2048 - (size_t)less;
        loading_start(&f, &rom, 4096);
        assert_err(loading_images(&f), OK);
        loading_assert_verdict(
            less != 0 ? "a byte of the ramdisk is not signed" : "the ramdisk's end", &f,
            less != 0 ? VERDICT_BAD_HASH : VERDICT_AUTHENTIC, less != 0 ? E_VBMETA_HASH : OK);
        loading_done(&f);
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
        struct loading f;

        loading_start(&f, &rom, 4096);
        claim = &f.verified.images[PART_BOOT];
        digest_init(&claim->salted, HASH_SHA512);
        digest_update(&claim->salted, slice_of("a long salt", 11));
        digest = claim->salted;
        digest_update(&digest, span_slice(rom.boot));
        digest_final(&digest, claim->digest);
        claim->digest[63] ^= (uint8_t)changed;
        assert_err(loading_images(&f), OK);
        loading_assert_verdict("SHA-512", &f, changed != 0 ? VERDICT_BAD_HASH : VERDICT_AUTHENTIC,
                               changed != 0 ? E_VBMETA_HASH : OK);
        loading_done(&f);
        loading_start(&f, &rom, 4096);
        f.verified.images[PART_BOOT].unsupported = true;
        assert_err(loading_images(&f), OK);
        loading_assert_verdict("unknown", &f, VERDICT_UNSUPPORTED, E_VBMETA_UNSUPPORTED);
        loading_assert_loaded(&f, &rom); /* for a phone that may run it all the same */
        loading_done(&f);
    }
    fake_rom_free(&rom);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_every_layout),
        cmocka_unit_test(other_sections_are_hashed),
        cmocka_unit_test(every_flipped_byte_is_seen),
        cmocka_unit_test(bad_claims_and_a_loadable_image),
        cmocka_unit_test(bytes_behind_the_image_are_hashed),
        cmocka_unit_test(a_digest_of_a_part_is_not_enough),
        cmocka_unit_test(a_last_page_may_be_cut_short),
        cmocka_unit_test(other_functions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
