/* SPDX-License-Identifier: MIT */
/* verify/signature.h: both sizes of keys and both hash functions; BearSSL makes keys and signs. */
#include "tests/unit/check.h"
#include "tests/unit/r_squared.h"

#include "base/digest.h"
#include "format/vbmeta.h"
#include "verify/signature.h"

#include <bearssl.h>

#define EXPONENT 65537

/* A key with its public half as AVB has it. */
struct key {
    br_rsa_private_key private_key;
    uint8_t private_bytes[BR_RSA_KBUF_PRIV_SIZE(2048)];
    size_t bytes;
    uint8_t public_key[VBMETA_RSA4096_KEY_BYTES];
};

static struct key key;

static uint32_t minus_inverse(uint32_t odd)
{
    uint32_t inverse = odd;

    for (int i = 0; i < 5; i++) {
        inverse *= 2 - odd * inverse;
    }
    return 0 - inverse;
}

static void put_public(struct key *out)
{
    uint8_t *modulus = out->public_key + 8;

    assert_int_equal(br_rsa_i15_compute_modulus(modulus, &out->private_key), out->bytes);
    put_be32(out->public_key, (uint32_t)(8 * out->bytes));
    put_be32(out->public_key + 4, minus_inverse(be32(modulus + out->bytes - 4)));
    r_squared_of(modulus, out->bytes, modulus + out->bytes);
}

/* Of 2048 bits: those of 4096 are the lab's own, and every other test is about them. */
static int make_key(void **state)
{
    br_hmac_drbg_context random;

    br_hmac_drbg_init(&random, &br_sha256_vtable, "a test's own", 12);
    key.bytes = VBMETA_RSA2048_BYTES;
    if (br_rsa_keygen_get_default()(&random.vtable, &key.private_key, key.private_bytes, NULL, NULL,
                                    2048, EXPONENT) != 1) {
        return -1;
    }
    put_public(&key);
    return 0;
}

static struct slice public_key(void)
{
    return slice_of(key.public_key, 8 + 2 * key.bytes);
}

static const struct {
    const unsigned char *name; /* of the hash function */
    size_t bytes;
} kinds[] = {{BR_HASH_OID_SHA256, SHA256_BYTES}, {BR_HASH_OID_SHA512, SHA512_BYTES}};

static void sign(size_t kind, const uint8_t *digest, uint8_t *out_signature)
{
    assert_int_equal(br_rsa_pkcs1_sign_get_default()(kinds[kind].name, digest, kinds[kind].bytes,
                                                     &key.private_key, out_signature),
                     1);
}

static void both_functions(void **state)
{
    uint8_t digest[DIGEST_BYTES_MAX];

    memset(digest, 0x5a, sizeof digest);
    assert_true(signature_key_is_well_formed(public_key()));
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        const struct slice right = slice_of(digest, kinds[i].bytes);
        uint8_t signature[VBMETA_RSA2048_BYTES];

        sign(i, digest, signature);
        assert_true(signature_is_right(public_key(), right, slice_of(signature, sizeof signature)));
        for (size_t bit = 0; bit < 8 * sizeof signature; bit += 13) {
            signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_false(
                signature_is_right(public_key(), right, slice_of(signature, sizeof signature)));
            signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t at = 0; at < kinds[i].bytes; at++) {
            digest[at] ^= 1;
            assert_false(
                signature_is_right(public_key(), right, slice_of(signature, sizeof signature)));
            digest[at] ^= 1;
        }
    }
}

/* A digest signed as one of the other function, of another size, or a signature of another size. */
static void sizes_that_do_not_belong_together(void **state)
{
    uint8_t digest[DIGEST_BYTES_MAX + 1];
    uint8_t signature[VBMETA_RSA4096_BYTES] = {0};

    memset(digest, 0x5a, sizeof digest);
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        sign(i, digest, signature);
        for (size_t size = 0; size <= sizeof digest; size++) {
            assert_true(signature_is_right(public_key(), slice_of(digest, size),
                                           slice_of(signature, key.bytes)) ==
                        (size == kinds[i].bytes));
        }
        assert_false(signature_is_right(public_key(), slice_of(digest, kinds[i].bytes),
                                        slice_of(signature, key.bytes - 1)));
        assert_false(signature_is_right(public_key(), slice_of(digest, kinds[i].bytes),
                                        slice_of(signature, VBMETA_RSA4096_BYTES)));
    }
}

static void keys_that_are_none(void **state)
{
    static const struct {
        const char *name;
        size_t at;
        uint8_t change;
    } cases[] = {
        {"bits", 2, 0x01},
        {"the inverse", 7, 0x10},
        {"the first bit", 8, 0x80},
        {"the last bit", 8 + VBMETA_RSA2048_BYTES - 1, 0x01},
        {"R^2 above the modulus", 8 + VBMETA_RSA2048_BYTES, 0xff},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint8_t before = key.public_key[cases[i].at];

        key.public_key[cases[i].at] =
            cases[i].change == 0xff ? 0xff : before ^ cases[i].change;
        if (signature_key_is_well_formed(public_key())) {
            print_error("%s\n", cases[i].name);
            fail();
        }
        key.public_key[cases[i].at] = before;
    }
    for (size_t size = 0; size < 8 + 2 * key.bytes; size++) {
        assert_false(signature_key_is_well_formed(slice_of(key.public_key, size)));
    }
    assert_true(signature_key_is_well_formed(public_key()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_functions),
        cmocka_unit_test(sizes_that_do_not_belong_together),
        cmocka_unit_test(keys_that_are_none),
    };

    return cmocka_run_group_tests(tests, make_key, NULL);
}
