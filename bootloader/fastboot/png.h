/* SPDX-License-Identifier: MIT */
/*
 * A picture of the screen as a PNG (ISO/IEC 15948) without compression. Stage fastboot.
 */
#ifndef FASTBOOT_PNG_H
#define FASTBOOT_PNG_H

#include "iface/panel.h"

/*
 * Writes it to the start of `room`. E_PNG_SPACE when it does not fit: some 3 bytes a pixel. At most
 * 21844 pixels wide: a row is one block of deflate.
 */
NODISCARD enum err png_write(const struct canvas *canvas, struct span room, size_t *out_size);

#endif
