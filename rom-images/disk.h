/* SPDX-License-Identifier: MIT */
/* A phone's disk as a sparse file: the model's partitions, with a ROM in them. */
#ifndef ROM_IMAGES_DISK_H
#define ROM_IMAGES_DISK_H

#include "base/bytes.h"
#include "board/model.h"

/*
 * Writes `path`: partition table, boot and vbmeta (on a phone with slots: slot a); the rest is
 * empty. `model_file` is the model's name for messages. False: it said why on standard error, and
 * `path` is what it was.
 */
NODISCARD bool disk_write(const struct model *model, const char *model_file, struct slice boot,
                          struct slice vbmeta, const char *path);

#endif
