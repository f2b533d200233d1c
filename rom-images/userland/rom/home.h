/* SPDX-License-Identifier: MIT */
/*
 * The home screen: what a person sees when the ROM runs.
 *
 * Pure: facts in, pixels out. Laid out for panels 720 pixels wide and 1280 to 1496 high; on others
 * the gaps and the icons grow or shrink, the letters stay, and rows of apps that have no room are
 * left out.
 */
#ifndef USERLAND_HOME_H
#define USERLAND_HOME_H

#include "rom/clock.h"
#include "props.h"
#include "screen/canvas.h"

/* Strings are never NULL; they live as long as the properties that they come from. */
struct home_facts {
    const char *region;     /* "cn": in Chinese; everything else: in English */
    const char *version;    /* "V9.6.1.0.OEAMIFD" */
    const char *model;      /* "Mi 8" */
    const char *boot_state; /* "green", "yellow", "orange", "unverified" */
    struct clock_time time;
};

/* From ro.flashlab.region, ro.build.version.incremental, ...; the time is left as it is. */
void home_read_facts(const struct props *props, struct home_facts *facts);

/* Where things are; for the drawing and for its test. */
struct home_layout {
    int margin_px;
    int clock_y_px;
    int date_y_px;
    struct rect card;
    int grid_y_px;
    int grid_rows; /* 0 to 2 */
    int cell_width_px;
    int cell_height_px;
    int icon_px;
    int dots_y_px;
    struct rect dock;
};

struct home_layout home_lay_out(uint32_t width_px, uint32_t height_px);

/* Covers the whole canvas. Does nothing on a canvas of width 0. */
void home_draw(const struct canvas *canvas, const struct home_facts *facts);

#endif
