/* SPDX-License-Identifier: MIT */
/* verify/verify.h, the claims: what is said of a ROM, by whom, and whether that is believed. */
#include "tests/unit/check.h"

#include "tests/fake/fake_disk.h"
#include "tests/fake/fake_rom.h"
#include "verify/verify.h"

#define FIRST_LBA 8

struct fixture {
    struct fake_disk disk;
    struct verify_parts parts;
    uint8_t *scratch;
    struct verified verified;
};

/* A vbmeta partition of `size_bytes` on a disk, with that image in it. */
static void start(struct fixture *f, struct slice image, uint64_t size_bytes)
{
    f->scratch = test_malloc(VBMETA_MAX_BYTES);
    fake_disk_init(&f->disk, FIRST_LBA + size_bytes / 512, 512);
    memcpy(fake_disk_at(&f->disk, FIRST_LBA), image.data, image.size);
    f->parts = (struct verify_parts){{{0}}};
    f->parts.list[PART_VBMETA] = (struct partition){
        .disk = &f->disk.block, .first_lba = FIRST_LBA, .size_bytes = size_bytes};
    memset(&f->verified, 0x5a, sizeof f->verified); /* filled whatever is there */
}

static enum err claims(struct fixture *f)
{
    uint8_t root_sha256[SHA256_BYTES];
    struct verify_trust trust = {.root_key_sha256 = root_sha256};
    struct span scratch = {.data = f->scratch, .size = VBMETA_MAX_BYTES};

    fake_root_sha256(root_sha256);
    return verify_claims(&f->parts, PART_BOOT, &trust, scratch, &f->verified);
}

static void done(struct fixture *f)
{
    assert_int_equal(f->disk.writes, 0);
    assert_true(fake_disk_read_once(&f->disk));
    fake_disk_free(&f->disk);
    test_free(f->scratch);
}

static void assert_verdict(const char *name, const struct verified *verified, enum verdict verdict,
                           enum err why)
{
    if (verified->verdict != verdict || verified->why != why) {
        print_error("%s: %s, %s\n", name, verdict_name(verified->verdict), err_name(verified->why));
        fail();
    }
}

static void who_signed_it(void **state)
{
    const struct {
        const char *name;
        const struct signing_key *key;
        enum verdict verdict;
        enum err why;
    } cases[] = {
        {"the root key", fake_root_key(), VERDICT_AUTHENTIC, OK},
        {"another key", fake_other_key(), VERDICT_WRONG_KEY, E_VBMETA_KEY},
        {"nobody", NULL, VERDICT_BAD_SIGNATURE, E_VBMETA_ALGORITHM},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct fake_rom_spec spec = fake_rom_ordinary("global", cases[i].key);
        struct fake_rom rom;
        struct fixture f;

        spec.rollback_index = 7;
        spec.flags = VBMETA_FLAG_HASHTREE_DISABLED;
        fake_rom_make(&spec, &rom);
        start(&f, span_slice(rom.vbmeta), VBMETA_MAX_BYTES);
        assert_err(claims(&f), OK);
        assert_verdict(cases[i].name, &f.verified, cases[i].verdict, cases[i].why);
        /* what is claimed is told whoever signed it */
        assert_int_equal(f.verified.region, REGION_GLOBAL);
        assert_string_equal(f.verified.rom_name, "global");
        assert_string_equal(f.verified.rom_product, "dipper");
        assert_true(f.verified.has_index && f.verified.rollback_index == 7);
        assert_int_equal(f.verified.flags, VBMETA_FLAG_HASHTREE_DISABLED);
        assert_true(f.verified.images[PART_BOOT].present);
        assert_true(f.verified.images[PART_BOOT].size_bytes == rom.boot.size);
        done(&f);
        fake_rom_free(&rom);
    }
}

static void flags_switch_nothing_off(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", fake_root_key());
    struct fake_rom rom;
    struct fixture f;

    spec.flags = VBMETA_FLAG_VERIFICATION_DISABLED | VBMETA_FLAG_HASHTREE_DISABLED;
    fake_rom_make(&spec, &rom);
    rom.vbmeta.data[rom.vbmeta.size - 1] ^= 1;
    start(&f, span_slice(rom.vbmeta), VBMETA_MAX_BYTES);
    assert_err(claims(&f), OK);
    assert_verdict("verification disabled", &f.verified, VERDICT_BAD_SIGNATURE, E_VBMETA_HASH);
    assert_int_equal(f.verified.flags, spec.flags);
    done(&f);
    fake_rom_free(&rom);
}

