/* SPDX-License-Identifier: MIT */
/*
 * One screen's page: items one below the other, a little above the middle, and feet at the bottom.
 * Stage screen.
 *
 * Distances are those of a panel 720 x 1280; vertical ones stretch with the height, letters keep
 * their size. On a panel that is too small the gaps shrink, then the last items are left out.
 */
#ifndef SCREEN_PAGE_H
#define SCREEN_PAGE_H

#include "screen/items.h"

struct layout {
    const char *name;
    const struct item *items;
    size_t item_count;
    const struct item *feet; /* from above; the gap of each is above it */
    size_t foot_count;
    uint32_t wait_s; /* how long the screen waits; 0: it does not */
};

/* In screens.c: one of its table. */
const struct layout *screen_layout(enum screen screen);

/* The column for a canvas that is not empty. */
struct page page_of(const struct canvas *canvas, const struct screen_facts *facts);

/* Draws all of it, on black. */
void page_draw(const struct page *page, const struct layout *layout);

/* The top of the feet. */
int page_feet_top(const struct page *page, const struct layout *layout);

/* Draws the feet alone, on black; they must be as high as before. */
void page_draw_feet(const struct page *page, const struct layout *layout);

#endif
