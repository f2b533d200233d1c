/* SPDX-License-Identifier: MIT */
/* The picture behind the home screen: our own evening in China, our own night elsewhere. */
#ifndef USERLAND_WALLPAPER_H
#define USERLAND_WALLPAPER_H

#include "screen/canvas.h"

enum wallpaper {
    WALLPAPER_WARM,
    WALLPAPER_COOL,
};

/* Covers the whole canvas. */
void wallpaper_draw(const struct canvas *canvas, enum wallpaper wallpaper);

#endif
