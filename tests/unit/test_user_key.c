/* SPDX-License-Identifier: MIT */
/* fastboot/user_key.h: a key that the owner of a phone made. */
#include "tests/unit/check.h"

#include "rom-images/write/keys.h"
#include "tests/fake/fake_fastboot.h"

static const struct fake_phone_spec locked = {.codename = "dipper", .made_for = REGION_CN};
static const struct fake_phone_spec unlocked = {
    .codename = "dipper", .made_for = REGION_CN, .unlocked = true};
static const struct fake_phone_spec no_verified_boot = {.codename = "hermes",
                                                        .made_for = REGION_CN};

/* One of the phones that stand for all: a key that the owner made, put in and taken out again. */
static void the_users_own_key(void **unused)
{
    const struct signing_key *key = fake_user_key();
    struct slice blob = slice_of(key->public_key, sizeof key->public_key);
    struct fake_fastboot *fastboot = fake_fastboot_new(&unlocked);
    uint8_t bad[sizeof key->public_key + 1];
    uint8_t digest[SHA256_BYTES];

    sha256_digest(blob, digest);
    assert_string_equal(fake_fastboot_ask_with(fastboot, blob, "flash:avb_custom_key"), "OKAY");
    fake_fastboot_reboot(fastboot);
    assert_memory_equal(fastboot->state.user_key_sha256, digest, sizeof digest);

    memcpy(bad, key->public_key, sizeof key->public_key);
    bad[sizeof bad - 1] = 0;
    for (size_t i = 0; i < 3; i++) {
        static const size_t sizes[] = {sizeof bad, sizeof bad - 2, sizeof bad - 1};

        bad[0] ^= i == 2; /* another length of the key than it has */
        assert_non_null(strstr(
            fake_fastboot_ask_with(fastboot, slice_of(bad, sizes[i]), "flash:avb_custom_key"),
            "FAILnot an RSA key"));
    }
    assert_non_null(strstr(fake_fastboot_ask(fastboot, "flash:avb_custom_key"), "FAILnot an"));
    fake_fastboot_reboot(fastboot);
    assert_memory_equal(fastboot->state.user_key_sha256, digest, sizeof digest);

    assert_string_equal(fake_fastboot_ask(fastboot, "erase:avb_custom_key"), "OKAY");
    fake_fastboot_reboot(fastboot);
    assert_true(slice_is_all(slice_of(fastboot->state.user_key_sha256, SHA256_BYTES), 0));
    fake_fastboot_delete(fastboot);
}

static void a_locked_phone_takes_no_key(void **unused)
{
    const struct signing_key *key = fake_user_key();
    struct slice blob = slice_of(key->public_key, sizeof key->public_key);
    struct fake_fastboot *fastboot = fake_fastboot_new(&locked);

    assert_string_equal(fake_fastboot_ask_with(fastboot, blob, "flash:avb_custom_key"),
                        "FAILFlashing is not allowed in Lock State");
    assert_string_equal(fake_fastboot_ask(fastboot, "erase:avb_custom_key"),
                        "FAILErase is not allowed in Lock State");
    fake_fastboot_reboot(fastboot);
    assert_true(slice_is_all(slice_of(fastboot->state.user_key_sha256, SHA256_BYTES), 0));
    fake_fastboot_delete(fastboot);
}

static void no_key_without_verified_boot(void **unused)
{
    const struct signing_key *key = fake_user_key();
    struct slice blob = slice_of(key->public_key, sizeof key->public_key);
    struct fake_fastboot *fastboot = fake_fastboot_new(&no_verified_boot);

    assert_string_equal(fake_fastboot_ask_with(fastboot, blob, "flash:avb_custom_key"),
                        "FAILthis phone has no verified boot: no key counts");
    assert_string_equal(fake_fastboot_ask(fastboot, "erase:avb_custom_key"),
                        "FAILthis phone has no verified boot: no key counts");
    assert_true(slice_is_all(slice_of(fastboot->state.user_key_sha256, SHA256_BYTES), 0));
    fake_fastboot_delete(fastboot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_users_own_key),
        cmocka_unit_test(a_locked_phone_takes_no_key),
        cmocka_unit_test(no_key_without_verified_boot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
