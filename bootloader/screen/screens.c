/* SPDX-License-Identifier: MIT */
/*
 * Stage screen: the table of screens.
 *
 * A screen is a list of items, one below the other, a little above the middle, and a foot at the bottom.
 * Distances are those of a panel 720 x 1280; vertical ones stretch with the height, letters keep their
 * size. On a panel that is too small the gaps shrink, then the last items are left out.
 */
#include "screen/screens.h"

#include "screen/items.h"

#define DESIGN_HEIGHT_PX 1280
#define EDGE_PX          48 /* above the items, between them and the foot, below the foot */
#define NARROW_PX        600
#define COLUMN_MAX_PX    760
#define MARGIN_SHARE     15 /* the margin is this part of the width */
#define GAP_PERMILLE_MIN 300
#define ABOVE_PERCENT    43 /* of the free height, above the first item */

#define TITLE(gap, words)                                                                          \
    {.draw = item_text, .gap_px = (gap), .text = (words), .english = ROLE_TITLE,                   \
     .chinese = ROLE_TITLE, .colour = COLOUR_WHITE}
#define LINES(gap, words)                                                                          \
    {.draw = item_text, .gap_px = (gap), .text = (words), .english = ROLE_BODY,                    \
     .chinese = ROLE_BODY, .colour = COLOUR_WHITE}
#define LINES_BY(gap, function)                                                                    \
    {.draw = (function), .gap_px = (gap), .english = ROLE_BODY, .chinese = ROLE_BODY,              \
     .colour = COLOUR_WHITE}
#define ICON(gap, function, size)                                                                  \
    {.draw = item_icon, .gap_px = (gap), .icon = (function), .icon_px = (size)}

static const struct item logo_items[] = {
    ICON(0, icon_emblem, 250),
    {.draw = item_text, .gap_px = 36, .text = TEXT_NAME, .english = ROLE_MARK, .colour = COLOUR_WHITE},
    {.draw = item_text, .gap_px = 12, .text = TEXT_ABOUT, .english = ROLE_CAPTION,
     .chinese = ROLE_CAPTION, .colour = COLOUR_DIM},
};

static const struct item region_items[] = {
    {.draw = item_text, .text = TEXT_REGION_TITLE, .english = ROLE_TITLE,
     .chinese = ROLE_SUBTITLE, .colour = COLOUR_WHITE},
    {.draw = item_regions, .gap_px = 44},
    LINES_BY(48, item_install),
    LINES(24, TEXT_BUY),
};

static const struct item verification_items[] = {
    ICON(0, icon_warning, 240),
    TITLE(56, TEXT_DESTROYED),
    LINES(48, TEXT_PRESS_POWER),
    LINES_BY(72, item_reason),
};

static const struct item no_rom_items[] = {
    ICON(0, icon_no_rom, 240),
    TITLE(64, TEXT_NO_ROM_TITLE),
    LINES_BY(48, item_install),
};

static const struct item hardware_items[] = {
    ICON(0, icon_chip, 220),
    TITLE(64, TEXT_HARDWARE_TITLE),
    LINES_BY(48, item_reason),
    LINES(32, TEXT_FACTORY),
};

static const struct item panic_items[] = {
    ICON(0, icon_stop, 104),
    TITLE(40, TEXT_PANIC_TITLE),
    LINES(36, TEXT_PANIC_WHY),
    {.draw = item_detail, .gap_px = 44, .english = ROLE_CAPTION, .colour = COLOUR_GREY},
};

static const struct item lock_foot = {.draw = item_lock, .icon_px = 60};
static const struct item identity_foot = {.draw = item_identity};

struct layout {
    const char *name;
    const struct item *items;
    size_t item_count;
    const struct item *foot; /* NULL: none */
};

#define ITEMS(list) .items = (list), .item_count = ARRAY_COUNT(list)

