/* SPDX-License-Identifier: MIT */
/*
 * A picture of the screen as a BMP: its pixels as they are, under a head. Stage fastboot.
 *
 * BITMAPINFOHEADER, 32 bits a pixel without compression: blue, green, red, unused; the top row first.
 */
#ifndef FASTBOOT_BMP_H
#define FASTBOOT_BMP_H

#include "iface/panel.h"

/* Writes it to the start of `room`. E_BMP_SPACE when it does not fit: some 4 bytes a pixel. */
NODISCARD enum err bmp_write(const struct canvas *canvas, struct span room, size_t *out_size);

#endif
