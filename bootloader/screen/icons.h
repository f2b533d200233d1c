/* SPDX-License-Identifier: MIT */
/*
 * The drawings on the bootloader's screens, all of shapes of screen/canvas.h. Stage screen.
 *
 * Each fills its square (grid.h).
 */
#ifndef SCREEN_ICONS_H
#define SCREEN_ICONS_H

#include "board/region.h"
#include "screen/grid.h"

#define COLOUR_BLACK  0x000000u
#define COLOUR_WHITE  0xf5f5f7u
#define COLOUR_GREY   0xc0c0c6u
#define COLOUR_DIM    0x88888fu
#define COLOUR_RED    0xe5383bu
#define COLOUR_BLUE   0x2f7df6u
#define COLOUR_AMBER  0xffb000u
#define COLOUR_ORANGE 0xff7a1au
#define COLOUR_YELLOW 0xffd23fu

void icon_emblem(const struct canvas *canvas, struct icon_place place);
void icon_warning(const struct canvas *canvas, struct icon_place place);
void icon_warning_orange(const struct canvas *canvas, struct icon_place place);
void icon_warning_yellow(const struct canvas *canvas, struct icon_place place);
void icon_no_rom(const struct canvas *canvas, struct icon_place place);
void icon_chip(const struct canvas *canvas, struct icon_place place);
void icon_stop(const struct canvas *canvas, struct icon_place place);
void icon_padlock_open(const struct canvas *canvas, struct icon_place place);
void icon_not_equal(const struct canvas *canvas, struct icon_place place);
void icon_china(const struct canvas *canvas, struct icon_place place);
void icon_globe(const struct canvas *canvas, struct icon_place place);
/* No region at all, and one that nobody knows. */
void icon_no_region(const struct canvas *canvas, struct icon_place place);
void icon_odd_region(const struct canvas *canvas, struct icon_place place);
/* The lab's octopus, mending a phone: mascot.c. */
void icon_mascot(const struct canvas *canvas, struct icon_place place);

#endif