static const struct layout layouts[] = {
    [SCREEN_BLACK] = {.name = "black"},
    [SCREEN_LOGO] = {.name = "logo", ITEMS(logo_items), .foot = &lock_foot},
    [SCREEN_REGION] = {.name = "region", ITEMS(region_items), .foot = &identity_foot},
    [SCREEN_VERIFICATION] = {.name = "verification", ITEMS(verification_items), .foot = &identity_foot},
    [SCREEN_NO_ROM] = {.name = "no-rom", ITEMS(no_rom_items), .foot = &identity_foot},
    [SCREEN_HARDWARE] = {.name = "hardware", ITEMS(hardware_items), .foot = &identity_foot},
    [SCREEN_PANIC] = {.name = "panic", ITEMS(panic_items), .foot = &identity_foot},
};

/* A brick is shown by its reason; one that nobody gave is our own mistake. */
static const enum screen brick_screens[] = {
    [REASON_NONE] = SCREEN_PANIC,
    [REASON_OK] = SCREEN_PANIC,
    [REASON_REGION_MISMATCH] = SCREEN_REGION,
    [REASON_REGION_UNKNOWN] = SCREEN_REGION,
    [REASON_BAD_SIGNATURE] = SCREEN_VERIFICATION,
    [REASON_BAD_HASH] = SCREEN_VERIFICATION,
    [REASON_WRONG_KEY] = SCREEN_VERIFICATION,
    [REASON_ROLLBACK] = SCREEN_VERIFICATION,
    [REASON_NO_ROM] = SCREEN_NO_ROM,
    [REASON_BAD_GPT] = SCREEN_HARDWARE,
    [REASON_BAD_BOARD] = SCREEN_HARDWARE,
    [REASON_BAD_STATE] = SCREEN_HARDWARE,
    [REASON_KEYS] = SCREEN_PANIC,
    [REASON_BCB] = SCREEN_PANIC,
    [REASON_COMMAND] = SCREEN_PANIC,
};

/* FATE_BRICK is not here: its reason picks the screen. */
static const enum screen fate_screens[] = {
    [FATE_DEAD] = SCREEN_BLACK,    [FATE_BOOT] = SCREEN_LOGO, [FATE_FASTBOOT] = SCREEN_LOGO,
    [FATE_RECOVERY] = SCREEN_LOGO, [FATE_OFF] = SCREEN_BLACK,
};

const char *screen_name(enum screen screen)
{
    return (size_t)screen < ARRAY_COUNT(layouts) ? layouts[screen].name : "unknown";
}

enum screen screen_for(const struct decision *decision)
{
    if (decision->fate != FATE_BRICK && (size_t)decision->fate < ARRAY_COUNT(fate_screens)) {
        return fate_screens[decision->fate];
    }
    return (size_t)decision->reason < ARRAY_COUNT(brick_screens) ? brick_screens[decision->reason]
                                                                 : SCREEN_PANIC;
}

static int item_height(const struct page *page, const struct item *item)
{
    const struct canvas nowhere = {.width_px = 0};
    struct page measured = *page;

    measured.canvas = &nowhere;
    return item->draw(&measured, item, 0);
}

/* The items, in room_px from top_px on: what each takes is measured first. */
static void draw_items(const struct page *page, const struct layout *layout, int top_px, int room_px)
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

void screen_draw(const struct canvas *canvas, enum screen screen, const struct screen_facts *facts)
{
    const struct rect all = {.width_px = (int)canvas->width_px, .height_px = (int)canvas->height_px};
    int column_px = all.width_px - 2 * (all.width_px / MARGIN_SHARE);
    int edge_px = EDGE_PX * all.height_px / DESIGN_HEIGHT_PX;
    struct page page = {.canvas = canvas, .facts = facts, .narrow = all.width_px < NARROW_PX};
    int foot_px = 0;

    if (canvas->width_px == 0 || (size_t)screen >= ARRAY_COUNT(layouts)) {
        return;
    }
    const struct layout *layout = &layouts[screen];
    page.width_px = column_px < COLUMN_MAX_PX ? column_px : COLUMN_MAX_PX;
    page.left_px = (all.width_px - page.width_px) / 2;
    canvas_fill(canvas, all, COLOUR_BLACK);
    if (layout->foot != NULL) {
        foot_px = item_height(&page, layout->foot);
        layout->foot->draw(&page, layout->foot, all.height_px - edge_px - foot_px);
    }
    draw_items(&page, layout, edge_px, all.height_px - 3 * edge_px - foot_px);
}
