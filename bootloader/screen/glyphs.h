/* SPDX-License-Identifier: MIT */
/*
 * Glyph tables: what screen/glyphc.c writes and screen/type.c reads. Private to these two.
 *
 * A glyph's picture is its tight box, row by row from the top, rows not aligned: a stream of bits,
 * the highest of a byte first, that begins on a byte. Three bits are
 *
 *   1 to 5      one pixel of so many sixths of full coverage
 *   0           transparent pixels, as many as the bits behind it say
 *   7           opaque pixels, so too
 *   6           pixels like those above them, so too; not in the first row
 *
 * So many: 3 more than is wanted, in binary, with a zero before it for each of its bits beyond
 * three (Exp-Golomb of order 2): 100 is 1, 111 is 4, 01000 is 5, up to GLYPH_RUN_MAX.
 * A run may go on from one row into the next. Behind the last picture stand GLYPH_SPARE_BYTES more,
 * so that the reader may take bits two bytes at a time.
 */
#ifndef SCREEN_GLYPHS_H
#define SCREEN_GLYPHS_H

#include <stdint.h>

#define GLYPH_TRANSPARENT 0
#define GLYPH_ABOVE       6
#define GLYPH_OPAQUE      7
#define GLYPH_STEPS       6 /* of coverage, from transparent to opaque */
#define GLYPH_CODE_BITS   3
#define GLYPH_RUN_BIAS    3
#define GLYPH_RUN_BITS    3  /* at least */
#define GLYPH_RUN_MAX     64 /* which takes 11 */
#define GLYPH_WIDTH_MAX   255
#define GLYPH_SPARE_BYTES 4

struct glyph {
    uint16_t offset;       /* of its first byte in the style's pictures */
    uint16_t code;         /* Unicode, basic plane */
    uint16_t advance_px64; /* to the next glyph, in 1/64 pixel */
    int8_t left_px;        /* from the pen to the box */
    uint8_t top_px;        /* from the line's top to the box */
    uint8_t width_px;      /* 0: nothing to draw; at most GLYPH_WIDTH_MAX */
    uint8_t height_px;
};

struct type_style {
    uint16_t size_px;     /* the em */
    uint16_t line_px;     /* from one baseline to the next */
    uint16_t baseline_px; /* from the line's top */
    uint16_t glyph_count;
    const struct glyph *glyphs; /* sorted by code */
    const uint8_t *pictures;
    uint32_t picture_bytes;
};

#endif
