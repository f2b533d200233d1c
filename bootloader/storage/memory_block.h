/* SPDX-License-Identifier: MIT */
/*
 * Memory as a disk that can only be read: for an image that was downloaded and is to be looked at
 * as if it lay in its partition. Stage storage.
 */
#ifndef STORAGE_MEMORY_BLOCK_H
#define STORAGE_MEMORY_BLOCK_H

#include "iface/block.h"

struct memory_block {
    struct block block;
    struct slice bytes;
};

/*
 * `bytes` stay where they are, and unchanged, while the disk is used. What is behind them in their
 * last block reads as zeros. 512 bytes a block.
 */
void memory_block_init(struct memory_block *memory, struct slice bytes);

#endif
