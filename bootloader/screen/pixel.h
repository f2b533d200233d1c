/* SPDX-License-Identifier: MIT */
/* One pixel over another, for canvas.c and type.c. Stage screen. */
#ifndef SCREEN_PIXEL_H
#define SCREEN_PIXEL_H

#include <stdint.h>

#define PIXEL_RED_BLUE 0x00ff00ffu
#define PIXEL_GREEN    0x0000ff00u

/* `coverage` 0 to 255 of `over`. Red and blue share a multiplication: neither reaches the other. */
static inline uint32_t pixel_mix(uint32_t under, uint32_t over, unsigned coverage)
{
    uint32_t share = coverage + (coverage >> 7); /* 0 to 256 */
    uint32_t red_blue = (over & PIXEL_RED_BLUE) * share + (under & PIXEL_RED_BLUE) * (256 - share);
    uint32_t green = (over & PIXEL_GREEN) * share + (under & PIXEL_GREEN) * (256 - share);

    return (red_blue >> 8 & PIXEL_RED_BLUE) | (green >> 8 & PIXEL_GREEN);
}

#endif
