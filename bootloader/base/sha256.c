/* SPDX-License-Identifier: MIT */
/* SHA-256: the part around the compression of whole blocks. Part of base/. */
#include "base/sha256.h"

#include <string.h>

static const uint32_t initial_state[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

void sha256_init(struct sha256 *sha)
{
    memcpy(sha->state, initial_state, sizeof sha->state);
    sha->total_bytes = 0;
}

void sha256_update(struct sha256 *sha, struct slice bytes)
{
    size_t waiting = (size_t)(sha->total_bytes % SHA256_BLOCK_BYTES);

    sha->total_bytes += bytes.size;
    if (waiting != 0) {
        size_t room = SHA256_BLOCK_BYTES - waiting;
        size_t taken = bytes.size < room ? bytes.size : room;

        memcpy(sha->pending + waiting, bytes.data, taken);
        bytes = slice_of(bytes.data + taken, bytes.size - taken);
        if (taken < room) {
            return;
        }
        sha256_blocks(sha->state, sha->pending, 1);
    }

    size_t whole_blocks = bytes.size / SHA256_BLOCK_BYTES;
    size_t whole_bytes = whole_blocks * SHA256_BLOCK_BYTES;

    if (whole_blocks != 0) {
        sha256_blocks(sha->state, bytes.data, whole_blocks);
    }
    if (bytes.size != whole_bytes) {
        memcpy(sha->pending, bytes.data + whole_bytes, bytes.size - whole_bytes);
    }
}

void sha256_final(struct sha256 *sha, uint8_t out_digest[SHA256_BYTES])
{
    uint8_t tail[2 * SHA256_BLOCK_BYTES] = {0};
    size_t waiting = (size_t)(sha->total_bytes % SHA256_BLOCK_BYTES);
    size_t tail_blocks = waiting + 1 + 8 <= SHA256_BLOCK_BYTES ? 1 : 2;

    memcpy(tail, sha->pending, waiting);
    tail[waiting] = 0x80;
    put_be64(tail + tail_blocks * SHA256_BLOCK_BYTES - 8, sha->total_bytes * 8);
    sha256_blocks(sha->state, tail, tail_blocks);
    for (size_t i = 0; i < 8; i++) {
        put_be32(out_digest + 4 * i, sha->state[i]);
    }
}

void sha256_digest(struct slice bytes, uint8_t out_digest[SHA256_BYTES])
{
    struct sha256 sha;

    sha256_init(&sha);
    sha256_update(&sha, bytes);
    sha256_final(&sha, out_digest);
}
