/* SPDX-License-Identifier: MIT */
/*
 * The ROM's note in `misc` that dm-verity refused a block of `system`:
 * format/misc.h. Stage storage.
 */
#ifndef STORAGE_VERITY_NOTE_H
#define STORAGE_VERITY_NOTE_H

#include "storage/partition.h"

/* False: there is no note. */
NODISCARD bool verity_note_decode(struct slice note, uint64_t *out_block);

/*
 * Reads the note. `scratch`: at least 4096 bytes.
 *
 *   E_BLOCK_...     the partition could not be read, or is too small to hold a note
 *   E_SLICE_RANGE   scratch is too small
 */
NODISCARD enum err verity_note_read(const struct partition *misc, struct span scratch,
                                    bool *out_present, uint64_t *out_block);

#endif
