/* SPDX-License-Identifier: MIT */
/* base/sha256.h against the examples of FIPS 180-4, and against BearSSL at every length and cut. */
#include "tests/unit/check.h"

#include "base/sha256.h"

#include <bearssl.h>

static void known_values(void **state)
{
    static const struct {
        const char *message;
        uint8_t digest[SHA256_BYTES];
    } cases[] = {
        {"", {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
              0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
              0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55}},
        {"abc", {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad}},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         {0x24, 0x8d, 0x6a, 0x61, 0xd2, 0x06, 0x38, 0xb8, 0xe5, 0xc0, 0x26,
          0x93, 0x0c, 0x3e, 0x60, 0x39, 0xa3, 0x3c, 0xe4, 0x59, 0x64, 0xff,
          0x21, 0x67, 0xf6, 0xec, 0xed, 0xd4, 0x19, 0xdb, 0x06, 0xc1}},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint8_t digest[SHA256_BYTES];

        sha256_digest(slice_of(cases[i].message, strlen(cases[i].message)), digest);
        assert_memory_equal(digest, cases[i].digest, sizeof digest);
    }
}

static void every_length_and_cut(void **state)
{
    uint8_t message[200];

    for (size_t i = 0; i < sizeof message; i++) {
        message[i] = (uint8_t)(i * 37 + 11);
    }
    for (size_t length = 0; length <= sizeof message; length++) {
        br_sha256_context oracle;
        uint8_t expected[SHA256_BYTES];

        br_sha256_init(&oracle);
        br_sha256_update(&oracle, message, length);
        br_sha256_out(&oracle, expected);
        for (size_t cut = 0; cut <= length; cut++) {
            uint8_t digest[SHA256_BYTES];
            struct sha256 sha;

            sha256_init(&sha);
            sha256_update(&sha, slice_of(message, cut));
            sha256_update(&sha, slice_of(message + cut, length - cut));
            sha256_final(&sha, digest);
            assert_memory_equal(digest, expected, sizeof digest);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(every_length_and_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
