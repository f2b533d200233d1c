/* SPDX-License-Identifier: MIT */
/*
 * Anti-rollback when something is flashed: an image whose index is lower than the phone's is refused before
 * anything is written, locked or unlocked. Stage fastboot.
 *
 * Looked at is the vbmeta image of a vbmeta partition. Other images carry their own, for another
 * location than the fuses', in a footer: they are checked when the phone starts. What is no vbmeta image
 * names no index and is let through; it will not boot.
 */
#ifndef FASTBOOT_ROLLBACK_CHECK_H
#define FASTBOOT_ROLLBACK_CHECK_H

#include "fastboot/context.h"
#include "storage/partition.h"

/* True, with words for the reply in `out_words`, when the image must not be written there. */
bool rollback_check_refuses(const struct fastboot_context *context, const char *name,
                            const struct partition *partition, struct slice image, char *out_words,
                            size_t words_size);

#endif
