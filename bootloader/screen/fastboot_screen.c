/* SPDX-License-Identifier: MIT */
/* Fastboot mode's screen, and the question before the lock changes. Stage screen. */
#include "screen/fastboot_screen.h"

#include "base/text.h"
#include "screen/choices.h"
#include "screen/page.h"

#define BAR_PX     16
#define BAR_COLOUR 0x22304au
#define WHOLE      100

static struct page fastboot_page(const struct canvas *canvas, const struct fastboot_facts *facts)
{
    struct page page = page_of(canvas, NULL);

    page.fastboot = facts;
    return page;
}

void screen_draw_fastboot(const struct canvas *canvas, const struct fastboot_facts *facts)
{
    if (canvas->width_px != 0) {
        struct page page = fastboot_page(canvas, facts);
        page_draw(&page, screen_layout(SCREEN_FASTBOOT));
    }
}

static void draw_bar(const struct page *page, int y_px, unsigned percent)
{
    struct rect bar = {page->left_px, y_px, page->width_px, BAR_PX};

    canvas_round_rect(page->canvas, bar, BAR_PX / 2, BAR_COLOUR);
    bar.width_px = (int)((int64_t)bar.width_px * percent / WHOLE);
    canvas_round_rect(page->canvas, bar, BAR_PX / 2, COLOUR_BLUE);
}

void screen_draw_progress(const struct canvas *canvas, const char *title, unsigned percent)
{
    char chars[16];
    struct text number = text_in(chars, sizeof chars);

    if (canvas->width_px == 0) {
        return;
    }
    percent = MIN(percent, WHOLE);
    struct page page = fastboot_page(canvas, NULL);
    const struct type_style *style = item_style(&page, ROLE_BODY);
    int top_px = page_feet_top(&page, screen_layout(SCREEN_FASTBOOT));
    struct rect room = {page.left_px, top_px, page.width_px, PROGRESS_ROOM_PX};

    canvas_fill(canvas, room, COLOUR_BLACK);
    if (title[0] == '\0') {
        return;
    }
    text_u64(&number, percent);
    text_str(&number, " %");
    struct canvas left = *canvas; /* a long title ends before the number */
    int left_px = room.x_px + room.width_px - type_width(style, "100 % ");
    if (left_px > 0 && (uint32_t)left_px < left.width_px) {
        left.width_px = (uint32_t)left_px;
    }
    type_draw(&left, style, ALIGN_LEFT, room.x_px, top_px, COLOUR_WHITE, title);
    type_draw(canvas, style, ALIGN_RIGHT, room.x_px + room.width_px, top_px, COLOUR_GREY, chars);
    draw_bar(&page, top_px + PROGRESS_ROOM_PX - 2 * BAR_PX, percent);
}

enum fastboot_choice screen_fastboot_keys(const struct canvas *canvas, struct keys *keys,
                                          struct fastboot_facts *facts)
{
    bool off = facts->choice == FASTBOOT_CHOICE_POWER_OFF;

    switch (keys != NULL ? keys->ops->pressed(keys) : KEY_NONE) {
    case KEY_NONE:
        return FASTBOOT_CHOICE_NONE;
    case KEY_VOLUME_UP:
        facts->data_shown = !facts->data_shown;
        break;
    case KEY_VOLUME_DOWN:
        facts->choice = off ? FASTBOOT_CHOICE_RESTART : FASTBOOT_CHOICE_POWER_OFF;
        break;
    case KEY_POWER:
        return off ? FASTBOOT_CHOICE_POWER_OFF : FASTBOOT_CHOICE_RESTART;
    }
    screen_draw_fastboot(canvas, facts);
    return FASTBOOT_CHOICE_NONE;
}

void screen_draw_question(const struct canvas *canvas, bool unlock, bool yes)
{
    if (canvas->width_px != 0) {
        struct page page = page_of(canvas, NULL);
        page.yes = yes;
        page_draw(&page, screen_layout(unlock ? SCREEN_UNLOCK : SCREEN_LOCK));
    }
}

enum screen_answer screen_question_keys(const struct canvas *canvas, struct keys *keys, bool unlock,
                                        bool *yes)
{
    switch (keys != NULL ? keys->ops->pressed(keys) : KEY_NONE) {
    case KEY_NONE:
        return SCREEN_ANSWER_NONE;
    case KEY_VOLUME_UP:
    case KEY_VOLUME_DOWN:
        *yes = !*yes;
        screen_draw_question(canvas, unlock, *yes);
        return SCREEN_ANSWER_NONE;
    case KEY_POWER:
        break;
    }
    return *yes ? SCREEN_ANSWER_YES : SCREEN_ANSWER_NO;
}
