/* SPDX-License-Identifier: MIT */
/* base/digest.h with SHA-1, SHA-256 and SHA-512, against BearSSL at every length and cut. */
#include "tests/unit/check.h"

#include "base/digest.h"

#include <bearssl.h>

static const struct {
    enum hash hash;
    const char *name;
    size_t bytes;
    size_t slot_bytes;
    const br_hash_class *oracle;
} hashes[] = {
    {HASH_SHA256, "sha256", 32, 32, &br_sha256_vtable},
    {HASH_SHA512, "sha512", 64, 64, &br_sha512_vtable},
    {HASH_SHA1, "sha1", 20, 32, &br_sha1_vtable},
};

/* FIPS 180-4's own example, for an oracle that were wrong in the same way. */
static void a_known_value(void **state)
{
    static const uint8_t sha512_abc[] = {0xdd, 0xaf, 0x35, 0xa1, 0x93, 0x61, 0x7a, 0xba};
    static const uint8_t sha1_abc[] = {0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a};
    uint8_t found[DIGEST_BYTES_MAX];
    struct digest digest;

    digest_init(&digest, HASH_SHA512);
    digest_update(&digest, slice_of("abc", 3));
    digest_final(&digest, found);
    assert_memory_equal(found, sha512_abc, sizeof sha512_abc);
    digest_init(&digest, HASH_SHA1);
    digest_update(&digest, slice_of("abc", 3));
    digest_final(&digest, found);
    assert_memory_equal(found, sha1_abc, sizeof sha1_abc);
}

static void every_length_and_cut(void **state)
{
    uint8_t message[280];

    for (size_t i = 0; i < sizeof message; i++) {
        message[i] = (uint8_t)(i * 37 + 11);
    }
    for (size_t i = 0; i < ARRAY_COUNT(hashes); i++) {
        for (size_t length = 0; length <= sizeof message; length++) {
            br_hash_compat_context oracle;
            uint8_t expected[DIGEST_BYTES_MAX];

            hashes[i].oracle->init(&oracle.vtable);
            hashes[i].oracle->update(&oracle.vtable, message, length);
            hashes[i].oracle->out(&oracle.vtable, expected);
            for (size_t cut = 0; cut <= length; cut++) {
                struct digest digest;

                digest_init(&digest, hashes[i].hash);
                digest_update(&digest, slice_of(message, cut));
                digest_update(&digest, slice_of(message + cut, length - cut));
                assert_true(digest_is(&digest, slice_of(expected, hashes[i].bytes)));
            }
        }
    }
}

static void what_they_are_called(void **state)
{
    for (size_t i = 0; i < ARRAY_COUNT(hashes); i++) {
        assert_string_equal(hash_name(hashes[i].hash), hashes[i].name);
        assert_int_equal(hash_bytes(hashes[i].hash), hashes[i].bytes);
        assert_int_equal(hash_slot_bytes(hashes[i].hash), hashes[i].slot_bytes);
    }
    assert_int_equal(ARRAY_COUNT(hashes), HASH_COUNT);
}

static void another_digest_is_none(void **state)
{
    for (size_t i = 0; i < ARRAY_COUNT(hashes); i++) {
        uint8_t expected[DIGEST_BYTES_MAX];
        struct digest begun;
        struct digest digest;

        digest_init(&begun, hashes[i].hash);
        digest_update(&begun, slice_of("salt", 4));
        digest = begun;
        digest_final(&digest, expected);
        for (size_t byte = 0; byte < hashes[i].bytes; byte++) {
            expected[byte] ^= 0x40;
            digest = begun;
            assert_false(digest_is(&digest, slice_of(expected, hashes[i].bytes)));
            expected[byte] ^= 0x40;
            digest = begun;
            assert_false(digest_is(&digest, slice_of(expected, byte)));
        }
        digest = begun; /* a copy goes on from the same bytes */
        assert_true(digest_is(&digest, slice_of(expected, hashes[i].bytes)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_value),
        cmocka_unit_test(every_length_and_cut),
        cmocka_unit_test(what_they_are_called),
        cmocka_unit_test(another_digest_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
