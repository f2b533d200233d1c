/* SPDX-License-Identifier: MIT */
/* One screen's page. Stage screen. */
#include "screen/page.h"

#define DESIGN_HEIGHT_PX 1280
#define EDGE_PX          48 /* above the items, between them and the feet, below the feet */
#define NARROW_PX        600
#define COLUMN_MAX_PX    760
#define MARGIN_SHARE     15 /* the margin is this part of the width */
#define GAP_PERMILLE_MIN 300
#define ABOVE_PERCENT    43 /* of the free height, above the first item */

static int edge_px(const struct page *page)
{
    return EDGE_PX * (int)page->canvas->height_px / DESIGN_HEIGHT_PX;
}

static int item_height(const struct page *page, const struct item *item)
{
    const struct canvas nowhere = {.width_px = 0};
    struct page measured = *page;

    measured.canvas = &nowhere;
    return item->draw(&measured, item, 0);
}

struct page page_of(const struct canvas *canvas, const struct screen_facts *facts)
{
    int all_px = (int)canvas->width_px;
    int column_px = all_px - 2 * (all_px / MARGIN_SHARE);
    struct page page = {.canvas = canvas, .facts = facts, .narrow = all_px < NARROW_PX};

    page.width_px = MIN(column_px, COLUMN_MAX_PX);
    page.left_px = (all_px - page.width_px) / 2;
    return page;
}

static int feet_height(const struct page *page, const struct layout *layout)
{
    int height_px = 0;

    for (size_t i = 0; i < layout->foot_count; i++) {
        int foot_px = item_height(page, &layout->feet[i]);
        height_px += foot_px + (foot_px != 0 && height_px != 0 ? layout->feet[i].gap_px : 0);
    }
    return height_px;
}

int page_feet_top(const struct page *page, const struct layout *layout)
{
    return (int)page->canvas->height_px - edge_px(page) - feet_height(page, layout);
}

static void draw_feet(const struct page *page, const struct layout *layout, int top_px)
{
    int y_px = top_px;

    for (size_t i = 0; i < layout->foot_count; i++) {
        const struct item *foot = &layout->feet[i];
        y_px += y_px != top_px && item_height(page, foot) != 0 ? foot->gap_px : 0;
        y_px += foot->draw(page, foot, y_px);
    }
}

void page_draw_feet(const struct page *page, const struct layout *layout)
{
    const struct canvas *canvas = page->canvas;
    int top_px = page_feet_top(page, layout);

    canvas_fill(canvas,
                (struct rect){0, top_px, (int)canvas->width_px, (int)canvas->height_px - top_px},
                COLOUR_BLACK);
    draw_feet(page, layout, top_px);
}

/* The items, in room_px from top_px on: what each takes is measured first. */
static void draw_items(const struct page *page, const struct layout *layout, int top_px,
                       int room_px)
{
    size_t count = layout->item_count;
    int gap_permille = 0;
    int ink_px = 0;
    int gaps_px = 0;

    for (size_t i = 0; i < count; i++) {
        ink_px += item_height(page, &layout->items[i]);
        gaps_px += layout->items[i].gap_px;
    }
    for (; count > 1; count--) {
        gap_permille = (int)((int64_t)page->canvas->height_px * 1000 / DESIGN_HEIGHT_PX);
        if (gaps_px != 0 && (int64_t)gaps_px * gap_permille / 1000 > room_px - ink_px) {
            gap_permille = (int)((int64_t)(room_px - ink_px) * 1000 / gaps_px);
        }
        if (gap_permille >= GAP_PERMILLE_MIN) {
            break;
        }
        ink_px -= item_height(page, &layout->items[count - 1]);
        gaps_px -= layout->items[count - 1].gap_px;
    }
    int free_px = room_px - ink_px - gaps_px * gap_permille / 1000;
    int y_px = top_px + (free_px > 0 ? free_px * ABOVE_PERCENT / 100 : 0);
    for (size_t i = 0; i < count; i++) {
        const struct item *item = &layout->items[i];
        y_px += item->gap_px * gap_permille / 1000;
        y_px += item->draw(page, item, y_px);
    }
}

void page_draw(const struct page *page, const struct layout *layout)
{
    const struct canvas *canvas = page->canvas;
    const struct rect all = {.width_px = (int)canvas->width_px,
                             .height_px = (int)canvas->height_px};
    int above_px = edge_px(page);
    int feet_px = page_feet_top(page, layout);

    canvas_fill(canvas, all, COLOUR_BLACK);
    draw_feet(page, layout, feet_px);
    draw_items(page, layout, above_px, feet_px - 2 * above_px);
}
