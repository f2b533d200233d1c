/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 compression with the ARMv8 instructions: the seam of base/sha256.h on the phone.
 *
 *   void sha256_blocks(uint32_t state[8], const uint8_t *data, size_t block_count)
 *
 * SHA256H and SHA256H2 do four rounds on the two halves of the state, SHA256SU0 and SU1 make the next four
 * words of the message. All sixteen constants stay in registers: under emulation each instruction that is
 * not there counts.
 *
 *   v0, v1    state: a to d, e to h       v2, v3    the state before this block
 *   v4 - v7   the message, 16 words       v8, v9    the old a to d; words plus constants
 *   v16 - v31 the round constants
 */
.arch armv8-a+crypto

#define BLOCK_BYTES 64

/* Four rounds; w: the words for them. */
.macro rounds w, k
    add     v9.4s, \w\().4s, \k\().4s
    mov     v8.16b, v0.16b
    sha256h q0, q1, v9.4s
    sha256h2 q1, q8, v9.4s
.endm

/* Four rounds, and the words for sixteen rounds later: w0 becomes those. */
.macro rounds_and_words w0, w1, w2, w3, k
    rounds  \w0, \k
    sha256su0 \w0\().4s, \w1\().4s
    sha256su1 \w0\().4s, \w2\().4s, \w3\().4s
.endm

.section .text, "ax"
.global sha256_blocks
sha256_blocks:
    cbz     x2, 2f
    stp     d8, d9, [sp, #-16]!
    ldp     q0, q1, [x0]
    adr     x3, constants
    ld1     {v16.4s - v19.4s}, [x3], #64
    ld1     {v20.4s - v23.4s}, [x3], #64
    ld1     {v24.4s - v27.4s}, [x3], #64
    ld1     {v28.4s - v31.4s}, [x3]
1:  ldp     q4, q5, [x1]
    ldp     q6, q7, [x1, #32]
    add     x1, x1, #BLOCK_BYTES
    mov     v2.16b, v0.16b
    mov     v3.16b, v1.16b
    rev32   v4.16b, v4.16b
    rev32   v5.16b, v5.16b
    rev32   v6.16b, v6.16b
    rev32   v7.16b, v7.16b
    rounds_and_words v4, v5, v6, v7, v16
    rounds_and_words v5, v6, v7, v4, v17
    rounds_and_words v6, v7, v4, v5, v18
    rounds_and_words v7, v4, v5, v6, v19
    rounds_and_words v4, v5, v6, v7, v20
    rounds_and_words v5, v6, v7, v4, v21
    rounds_and_words v6, v7, v4, v5, v22
    rounds_and_words v7, v4, v5, v6, v23
    rounds_and_words v4, v5, v6, v7, v24
    rounds_and_words v5, v6, v7, v4, v25
    rounds_and_words v6, v7, v4, v5, v26
    rounds_and_words v7, v4, v5, v6, v27
    rounds  v4, v28
    rounds  v5, v29
    rounds  v6, v30
    rounds  v7, v31
    add     v0.4s, v0.4s, v2.4s
    add     v1.4s, v1.4s, v3.4s
    subs    x2, x2, #1
    b.ne    1b
    stp     q0, q1, [x0]
    ldp     d8, d9, [sp], #16
2:  ret

.balign 16
constants: /* FIPS 180-4, section 4.2.2 */
    .word   0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5
    .word   0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174
    .word   0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da
    .word   0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967
    .word   0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85
    .word   0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070
    .word   0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3
    .word   0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
