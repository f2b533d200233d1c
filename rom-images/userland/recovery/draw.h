/* SPDX-License-Identifier: MIT */
/* The recovery's pages as pictures. Pure: what to show in, pixels out. */
#ifndef USERLAND_RECOVERY_DRAW_H
#define USERLAND_RECOVERY_DRAW_H

#include "recovery/menu.h"
#include "screen/canvas.h"

#define RECOVERY_BAR_COLOUR 0x5ab4f5 /* the selection, solid light blue */

/*
 * Where the selection bar is, for the drawing and for its test; height 0 where nothing is selected.
 */
struct rect recovery_bar(const struct canvas *canvas, const struct recovery_view *view);

/* Covers the whole canvas. */
void recovery_draw(const struct canvas *canvas, const struct recovery_view *view);

#endif
