/* SPDX-License-Identifier: MIT */
/* rom-images/write/keys.h: written, read, used; damaged keys. */
#include "tests/fake/fake_rom.h"
#include "tests/unit/check.h"

#include "rom-images/write/keys.h"

static void test_keys_pem_round_trip(void **state)
{
    char pem[SIGNING_KEY_PEM_BYTES];
    uint8_t digest[32] = {42};
    uint8_t signatures[2][512];
    size_t size = signing_key_to_pem(fake_root_key(), pem, sizeof(pem));
    struct signing_key again;

    assert_int_equal(strncmp(pem, "-----BEGIN PRIVATE KEY-----\n", 28), 0);
    assert_int_equal(strlen(pem), size);
    assert_true(signing_key_from_pem(&again, slice_of(pem, size)));
    assert_memory_equal(again.public_key, fake_root_key()->public_key, sizeof(again.public_key));
    assert_true(signing_key_sign(&again, digest, signatures[0]));
    assert_true(signing_key_sign(fake_root_key(), digest, signatures[1]));
    assert_memory_equal(signatures[0], signatures[1], 512);
    assert_int_equal(signing_key_to_pem(fake_root_key(), pem, size), 0); /* no room for the NUL */
    assert_int_equal(signing_key_to_pem(fake_root_key(), pem, size + 1), size);
}

static void test_keys_pem_refuses(void **state)
{
    static const char no_key[] = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    char pem[SIGNING_KEY_PEM_BYTES];
    size_t size = signing_key_to_pem(fake_root_key(), pem, sizeof(pem));
    struct signing_key key;

    assert_false(signing_key_from_pem(&key, slice_of("", 0)));
    assert_false(signing_key_from_pem(&key, slice_of("hello\n", 6)));
    assert_false(signing_key_from_pem(&key, slice_of(no_key, strlen(no_key))));
    assert_false(signing_key_from_pem(&key, slice_of(pem, size / 2)));
}

/* Every number of the private key counts: with one of them damaged nothing is signed. */
static void test_keys_damaged(void **state)
{
    char pem[SIGNING_KEY_PEM_BYTES];
    size_t size = signing_key_to_pem(fake_root_key(), pem, sizeof(pem));
    struct signing_key key;
    bool is_read = signing_key_from_pem(&key, slice_of(pem, size));
    unsigned char *const numbers[] = {key.private_key.p, key.private_key.q, key.private_key.dp,
                                      key.private_key.dq, key.private_key.iq};
    uint8_t digest[32] = {42};
    uint8_t signature[512];

    assert_true(is_read);
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        numbers[i][100] ^= 0x10;
        assert_false(signing_key_sign(&key, digest, signature));
        numbers[i][100] ^= 0x10;
    }
    assert_true(signing_key_sign(&key, digest, signature));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_pem_round_trip),
        cmocka_unit_test(test_keys_pem_refuses),
        cmocka_unit_test(test_keys_damaged),
    };

    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
