/* SPDX-License-Identifier: MIT */
/*
 * A flattened device tree from outside, checked in full and made small. Stage board.
 *
 * Devicetree Specification 0.4, chapter 5. Offsets and sizes in bytes; numbers are big endian.
 */
#include "board/dtb.h"

#include <assert.h>
#include <libfdt.h>
#include <limits.h>
#include <string.h>

#define HEADER_BYTES      40u
#define RESERVATION_BYTES 16u
#define TOKEN_BYTES       4u
#define VERSION           17u /* the layout that we read and write */
#define VERSION_OLDEST    16u /* the layout that this one may be read as */

static_assert(sizeof(struct fdt_header) == HEADER_BYTES, "version 17 of the header");

static uint32_t header_field(struct slice tree, size_t offset)
{
    return be32(tree.data + offset);
}

#define HEADER_FIELD(tree, field) header_field(tree, offsetof(struct fdt_header, field))

static bool overlap(uint32_t a, size_t a_size, uint32_t b, size_t b_size)
{
    return a < (uint64_t)b + b_size && b < (uint64_t)a + a_size;
}

/* The reservations have no size in the header: they end with an entry of zeros. */
static enum err find_reservations(struct slice tree, uint32_t offset, struct slice *out_block)
{
    size_t at = offset;
    struct slice entry;

    do {
        if (slice_sub(tree, at, RESERVATION_BYTES, &entry) != OK) {
            return E_DTB_STRUCTURE;
        }
        at += RESERVATION_BYTES;
    } while (!slice_is_all(entry, 0));
    *out_block = slice_of(tree.data + offset, at - offset);
    return OK;
}

static enum err check_header(struct slice bytes, struct slice *out_tree)
{
    if (bytes.size < HEADER_BYTES || HEADER_FIELD(bytes, magic) != FDT_MAGIC ||
        HEADER_FIELD(bytes, version) != VERSION ||
        HEADER_FIELD(bytes, last_comp_version) > VERSION ||
        slice_sub(bytes, 0, HEADER_FIELD(bytes, totalsize), out_tree) != OK ||
        out_tree->size < HEADER_BYTES) {
        return E_DTB_HEADER;
    }
    return OK;
}

static enum err find_blocks(struct slice tree, struct dtb *dtb)
{
    uint32_t structure = HEADER_FIELD(tree, off_dt_struct);
    uint32_t strings = HEADER_FIELD(tree, off_dt_strings);
    uint32_t reservations = HEADER_FIELD(tree, off_mem_rsvmap);

    if (structure < HEADER_BYTES || strings < HEADER_BYTES || reservations < HEADER_BYTES ||
        structure % TOKEN_BYTES != 0 || reservations % 8 != 0 ||
        HEADER_FIELD(tree, size_dt_struct) % TOKEN_BYTES != 0 ||
        slice_sub(tree, structure, HEADER_FIELD(tree, size_dt_struct), &dtb->structure) != OK ||
        slice_sub(tree, strings, HEADER_FIELD(tree, size_dt_strings), &dtb->strings) != OK) {
        return E_DTB_HEADER;
    }
    TRY(find_reservations(tree, reservations, &dtb->reservations));
    if (overlap(structure, dtb->structure.size, strings, dtb->strings.size) ||
        overlap(structure, dtb->structure.size, reservations, dtb->reservations.size) ||
        overlap(strings, dtb->strings.size, reservations, dtb->reservations.size)) {
        return E_DTB_HEADER;
    }
    dtb->boot_cpu = HEADER_FIELD(tree, boot_cpuid_phys);
    return OK;
}

/* Where a walk over the structure block stands. */
struct walk {
    struct slice structure;
    struct slice strings;
    size_t at;
    unsigned depth;   /* nodes that are open */
    bool child_ended; /* in the open node: no property may follow */
    bool root_ended;
};

/* `length` bytes at the walk's place, which moves behind them and their padding. */
static enum err take(struct walk *walk, uint64_t length, struct slice *out_bytes)
{
    uint64_t padded;

    if (!round_up_u64(length, TOKEN_BYTES, &padded) ||
        slice_sub(walk->structure, walk->at, padded, out_bytes) != OK) {
        return E_DTB_STRUCTURE;
    }
    out_bytes->size = (size_t)length;
    walk->at += (size_t)padded;
    return OK;
}

/* The root's name is empty; the others' are printable and without the '/' of paths. */
static enum err walk_node(struct walk *walk)
{
    const char *name = (const char *)walk->structure.data + walk->at;
    size_t length = strnlen(name, walk->structure.size - walk->at);
    struct slice bytes;

