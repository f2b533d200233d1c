/* SPDX-License-Identifier: MIT */
/* A phone's disk as a sparse file: the model's partitions, with a ROM in them. */
#ifndef ROM_IMAGES_DISK_H
#define ROM_IMAGES_DISK_H

#include "base/bytes.h"
#include "board/model.h"
#include "rom-images/write/gpt_write.h"

/* What goes into a partition; an empty image leaves it empty. */
struct disk_image {
    const char *partition;
    struct slice bytes;
};

/*
 * Writes `path`: partition table and `images` (those of a phone with slots go into slot a); the
 * rest is empty. `model_file` is the model's name for messages. False: it said why on standard
 * error, and `path` is what it was.
 */
NODISCARD bool disk_write(const struct model *model, const char *model_file,
                          const struct disk_image *images, size_t count, const char *path);

/* Where the model's partitions lie. False: it said why on standard error. */
NODISCARD bool disk_plan(const struct model *model, const char *model_file,
                         struct gpt_plan *out_plan);

#endif
