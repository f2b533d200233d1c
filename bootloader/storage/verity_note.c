/* SPDX-License-Identifier: MIT */
/* The ROM's note about a refused block. Stage storage. */
#include "storage/verity_note.h"

#include "base/crc32.h"
#include "format/misc.h"
#include "iface/block.h"

#include <string.h>

bool verity_note_decode(struct slice bytes, uint64_t *out_block)
{
    const struct verity_note *note = (const struct verity_note *)bytes.data;

    if (bytes.size < sizeof *note ||
        memcmp(note->magic, VERITY_NOTE_MAGIC, sizeof note->magic) != 0 ||
        le32(note->crc32) != crc32(slice_of(note, offsetof(struct verity_note, crc32)))) {
        return false;
    }
    *out_block = le64(note->block);
    return true;
}

enum err verity_note_read(const struct partition *misc, struct span scratch, bool *out_present,
                          uint64_t *out_block)
{
    struct span room = {.data = scratch.data, .size = misc->disk->block_bytes};

    if (scratch.size < room.size) {
        return E_SLICE_RANGE;
    }
    TRY(partition_read(misc, MISC_VERITY_OFFSET, room));
    *out_present = verity_note_decode(span_slice(room), out_block);
    return OK;
}
