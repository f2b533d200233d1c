/* SPDX-License-Identifier: MIT */
/* unlock_sign: which texts are tokens, and that the answer is the one in format/unlock.h. */
#include "tests/unit/check.h"

#include "rom-images/write/key_files.h"
#include "rom-images/write/unlock_sign.h"

#include <bearssl.h>
#include <stdio.h>

/* Nonce 00 to 0f, product dipper, chip id e2e00001. */
#define GOOD "VQEBJAEQAAECAwQFBgcICQoLDA0ODwMGZGlwcGVyAghlMmUwMDAwMQ=="

static void a_token_is_read(void **state)
{
    struct unlock_request request;

    assert_true(unlock_request_read(GOOD, &request));
    assert_int_equal(request.token_bytes, 40);
    assert_int_equal(request.token[0], 'U');
    assert_int_equal(request.token[39], '1');
    assert_string_equal(request.product, "dipper");
    assert_string_equal(request.chip_id, "e2e00001");
}

static void what_is_no_base64(void **state)
{
    static const char *const cases[] = {
        "",
        "=",
        "====",
        "VQEB",
        "VQE=",
        "VQ==",
        "V===",
        "VQEBJAEQ\n",
        " " GOOD,
        GOOD "====",
        "VQEBJAEQAAECAwQFBgcICQoLDA0ODwMGZGlwcGVyAghlMmUwMDAwMQ=",  /* cut */
        "VQEBJAEQAAECAwQFBgcICQoLDA0ODwMGZGlwcGVyAghlMmUwMDAwMQ",   /* no padding */
        "VQEBJAEQAAECAwQFBgcICQoLDA0ODwMGZGlwcGVyAghlMmUwMDAwMR==", /* bits beyond the end */
        "VQEBJAEQAAECAwQFBgcICQoLDA0ODwMGZGlwcGVyAghlMmUwMDA_MQ==", /* URL's alphabet */
        "VQEB=AEQAAECAwQFBgcICQoLDA0ODwMGZGlwcGVyAghlMmUwMDAwMQ==", /* padding inside */
        "VQ==JAEQAAECAwQFBgcICQoLDA0ODwMGZGlwcGVyAghlMmUwMDAwMQ==",
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct unlock_request request;

        if (unlock_request_read(cases[i], &request)) {
            fail_msg("taken: \"%s\"", cases[i]);
        }
    }
}

static void encode(const uint8_t *bytes, size_t size, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t at = 0; at < size; at += 3) {
        size_t left = size - at < 3 ? size - at : 3;
        uint32_t bits = (uint32_t)bytes[at] << 16 | (left > 1 ? (uint32_t)bytes[at + 1] << 8 : 0) |
                        (left > 2 ? bytes[at + 2] : 0);

        for (size_t i = 0; i < 4; i++) {
            *out++ = i > left ? '=' : digits[bits >> (18 - 6 * i) & 63];
        }
    }
    *out = '\0';
}

/* Every byte of the head and of the records' types and lengths, changed to every other value. */
static void what_is_no_token(void **state)
{
    static const size_t places[] = {0, 1, 2, 3, 4, 5, 22, 23, 30, 31};
    struct unlock_request good;
    struct unlock_request request;
    char text[256];

    assert_true(unlock_request_read(GOOD, &good));
    encode(good.token, good.token_bytes, text);
    assert_string_equal(text, GOOD);
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        for (unsigned change = 1; change < 256; change++) {
            uint8_t token[UNLOCK_TOKEN_BYTES_MAX];

            memcpy(token, good.token, good.token_bytes);
            token[places[i]] ^= (uint8_t)change;
            encode(token, good.token_bytes, text);
            assert_false(unlock_request_read(text, &request));
        }
    }
}

