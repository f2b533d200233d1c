/* SPDX-License-Identifier: MIT */
/* What the keys do, and the time that is left. Stage screen. */
#include "screen/key_help.h"

#include "base/text.h"

#define CAP_COLOUR 0x34343au
#define CAP_PAD_PX 14
#define ROW_PAD_PX 12
#define GAP_PX     14
#define BAR_PX     8

static int cap_width(const struct page *page, enum text_id cap)
{
    return type_width(item_style(page, ROLE_CAPTION), item_words(cap)->english) + 2 * CAP_PAD_PX;
}

static int plus_width(const struct page *page)
{
    return type_width(item_style(page, ROLE_CAPTION), "+") + GAP_PX;
}

static int caps_width(const struct page *page, const struct key_row *row)
{
    int width_px = cap_width(page, row->caps[0]);

    if (row->caps[1] != TEXT_NOTHING) {
        width_px += GAP_PX / 2 + plus_width(page) + cap_width(page, row->caps[1]);
    }
    return width_px;
}

static int draw_cap(const struct page *page, enum text_id cap, int x_px, int y_px)
{
    const struct type_style *style = item_style(page, ROLE_CAPTION);
    int width_px = cap_width(page, cap);
    int height_px = type_line_height(style) + ROW_PAD_PX / 2;

    canvas_round_rect(page->canvas, (struct rect){x_px, y_px, width_px, height_px}, 10, CAP_COLOUR);
    type_draw(page->canvas, style, ALIGN_LEFT, x_px + CAP_PAD_PX, y_px + ROW_PAD_PX / 4,
              COLOUR_WHITE, item_words(cap)->english);
    return width_px;
}

/* Centred; the Chinese only where there is room. Returns its height. */
static int draw_row(const struct page *page, const struct key_row *row, int y_px)
{
    const struct type_style *style = item_style(page, ROLE_CAPTION);
    const struct text_pair *says = item_words(row->says);
    int chinese_px = GAP_PX + type_width(style, says->chinese);
    int width_px = caps_width(page, row) + GAP_PX + type_width(style, says->english);
    bool both = width_px + chinese_px <= page->width_px;
    int text_y_px = y_px + ROW_PAD_PX / 4;
    int x_px = page->left_px + (page->width_px - width_px - (both ? chinese_px : 0)) / 2;

    x_px += draw_cap(page, row->caps[0], x_px, y_px);
    if (row->caps[1] != TEXT_NOTHING) {
        type_draw(page->canvas, style, ALIGN_LEFT, x_px + GAP_PX / 2, text_y_px, COLOUR_GREY, "+");
        x_px += GAP_PX / 2 + plus_width(page);
        x_px += draw_cap(page, row->caps[1], x_px, y_px);
    }
    type_draw(page->canvas, style, ALIGN_LEFT, x_px + GAP_PX, text_y_px, COLOUR_GREY,
              says->english);
    if (both) {
        x_px += GAP_PX + type_width(style, says->english);
        type_draw(page->canvas, style, ALIGN_LEFT, x_px + GAP_PX, text_y_px, COLOUR_DIM,
                  says->chinese);
    }
    return type_line_height(style) + ROW_PAD_PX;
}

int item_keys(const struct page *page, const struct item *item, int y_px)
{
    int height_px = 0;

    for (size_t i = 0; i < item->key_count; i++) {
        height_px += draw_row(page, &item->keys[i], y_px + height_px);
    }
    return height_px;
}

int item_pause_keys(const struct page *page, const struct item *item, int y_px)
{
    return draw_row(page, &item->keys[page->facts->wait == SCREEN_WAIT_PAUSED ? 1 : 0], y_px);
}

static void draw_bar(const struct page *page, int y_px)
{
    uint32_t whole_s = page->wait_whole_s;
    int whole_px = page->width_px / 2;
    struct rect bar = {page->left_px + (page->width_px - whole_px) / 2, y_px, whole_px, BAR_PX};

    canvas_round_rect(page->canvas, bar, BAR_PX / 2, CAP_COLOUR);
    if (whole_s != 0 && page->facts->wait_s <= whole_s) {
        bar.width_px = (int)((uint64_t)whole_px * page->facts->wait_s / whole_s);
        canvas_round_rect(page->canvas, bar, BAR_PX / 2, COLOUR_WHITE);
    }
}

/* "Starting in 9 s  9 秒后启动" */
static void say_time(const struct page *page, enum text_id what, struct text *english,
                     struct text *chinese)
{
    if (page->facts->wait == SCREEN_WAIT_PAUSED) {
        text_str(english, item_words(TEXT_WAIT_PAUSED)->english);
        text_str(chinese, item_words(TEXT_WAIT_PAUSED)->chinese);
        return;
    }
    text_all(english, item_words(what)->english, " ");
    text_u64(english, page->facts->wait_s);
    text_str(english, item_words(TEXT_WAIT_SECONDS)->english);
    text_u64(chinese, page->facts->wait_s);
    text_all(chinese, " ", item_words(what)->chinese);
}

int item_wait(const struct page *page, const struct item *item, int y_px)
{
    const struct type_style *style = item_style(page, ROLE_BODY);
    int height_px = type_line_height(style);
    char chars[2][64];
    struct text english = text_in(chars[0], sizeof chars[0]);
    struct text chinese = text_in(chars[1], sizeof chars[1]);

    if (page->facts->wait != SCREEN_WAIT_NONE) {
        say_time(page, item->text, &english, &chinese);
        int width_px = type_width(style, chars[0]);
        int both_px = width_px + 2 * GAP_PX + type_width(style, chars[1]);
        bool both = both_px <= page->width_px;
        int x_px = page->left_px + (page->width_px - (both ? both_px : width_px)) / 2;
        type_draw(page->canvas, style, ALIGN_LEFT, x_px, y_px, COLOUR_WHITE, chars[0]);
        if (both) {
            type_draw(page->canvas, style, ALIGN_RIGHT, x_px + both_px, y_px, COLOUR_GREY,
                      chars[1]);
        }
        draw_bar(page, y_px + height_px + GAP_PX / 2);
    }
    return height_px + GAP_PX / 2 + BAR_PX;
}
