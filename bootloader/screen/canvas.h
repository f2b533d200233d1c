/* SPDX-License-Identifier: MIT */
/*
 * Shapes on a canvas (iface/panel.h). Stage screen; the ROM's home screen draws with it too.
 *
 * Pixels, from the top left; whatever lies outside the canvas is clipped. Colours are 0x00rrggbb.
 * Curves are anti-aliased; integer arithmetic only.
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

void canvas_fill(const struct canvas *canvas, struct rect rect, uint32_t colour);
/* From `top` to `bottom`, row by row. */
void canvas_gradient(const struct canvas *canvas, struct rect rect, uint32_t top, uint32_t bottom);
void canvas_round_rect(const struct canvas *canvas, struct rect rect, int radius_px, uint32_t colour);
void canvas_circle(const struct canvas *canvas, int x_px, int y_px, int radius_px, uint32_t colour);
void canvas_ring(const struct canvas *canvas, int x_px, int y_px, int radius_px, int width_px,
                 uint32_t colour);
/* A line with round ends. */
void canvas_line(const struct canvas *canvas, int x0_px, int y0_px, int x1_px, int y1_px, int width_px,
                 uint32_t colour);
/* `coverage` 0 to 255 of `colour` over one pixel. */
void canvas_blend(const struct canvas *canvas, int x_px, int y_px, uint32_t colour, unsigned coverage);

#endif
