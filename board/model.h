/* SPDX-License-Identifier: MIT */
/*
 * One phone model: board/<codename>.yaml, read and checked. Host tools only (boardc, romc).
 *
 * board/README.md lists the keys. Sizes in bytes, the panel in pixels.
 */
#ifndef BOARD_MODEL_H
#define BOARD_MODEL_H

#include "board/yaml_tree.h"
#include "board/board.h"

#define MODEL_PARTITIONS_MAX      64
#define MODEL_PARTITION_NAME_SIZE 37 /* 36 characters, as GPT has them, and a NUL */

struct model_partition {
    char name[MODEL_PARTITION_NAME_SIZE];
    uint64_t size_bytes; /* a multiple of 4096 */
};

struct model {
    char codename[32];
    char name[48];
    char soc[48];
    enum os os;
    uint32_t released;      /* year * 100 + month */
    char number_cn[32];     /* the China phone's model number; empty: not made for China */
    char number_global[32]; /* the Global phone's; empty: not made for the global market */
    bool on_policy_list;
    unsigned protections;    /* enum protection, or-ed */
    uint32_t rollback_index; /* burned at the factory; 0 without anti-rollback */
    uint32_t panel_width_px;
    uint32_t panel_height_px;
    uint32_t slot_count; /* 0 or 2 */
    size_t partition_count;
    struct model_partition partitions[MODEL_PARTITIONS_MAX]; /* in the disk's order */
};

/*
 * Reads `file`. False: tree->error says why ("file:line: ..."). The tree is loaded by this call and
 * must be freed by the caller with yaml_tree_free, either way; the model needs it no longer.
 */
bool model_load(struct yaml_tree *tree, const char *file, struct model *out_model);

/* The model number for that market, or NULL when the model was not made for it. */
const char *model_number(const struct model *model, enum region region);

#endif