    TRY(take(walk, (uint64_t)length + 1, &bytes));
    if (walk->root_ended || walk->depth == DTB_DEPTH_MAX || (walk->depth == 0) != (length == 0)) {
        return E_DTB_STRUCTURE;
    }
    for (size_t i = 0; i < length; i++) {
        if (name[i] <= ' ' || name[i] > '~' || name[i] == '/') {
            return E_DTB_STRUCTURE;
        }
    }
    walk->depth++;
    walk->child_ended = false;
    return OK;
}

static enum err walk_end_node(struct walk *walk)
{
    if (walk->depth == 0) {
        return E_DTB_STRUCTURE;
    }
    walk->depth--;
    walk->child_ended = true;
    walk->root_ended = walk->depth == 0;
    return OK;
}

static enum err walk_property(struct walk *walk)
{
    struct slice head;
    struct slice value;
    uint32_t name_offset;

    TRY(take(walk, 2 * TOKEN_BYTES, &head));
    TRY(take(walk, be32(head.data), &value));
    name_offset = be32(head.data + TOKEN_BYTES);
    if (walk->depth == 0 || walk->child_ended || name_offset >= walk->strings.size ||
        walk->strings.data[name_offset] == '\0') {
        return E_DTB_STRUCTURE;
    }
    return OK;
}

/* One tree, then FDT_END, then nothing. Each round moves on by a token at least. */
static enum err walk_structure(struct walk *walk)
{
    for (;;) {
        struct slice token;

        TRY(take(walk, TOKEN_BYTES, &token));
        switch (be32(token.data)) {
        case FDT_BEGIN_NODE:
            TRY(walk_node(walk));
            break;
        case FDT_END_NODE:
            TRY(walk_end_node(walk));
            break;
        case FDT_PROP:
            TRY(walk_property(walk));
            break;
        case FDT_NOP:
            break;
        case FDT_END:
            return walk->root_ended && walk->at == walk->structure.size ? OK : E_DTB_STRUCTURE;
        default:
            return E_DTB_STRUCTURE;
        }
    }
}

enum err dtb_check(struct slice bytes, struct dtb *out_dtb)
{
    struct dtb dtb = {0};
    struct walk walk = {0};
    struct slice tree;

    TRY(check_header(bytes, &tree));
    TRY(find_blocks(tree, &dtb));
    /* With a NUL at its end no string of the block runs out of it. */
    if (dtb.strings.size != 0 && dtb.strings.data[dtb.strings.size - 1] != '\0') {
        return E_DTB_STRUCTURE;
    }
    walk.structure = dtb.structure;
    walk.strings = dtb.strings;
    TRY(walk_structure(&walk));
    *out_dtb = dtb;
    return OK;
}

size_t dtb_packed_size(const struct dtb *dtb)
{
    return HEADER_BYTES + dtb->reservations.size + dtb->structure.size + dtb->strings.size;
}

static void put_header(const struct dtb *dtb, uint8_t *header, size_t total)
{
    size_t structure = HEADER_BYTES + dtb->reservations.size;
    const struct {
        size_t field;
        size_t value;
    } fields[] = {
        {offsetof(struct fdt_header, magic), FDT_MAGIC},
        {offsetof(struct fdt_header, totalsize), total},
        {offsetof(struct fdt_header, off_dt_struct), structure},
        {offsetof(struct fdt_header, off_dt_strings), structure + dtb->structure.size},
        {offsetof(struct fdt_header, off_mem_rsvmap), HEADER_BYTES},
        {offsetof(struct fdt_header, version), VERSION},
        {offsetof(struct fdt_header, last_comp_version), VERSION_OLDEST},
        {offsetof(struct fdt_header, boot_cpuid_phys), dtb->boot_cpu},
        {offsetof(struct fdt_header, size_dt_strings), dtb->strings.size},
        {offsetof(struct fdt_header, size_dt_struct), dtb->structure.size},
    };

    for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
        put_be32(header + fields[i].field, (uint32_t)fields[i].value);
    }
}

enum err dtb_write(const struct dtb *dtb, struct span room)
{
    const struct slice blocks[] = {dtb->reservations, dtb->structure, dtb->strings};
    uint8_t *to = room.data + HEADER_BYTES;

    if ((uintptr_t)room.data % 8 != 0 || room.size < dtb_packed_size(dtb)) {
        return E_DTB_SPACE;
    }
    put_header(dtb, room.data, MIN(room.size, INT_MAX));
    for (size_t i = 0; i < ARRAY_COUNT(blocks); i++) {
        if (blocks[i].size != 0) {
            memcpy(to, blocks[i].data, blocks[i].size);
        }
        to += blocks[i].size;
    }
    return OK;
}
