/* SPDX-License-Identifier: MIT */
/* A digest by one of several hash functions. Part of base/. */
#include "base/digest.h"

#include <string.h>

static const struct {
    const char *name;
    size_t bytes;
    size_t slot_bytes;
} hashes[HASH_COUNT] = {
    [HASH_SHA256] = {"sha256", SHA256_BYTES, 32},
    [HASH_SHA512] = {"sha512", SHA512_BYTES, 64},
    [HASH_SHA1] = {"sha1", SHA1_BYTES, 32},
};

const char *hash_name(enum hash hash)
{
    return hashes[hash].name;
}

size_t hash_bytes(enum hash hash)
{
    return hashes[hash].bytes;
}

size_t hash_slot_bytes(enum hash hash)
{
    return hashes[hash].slot_bytes;
}

void digest_init(struct digest *digest, enum hash hash)
{
    digest->hash = hash;
    if (hash == HASH_SHA512) {
        sha512_init(&digest->sha512);
    } else if (hash == HASH_SHA1) {
        sha1_init(&digest->sha1);
    } else {
        sha256_init(&digest->sha256);
    }
}

void digest_update(struct digest *digest, struct slice bytes)
{
    if (digest->hash == HASH_SHA512) {
        sha512_update(&digest->sha512, bytes);
    } else if (digest->hash == HASH_SHA1) {
        sha1_update(&digest->sha1, bytes);
    } else {
        sha256_update(&digest->sha256, bytes);
    }
}

void digest_final(struct digest *digest, uint8_t out[DIGEST_BYTES_MAX])
{
    if (digest->hash == HASH_SHA512) {
        sha512_final(&digest->sha512, out);
    } else if (digest->hash == HASH_SHA1) {
        sha1_final(&digest->sha1, out);
    } else {
        sha256_final(&digest->sha256, out);
    }
}

bool digest_is(struct digest *digest, struct slice expected)
{
    uint8_t found[DIGEST_BYTES_MAX];
    size_t size = hash_bytes(digest->hash);

    digest_final(digest, found);
    return expected.size == size && memcmp(found, expected.data, size) == 0;
}
