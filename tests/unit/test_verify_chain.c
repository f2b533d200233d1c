/* SPDX-License-Identifier: MIT */
/*
 * verify/verify.h, the claims of a ROM with chained partitions: whose word counts for what, and
 * every damage seen.
 */
#include "tests/unit/check.h"

#include "format/vbmeta.h"
#include "tests/fake/fake_avb.h"
#include "verify/vbmeta.h"

static void assert_verdict(const char *name, const struct fake_avb *avb, enum verdict verdict,
                           enum err why)
{
    if (avb->verified.verdict != verdict || avb->verified.why != why) {
        print_error("%s: %s, %s\n", name, verdict_name(avb->verified.verdict),
                    err_name(avb->verified.why));
        fail();
    }
}

static struct fake_avb_spec full(void)
{
    return (struct fake_avb_spec){.key = fake_root_key(),
                                  .boot_key = fake_other_key(),
                                  .system_key = fake_user_key(),
                                  .rollback_index = 7};
}

static void reads_everything(void **state)
{
    static const uint32_t block_sizes[] = {512, 4096};

    for (size_t i = 0; i < 2 * ARRAY_COUNT(block_sizes); i++) {
        struct fake_avb_spec spec = full();
        struct fake_avb avb;
        bool chained = i % 2 == 0;

        spec.block_bytes = block_sizes[i / 2];
        if (!chained) {
            spec.boot_key = NULL;
            spec.system_key = NULL;
        }
        fake_avb_make(&spec, &avb);
        assert_err(fake_avb_claims(&avb, NULL, false), OK);
        assert_verdict("whole", &avb, VERDICT_AUTHENTIC, OK);
        assert_true(avb.verified.images[PART_BOOT].present);
        assert_true(avb.verified.images[PART_BOOT].size_bytes == avb.rom.boot.size);
        assert_true(avb.verified.images[PART_DTBO].present);
        assert_false(avb.verified.images[PART_RECOVERY].present);
        assert_true(avb.verified.system.present);
        assert_true(avb.verified.system.image_bytes == FAKE_AVB_SYSTEM_BLOCKS * 4096);
        assert_string_equal(avb.verified.cmdline, "always=1 verity=on");
        assert_int_equal(avb.verified.region, REGION_CN);
        assert_true(avb.verified.rollback_index == 7);
        for (size_t at = 0; at < STATE_ROLLBACK_LOCATIONS; at++) {
            bool there =
                chained && (at == FAKE_AVB_BOOT_LOCATION || at == FAKE_AVB_SYSTEM_LOCATION);

            assert_int_equal(avb.verified.chained[at].present, there);
            assert_true(avb.verified.chained[at].index == (there ? 7 : 0));
        }
        assert_true(fake_disk_read_once(&avb.disk));
        assert_int_equal(avb.disk.writes, 0);
        fake_avb_free(&avb);
    }
}

static void the_users_own_key(void **state)
{
    const struct signing_key *none = NULL;
    const struct {
        const char *name;
        const struct signing_key *signer;
        const struct signing_key *enrolled;
        enum verdict verdict;
        enum err why;
    } cases[] = {
        {"enrolled", fake_user_key(), fake_user_key(), VERDICT_USER_KEY, OK},
        {"not enrolled", fake_user_key(), none, VERDICT_WRONG_KEY, E_VBMETA_KEY},
        {"another enrolled", fake_user_key(), fake_other_key(), VERDICT_WRONG_KEY, E_VBMETA_KEY},
        {"the root key beside it", fake_root_key(), fake_user_key(), VERDICT_AUTHENTIC, OK},
        {"the root key enrolled too", fake_root_key(), fake_root_key(), VERDICT_AUTHENTIC, OK},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct fake_avb_spec spec = full();
        struct fake_avb avb;

        spec.key = cases[i].signer;
        fake_avb_make(&spec, &avb);
        assert_err(fake_avb_claims(&avb, cases[i].enrolled, false), OK);
        assert_verdict(cases[i].name, &avb, cases[i].verdict, cases[i].why);
        fake_avb_free(&avb);
    }
}

/* A good verdict by the user's key gets worse in the same way as one by the root key. */
static void damage_to_a_user_keys_rom(void **state)
{
    struct fake_avb_spec spec = full();
    struct fake_avb avb;

    spec.key = fake_user_key();
    fake_avb_make(&spec, &avb);
    fake_avb_at(&avb, PART_VBMETA_SYSTEM)[300] ^= 1;
    assert_err(fake_avb_claims(&avb, fake_user_key(), false), OK);
    assert_verdict("damaged", &avb, VERDICT_BAD_SIGNATURE, E_VBMETA_SIGNATURE);
    fake_avb_free(&avb);
}

