/* SPDX-License-Identifier: MIT */
/*
 * Stage board: what phone is this?
 *
 *   machine's device tree + board overlay -> one merged tree (board_merge)
 *   merged tree + fuse bytes              -> struct board    (board_read)
 *
 * Pure: bytes in, values out. The overlay's contract is board/board_dt.h.
 */
#ifndef BOARD_BOARD_H
#define BOARD_BOARD_H

#include "base/bytes.h"
#include "board/region.h"

enum os {
    OS_MIUI = 0,
    OS_ANDROID_ONE,
};

/* Who checks regions in this lab: the announcement's bootloader, the shipped ROMs, or nobody. */
enum regime {
    REGIME_ANNOUNCED = 0,
    REGIME_SHIPPED,
    REGIME_NONE,
};

/* What the model's year brought; each may be there without the others. */
enum protection {
    PROTECTION_BOOTLOADER_LOCK = 1 << 0,
    PROTECTION_VERIFIED_BOOT = 1 << 1,
    PROTECTION_ANTI_ROLLBACK = 1 << 2,
};

struct board {
    /* the model: from the overlay */
    char codename[32]; /* "dipper" */
    char name[48];     /* "Mi 8" */
    enum os os;
    uint32_t released; /* year * 100 + month: 201806 */
    bool on_policy_list;
    unsigned protections; /* enum protection, or-ed */
    uint32_t panel_width_px;
    uint32_t panel_height_px;
    uint32_t slot_count; /* 0: no slots */
    enum regime regime;

    /* this very phone: from the fuses */
    enum region made_for;
    char serial[32];
    uint8_t root_key_sha256[32];
    uint32_t rollback_index; /* what the fuses count; 0 when the model has no anti-rollback */
    uint32_t lock_changes;   /* what the fuses count */
};

/*
 * Applies the overlay to a copy of the machine's tree, in `room` (8-byte aligned). Both are checked
 * in full before anything walks them; both may be followed by other bytes.
 *
 * The merged tree lies at the start of room and its totalsize is all of room, so that later stages
 * may add to it (fdt_pack ends that). While the overlay is applied a copy of it takes the end of
 * room, as libfdt writes into the overlay that it applies: room is best twice the trees' contents
 * (the machine's is about 8 KiB) and more.
 *
 *   E_DTB_HEADER      an offset or size in a header is outside the bytes
 *   E_DTB_STRUCTURE   the structure block or the strings are damaged
 *   E_DTB_SPACE       the merged tree does not fit
 *   E_DTB_OVERLAY     the overlay does not apply, or is not of boardc's shape: one fragment for "/"
 *
 * On error what room holds is not a tree to use.
 */
NODISCARD enum err board_merge(struct slice machine_dtb, struct slice overlay, struct span room);

/*
 * Reads the facts of the merged tree, as board_merge left it, then those of the fuse sector.
 *
 *   E_DTB_HEADER      that is no tree
 *   E_BOARD_MISSING   a required property is not there
 *   E_BOARD_VALUE     a property has the wrong size, or a value outside its range
 *   E_FUSES_...       as fuses_decode says (board/fuses.h)
 *   E_BOARD_CODENAME  the fuses were burned for another model than the overlay's
 *
 * On error *out_board is untouched.
 */
NODISCARD enum err board_read(struct slice merged_dtb, struct slice fuse_bytes,
                              struct board *out_board);

static inline bool board_has(const struct board *board, enum protection protection)
{
    return (board->protections & protection) != 0;
}

const char *os_name(enum os os);             /* "miui", "android-one" */
const char *regime_name(enum regime regime); /* "announced", "shipped", "none" */

#endif
