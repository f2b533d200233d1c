/* SPDX-License-Identifier: MIT */
/*
 * Writes the hash tree of dm-verity (version 1, SHA-256, blocks of 4096 bytes) over an image. The
 * Linux kernel's Documentation/admin-guide/device-mapper/verity.rst. Pure.
 *
 * Each hash is over salt, then a block. A level's hashes fill whole blocks; the level with one
 * block is the top, and its hash is the root digest. The top lies first,
 * the level over the image last.
 */
#ifndef ROM_IMAGES_HASHTREE_WRITE_H
#define ROM_IMAGES_HASHTREE_WRITE_H

#include "base/bytes.h"
#include "base/sha256.h"

/* The tree's size in bytes; 0 for an image that is not at least two whole blocks. */
size_t hashtree_write_size(size_t image_bytes);

/* Writes the tree of hashtree_write_size() bytes to `out_tree`. */
void hashtree_write(struct slice image, struct slice salt, uint8_t *out_tree,
                    uint8_t out_root_digest[SHA256_BYTES]);

#endif