static void every_length_but_the_right_one(void **state)
{
    static const uint8_t zeros[2 * UNLOCK_TOKEN_BYTES_MAX];
    struct unlock_request good;
    struct unlock_request request;
    char text[1024];

    assert_true(unlock_request_read(GOOD, &good));
    for (size_t size = 1; size < good.token_bytes; size++) {
        encode(good.token, size, text);
        assert_false(unlock_request_read(text, &request));
    }
    for (size_t more = 1; more < 8; more++) {
        uint8_t token[64] = {0};

        memcpy(token, good.token, good.token_bytes);
        encode(token, good.token_bytes + more, text);
        assert_false(unlock_request_read(text, &request));
    }
    for (size_t size = 1; size <= sizeof(zeros); size++) {
        encode(zeros, size, text);
        assert_false(unlock_request_read(text, &request));
    }
}

static void texts_that_a_phone_has_not(void **state)
{
    static const uint8_t bad[] = {0, '\n', ' ', 0x7f, 0xff};
    struct unlock_request good;
    struct unlock_request request;
    char text[256];

    assert_true(unlock_request_read(GOOD, &good));
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        uint8_t token[UNLOCK_TOKEN_BYTES_MAX];

        memcpy(token, good.token, good.token_bytes);
        token[25] = bad[i];
        encode(token, good.token_bytes, text);
        assert_false(unlock_request_read(text, &request));
    }
}

/* Records that fit into each other, but a nonce that no phone gives. */
static void nonces_of_another_length(void **state)
{
    struct unlock_request good;
    struct unlock_request request;
    char text[256];

    assert_true(unlock_request_read(GOOD, &good));
    for (int longer = -1; longer <= 1; longer += 2) {
        size_t rest = good.token_bytes - UNLOCK_TOKEN_HEAD_BYTES - 2 - UNLOCK_NONCE_BYTES;
        size_t nonce_bytes = (size_t)(UNLOCK_NONCE_BYTES + longer);
        uint8_t token[UNLOCK_TOKEN_BYTES_MAX + 1] = {0};
        uint8_t *at = token;

        memcpy(at, good.token, UNLOCK_TOKEN_HEAD_BYTES + 2);
        at[3] = (uint8_t)(at[3] + longer);
        at[UNLOCK_TOKEN_HEAD_BYTES + 1] = (uint8_t)nonce_bytes;
        at += UNLOCK_TOKEN_HEAD_BYTES + 2 + nonce_bytes;
        memcpy(at, good.token + good.token_bytes - rest, rest);
        encode(token, good.token_bytes + (size_t)longer, text);
        assert_false(unlock_request_read(text, &request));
    }
}

static void the_answer_is_signed(void **state)
{
    static const uint8_t exponent[] = {1, 0, 1};
    struct signing_key key;
    struct unlock_request request;
    struct unlock_answer answer;
    br_sha256_context sha;
    uint8_t digest[32];
    uint8_t found[32];
    br_rsa_public_key public_key = {.nlen = 512, .e = (void *)(uintptr_t)exponent, .elen = 3};

    assert_true(key_files_load(TEST_KEYS_DIR, "oem", &key));
    assert_true(unlock_request_read(GOOD, &request));
    assert_true(unlock_answer_make(&request, &key, &answer));
    assert_memory_equal(answer.magic, "FLUNLOCK", 8);
    public_key.n = answer.public_key + 8;
    br_sha256_init(&sha);
    br_sha256_update(&sha, "FLASHLAB-UNLOCK-1", 18);
    br_sha256_update(&sha, request.token, request.token_bytes);
    br_sha256_out(&sha, digest);
    assert_int_equal(
        br_rsa_i31_pkcs1_vrfy(answer.signature, 512, BR_HASH_OID_SHA256, 32, &public_key, found),
        1);
    assert_memory_equal(found, digest, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_read),
        cmocka_unit_test(what_is_no_base64),
        cmocka_unit_test(what_is_no_token),
        cmocka_unit_test(every_length_but_the_right_one),
        cmocka_unit_test(texts_that_a_phone_has_not),
        cmocka_unit_test(nonces_of_another_length),
        cmocka_unit_test(the_answer_is_signed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