static void no_marker_is_no_region(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary(NULL, fake_root_key());
    struct fake_rom rom;
    struct fixture f;

    fake_rom_make(&spec, &rom);
    start(&f, span_slice(rom.vbmeta), VBMETA_MAX_BYTES);
    assert_err(claims(&f), OK);
    assert_verdict("no marker", &f.verified, VERDICT_AUTHENTIC, OK);
    assert_int_equal(f.verified.region, REGION_UNKNOWN);
    assert_string_equal(f.verified.region_text, "");
    done(&f);
    fake_rom_free(&rom);
}

/* Signed by the root key, but with descriptors that make no sense: not to be believed. */
static void signed_nonsense(void **state)
{
    static const struct vbmeta_property_spec twice[] = {{ROM_PROPERTY_REGION, "cn"},
                                                        {ROM_PROPERTY_REGION, "global"}};
    const struct signing_key *keys[] = {fake_root_key(), fake_other_key()};

    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        struct vbmeta_spec spec = {.properties = twice, .property_count = 2, .key = keys[i]};
        uint8_t image[4096];
        size_t size = vbmeta_write(&spec, (struct span){image, sizeof image});
        struct fixture f;

        start(&f, slice_of(image, size), VBMETA_MAX_BYTES);
        assert_int_not_equal(size, 0);
        assert_err(claims(&f), OK);
        assert_verdict("two regions", &f.verified,
                       i == 0 ? VERDICT_BAD_SIGNATURE : VERDICT_WRONG_KEY,
                       i == 0 ? E_VBMETA_DUPLICATE : E_VBMETA_KEY);
        assert_int_equal(f.verified.region, REGION_UNKNOWN);
        assert_string_equal(f.verified.region_text, "");
        done(&f);
    }
}

static void blank_is_not_signed(void **state)
{
    static const uint8_t values[] = {0x00, 0xff};

    for (size_t i = 0; i < sizeof values; i++) {
        struct fixture f;

        start(&f, slice_of("", 0), VBMETA_MAX_BYTES);
        memset(fake_disk_at(&f.disk, FIRST_LBA), values[i], VBMETA_MAX_BYTES);
        assert_err(claims(&f), OK);
        assert_verdict("blank", &f.verified, VERDICT_BAD_SIGNATURE, E_VBMETA_MAGIC);
        assert_int_equal(f.verified.region, REGION_UNKNOWN);
        assert_true(!f.verified.has_index && f.verified.rollback_index == 0);
        assert_false(f.verified.images[PART_BOOT].present);
        done(&f);
    }
}

static void partitions_of_odd_sizes(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", fake_root_key());
    struct fake_rom rom;
    struct fixture f;

    fake_rom_make(&spec, &rom);
    /* just large enough, larger than is ever read, too small, empty */
    start(&f, span_slice(rom.vbmeta), (rom.vbmeta.size + 511) / 512 * 512);
    assert_err(claims(&f), OK);
    assert_verdict("just large enough", &f.verified, VERDICT_AUTHENTIC, OK);
    done(&f);
    start(&f, span_slice(rom.vbmeta), 4 * VBMETA_MAX_BYTES);
    assert_err(claims(&f), OK);
    assert_verdict("large", &f.verified, VERDICT_AUTHENTIC, OK);
    done(&f);
    start(&f, slice_of(rom.vbmeta.data, 1024), 1024);
    assert_err(claims(&f), OK);
    assert_verdict("too small", &f.verified, VERDICT_BAD_SIGNATURE, E_VBMETA_RANGE);
    done(&f);
    start(&f, slice_of("", 0), 0);
    assert_err(claims(&f), OK);
    assert_verdict("empty", &f.verified, VERDICT_BAD_SIGNATURE, E_GPT_NOT_FOUND);
    done(&f);
    fake_rom_free(&rom);
}

static void the_disk_fails(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", fake_root_key());
    struct fake_rom rom;
    struct fixture f;
    uint8_t root_sha256[SHA256_BYTES] = {0};
    struct verify_trust trust = {.root_key_sha256 = root_sha256};
    struct span small;

    fake_rom_make(&spec, &rom);
    start(&f, span_slice(rom.vbmeta), VBMETA_MAX_BYTES);
    f.disk.fail_at = 1;
    assert_err(claims(&f), E_BLOCK_IO);
    assert_int_equal(f.verified.verdict, VERDICT_UNKNOWN);
    small = (struct span){.data = f.scratch, .size = VBMETA_MAX_BYTES - 1};
    assert_err(verify_claims(&f.parts, PART_BOOT, &trust, small, &f.verified), E_SLICE_RANGE);
    assert_int_equal(f.verified.verdict, VERDICT_UNKNOWN);
    done(&f);
    fake_rom_free(&rom);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_signed_it),          cmocka_unit_test(flags_switch_nothing_off),
        cmocka_unit_test(no_marker_is_no_region), cmocka_unit_test(signed_nonsense),
        cmocka_unit_test(blank_is_not_signed),    cmocka_unit_test(partitions_of_odd_sizes),
        cmocka_unit_test(the_disk_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