static void flags(void **state)
{
    static const struct {
        uint32_t flags;
        bool unlocked;
        bool disabled;
        const char *cmdline;
    } cases[] = {
        {0, false, false, "always=1 verity=on"}, {0, true, false, "always=1 verity=on"},
        {1, false, false, "always=1 verity=on"}, {1, true, true, "always=1 verity=off"},
        {2, false, false, "always=1 verity=on"}, {2, true, true, "always=1 verity=off"},
        {3, false, false, "always=1 verity=on"}, {3, true, true, "always=1 verity=off"},
        {4, true, false, "always=1 verity=on"},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct fake_avb_spec spec = full();
        struct fake_avb avb;

        spec.flags = cases[i].flags;
        fake_avb_make(&spec, &avb);
        assert_err(fake_avb_claims(&avb, NULL, cases[i].unlocked), OK);
        assert_verdict("flags", &avb, VERDICT_AUTHENTIC, OK);
        assert_int_equal(avb.verified.hashtree_disabled, cases[i].disabled);
        assert_string_equal(avb.verified.cmdline, cases[i].cmdline);
        assert_true(avb.verified.images[PART_BOOT].present); /* whatever the flags */
        fake_avb_free(&avb);
    }
}

static void chained_images_have_no_flags(void **state)
{
    for (uint32_t flag = 1; flag <= 4; flag *= 2) {
        struct fake_avb_spec spec = full();
        struct fake_avb avb;

        spec.chained_flags = flag;
        fake_avb_make(&spec, &avb);
        assert_err(fake_avb_claims(&avb, NULL, true), OK);
        assert_verdict("flags", &avb, VERDICT_BAD_SIGNATURE, E_VBMETA_CHAIN);
        fake_avb_free(&avb);
    }
}

static void put_other_image(struct fake_avb *avb, const struct signing_key *key)
{
    const struct vbmeta_spec vbmeta = {.key = key};
    struct span room = {.data = fake_avb_at(avb, PART_VBMETA_SYSTEM), .size = VBMETA_MAX_BYTES};

    memset(room.data, 0, room.size);
    assert_int_not_equal(vbmeta_write(&vbmeta, room), 0);
}

static void chained_images_need_the_key_that_is_named(void **state)
{
    const struct {
        const char *name;
        const struct signing_key *key;
        enum verdict verdict;
        enum err why;
    } cases[] = {
        {"the root key", fake_root_key(), VERDICT_WRONG_KEY, E_VBMETA_CHAIN_KEY},
        {"another chain's key", fake_other_key(), VERDICT_WRONG_KEY, E_VBMETA_CHAIN_KEY},
        {"nobody", NULL, VERDICT_BAD_SIGNATURE, E_VBMETA_ALGORITHM},
        {"the one", fake_user_key(), VERDICT_AUTHENTIC, OK},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct fake_avb_spec spec = full();
        struct fake_avb avb;

        fake_avb_make(&spec, &avb);
        put_other_image(&avb, cases[i].key);
        assert_err(fake_avb_claims(&avb, NULL, false), OK);
        assert_verdict(cases[i].name, &avb, cases[i].verdict, cases[i].why);
        assert_false(avb.verified.system.present);
        fake_avb_free(&avb);
    }
}

static void put_be(uint8_t *field, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++) {
        field[size - 1 - i] = i < 8 ? (uint8_t)(value >> 8 * i) : 0;
    }
}

static void hostile_footers(void **state)
{
#define FIELD(name) offsetof(struct vbmeta_footer, name), sizeof(((struct vbmeta_footer *)0)->name)
    static const struct {
        const char *name;
        size_t offset;
        size_t size;
        uint64_t value;
    } cases[] = {
        {"magic", FIELD(magic), 0},
        {"major", FIELD(major), 2},
        {"offset not on a block", FIELD(vbmeta_offset), 16385},
        {"offset at the footer", FIELD(vbmeta_offset), 131072 - 512},
        {"offset at the end", FIELD(vbmeta_offset), 131072},
        {"offset beyond", FIELD(vbmeta_offset), 1 << 20},
        {"offset wraps", FIELD(vbmeta_offset), UINT64_MAX - 511},
        {"no bytes", FIELD(vbmeta_bytes), 0},
        {"less than a header", FIELD(vbmeta_bytes), 255},
        {"more than may be", FIELD(vbmeta_bytes), VBMETA_MAX_BYTES + 1},
        {"bytes wrap", FIELD(vbmeta_bytes), UINT64_MAX},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct fake_avb_spec spec = full();
        struct fake_avb avb;
        uint8_t *footer;

        fake_avb_make(&spec, &avb);
        footer = fake_avb_at(&avb, PART_BOOT) + 131072 - sizeof(struct vbmeta_footer);
        put_be(footer + cases[i].offset, cases[i].size, cases[i].value);
        assert_err(fake_avb_claims(&avb, NULL, false), OK);
        assert_verdict(cases[i].name, &avb, VERDICT_BAD_SIGNATURE, E_VBMETA_FOOTER);
        assert_false(avb.verified.images[PART_BOOT].present);
        fake_avb_free(&avb);
    }
}

