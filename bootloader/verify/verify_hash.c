/* SPDX-License-Identifier: MIT */
/*
 * Stage verify: images that are compared where they lie - one that is hashed whole, and single
 * blocks under a hash tree. AVB 2.0, and the Linux kernel's
 * Documentation/admin-guide/device-mapper/verity.rst.
 */
#include "verify/verify.h"

#include "format/vbmeta.h"
#include "iface/block.h"

#include <string.h>

#define LEVELS_MAX 6 /* 128^6 blocks are 2^54 bytes: more than any tree here is over */

enum err verify_hash(const struct partition *partition, const struct verified_image *claim,
                     struct span scratch)
{
    uint8_t digest[SHA256_BYTES];
    struct sha256 sha;

    if (partition->size_bytes == 0 || claim->size_bytes > partition->size_bytes) {
        return E_VBMETA_HASH;
    }
    scratch.size -= scratch.size % partition->disk->block_bytes;
    if (scratch.size == 0) {
        return E_SLICE_RANGE;
    }
    sha256_init(&sha);
    sha256_update(&sha, slice_of(claim->salt, claim->salt_bytes));
    for (uint64_t offset = 0; offset < claim->size_bytes; offset += scratch.size) {
        struct span piece = {.data = scratch.data,
                             .size = (size_t)MIN(partition->size_bytes - offset, scratch.size)};

        TRY(partition_read(partition, offset, piece));
        sha256_update(&sha,
                      slice_of(piece.data, (size_t)MIN(claim->size_bytes - offset, piece.size)));
    }
    sha256_final(&sha, digest);
    return memcmp(digest, claim->digest, SHA256_BYTES) == 0 ? OK : E_VBMETA_HASH;
}

/* The levels of a tree, the one over the image first: where each lies in the partition. */
struct levels {
    size_t count;
    uint64_t offset[LEVELS_MAX];
};

static struct levels find_levels(const struct verified_hashtree *tree)
{
    uint64_t blocks = tree->image_bytes / VERITY_BLOCK_BYTES;
    uint64_t sizes[LEVELS_MAX];
    uint64_t offset = tree->tree_offset;
    struct levels levels = {.count = 0};

    while (blocks > 1 && levels.count < LEVELS_MAX) {
        blocks = (blocks + VERITY_HASHES_PER_BLOCK - 1) / VERITY_HASHES_PER_BLOCK;
        sizes[levels.count++] = blocks * VERITY_BLOCK_BYTES;
    }
    for (size_t i = levels.count; i > 0; i--) { /* the root's level lies first */
        levels.offset[i - 1] = offset;
        offset += sizes[i - 1];
    }
    return levels;
}

static void hash_block(const struct verified_hashtree *tree, const uint8_t *block,
                       uint8_t out_digest[SHA256_BYTES])
{
    struct sha256 sha;

    sha256_init(&sha);
    sha256_update(&sha, slice_of(tree->salt, tree->salt_bytes));
    sha256_update(&sha, slice_of(block, VERITY_BLOCK_BYTES));
    sha256_final(&sha, out_digest);
}

enum err verify_system_block(const struct partition *system, const struct verified_hashtree *tree,
                             uint64_t block, struct span scratch)
{
    struct span room = {.data = scratch.data, .size = VERITY_BLOCK_BYTES};
    uint8_t digest[SHA256_BYTES];
    struct levels levels;

    if (!tree->present || scratch.size < VERITY_BLOCK_BYTES ||
        block >= tree->image_bytes / VERITY_BLOCK_BYTES || system->size_bytes == 0) {
        return E_HASHTREE_RANGE;
    }
    levels = find_levels(tree);
    TRY(partition_read(system, block * VERITY_BLOCK_BYTES, room));
    hash_block(tree, room.data, digest);
    for (size_t i = 0; i < levels.count; i++) {
        size_t place = block % VERITY_HASHES_PER_BLOCK * SHA256_BYTES;

        block /= VERITY_HASHES_PER_BLOCK;
        TRY(partition_read(system, levels.offset[i] + block * VERITY_BLOCK_BYTES, room));
        if (memcmp(room.data + place, digest, SHA256_BYTES) != 0) {
            return E_HASHTREE_BLOCK;
        }
        hash_block(tree, room.data, digest);
    }
    return memcmp(digest, tree->root_digest, SHA256_BYTES) == 0 ? OK : E_HASHTREE_BLOCK;
}
