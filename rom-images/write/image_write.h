/* SPDX-License-Identifier: MIT */
/* Everything that writes an image: boot image, vbmeta, partition table. One file for each. */
#ifndef ROM_IMAGES_IMAGE_WRITE_H
#define ROM_IMAGES_IMAGE_WRITE_H

#include "rom-images/write/boot_image_write.h"
#include "rom-images/write/gpt_write.h"
#include "rom-images/write/vbmeta_write.h"

#endif
