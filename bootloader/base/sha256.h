/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 (FIPS 180-4) over bytes that come in pieces. Part of base/.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/bytes.h"

#define SHA256_BYTES       32
#define SHA256_BLOCK_BYTES 64

struct sha256 {
    uint32_t state[8];
    uint64_t total_bytes;
    uint8_t pending[SHA256_BLOCK_BYTES]; /* total_bytes % 64 of them are waiting */
};

void sha256_init(struct sha256 *sha);
void sha256_update(struct sha256 *sha, struct slice bytes);
/* Ends it; `sha` must be initialised anew before it is used again. */
void sha256_final(struct sha256 *sha, uint8_t out_digest[SHA256_BYTES]);

/*
 * The frame of it, which SHA-1 shares: blocks of 64 bytes, the padding, the length. `take_blocks`
 * takes whole blocks into the state.
 */
void sha256_frame_update(struct sha256 *sha, struct slice bytes,
                         void (*take_blocks)(uint32_t *state, const uint8_t *data, size_t count));
void sha256_frame_final(struct sha256 *sha,
                        void (*take_blocks)(uint32_t *state, const uint8_t *data, size_t count));

/* All at once. */
void sha256_digest(struct slice bytes, uint8_t out_digest[SHA256_BYTES]);

#endif
