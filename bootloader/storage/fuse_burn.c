/* SPDX-License-Identifier: MIT */
/* Burning fuses: turning ones into zeros, never the other way. Stage storage. */
#include "storage/fuse_burn.h"

#include "format/fuses.h"
#include "format/nor_map.h"
#include "iface/nor.h"

#include <stddef.h>

/* Where a unary count lies in the fuse sector. */
struct count_field {
    uint32_t offset;
    uint32_t size_bytes;
};

static const struct count_field rollback_field = {
    NOR_FUSES_OFFSET + offsetof(struct fuses_record, rollback), FUSES_ROLLBACK_BYTES};
static const struct count_field lock_changes_field = {
    NOR_FUSES_OFFSET + offsetof(struct fuses_record, lock_changes), FUSES_LOCK_CHANGES_BYTES};

#define WORD_BITS 32

/* The word in which the fuses below `count` are burned, the first of them being fuse `first`. */
static uint32_t burned_word(uint64_t count, uint32_t first)
{
    if (count <= first) {
        return UINT32_MAX;
    }
    return count - first >= WORD_BITS ? 0 : UINT32_MAX << (count - first);
}

static enum err burn(struct nor *nor, const struct count_field *field, uint64_t count)
{
    if (count > 8 * (uint64_t)field->size_bytes) {
        return E_FUSE_CAPACITY;
    }
    for (uint32_t at = 0; at < field->size_bytes; at += WORD_BITS / 8) {
        uint8_t bytes[WORD_BITS / 8];
        uint32_t before;
        uint32_t after;

        TRY(nor->ops->read(nor, field->offset + at, sizeof bytes, bytes));
        before = le32(bytes);
        after = before & burned_word(count, 8 * at);
        if (after == before) {
            continue;
        }
        put_le32(bytes, after);
        TRY(nor->ops->program(nor, field->offset + at, slice_of(bytes, sizeof bytes)));
        TRY(nor->ops->read(nor, field->offset + at, sizeof bytes, bytes));
        if (le32(bytes) != after) {
            return E_NOR_PROGRAM;
        }
    }
    return OK;
}

enum err fuse_burn_rollback(struct nor *nor, uint64_t index)
{
    return burn(nor, &rollback_field, index);
}

enum err fuse_burn_lock_changes(struct nor *nor, uint32_t count)
{
    return burn(nor, &lock_changes_field, count);
}
