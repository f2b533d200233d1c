/* SPDX-License-Identifier: MIT */
/*
 * Shapes on a canvas (iface/panel.h). Stage screen; the ROM's home screen draws with it too.
 *
 * Pixels, from the top left; whatever lies outside the canvas is clipped. Colours are 0x00rrggbb.
 * Curves are anti-aliased; integer arithmetic only. A coordinate names the corner between pixels:
 * the circle at (8, 8) of radius 8 fills the square from (0, 0) to (16, 16). Any value may be
 * passed; beyond +-2^20 it counts as that. Sizes of 0 or less draw nothing.
 */
#ifndef SCREEN_CANVAS_H
#define SCREEN_CANVAS_H

#include "iface/panel.h"

struct rect {
    int x_px;
    int y_px;
    int width_px;
    int height_px;
};

struct point {
    int x_px;
    int y_px;
};

#define CANVAS_POLYGON_MAX 8 /* points */

void canvas_fill(const struct canvas *canvas, struct rect rect, uint32_t colour);
/* From `top` to `bottom`, row by row. */
void canvas_gradient(const struct canvas *canvas, struct rect rect, uint32_t top, uint32_t bottom);
void canvas_round_rect(const struct canvas *canvas, struct rect rect, int radius_px,
                       uint32_t colour);
void canvas_circle(const struct canvas *canvas, int x_px, int y_px, int radius_px, uint32_t colour);
/* `width_px` of a circle's rim, inwards from radius_px. */
void canvas_ring(const struct canvas *canvas, int x_px, int y_px, int radius_px, int width_px,
                 uint32_t colour);
/* A line with round ends. One of odd width runs half a pixel to the lower right, to stay sharp. */
void canvas_line(const struct canvas *canvas, int x0_px, int y0_px, int x1_px, int y1_px,
                 int width_px, uint32_t colour);
/*
 * A filled convex polygon of 1 to CANVAS_POLYGON_MAX points (either way round), grown by radius_px
 * on all sides: its corners become round. More points draw nothing.
 */
void canvas_polygon(const struct canvas *canvas, const struct point *points, size_t count,
                    int radius_px, uint32_t colour);
/* `coverage` 0 to 255 of `colour` over one pixel. */
void canvas_blend(const struct canvas *canvas, int x_px, int y_px, uint32_t colour,
                  unsigned coverage);

#endif
