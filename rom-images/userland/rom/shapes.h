/* SPDX-License-Identifier: MIT */
/*
 * What the home screen draws beyond bootloader/screen/canvas.h: translucent panels, hills and soft
 * light; and pictures as tables of strokes.
 *
 * Pixels, colours and clipping as in canvas.h. Integer arithmetic only.
 */
#ifndef USERLAND_SHAPES_H
#define USERLAND_SHAPES_H

#include "screen/canvas.h"

#define OPAQUE 256

/* From `top` to `bottom`, row by row; `opacity` 0 to OPAQUE over what is there. */
struct paint {
    uint32_t top;
    uint32_t bottom;
    unsigned opacity;
};

/* Between two colours: `share` 0 to 256 of `over`. */
uint32_t colour_mix(uint32_t under, uint32_t over, unsigned share);

void shape_panel(const struct canvas *canvas, struct rect rect, int radius_px, struct paint paint);

/* Light that fades from `opacity` in the middle to nothing at the radius. */
void shape_glow(const struct canvas *canvas, int x_px, int y_px, int radius_px, uint32_t colour,
                unsigned opacity);

/*
 * A chain of hills over the whole width, down to the bottom: crests around y_px, up to height_px
 * away from it, wave_px from one crest to the next, the first crest moved by shift_px.
 */
struct hills {
    int y_px;
    int height_px;
    int wave_px;
    int shift_px;
    uint32_t top;
    uint32_t bottom;
};

void shape_hills(const struct canvas *canvas, const struct hills *hills);

/* One stroke of a picture, in units of 1/96 of the picture's size. */
enum stroke_kind {
    STROKE_END = 0,
    STROKE_DISC,     /* x, y, radius */
    STROKE_RING,     /* x, y, radius, width */
    STROKE_LINE,     /* x0, y0, x1, y1, width */
    STROKE_BOX,      /* x, y, width, height, radius */
    STROKE_TRIANGLE, /* x0, y0, x1, y1, x2, y2 */
};

struct stroke {
    enum stroke_kind kind;
    uint32_t colour;
    int16_t at[6];
};

#define PICTURE_UNITS 96

/* Draws strokes up to STROKE_END, scaled to a square of size_px. */
void picture_draw(const struct canvas *canvas, const struct stroke *strokes, int x_px, int y_px,
                  int size_px);

#endif
