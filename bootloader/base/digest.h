/* SPDX-License-Identifier: MIT */
/*
 * A digest by one of the hash functions that AVB's images name. Part of base/.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/sha1.h"
#include "base/sha256.h"
#include "base/sha512.h"

#define DIGEST_BYTES_MAX 64

enum hash {
    HASH_SHA256 = 0,
    HASH_SHA512,
    HASH_SHA1, /* of hash trees alone */
    HASH_COUNT
};

/* A digest on its way; a copy of it goes on from the same bytes. */
struct digest {
    enum hash hash;
    union {
        struct sha256 sha256;
        struct sha512 sha512;
        struct sha1 sha1;
    };
};

const char *hash_name(enum hash hash); /* as AVB and the kernel call it: "sha256", ... */
size_t hash_bytes(enum hash hash);     /* of its digest */

/* In the layers of dm-verity's tree a digest fills up to a power of two. */
size_t hash_slot_bytes(enum hash hash);

void digest_init(struct digest *digest, enum hash hash);
void digest_update(struct digest *digest, struct slice bytes);
/* Writes hash_bytes() of them; `digest` must be initialised anew before it is used again. */
void digest_final(struct digest *digest, uint8_t out[DIGEST_BYTES_MAX]);

/* Ends it, and compares: false, too, when `expected` is not as long as such a digest. */
bool digest_is(struct digest *digest, struct slice expected);

#endif
