/* SPDX-License-Identifier: MIT */
/*
 * Boot images of later phones (header versions 3, 4 and whatever follows) are refused where they
 * are offered, in words that name the version: this phone could not start them. Stage fastboot.
 */
#ifndef FASTBOOT_BOOT_IMAGE_CHECK_H
#define FASTBOOT_BOOT_IMAGE_CHECK_H

#include "base/bytes.h"

/*
 * True, with words for the reply in `out_words`, when `image`, as it is or sparse, is such one.
 * `name`: of the partition that it is for, or NULL when it is to be started.
 */
bool boot_image_check_refuses(const char *name, struct slice image, char *out_words,
                              size_t words_size);

#endif
