/* SPDX-License-Identifier: MIT */
/* Drawing in a square of 0 to 1000. Stage screen. */
#include "screen/grid.h"

#define GRID 1000

int grid_scale(struct icon_place place, int length)
{
    return (length * place.size_px + GRID / 2) / GRID;
}

struct point grid_at(struct icon_place place, int x, int y)
{
    return (struct point){place.x_px - place.size_px / 2 + grid_scale(place, x),
                          place.y_px - place.size_px / 2 + grid_scale(place, y)};
}

void grid_bar(const struct canvas *canvas, struct icon_place place, const int ends[4], int width,
              uint32_t colour)
{
    struct point from = grid_at(place, ends[0], ends[1]);
    struct point to = grid_at(place, ends[2], ends[3]);

    canvas_line(canvas, from.x_px, from.y_px, to.x_px, to.y_px, grid_scale(place, width), colour);
}

void grid_area(const struct canvas *canvas, struct icon_place place, const struct point *points,
               size_t count, int radius, uint32_t colour)
{
    struct point placed[CANVAS_POLYGON_MAX];

    for (size_t i = 0; i < count && i < CANVAS_POLYGON_MAX; i++) {
        placed[i] = grid_at(place, points[i].x_px, points[i].y_px);
    }
    canvas_polygon(canvas, placed, count, grid_scale(place, radius), colour);
}

void grid_panel(const struct canvas *canvas, struct icon_place place, const int box[4], int radius,
                uint32_t colour)
{
    struct point from = grid_at(place, box[0], box[1]);
    struct point to = grid_at(place, box[2], box[3]);

    canvas_round_rect(canvas,
                      (struct rect){from.x_px, from.y_px, to.x_px - from.x_px, to.y_px - from.y_px},
                      grid_scale(place, radius), colour);
}

void grid_circle(const struct canvas *canvas, struct icon_place place, int x, int y, int radius,
                 uint32_t colour)
{
    struct point centre = grid_at(place, x, y);

    canvas_circle(canvas, centre.x_px, centre.y_px, grid_scale(place, radius), colour);
}
