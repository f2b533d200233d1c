/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 compression with the ARMv8 instructions: the seam of base/sha256.h on the phone.
 *
 * SHA256H and SHA256H2 do four rounds on the state's halves (abcd, efgh), SHA256SU0 and SU1 the next
 * four words of the message. The only file that is compiled with SIMD.
 */
#include "base/sha256.h"

#include <arm_neon.h>

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

static inline uint32x4_t load_words(const uint8_t *bytes)
{
    return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes)));
}

void sha256_blocks(uint32_t state[8], const uint8_t *data, size_t block_count)
{
    uint32x4_t abcd = vld1q_u32(state);
    uint32x4_t efgh = vld1q_u32(state + 4);

    for (; block_count != 0; block_count--, data += SHA256_BLOCK_BYTES) {
        uint32x4_t abcd_before = abcd;
        uint32x4_t efgh_before = efgh;
        uint32x4_t words[4];

        for (size_t i = 0; i < 4; i++) {
            words[i] = load_words(data + 16 * i);
        }
#pragma GCC unroll 16
        for (size_t i = 0; i < 16; i++) {
            uint32x4_t with_constants = vaddq_u32(words[i % 4], vld1q_u32(round_constants + 4 * i));
            uint32x4_t abcd_old = abcd;

            if (i < 12) {
                words[i % 4] = vsha256su1q_u32(vsha256su0q_u32(words[i % 4], words[(i + 1) % 4]),
                                               words[(i + 2) % 4], words[(i + 3) % 4]);
            }
            abcd = vsha256hq_u32(abcd, efgh, with_constants);
            efgh = vsha256h2q_u32(efgh, abcd_old, with_constants);
        }
        abcd = vaddq_u32(abcd, abcd_before);
        efgh = vaddq_u32(efgh, efgh_before);
    }
    vst1q_u32(state, abcd);
    vst1q_u32(state + 4, efgh);
}