/* The last block is the footer's: an image that ends with it is none. */
static void an_image_that_ends_in_the_footer_s_block(void **state)
{
    struct fake_avb_spec spec = full();
    struct fake_avb avb;
    struct vbmeta_footer *footer;
    uint64_t bytes;

    fake_avb_make(&spec, &avb);
    footer = (struct vbmeta_footer *)(fake_avb_at(&avb, PART_BOOT) + 131072 - sizeof *footer);
    bytes = (be64(footer->vbmeta_bytes) + 511) / 512 * 512;
    put_be(footer->vbmeta_offset, sizeof footer->vbmeta_offset, 131072 - bytes);
    assert_err(fake_avb_claims(&avb, NULL, false), OK);
    assert_verdict("in the footer's block", &avb, VERDICT_BAD_SIGNATURE, E_VBMETA_FOOTER);
    fake_avb_free(&avb);
}

static void partitions_that_are_not_there(void **state)
{
    static const struct {
        enum part part;
        enum err why;
    } cases[] = {
        {PART_VBMETA, E_GPT_NOT_FOUND},
        {PART_BOOT, E_VBMETA_FOOTER},
        {PART_VBMETA_SYSTEM, E_VBMETA_RANGE},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct fake_avb_spec spec = full();
        struct fake_avb avb;

        fake_avb_make(&spec, &avb);
        avb.parts.list[cases[i].part] = (struct partition){.size_bytes = 0};
        assert_err(fake_avb_claims(&avb, NULL, false), OK);
        assert_verdict(part_name(cases[i].part), &avb, VERDICT_BAD_SIGNATURE, cases[i].why);
        fake_avb_free(&avb);
    }
}

/* By itself, without the claims of the others: a signature costs a millisecond. */
static bool is_whole(struct slice image)
{
    struct vbmeta vbmeta;

    return vbmeta_parse(image, &vbmeta) == OK && vbmeta_check_signature(&vbmeta) == OK;
}

/*
 * Every byte of the images that this start needs, the chained ones too; footers aside, told above.
 */
static void every_byte_counts(void **state)
{
    static const struct {
        enum part part;
        size_t offset;
    } places[] = {{PART_VBMETA, 0}, {PART_VBMETA_SYSTEM, 0}, {PART_BOOT, 16384}};
    struct fake_avb_spec spec = full();
    struct fake_avb avb;

    fake_avb_make(&spec, &avb);
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        uint8_t *bytes = fake_avb_at(&avb, places[i].part) + places[i].offset;
        const struct vbmeta_header *header = (const struct vbmeta_header *)bytes;
        size_t size = (size_t)(sizeof *header + be64(header->authentication_bytes) +
                               be64(header->auxiliary_bytes));

        assert_true(is_whole(slice_of(bytes, size)));
        assert_false(is_whole(slice_of(bytes, size - 1))); /* these are all of its bytes */
        for (size_t at = 0; at < size; at++) {
            bytes[at] ^= (uint8_t)(1 << at % 8);
            if (is_whole(slice_of(bytes, size))) {
                print_error("byte %zu of %s is not covered\n", at, part_name(places[i].part));
                fail();
            }
            if (at % 97 == 0) {
                assert_err(fake_avb_claims(&avb, NULL, false), OK);
                assert_int_not_equal(avb.verified.verdict, VERDICT_AUTHENTIC);
            }
            bytes[at] ^= (uint8_t)(1 << at % 8);
        }
    }
    assert_err(fake_avb_claims(&avb, NULL, false), OK);
    assert_verdict("whole again", &avb, VERDICT_AUTHENTIC, OK);
    fake_avb_free(&avb);
}

/* A disk that fails at any request is an error, never a verdict that could be believed. */
static void the_disk_fails(void **state)
{
    for (unsigned request = 1;; request++) {
        struct fake_avb_spec spec = full();
        struct fake_avb avb;
        enum err err;

        fake_avb_make(&spec, &avb);
        avb.disk.fail_at = request;
        err = fake_avb_claims(&avb, NULL, false);
        if (err == OK) {
            assert_true(request == 5); /* vbmeta, vbmeta_system, boot's footer, boot's vbmeta */
            fake_avb_free(&avb);
            return;
        }
        assert_err(err, E_BLOCK_IO);
        fake_avb_free(&avb);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_everything),
        cmocka_unit_test(the_users_own_key),
        cmocka_unit_test(damage_to_a_user_keys_rom),
        cmocka_unit_test(flags),
        cmocka_unit_test(chained_images_have_no_flags),
        cmocka_unit_test(chained_images_need_the_key_that_is_named),
        cmocka_unit_test(hostile_footers),
        cmocka_unit_test(an_image_that_ends_in_the_footer_s_block),
        cmocka_unit_test(partitions_that_are_not_there),
        cmocka_unit_test(every_byte_counts),
        cmocka_unit_test(the_disk_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
