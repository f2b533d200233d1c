/* SPDX-License-Identifier: MIT */
/*
 * SHA-512 (FIPS 180-4) over bytes that come in pieces. Part of base/.
 */
#ifndef BASE_SHA512_H
#define BASE_SHA512_H

#include "base/bytes.h"

#define SHA512_BYTES       64
#define SHA512_BLOCK_BYTES 128

struct sha512 {
    uint64_t state[8];
    uint64_t total_bytes;
    uint8_t pending[SHA512_BLOCK_BYTES]; /* total_bytes % 128 of them are waiting */
};

void sha512_init(struct sha512 *sha);
void sha512_update(struct sha512 *sha, struct slice bytes);
/* Ends it; `sha` must be initialised anew before it is used again. */
void sha512_final(struct sha512 *sha, uint8_t out_digest[SHA512_BYTES]);

#endif
