/* SPDX-License-Identifier: MIT */
/*
 * Writes a ROM's dtbo image: Android's table of device tree overlays (format/dtbo.h) with one
 * overlay, which only carries a note: which ROM it came with. The lab's phones have their overlay
 * in their NOR, so that this one is verified and not applied. Pure.
 */
#ifndef ROM_IMAGES_DTBO_WRITE_H
#define ROM_IMAGES_DTBO_WRITE_H

#include "base/bytes.h"

#define DTBO_WRITE_BYTES_MAX 4096

/* Writes the image to `out` and returns its size; 0 when it does not fit. */
size_t dtbo_write(const char *note, struct span out);

#endif
