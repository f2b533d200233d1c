/* SPDX-License-Identifier: MIT */
/*
 * Drawing in a square of 0 to 1000 ("grid"), which is then put in its place: for icons.c and
 * mascot.c. Stage screen.
 */
#ifndef SCREEN_GRID_H
#define SCREEN_GRID_H

#include "screen/canvas.h"

/* Where the square is put: its centre, and how large it is there. */
struct icon_place {
    int x_px;
    int y_px;
    int size_px;
};

int grid_scale(struct icon_place place, int length);
struct point grid_at(struct icon_place place, int x, int y);

/* A line with round ends: x, y of both. */
void grid_bar(const struct canvas *canvas, struct icon_place place, const int ends[4], int width,
              uint32_t colour);
/* A polygon, grown by `radius`. */
void grid_area(const struct canvas *canvas, struct icon_place place, const struct point *points,
               size_t count, int radius, uint32_t colour);
/* A rectangle with round corners: left, top, right, bottom. */
void grid_panel(const struct canvas *canvas, struct icon_place place, const int box[4], int radius,
                uint32_t colour);
void grid_circle(const struct canvas *canvas, struct icon_place place, int x, int y, int radius,
                 uint32_t colour);

#endif
