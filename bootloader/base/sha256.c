/* SPDX-License-Identifier: MIT */
/*
 * SHA-256, 16 rounds unrolled: the eight words of the state stay in registers, and a short message
 * needs little code, each instruction of which an emulator has to translate first. Part of base/.
 *
 * Plain C on purpose: under emulation the ARMv8 instructions are calls of helpers, which cost as much on
 * QEMU 7.2 and twice as much on 10.
 */
#include "base/sha256.h"

#include <string.h>

static const uint32_t initial_state[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate_right(uint32_t value, unsigned bits)
{
    return value >> bits | value << (32 - bits);
}

#define SMALL_0(x) (rotate_right(x, 7) ^ rotate_right(x, 18) ^ (x) >> 3)
#define SMALL_1(x) (rotate_right(x, 17) ^ rotate_right(x, 19) ^ (x) >> 10)
#define BIG_0(x)   (rotate_right(x, 2) ^ rotate_right(x, 13) ^ rotate_right(x, 22))
#define BIG_1(x)   (rotate_right(x, 6) ^ rotate_right(x, 11) ^ rotate_right(x, 25))

/* One round; the names of the eight turn instead of their values. */
#define ROUND(a, b, c, d, e, f, g, h, k, word)                                                     \
    (h) += BIG_1(e) + ((g) ^ ((e) & ((f) ^ (g)))) + (k) + (word);                                  \
    (d) += (h);                                                                                    \
    (h) += BIG_0(a) + (((a) & (b)) | ((c) & ((a) | (b))))

static void compress(uint32_t state[8], const uint32_t block[16])
{
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    uint32_t w[16];

#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) {
        w[i] = be32((const uint8_t *)&block[i]);
    }
    for (const uint32_t *k = round_constants;; k += 16) {
        ROUND(a, b, c, d, e, f, g, h, k[0], w[0]);
        ROUND(h, a, b, c, d, e, f, g, k[1], w[1]);
        ROUND(g, h, a, b, c, d, e, f, k[2], w[2]);
        ROUND(f, g, h, a, b, c, d, e, k[3], w[3]);
        ROUND(e, f, g, h, a, b, c, d, k[4], w[4]);
        ROUND(d, e, f, g, h, a, b, c, k[5], w[5]);
        ROUND(c, d, e, f, g, h, a, b, k[6], w[6]);
        ROUND(b, c, d, e, f, g, h, a, k[7], w[7]);
        ROUND(a, b, c, d, e, f, g, h, k[8], w[8]);
        ROUND(h, a, b, c, d, e, f, g, k[9], w[9]);
        ROUND(g, h, a, b, c, d, e, f, k[10], w[10]);
        ROUND(f, g, h, a, b, c, d, e, k[11], w[11]);
        ROUND(e, f, g, h, a, b, c, d, k[12], w[12]);
        ROUND(d, e, f, g, h, a, b, c, k[13], w[13]);
        ROUND(c, d, e, f, g, h, a, b, k[14], w[14]);
        ROUND(b, c, d, e, f, g, h, a, k[15], w[15]);
        if (k == round_constants + 48) {
            break;
        }
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            w[i] += SMALL_0(w[(i + 1) & 15]) + w[(i + 9) & 15] + SMALL_1(w[(i + 14) & 15]);
        }
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

/* What is not aligned is copied first: the processor may be one that cannot load it. */
static void compress_blocks(uint32_t state[8], const uint8_t *data, size_t block_count)
{
    uint32_t copy[16];

    for (; block_count-- != 0; data += SHA256_BLOCK_BYTES) {
        if ((uintptr_t)data % sizeof *copy == 0) {
            compress(state, (const uint32_t *)(const void *)data);
        } else {
            memcpy(copy, data, sizeof copy);
            compress(state, copy);
        }
    }
}

void sha256_init(struct sha256 *sha)
{
    memcpy(sha->state, initial_state, sizeof sha->state);
    sha->total_bytes = 0;
}

void sha256_frame_update(struct sha256 *sha, struct slice bytes,
                         void (*take_blocks)(uint32_t *state, const uint8_t *data, size_t count))
{
    size_t waiting = (size_t)(sha->total_bytes % SHA256_BLOCK_BYTES);

    sha->total_bytes += bytes.size;
    if (waiting != 0) {
        size_t room = SHA256_BLOCK_BYTES - waiting;
        size_t taken = MIN(bytes.size, room);

        memcpy(sha->pending + waiting, bytes.data, taken);
        bytes = slice_of(bytes.data + taken, bytes.size - taken);
        if (taken < room) {
            return;
        }
        take_blocks(sha->state, sha->pending, 1);
    }

    size_t whole_blocks = bytes.size / SHA256_BLOCK_BYTES;
    size_t whole_bytes = whole_blocks * SHA256_BLOCK_BYTES;

    if (whole_blocks != 0) {
        take_blocks(sha->state, bytes.data, whole_blocks);
    }
    if (bytes.size != whole_bytes) {
        memcpy(sha->pending, bytes.data + whole_bytes, bytes.size - whole_bytes);
    }
}

void sha256_update(struct sha256 *sha, struct slice bytes)
{
    sha256_frame_update(sha, bytes, compress_blocks);
}

void sha256_frame_final(struct sha256 *sha,
                        void (*take_blocks)(uint32_t *state, const uint8_t *data, size_t count))
{
    uint8_t tail[2 * SHA256_BLOCK_BYTES] = {0};
    size_t waiting = (size_t)(sha->total_bytes % SHA256_BLOCK_BYTES);
    size_t tail_blocks = waiting + 1 + 8 <= SHA256_BLOCK_BYTES ? 1 : 2;

    memcpy(tail, sha->pending, waiting);
    tail[waiting] = 0x80;
    put_be64(tail + tail_blocks * SHA256_BLOCK_BYTES - 8, sha->total_bytes * 8);
    take_blocks(sha->state, tail, tail_blocks);
}

void sha256_final(struct sha256 *sha, uint8_t out_digest[SHA256_BYTES])
{
    sha256_frame_final(sha, compress_blocks);
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
