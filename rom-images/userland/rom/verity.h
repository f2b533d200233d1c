/* SPDX-License-Identifier: MIT */
/*
 * dm-verity over a partition, through the kernel's device mapper (Linux,
 * include/uapi/linux/dm-ioctl.h and Documentation/admin-guide/device-mapper/verity.rst). Blocks are
 * of 4096 bytes.
 */
#ifndef USERLAND_VERITY_H
#define USERLAND_VERITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VERITY_BLOCK       4096
#define VERITY_TABLE_BYTES 1024

/* What the bootloader verified and tells in androidboot.verity.system. */
struct verity_tree {
    uint64_t image_blocks;
    uint64_t tree_block;
    char root_hex[129];
    char salt_hex[513]; /* may be empty */
    const char *hash;   /* "sha256", ... */
};

/* Reads "BLOCKS,TREE,ROOT,SALT[,HASH]", by SHA-256 unless told. False: it is not of that form. */
bool verity_tree_read(const char *text, struct verity_tree *out_tree);

/*
 * The parameters of the device mapper's target: the file system and its tree on the same `device`.
 * False when they do not fit.
 */
bool verity_table_make(const struct verity_tree *tree, const char *device,
                       char out_table[VERITY_TABLE_BYTES]);

/*
 * Makes the mapped device and gives its device file: reading it gives what was signed, or an I/O
 * error. NULL, or what failed.
 */
const char *verity_open(const struct verity_tree *tree, const char *device, const char *name,
                        char *out_path, size_t out_path_size);

#endif
