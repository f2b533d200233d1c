/* SPDX-License-Identifier: MIT */
/* The apps on the home screen: an icon of our own and a label each. They cannot be started. */
#ifndef USERLAND_APPS_H
#define USERLAND_APPS_H

#include "rom/shapes.h"
#include "rom/texts.h"

#define APPS_IN_GRID 8
#define APPS_IN_DOCK 4
#define APP_COUNT    (APPS_IN_GRID + APPS_IN_DOCK)

struct app {
    enum text_id label;
    uint32_t top; /* the icon's ground, from top to bottom */
    uint32_t bottom;
    const struct stroke *strokes;
};

/* First those of the grid, row by row, then those of the dock. */
extern const struct app apps[APP_COUNT];

void app_draw_icon(const struct canvas *canvas, const struct app *app, int x_px, int y_px,
                   int size_px);

#endif
