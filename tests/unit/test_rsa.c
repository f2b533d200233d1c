/* SPDX-License-Identifier: MIT */
/* verify/rsa.h, judged by BearSSL's own arithmetic: random numbers, and those at the edges. */
#include "tests/unit/check.h"
#include "tests/unit/r_squared.h"

#include "verify/rsa.h"

#include <bearssl.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 40

static const size_t sizes[] = {256, 512};

static uint64_t seed;

static void fill(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (uint8_t)(seed >> 56);
    }
}

/* The library's answer; it takes any odd modulus. */
static void expected_of(uint8_t *modulus, uint8_t *signature, size_t size)
{
    unsigned char exponent[] = {1, 0, 1};
    br_rsa_public_key key = {modulus, size, exponent, sizeof exponent};

    assert_int_equal(br_rsa_i62_public_get()(signature, size, &key), 1);
}

static void check_one(uint8_t *modulus, const uint8_t *signature, size_t size)
{
    uint8_t r_squared[RSA_BYTES_MAX];
    uint8_t expected[RSA_BYTES_MAX];
    uint8_t out[RSA_BYTES_MAX];

    r_squared_of(modulus, size, r_squared);
    memcpy(expected, signature, size);
    expected_of(modulus, expected, size);
    assert_true(rsa_public(slice_of(modulus, size), slice_of(r_squared, size),
                           slice_of(signature, size), out));
    assert_memory_equal(out, expected, size);
}

static void make_modulus(uint8_t *modulus, size_t size)
{
    fill(modulus, size);
    modulus[0] |= 0x80;
    modulus[size - 1] |= 1;
}

static void random_numbers(void **state)
{
    uint8_t modulus[RSA_BYTES_MAX];
    uint8_t signature[RSA_BYTES_MAX];

    seed = 20180905;
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        for (int round = 0; round < ROUNDS; round++) {
            make_modulus(modulus, sizes[i]);
            fill(signature, sizes[i]);
            signature[0] &= 0x7f; /* below the modulus */
            check_one(modulus, signature, sizes[i]);
        }
    }
}

/* Limbs of ones make every carry; of zeros, none. */
static void numbers_at_the_edges(void **state)
{
    static const uint8_t patterns[] = {0x00, 0xff};
    uint8_t modulus[RSA_BYTES_MAX];
    uint8_t signature[RSA_BYTES_MAX];

    seed = 1;
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        for (size_t j = 0; j < 4; j++) {
            memset(modulus, patterns[j % 2], sizes[i]);
            modulus[0] |= 0x80;
            modulus[sizes[i] - 1] |= 1;
            memset(signature, patterns[j / 2], sizes[i]);
            signature[0] = 0x7f & patterns[j / 2];
            check_one(modulus, signature, sizes[i]);
            memcpy(signature, modulus, sizes[i]);
            signature[sizes[i] - 1] ^= 1; /* the modulus less one */
            check_one(modulus, signature, sizes[i]);
        }
    }
}

static void what_is_not_below_the_modulus_is_refused(void **state)
{
    uint8_t modulus[RSA_BYTES_MAX];
    uint8_t signature[RSA_BYTES_MAX];
    uint8_t r_squared[RSA_BYTES_MAX];
    uint8_t out[RSA_BYTES_MAX];
    uint8_t untouched[RSA_BYTES_MAX];

    seed = 7;
    make_modulus(modulus, sizeof modulus);
    modulus[0] = 0x90;
    r_squared_of(modulus, sizeof modulus, r_squared);
    memset(out, 0x5a, sizeof out);
    memset(untouched, 0x5a, sizeof untouched);
    for (int more = 0; more < 3; more++) {
        memcpy(signature, modulus, sizeof signature);
        signature[sizeof signature - 1] |= (uint8_t)(more == 1 ? 2 : 0);
        signature[0] |= (uint8_t)(more == 2 ? 0xff : 0);
        assert_false(rsa_public(slice_of(modulus, sizeof modulus),
                                slice_of(r_squared, sizeof r_squared),
                                slice_of(signature, sizeof signature), out));
        assert_memory_equal(out, untouched, sizeof out);
    }
}

/* A key that lies about R^2 gives another number, and nothing worse. */
static void a_wrong_r_squared_gives_another_number(void **state)
{
    uint8_t modulus[RSA_BYTES_MAX];
    uint8_t signature[RSA_BYTES_MAX];
    uint8_t r_squared[RSA_BYTES_MAX];
    uint8_t expected[RSA_BYTES_MAX];
    uint8_t out[RSA_BYTES_MAX];

    seed = 9;
    make_modulus(modulus, sizeof modulus);
    fill(signature, sizeof signature);
    signature[0] &= 0x7f;
    memcpy(expected, signature, sizeof expected);
    expected_of(modulus, expected, sizeof expected);
    memset(r_squared, 0xff, sizeof r_squared);
    assert_true(rsa_public(slice_of(modulus, sizeof modulus), slice_of(r_squared, sizeof r_squared),
                           slice_of(signature, sizeof signature), out));
    assert_memory_not_equal(out, expected, sizeof out);
    assert_true(memcmp(out, modulus, sizeof out) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_numbers),
        cmocka_unit_test(numbers_at_the_edges),
        cmocka_unit_test(what_is_not_below_the_modulus_is_refused),
        cmocka_unit_test(a_wrong_r_squared_gives_another_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
