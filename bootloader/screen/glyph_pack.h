/* SPDX-License-Identifier: MIT */
/* Packs one glyph's picture as screen/glyphs.h says. For glyphc.c, while the project is built. */
#ifndef SCREEN_GLYPH_PACK_H
#define SCREEN_GLYPH_PACK_H

#include <stddef.h>
#include <stdint.h>

/*
 * `pixels` are width x rows coverages of 0 to 255. Returns the number of bytes, the fewest that say
 * the picture, with GLYPH_SPARE_BYTES behind them; the caller frees *out_bytes. 0 when there is no memory, or nothing to pack.
 */
size_t glyph_pack(const uint8_t *pixels, size_t width, size_t rows, uint8_t **out_bytes);

#endif
