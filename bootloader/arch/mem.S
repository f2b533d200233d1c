/* SPDX-License-Identifier: MIT */
/*
 * memcpy, memmove: 64 bytes a step, memset: 256; with general registers only, so that they may be used
 * while the ROM's SIMD registers are live. Unaligned addresses are fine: the MMU is on.
 */

.section .text, "ax"

/* void *memmove(x0 to, x1 from, x2 count); memcpy is the same. */
.global memcpy
.global memmove
memcpy:
memmove:
    sub     x3, x0, x1
    cmp     x3, x2
    b.lo    backward                    /* `to` lies inside [from, from + count) */
    mov     x3, x0
    subs    x2, x2, #64
    b.lo    2f
1:  ldp     x4, x5, [x1]
    ldp     x6, x7, [x1, #16]
    ldp     x8, x9, [x1, #32]
    ldp     x10, x11, [x1, #48]
    add     x1, x1, #64
    stp     x4, x5, [x3]
    stp     x6, x7, [x3, #16]
    stp     x8, x9, [x3, #32]
    stp     x10, x11, [x3, #48]
    add     x3, x3, #64
    subs    x2, x2, #64
    b.hs    1b
2:  adds    x2, x2, #64
    b.eq    9f
    subs    x2, x2, #8
    b.lo    4f
3:  ldr     x4, [x1], #8
    str     x4, [x3], #8
    subs    x2, x2, #8
    b.hs    3b
4:  adds    x2, x2, #8
    b.eq    9f
5:  ldrb    w4, [x1], #1
    strb    w4, [x3], #1
    subs    x2, x2, #1
    b.ne    5b
9:  ret

backward:
    cbz     x3, 9b                      /* the same place */
    add     x1, x1, x2
    add     x3, x0, x2
    subs    x2, x2, #8
    b.lo    7f
6:  ldr     x4, [x1, #-8]!
    str     x4, [x3, #-8]!
    subs    x2, x2, #8
    b.hs    6b
7:  adds    x2, x2, #8
    b.eq    9b
8:  ldrb    w4, [x1, #-1]!
    strb    w4, [x3, #-1]!
    subs    x2, x2, #1
    b.ne    8b
    ret

/* void *memset(x0 to, w1 value, x2 count) */
.global memset
memset:
    mov     x3, x0
    and     x1, x1, #0xff
    orr     x1, x1, x1, lsl #8
    orr     x1, x1, x1, lsl #16
    orr     x1, x1, x1, lsl #32
    subs    x2, x2, #256
    b.lo    2f
1:  stp     x1, x1, [x3]
    stp     x1, x1, [x3, #16]
    stp     x1, x1, [x3, #32]
    stp     x1, x1, [x3, #48]
    stp     x1, x1, [x3, #64]
    stp     x1, x1, [x3, #80]
    stp     x1, x1, [x3, #96]
    stp     x1, x1, [x3, #112]
    stp     x1, x1, [x3, #128]
    stp     x1, x1, [x3, #144]
    stp     x1, x1, [x3, #160]
    stp     x1, x1, [x3, #176]
    stp     x1, x1, [x3, #192]
    stp     x1, x1, [x3, #208]
    stp     x1, x1, [x3, #224]
    stp     x1, x1, [x3, #240]
    add     x3, x3, #256
    subs    x2, x2, #256
    b.hs    1b
2:  adds    x2, x2, #256
    b.eq    9f
    subs    x2, x2, #8
    b.lo    4f
3:  str     x1, [x3], #8
    subs    x2, x2, #8
    b.hs    3b
4:  adds    x2, x2, #8
    b.eq    9f
5:  strb    w1, [x3], #1
    subs    x2, x2, #1
    b.ne    5b
9:  ret
