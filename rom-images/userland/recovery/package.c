/* SPDX-License-Identifier: MIT */
/* A package as its blocks come, and as it may be believed. */
#include "recovery/package.h"

#include "verify/signature.h"

#include <stdlib.h>
#include <string.h>

/* An end record is the least that a zip file is. */
#define SIZE_MIN (sizeof(struct zip_end) - 2 + RECOVERY_ZIP_UNSIGNED_BYTES)

/* What is behind the signed bytes. It may lie in the last two blocks. */
struct tail {
    uint8_t bytes[RECOVERY_ZIP_UNSIGNED_BYTES];
    size_t have;
};

static uint64_t blocks_of(uint64_t bytes)
{
    return (bytes + RECOVERY_ZIP_BLOCK_BYTES - 1) / RECOVERY_ZIP_BLOCK_BYTES;
}

static size_t block_bytes(uint64_t total_bytes, uint64_t index)
{
    uint64_t left = total_bytes - index * RECOVERY_ZIP_BLOCK_BYTES;

    return left < RECOVERY_ZIP_BLOCK_BYTES ? (size_t)left : RECOVERY_ZIP_BLOCK_BYTES;
}

/* Takes the block's signed part into its digest, and the rest into the tail. */
static void take_block(struct recovery_package *package, uint64_t index, struct tail *tail)
{
    uint64_t start = index * RECOVERY_ZIP_BLOCK_BYTES;
    size_t size = block_bytes(package->reader->size_bytes, index);
    size_t signed_size =
        start >= package->signed_bytes ? 0 : block_bytes(package->signed_bytes, index);

    if (signed_size != 0) {
        sha256_digest(slice_of(package->block, signed_size), package->digests[index]);
    }
    memcpy(tail->bytes + tail->have, package->block + signed_size, size - signed_size);
    tail->have += size - signed_size;
}

static enum recovery_fault take_all(struct recovery_package *package, struct tail *tail)
{
    const struct recovery_reader *reader = package->reader;
    uint64_t count = blocks_of(reader->size_bytes);

    for (uint64_t i = 0; i < count; i++) {
        if (!reader->read(reader->context, i, count, package->block)) {
            return FAULT_LINK;
        }
        take_block(package, i, tail);
        reader->progress(reader->context, i + 1, count);
    }
    return FAULT_NONE;
}

/* The tail has one possible form. */
static bool tail_is_well_formed(const struct tail *tail, const struct recovery_zip_comment *comment)
{
    return le16(tail->bytes) == RECOVERY_ZIP_COMMENT_BYTES &&
           memcmp(comment->signer, RECOVERY_ZIP_SIGNER, sizeof(comment->signer)) == 0 &&
           le16(comment->block_bytes) == RECOVERY_ZIP_BLOCK_FROM_END &&
           le16(comment->marker) == 0xffff &&
           le16(comment->comment_bytes) == RECOVERY_ZIP_COMMENT_BYTES;
}

static void signed_digest(const struct recovery_package *package, uint8_t out[SHA256_BYTES])
{
    static const char purpose[] = RECOVERY_ZIP_PURPOSE;
    uint8_t size[8];
    struct sha256 sha;

    put_le64(size, package->signed_bytes);
    sha256_init(&sha);
    sha256_update(&sha, slice_of(purpose, sizeof(purpose)));
    sha256_update(&sha, slice_of(size, sizeof(size)));
    sha256_update(&sha,
                  slice_of(package->digests, blocks_of(package->signed_bytes) * SHA256_BYTES));
    sha256_final(&sha, out);
}

static enum recovery_fault check_all(struct recovery_package *package, struct slice key)
{
    struct recovery_zip_comment comment;
    struct tail tail = {.have = 0};
    uint8_t digest[SHA256_BYTES];
    enum recovery_fault fault = take_all(package, &tail);

    if (fault != FAULT_NONE) {
        return fault;
    }
    memcpy(&comment, tail.bytes + 2, sizeof(comment));
    if (!tail_is_well_formed(&tail, &comment)) {
        return FAULT_UNSIGNED;
    }
    signed_digest(package, digest);
    if (!signature_key_is_well_formed(key) ||
        !signature_is_right(key, slice_of(digest, sizeof(digest)),
                            slice_of(comment.signature, sizeof(comment.signature)))) {
        return FAULT_SIGNATURE;
    }
    return FAULT_NONE;
}

enum recovery_fault recovery_package_check(struct recovery_package *package,
                                           const struct recovery_reader *reader, struct slice key)
{
    enum recovery_fault fault;

    if (reader->size_bytes < SIZE_MIN || reader->size_bytes > RECOVERY_ZIP_BYTES_MAX) {
        return FAULT_SIZE;
    }
    package->reader = reader;
    package->signed_bytes = reader->size_bytes - RECOVERY_ZIP_UNSIGNED_BYTES;
    package->cached = UINT64_MAX;
    package->read_ahead = 0;
    package->digests = calloc(blocks_of(package->signed_bytes), SHA256_BYTES);
    if (package->digests == NULL) {
        return FAULT_MEMORY;
    }
    fault = check_all(package, key);
    if (fault != FAULT_NONE) {
        recovery_package_free(package);
    }
    return fault;
}

static enum recovery_fault load_block(struct recovery_package *package, uint64_t index)
{
    const struct recovery_reader *reader = package->reader;
    uint8_t digest[SHA256_BYTES];

    if (package->cached == index) {
        return FAULT_NONE;
    }
    package->cached = UINT64_MAX;
    if (!reader->read(reader->context, index,
                      package->read_ahead > index ? package->read_ahead : index + 1,
                      package->block)) {
        return FAULT_LINK;
    }
    sha256_digest(slice_of(package->block, block_bytes(package->signed_bytes, index)), digest);
    if (memcmp(digest, package->digests[index], SHA256_BYTES) != 0) {
        return FAULT_CHANGED;
    }
    package->cached = index;
    return FAULT_NONE;
}

enum recovery_fault recovery_package_read(struct recovery_package *package, uint64_t offset,
                                          struct span out)
{
    if (offset > package->signed_bytes || out.size > package->signed_bytes - offset) {
        return FAULT_ZIP_END;
    }
    while (out.size != 0) {
        uint64_t index = offset / RECOVERY_ZIP_BLOCK_BYTES;
        size_t at = (size_t)(offset % RECOVERY_ZIP_BLOCK_BYTES);
        size_t size = block_bytes(package->signed_bytes, index) - at;
        enum recovery_fault fault = load_block(package, index);

        if (fault != FAULT_NONE) {
            return fault;
        }
        size = MIN(size, out.size);
        memcpy(out.data, package->block + at, size);
        out = (struct span){.data = out.data + size, .size = out.size - size};
        offset += size;
    }
    return FAULT_NONE;
}

void recovery_package_free(struct recovery_package *package)
{
    free(package->digests);
    package->digests = NULL;
}
