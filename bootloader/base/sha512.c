/* SPDX-License-Identifier: MIT */
/*
 * SHA-512, short rather than quick: few images are hashed with it. Part of base/.
 */
#include "base/sha512.h"

#include <string.h>

#define ROUNDS 80

static const uint64_t initial_state[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

static const uint64_t round_constants[ROUNDS] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

static uint64_t rotate_right(uint64_t value, unsigned bits)
{
    return value >> bits | value << (64 - bits);
}

/* The words after the first sixteen are made in the place of the oldest. */
static uint64_t next_word(uint64_t w[16], size_t round)
{
    uint64_t before_15 = w[(round + 1) & 15];
    uint64_t before_2 = w[(round + 14) & 15];

    if (round >= 16) {
        w[round & 15] +=
            (rotate_right(before_15, 1) ^ rotate_right(before_15, 8) ^ before_15 >> 7) +
            w[(round + 9) & 15] +
            (rotate_right(before_2, 19) ^ rotate_right(before_2, 61) ^ before_2 >> 6);
    }
    return w[round & 15];
}

static void compress(uint64_t state[8], const uint8_t block[SHA512_BLOCK_BYTES])
{
    uint64_t v[8];
    uint64_t w[16];

    memcpy(v, state, sizeof v);
    for (size_t i = 0; i < 16; i++) {
        w[i] = be64(block + 8 * i);
    }
    /* The names of the eight turn instead of their values. */
#define V(n) v[((n) - i) & 7]
    for (size_t i = 0; i < ROUNDS; i++) {
        uint64_t a = V(0);
        uint64_t e = V(4);
        uint64_t sum = V(7) + (rotate_right(e, 14) ^ rotate_right(e, 18) ^ rotate_right(e, 41)) +
                       (V(6) ^ (e & (V(5) ^ V(6)))) + round_constants[i] + next_word(w, i);

        V(3) += sum;
        V(7) = sum + (rotate_right(a, 28) ^ rotate_right(a, 34) ^ rotate_right(a, 39)) +
               ((a & V(1)) | (V(2) & (a | V(1))));
    }
#undef V
    for (size_t i = 0; i < 8; i++) {
        state[i] += v[i];
    }
}

void sha512_init(struct sha512 *sha)
{
    memcpy(sha->state, initial_state, sizeof sha->state);
    sha->total_bytes = 0;
}

void sha512_update(struct sha512 *sha, struct slice bytes)
{
    while (bytes.size != 0) {
        size_t waiting = (size_t)(sha->total_bytes % SHA512_BLOCK_BYTES);
        size_t taken = SHA512_BLOCK_BYTES - waiting;

        taken = bytes.size < taken ? bytes.size : taken;
        memcpy(sha->pending + waiting, bytes.data, taken);
        sha->total_bytes += taken;
        bytes = slice_of(bytes.data + taken, bytes.size - taken);
        if (waiting + taken == SHA512_BLOCK_BYTES) {
            compress(sha->state, sha->pending);
        }
    }
}

void sha512_final(struct sha512 *sha, uint8_t out_digest[SHA512_BYTES])
{
    static const uint8_t padding[SHA512_BLOCK_BYTES] = {0x80};
    uint8_t length[16] = {0};
    size_t waiting = (size_t)(sha->total_bytes % SHA512_BLOCK_BYTES);
    size_t room = SHA512_BLOCK_BYTES - sizeof length;

    put_be64(length + 8, sha->total_bytes * 8);
    sha512_update(sha, slice_of(padding, waiting < room ? room - waiting
                                                        : room + SHA512_BLOCK_BYTES - waiting));
    sha512_update(sha, slice_of(length, sizeof length));
    for (size_t i = 0; i < 8; i++) {
        put_be64(out_digest + 8 * i, sha->state[i]);
    }
}
