/* SPDX-License-Identifier: MIT */
/*
 * SHA-1, short rather than quick. Part of base/.
 */
#include "base/sha1.h"

#include <string.h>

#define ROUNDS 80

static uint32_t rotate_left(uint32_t value, unsigned bits)
{
    return value << bits | value >> (32 - bits);
}

/* The function of a round's twenty, with its constant. */
static uint32_t mix(size_t round, uint32_t b, uint32_t c, uint32_t d)
{
    if (round < 20) {
        return (d ^ (b & (c ^ d))) + 0x5a827999;
    }
    if (round < 40) {
        return (b ^ c ^ d) + 0x6ed9eba1;
    }
    return round < 60 ? ((b & c) | (d & (b | c))) + 0x8f1bbcdc : (b ^ c ^ d) + 0xca62c1d6;
}

/* The words after the first sixteen are made in the place of the oldest. */
static uint32_t next_word(uint32_t w[16], size_t round)
{
    if (round >= 16) {
        w[round & 15] = rotate_left(w[(round + 13) & 15] ^ w[(round + 8) & 15] ^
                                        w[(round + 2) & 15] ^ w[round & 15],
                                    1);
    }
    return w[round & 15];
}

static void compress(uint32_t state[5], const uint8_t block[SHA256_BLOCK_BYTES])
{
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    uint32_t w[16];

    for (size_t i = 0; i < 16; i++) {
        w[i] = be32(block + 4 * i);
    }
    for (size_t i = 0; i < ROUNDS; i++) {
        uint32_t next = rotate_left(a, 5) + mix(i, b, c, d) + e + next_word(w, i);

        e = d, d = c, c = rotate_left(b, 30), b = a, a = next;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

static void compress_blocks(uint32_t state[8], const uint8_t *data, size_t block_count)
{
    for (; block_count-- != 0; data += SHA256_BLOCK_BYTES) {
        compress(state, data);
    }
}

void sha1_init(struct sha1 *sha)
{
    static const uint32_t initial_state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
                                              0xc3d2e1f0};

    memcpy(sha->frame.state, initial_state, sizeof initial_state);
    sha->frame.total_bytes = 0;
}

void sha1_update(struct sha1 *sha, struct slice bytes)
{
    sha256_frame_update(&sha->frame, bytes, compress_blocks);
}

void sha1_final(struct sha1 *sha, uint8_t out_digest[SHA1_BYTES])
{
    sha256_frame_final(&sha->frame, compress_blocks);
    for (size_t i = 0; i < 5; i++) {
        put_be32(out_digest + 4 * i, sha->frame.state[i]);
    }
}
