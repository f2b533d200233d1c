/* SPDX-License-Identifier: MIT */
/* R squared, which AVB's keys carry for Montgomery's products: by doubling, the plainest way. */
#ifndef TESTS_R_SQUARED_H
#define TESTS_R_SQUARED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* number = number * 2 mod modulus, from below the modulus. */
static inline void twice(uint8_t *number, const uint8_t *modulus, size_t size)
{
    unsigned top = number[0] >> 7;
    int borrow = 0;

    for (size_t i = 0; i < size; i++) {
        number[i] = (uint8_t)(number[i] << 1 | (i + 1 < size ? number[i + 1] >> 7 : 0));
    }
    if (top == 0 && memcmp(number, modulus, size) < 0) {
        return;
    }
    for (size_t i = size; i-- != 0;) {
        int difference = number[i] - modulus[i] - borrow;

        borrow = difference < 0;
        number[i] = (uint8_t)difference;
    }
}

/* 2 ^ (2 * 8 * size) mod modulus; both big endian, of `size` bytes. */
static inline void r_squared_of(const uint8_t *modulus, size_t size, uint8_t *out)
{
    memset(out, 0, size);
    out[size - 1] = 1;
    for (size_t i = 0; i < 2 * 8 * size; i++) {
        twice(out, modulus, size);
    }
}

#endif
