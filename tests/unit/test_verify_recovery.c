/* SPDX-License-Identifier: MIT */
/*
 * verify/verify.h, the recovery: it starts without the phone's vbmeta, when its own says all that is
 * to be known; and not when anything of it is another.
 */
#include "tests/unit/check.h"

#include "tests/fake/fake_release.h"

#define SECTOR 512

static struct {
    struct fake_phone phone;
    struct fake_release release;
} desk;

static const uint8_t salt[] = "salt";

static void a_recovery_needs_no_vbmeta(void **state)
{
    uint64_t room;

    fake_release_flash(&desk.phone, &desk.release);
    memset(fake_release_partition(&desk.phone, "vbmeta", &room), 0, FAKE_RELEASE_VBMETA_BYTES);
    assert_int_equal(fake_release_start(&desk.phone, false), 0);
    assert_int_equal(fake_release_start(&desk.phone, true), desk.release.recovery.ramdisk.size);
}

/* And is refused as soon as anything of it is another. */
static void a_recovery_that_was_changed(void **state)
{
    static const size_t places[] = {0, 40, 4000};
    uint64_t room;
    uint8_t *recovery = fake_release_partition(&desk.phone, "recovery", &room);

    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        fake_release_flash(&desk.phone, &desk.release);
        recovery[places[i]] ^= 1;
        assert_int_not_equal(fake_release_start(&desk.phone, true),
                             desk.release.recovery.ramdisk.size);
    }
    fake_release_flash(&desk.phone, &desk.release);
    /* Nor does vbmeta's chain help. */
    recovery[FAKE_RELEASE_RECOVERY_BYTES - sizeof(struct vbmeta_footer)] ^= 1;
    assert_int_equal(fake_release_start(&desk.phone, true), 0);
}

static size_t write_vbmeta(uint8_t *out, const struct vbmeta_property_spec *properties,
                           size_t property_count, const struct vbmeta_hash_spec *hashes,
                           size_t hash_count, const struct signing_key *key)
{
    const struct vbmeta_spec spec = {
        .properties = properties,
        .property_count = property_count,
        .hashes = hashes,
        .hash_count = hash_count,
        .key = key,
        .rollback_index = desk.phone.model.rollback_index,
    };
    size_t size = vbmeta_write(&spec, (struct span){out, 8192});

    assert_true(size != 0);
    return size;
}

/* Its own vbmeta is somebody else's, or does not say what it is: the phone's vouches for it. */
static void a_recovery_that_cannot_vouch_for_itself(void **state)
{
    static const struct vbmeta_property_spec properties[] = {{ROM_PROPERTY_NAME, "cn"},
                                                             {ROM_PROPERTY_REGION, "cn"}};
    struct slice image = span_slice(desk.release.recovery.boot);
    const struct vbmeta_hash_spec hashes[] = {
        vbmeta_hash_image("recovery", image, slice_of(salt, sizeof salt)),
        vbmeta_hash_image("boot", span_slice(desk.release.rom.boot), slice_of(salt, sizeof salt)),
    };
    size_t offset = (image.size + SECTOR - 1) / SECTOR * SECTOR;

    for (int nameless = 0; nameless < 2; nameless++) {
        struct vbmeta_footer footer;
        uint64_t room;
        uint8_t *recovery;
        size_t size;

        fake_release_flash(&desk.phone, &desk.release);
        recovery = fake_release_partition(&desk.phone, "recovery", &room);
        size = write_vbmeta(recovery + offset, properties, nameless ? 0 : ARRAY_COUNT(properties),
                            hashes, 1, nameless ? fake_root_key() : fake_other_key());
        vbmeta_write_footer(image.size, offset, size, &footer);
        memcpy(recovery + FAKE_RELEASE_RECOVERY_BYTES - sizeof footer, &footer, sizeof footer);
        (void)write_vbmeta(fake_release_partition(&desk.phone, "vbmeta", &room), properties,
                           ARRAY_COUNT(properties), hashes, ARRAY_COUNT(hashes), fake_root_key());
        assert_int_equal(fake_release_start(&desk.phone, true), desk.release.recovery.ramdisk.size);
    }
}

static int make_desk(void **state)
{
    const struct fake_phone_spec spec = {
        .codename = "whyred", .made_for = REGION_CN, .regime = REGIME_ANNOUNCED, .recovery = true};

    fake_phone_make(&spec, &desk.phone);
    fake_release_make(&desk.phone, &desk.release, 512);
    return 0;
}

static int free_desk(void **state)
{
    fake_release_free(&desk.release);
    fake_phone_free(&desk.phone);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recovery_needs_no_vbmeta),
        cmocka_unit_test(a_recovery_that_was_changed),
        cmocka_unit_test(a_recovery_that_cannot_vouch_for_itself),
    };

    return cmocka_run_group_tests(tests, make_desk, free_desk);
}
