/* SPDX-License-Identifier: MIT */
/*
 * The phone's NOR flash. Offsets and lengths in bytes.
 *
 * Programming turns ones into zeros and must not be asked to do the opposite; erasing gives a whole
 * sector of ones.
 *
 *   E_NOR_RANGE     outside the flash, or not aligned as said below
 *   E_NOR_PROGRAM   the bytes read back differ from those programmed
 *   E_NOR_ERASE     the sector read back is not all ones
 */
#ifndef IFACE_NOR_H
#define IFACE_NOR_H

#include "base/bytes.h"

struct nor;

struct nor_ops {
    enum err (*read)(struct nor *nor, uint32_t offset, size_t length, void *out);
    /* `offset` and `length` are multiples of 4. */
    enum err (*program)(struct nor *nor, uint32_t offset, struct slice bytes);
    /* Erases the sector that begins at `offset`. */
    enum err (*erase)(struct nor *nor, uint32_t offset);
};

struct nor {
    const struct nor_ops *ops;
    uint32_t size_bytes;
    uint32_t sector_bytes;
};

#endif
