/* SPDX-License-Identifier: MIT */
/*
 * SHA-1 (FIPS 180-4) of a salt and what follows it. Part of base/.
 *
 * Only for the hash trees that avbtool makes when it is told nothing else: no signature is ever over
 * a SHA-1 digest here.
 */
#ifndef BASE_SHA1_H
#define BASE_SHA1_H

#include "base/sha256.h"

#define SHA1_BYTES 20

struct sha1 {
    struct sha256 frame; /* of its state, five words count */
};

void sha1_init(struct sha1 *sha);
void sha1_update(struct sha1 *sha, struct slice bytes);
/* Ends it; `sha` must be initialised anew before it is used again. */
void sha1_final(struct sha1 *sha, uint8_t out_digest[SHA1_BYTES]);

#endif
