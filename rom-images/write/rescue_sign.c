/* SPDX-License-Identifier: MIT */
/* The answer to a challenge of rescue mode. */
#include "rom-images/write/rescue_sign.h"

#include "base/sha256.h"

#include <string.h>

bool rescue_nonce_read(struct slice hex, uint8_t out_nonce[RESCUE_NONCE_BYTES])
{
    static const char digits[] = "0123456789abcdef";

    if (hex.size != 2 * RESCUE_NONCE_BYTES) {
        return false;
    }
    for (size_t i = 0; i < hex.size; i++) {
        const char *digit = memchr(digits, hex.data[i], sizeof(digits) - 1);

        if (digit == NULL) {
            return false;
        }
        out_nonce[i / 2] = (uint8_t)(out_nonce[i / 2] << 4 | (digit - digits));
    }
    return true;
}

bool rescue_answer_make(const struct signing_key *key, const uint8_t nonce[RESCUE_NONCE_BYTES],
                        struct slice serial, struct rescue_answer *out_answer)
{
    uint8_t digest[SHA256_BYTES];
    struct sha256 sha;

    sha256_init(&sha);
    sha256_update(&sha, slice_of(RESCUE_DOMAIN, RESCUE_DOMAIN_BYTES));
    sha256_update(&sha, slice_of(nonce, RESCUE_NONCE_BYTES));
    sha256_update(&sha, serial);
    sha256_final(&sha, digest);
    memcpy(out_answer->magic, RESCUE_ANSWER_MAGIC, sizeof out_answer->magic);
    memcpy(out_answer->public_key, key->public_key, sizeof out_answer->public_key);
    return signing_key_sign(key, digest, out_answer->signature);
}
