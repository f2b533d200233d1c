/* SPDX-License-Identifier: MIT */
/*
 * rawprogram0.xml: which file of a package goes to which sectors of the disk, for tools that rescue
 * a phone in EDL (Qualcomm's Firehose; stock qdl reads it). Sectors of 512 bytes, drive 0.
 */
#ifndef ROM_IMAGES_RAWPROGRAM_H
#define ROM_IMAGES_RAWPROGRAM_H

#include "base/text.h"
#include "rom-images/write/gpt_write.h"

struct rawprogram_file {
    const char *partition;
    bool has_slots;       /* it goes into slot a and into slot b */
    const char *filename; /* raw, not sparse */
    uint64_t size_bytes;
};

/* False: a partition is not in the plan, or `text` is too small. */
NODISCARD bool rawprogram_make(const struct gpt_plan *plan, const struct rawprogram_file *files,
                               size_t count, struct text *text);

#endif
