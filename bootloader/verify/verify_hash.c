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

#define LEVELS_MAX 7 /* 64^7 blocks are 2^54 bytes: more than any tree here is over */

enum err verify_hash(const struct partition *partition, const struct verified_image *claim,
                     struct span scratch, struct progress *progress)
{
    struct digest digest = claim->salted;

    if (claim->unsupported) {
        return E_VBMETA_UNSUPPORTED;
    }
    if (partition->size_bytes == 0 || claim->size_bytes > partition->size_bytes) {
        return E_VBMETA_HASH;
    }
    scratch.size -= scratch.size % partition->disk->block_bytes;
    if (scratch.size == 0) {
        return E_SLICE_RANGE;
    }
    for (uint64_t offset = 0; offset < claim->size_bytes; offset += scratch.size) {
        struct span piece = {.data = scratch.data,
                             .size = (size_t)MIN(partition->size_bytes - offset, scratch.size)};

        TRY(partition_read(partition, offset, piece));
        digest_update(&digest,
                      slice_of(piece.data, (size_t)MIN(claim->size_bytes - offset, piece.size)));
        if (!progress_goes_on(progress, MIN(offset + piece.size, claim->size_bytes),
                              claim->size_bytes)) {
            return E_BOOT_IMAGE_STOPPED;
        }
    }
    return digest_is(&digest, slice_of(claim->digest, hash_bytes(digest.hash))) ? OK
                                                                                : E_VBMETA_HASH;
}

/* The levels of a tree, the one over the image first: where each lies in the partition. */
struct levels {
    size_t count;
    uint64_t offset[LEVELS_MAX];
};

static struct levels find_levels(const struct verified_hashtree *tree)
{
    uint64_t per_block = VERITY_BLOCK_BYTES / hash_slot_bytes(tree->hash);
    uint64_t blocks = tree->image_bytes / VERITY_BLOCK_BYTES;
    uint64_t sizes[LEVELS_MAX];
    uint64_t offset = tree->tree_offset;
    struct levels levels = {.count = 0};

    while (blocks > 1 && levels.count < LEVELS_MAX) {
        blocks = (blocks + per_block - 1) / per_block;
        sizes[levels.count++] = blocks * VERITY_BLOCK_BYTES;
    }
    for (size_t i = levels.count; i > 0; i--) { /* the root's level lies first */
        levels.offset[i - 1] = offset;
        offset += sizes[i - 1];
    }
    return levels;
}

static void hash_block(const struct verified_hashtree *tree, const uint8_t *block,
                       uint8_t out_digest[DIGEST_BYTES_MAX])
{
    struct digest digest;

    digest_init(&digest, tree->hash);
    digest_update(&digest, slice_of(tree->salt, tree->salt_bytes));
    digest_update(&digest, slice_of(block, VERITY_BLOCK_BYTES));
    digest_final(&digest, out_digest);
}

enum err verify_system_block(const struct partition *system, const struct verified_hashtree *tree,
                             uint64_t block, struct span scratch)
{
    struct span room = {.data = scratch.data, .size = VERITY_BLOCK_BYTES};
    const size_t slot_bytes = hash_slot_bytes(tree->hash);
    const size_t digest_bytes = hash_bytes(tree->hash);
    uint8_t digest[DIGEST_BYTES_MAX];
    struct levels levels;

    if (!tree->present || scratch.size < VERITY_BLOCK_BYTES ||
        block >= tree->image_bytes / VERITY_BLOCK_BYTES || system->size_bytes == 0) {
        return E_HASHTREE_RANGE;
    }
    levels = find_levels(tree);
    TRY(partition_read(system, block * VERITY_BLOCK_BYTES, room));
    hash_block(tree, room.data, digest);
    for (size_t i = 0; i < levels.count; i++) {
        size_t place = (size_t)(block * slot_bytes % VERITY_BLOCK_BYTES);

        block /= VERITY_BLOCK_BYTES / slot_bytes;
        TRY(partition_read(system, levels.offset[i] + block * VERITY_BLOCK_BYTES, room));
        if (memcmp(room.data + place, digest, digest_bytes) != 0) {
            return E_HASHTREE_BLOCK;
        }
        hash_block(tree, room.data, digest);
    }
    return memcmp(digest, tree->root_digest, digest_bytes) == 0 ? OK : E_HASHTREE_BLOCK;
}
