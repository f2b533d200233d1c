/* SPDX-License-Identifier: MIT */
/*
 * A flattened device tree from outside, checked in full and made small. Stage board.
 *
 * Devicetree Specification 0.4, chapter 5. libfdt trusts more of a tree than its header: so nothing
 * of libfdt walks a tree that did not come through here.
 */
#ifndef BOARD_DTB_H
#define BOARD_DTB_H

#include "base/bytes.h"

#define DTB_DEPTH_MAX 16 /* nodes inside each other, the root counted */

/* The three blocks of a tree, inside its bytes. */
struct dtb {
    struct slice reservations; /* with the all-zero entry at the end */
    struct slice structure;    /* up to and with FDT_END */
    struct slice strings;
    uint32_t boot_cpu;
};

/*
 * Finds and checks the blocks of the tree at the start of `bytes` (which may be longer).
 *
 *   E_DTB_HEADER      no tree, or an offset, size or alignment in the header is not usable
 *   E_DTB_STRUCTURE   the structure block is not one well-formed tree of at most DTB_DEPTH_MAX
 * levels, names a string outside the strings, or a block has no end
 *
 * After OK every name and value that libfdt can reach lies inside the bytes.
 */
NODISCARD enum err dtb_check(struct slice bytes, struct dtb *out_dtb);

/* The bytes that dtb_write needs. */
size_t dtb_packed_size(const struct dtb *dtb);

/*
 * Writes the tree to the start of `room` (8-byte aligned) without its padding: blocks in libfdt's
 * order, and the whole of `room` as its totalsize, so that libfdt may add to it in place.
 *
 *   E_DTB_SPACE   it does not fit, or room is not aligned
 */
NODISCARD enum err dtb_write(const struct dtb *dtb, struct span room);

#endif
