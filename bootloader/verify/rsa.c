/* SPDX-License-Identifier: MIT */
/* RSA's public operation. Stage verify. */
#include "verify/rsa.h"

#include <string.h>

#define LIMB_BYTES 8
#define LIMBS_MAX  (RSA_BYTES_MAX / LIMB_BYTES)
#define SQUARINGS  16 /* of the exponent 2^16 + 1 */

__extension__ typedef unsigned __int128 two_limbs;

/* Numbers are arrays of limbs, the lowest first. */
struct modulus {
    uint64_t n[LIMBS_MAX];
    uint64_t minus_inverse; /* of n, modulo 2^64 */
    size_t limbs;
};

static void read_number(struct slice bytes, uint64_t *out_limbs)
{
    for (size_t i = 0; i < bytes.size / LIMB_BYTES; i++) {
        out_limbs[i] = be64(bytes.data + bytes.size - (i + 1) * LIMB_BYTES);
    }
}

/* Newton's iteration: an odd number is its own inverse modulo 8, and each step doubles the bits. */
static uint64_t minus_inverse(uint64_t odd)
{
    uint64_t inverse = odd;

    for (int bits = 3; bits < 64; bits *= 2) {
        inverse *= 2 - odd * inverse;
    }
    return 0 - inverse;
}

static bool is_below(const uint64_t *a, const struct modulus *modulus)
{
    for (size_t i = modulus->limbs; i-- != 0;) {
        if (a[i] != modulus->n[i]) {
            return a[i] < modulus->n[i];
        }
    }
    return false;
}

static void subtract(uint64_t *a, const struct modulus *modulus)
{
    uint64_t borrow = 0;

    for (size_t i = 0; i < modulus->limbs; i++) {
        two_limbs difference = (two_limbs)a[i] - modulus->n[i] - borrow;

        a[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
}

/*
 * sum = (sum + a * b + m * n) / 2^64, with the m that makes it whole; returns its limb on top, 0 or
 * 1. Sum and b are below n, or nearly.
 */
static uint64_t add_product(uint64_t *restrict sum, uint64_t top, uint64_t a,
                            const uint64_t *restrict b, const struct modulus *restrict modulus)
{
    const uint64_t *n = modulus->n;
    size_t limbs = modulus->limbs;
    two_limbs product = (two_limbs)a * b[0] + sum[0];
    uint64_t m = (uint64_t)product * modulus->minus_inverse;
    two_limbs whole = (two_limbs)m * n[0] + (uint64_t)product;

    for (size_t i = 1; i < limbs; i++) {
        product = (two_limbs)a * b[i] + sum[i] + (uint64_t)(product >> 64);
        whole = (two_limbs)m * n[i] + (uint64_t)product + (uint64_t)(whole >> 64);
        sum[i - 1] = (uint64_t)whole;
    }
    whole = (two_limbs)top + (uint64_t)(product >> 64) + (uint64_t)(whole >> 64);
    sum[limbs - 1] = (uint64_t)whole;
    return (uint64_t)(whole >> 64);
}

/* out = a * b / R mod n; `out` is neither of them. */
static void multiply(uint64_t *out, const uint64_t *a, const uint64_t *b,
                     const struct modulus *modulus)
{
    uint64_t top = 0;

    memset(out, 0, modulus->limbs * sizeof *out);
    for (size_t i = 0; i < modulus->limbs; i++) {
        top = add_product(out, top, a[i], b, modulus);
    }
    if (top != 0 || !is_below(out, modulus)) {
        subtract(out, modulus);
    }
}

bool rsa_public(struct slice modulus_bytes, struct slice r_squared, struct slice signature,
                uint8_t *out)
{
    struct modulus modulus = {.limbs = modulus_bytes.size / LIMB_BYTES};
    uint64_t base[LIMBS_MAX];
    uint64_t power[LIMBS_MAX];
    uint64_t other[LIMBS_MAX];

    read_number(modulus_bytes, modulus.n);
    read_number(signature, base);
    if (!is_below(base, &modulus)) {
        return false;
    }
    modulus.minus_inverse = minus_inverse(modulus.n[0]);
    read_number(r_squared, other);
    multiply(power, base, other, &modulus);
    for (int i = 0; i < SQUARINGS; i += 2) {
        multiply(other, power, power, &modulus);
        multiply(power, other, other, &modulus);
    }
    multiply(other, power, base, &modulus); /* which also takes the R away again */
    for (size_t i = 0; i < modulus.limbs; i++) {
        put_be64(out + (modulus.limbs - i - 1) * LIMB_BYTES, other[i]);
    }
    return true;
}
