/* SPDX-License-Identifier: MIT */
/* The hash tree of dm-verity, from the image up. */
#include "rom-images/write/hashtree_write.h"

#include "format/vbmeta.h"

#include <bearssl.h>
#include <string.h>

static size_t blocks_of_hashes(size_t blocks)
{
    return (blocks + VERITY_HASHES_PER_BLOCK - 1) / VERITY_HASHES_PER_BLOCK;
}

size_t hashtree_write_size(size_t image_bytes)
{
    size_t blocks = image_bytes / VERITY_BLOCK_BYTES;
    size_t total = 0;

    if (image_bytes % VERITY_BLOCK_BYTES != 0 || blocks < 2) {
        return 0;
    }
    while (blocks > 1) {
        blocks = blocks_of_hashes(blocks);
        total += blocks;
    }
    return total * VERITY_BLOCK_BYTES;
}

static void hash_block(const uint8_t *block, struct slice salt, uint8_t out_digest[SHA256_BYTES])
{
    br_sha256_context sha;

    br_sha256_init(&sha);
    br_sha256_update(&sha, salt.data, salt.size);
    br_sha256_update(&sha, block, VERITY_BLOCK_BYTES);
    br_sha256_out(&sha, out_digest);
}

void hashtree_write(struct slice image, struct slice salt, uint8_t *out_tree,
                    uint8_t out_root_digest[SHA256_BYTES])
{
    size_t size = hashtree_write_size(image.size);
    size_t blocks = image.size / VERITY_BLOCK_BYTES;
    const uint8_t *below = image.data;
    uint8_t *level = out_tree + size;

    memset(out_tree, 0, size);
    while (blocks > 1) {
        size_t level_blocks = blocks_of_hashes(blocks);

        level -= level_blocks * VERITY_BLOCK_BYTES;
        for (size_t i = 0; i < blocks; i++) {
            hash_block(below + i * VERITY_BLOCK_BYTES, salt, level + i * SHA256_BYTES);
        }
        below = level;
        blocks = level_blocks;
    }
    hash_block(below, salt, out_root_digest);
}
