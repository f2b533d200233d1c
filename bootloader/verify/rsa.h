/* SPDX-License-Identifier: MIT */
/*
 * RSA's public operation with the exponent 65537, on numbers as AVB's keys have them. Stage verify.
 *
 * A key of AVB carries R^2 mod n, so nothing has to be divided: 18 products by Montgomery's method
 * are all of it (Menezes and others, Handbook of Applied Cryptography, 14.36). All of these
 * numbers are public: the time that it takes gives nothing away.
 */
#ifndef VERIFY_RSA_H
#define VERIFY_RSA_H

#include "base/bytes.h"

#define RSA_BYTES_MAX 512

/*
 * signature^65537 mod modulus. All numbers are big endian and modulus.size bytes long, a multiple
 * of 8 and at most RSA_BYTES_MAX; the modulus is odd and its first bit is set; R is 2 to the number
 * of its bits. `out` has room for modulus.size bytes.
 *
 * False, with `out` untouched: the signature is not below the modulus. With another number than
 * R^2 mod n the result is another one, too: some number below the modulus.
 */
bool rsa_public(struct slice modulus, struct slice r_squared, struct slice signature, uint8_t *out);

#endif
