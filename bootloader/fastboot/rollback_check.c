/* SPDX-License-Identifier: MIT */
/*
 * The index of an image against the fuses. A sparse image is looked at as it would lie on the disk:
 * what it leaves out is read from there, so that no way of packing gets an old
 * image past. Stage fastboot.
 */
#include "fastboot/rollback_check.h"

#include "base/text.h"
#include "fastboot/slot_commands.h"
#include "fastboot/sparse.h"
#include "format/vbmeta.h"
#include "iface/block.h"

#include <string.h>

/* Puts what a piece says about the first bytes of the partition into `head`. */
static void apply(const struct sparse_piece *piece, struct span head)
{
    for (uint64_t i = 0; i < piece->length_bytes && piece->offset_bytes + i < head.size; i++) {
        uint8_t *to = head.data + piece->offset_bytes + i;

        if (piece->kind == SPARSE_KIND_DATA) {
            *to = piece->data.data[i];
        } else if (piece->kind == SPARSE_KIND_FILL) {
            *to = piece->fill[i % sizeof piece->fill];
        }
    }
}

/* The start of the partition as it would be afterwards; false when that cannot be told. */
static bool foresee(const struct partition *partition, struct slice image, struct span head)
{
    struct sparse sparse;
    struct sparse_piece piece;

    if (partition_read(partition, 0, head) != OK) {
        return false;
    }
    if (!sparse_is(image)) {
        memcpy(head.data, image.data, MIN(image.size, head.size));
        return true;
    }
    if (sparse_open(image, partition->size_bytes, &sparse) != OK) {
        return false; /* and it will not be written either */
    }
    while (sparse_next(&sparse, &piece)) {
        apply(&piece, head);
    }
    return true;
}

bool rollback_check_refuses(const struct fastboot_context *context, const char *name,
                            const struct partition *partition, struct slice image, char *out_words,
                            size_t words_size)
{
    const struct board *board = context->board;
    struct span head = context->phone->scratch;
    const struct vbmeta_header *header = (const struct vbmeta_header *)head.data;
    struct text words = text_in(out_words, words_size);

    if (!board_has(board, PROTECTION_ANTI_ROLLBACK) || !slot_names_part(name, PART_VBMETA)) {
        return false;
    }
    head.size = partition->disk->block_bytes;
    if (!foresee(partition, image, head) ||
        memcmp(header->magic, VBMETA_MAGIC, sizeof header->magic) != 0 ||
        be64(header->rollback_index) >= board->rollback_index) {
        return false;
    }
    text_str(&words, "current device antirollback version is greater than this package (phone ");
    text_u64(&words, board->rollback_index);
    text_str(&words, ", image ");
    text_u64(&words, be64(header->rollback_index));
    text_char(&words, ')');
    return true;
}
