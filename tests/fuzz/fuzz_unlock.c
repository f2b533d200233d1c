/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes unlock_check of fastboot/unlock.h: the input is an answer. Its key is taken for the one in
 * the fuses, so that the arithmetic behind meets numbers of any kind; nobody guesses a signature.
 */
#include "tests/fuzz/fuzz.h"

#include "base/sha256.h"
#include "fastboot/unlock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct board board = {.codename = "dipper", .serial = "8a7b6c5d"};
    static const struct state state = {.nonce_counter = 7};
    static const struct phone phone = {.machine_dtb = {(const uint8_t *)"seed", 4}};
    const struct unlock_answer *answer = (const struct unlock_answer *)data;
    uint8_t root[SHA256_BYTES] = {0};
    struct unlock_token token;
    enum err err;

    unlock_token_make(&phone, &board, &state, &token);
    fuzz_assert(token.size <= sizeof token.bytes);
    if (size == sizeof *answer) {
        sha256_digest(slice_of(answer->public_key, sizeof answer->public_key), root);
    }
    err = unlock_check(slice_of(data, size), &token, root);
    fuzz_assert(err == E_UNLOCK_ANSWER || err == E_VBMETA_KEY || err == E_VBMETA_SIGNATURE);
    fuzz_assert((size == sizeof *answer) || err == E_UNLOCK_ANSWER);
    return 0;
}
