/* SPDX-License-Identifier: MIT */
/* The recovery's pages as pictures. */
#include "recovery/draw.h"

#include "base/text.h"
#include "screen/type.h"

#include <string.h>

#define BACKGROUND 0x000000
#define INK        0xf2f2f2
#define SOFT       0x9aa4ae
#define SELECTED   0x001018
#define WARNING    0xff9a3c
#define TROUGH     0x2a3138

#define EDGE_PX     40
#define TITLE_Y_PX  96
#define GAP_PX      16
#define BODY_GAP_PX 44
#define ITEM_PX     128
#define PROGRESS_PX 28
#define BOTTOM_PX   48
#define FOOT_GAP_PX 10

static const struct text_pair texts[TEXT_COUNT] = {TEXTS(TEXT_PAIR)};

static struct rect column(const struct canvas *canvas, int y_px)
{
    return (struct rect){EDGE_PX, y_px, (int)canvas->width_px - 2 * EDGE_PX, 0};
}

/* English, and the Chinese below it. Returns the y below both. */
static int draw_pair(const struct canvas *canvas, int y_px, const struct text_pair *text,
                     const struct type_style *english, uint32_t colour)
{
    y_px +=
        type_draw_block(canvas, english, ALIGN_CENTRE, column(canvas, y_px), colour, text->english);
    y_px += type_draw_block(canvas, &style_under, ALIGN_CENTRE, column(canvas, y_px), SOFT,
                            text->chinese);
    return y_px;
}

static int pair_height(const struct canvas *canvas, const struct text_pair *text,
                       const struct type_style *english)
{
    int width = column(canvas, 0).width_px;

    return type_block_height(english, width, text->english) +
           type_block_height(&style_under, width, text->chinese);
}

#define PORT_WORD  "PORT"
#define BODY_BYTES 200

/* The page's text, with the computer's way to this phone in it; `chars` may be used for that. */
static struct text_pair body_of(const struct recovery_view *view, char chars[BODY_BYTES])
{
    struct text_pair body = texts[recovery_page_about(view->page)->body];
    const char *at = view->port != NULL ? strstr(body.english, PORT_WORD) : NULL;
    struct text text = text_in(chars, BODY_BYTES);

    if (at == NULL) {
        return body;
    }
    for (const char *c = body.english; c < at; c++) {
        text_char(&text, *c);
    }
    text_str(&text, view->port);
    text_str(&text, at + strlen(PORT_WORD));
    body.english = chars;
    return body;
}

/* NULL: nothing was refused on this page. */
static const struct text_pair *why_refused(const struct recovery_view *view)
{
    return view->page == RECOVERY_REFUSED && view->fault < FAULT_COUNT
               ? &texts[TEXT_FAULT_NONE + (size_t)view->fault]
               : NULL;
}

static int items_y(const struct canvas *canvas, const struct recovery_view *view)
{
    const struct recovery_page_about *about = recovery_page_about(view->page);
    const struct text_pair *why = why_refused(view);
    int y_px = TITLE_Y_PX + pair_height(canvas, &texts[about->title], &style_title);
    char chars[BODY_BYTES];
    struct text_pair body = body_of(view, chars);

    if (about->body != TEXT_NOTHING) {
        y_px += BODY_GAP_PX + pair_height(canvas, &body, &style_body);
    }
    if (why != NULL) {
        y_px += BODY_GAP_PX + pair_height(canvas, why, &style_body);
    }
    return y_px + BODY_GAP_PX;
}

struct rect recovery_bar(const struct canvas *canvas, const struct recovery_view *view)
{
    struct rect bar = {0, items_y(canvas, view) + (int)view->selected * ITEM_PX,
                       (int)canvas->width_px, ITEM_PX};

    if (view->selected >= recovery_page_about(view->page)->item_count) {
        bar.height_px = 0;
    }
    return bar;
}

static void draw_items(const struct canvas *canvas, const struct recovery_view *view)
{
    const struct recovery_page_about *about = recovery_page_about(view->page);
    int middle = (int)canvas->width_px / 2;
    int text_px = type_line_height(&style_item) + type_line_height(&style_under);
    int y_px = items_y(canvas, view) + (ITEM_PX - text_px) / 2;

    canvas_fill(canvas, recovery_bar(canvas, view), RECOVERY_BAR_COLOUR);
    for (size_t i = 0; i < about->item_count; i++) {
        const struct text_pair *text = &texts[about->items[i].text];
        bool selected = i == view->selected;

        type_draw(canvas, &style_item, ALIGN_CENTRE, middle, y_px, selected ? SELECTED : INK,
                  text->english);
        type_draw(canvas, &style_under, ALIGN_CENTRE, middle, y_px + type_line_height(&style_item),
                  selected ? SELECTED : SOFT, text->chinese);
        y_px += ITEM_PX;
    }
}

static void draw_progress(const struct canvas *canvas, const struct recovery_view *view)
{
    struct rect bar = column(canvas, items_y(canvas, view));
    unsigned percent = view->percent > 100 ? 100 : view->percent;
    char number[8];
    struct text text = text_in(number, sizeof(number));

    bar.height_px = PROGRESS_PX;
    canvas_round_rect(canvas, bar, PROGRESS_PX / 2, TROUGH);
    bar.width_px = bar.width_px * (int)percent / 100;
    if (bar.width_px >= PROGRESS_PX) {
        canvas_round_rect(canvas, bar, PROGRESS_PX / 2, RECOVERY_BAR_COLOUR);
    }
    text_u64(&text, percent);
    text_str(&text, " %");
    type_draw(canvas, &style_title, ALIGN_CENTRE, (int)canvas->width_px / 2,
              bar.y_px + PROGRESS_PX + GAP_PX, INK, number);
}

/* One line of the foot, above what is there already. Returns its top. */
static int draw_foot(const struct canvas *canvas, int bottom_px, enum text_id id)
{
    const struct text_pair *text = &texts[id];
    int middle = (int)canvas->width_px / 2;
    int line_px = type_line_height(&style_help);

    bottom_px -= line_px;
    type_draw(canvas, &style_help, ALIGN_CENTRE, middle, bottom_px, SOFT, text->chinese);
    bottom_px -= line_px;
    type_draw(canvas, &style_help, ALIGN_CENTRE, middle, bottom_px, SOFT, text->english);
    return bottom_px - FOOT_GAP_PX;
}

/* A warning above what is there already. Returns its top. */
static int draw_warning(const struct canvas *canvas, int bottom_px, const struct text_pair *text)
{
    bottom_px -= pair_height(canvas, text, &style_warning);
    draw_pair(canvas, bottom_px, text, &style_warning, WARNING);
    return bottom_px - 2 * GAP_PX;
}

/* What the main menu says of this ROM, and of what it was asked for. */
static int draw_notes(const struct canvas *canvas, int bottom_px, const struct recovery_view *view)
{
    if (view->mismatch) {
        bottom_px = draw_warning(canvas, bottom_px, &texts[TEXT_MISMATCH]);
    }
    if (view->asked != NULL && view->asked[0] != '\0') {
        bottom_px -= type_block_height(&style_help, column(canvas, 0).width_px, view->asked);
        (void)type_draw_block(canvas, &style_help, ALIGN_CENTRE, column(canvas, bottom_px), INK,
                              view->asked);
        bottom_px = draw_warning(canvas, bottom_px - FOOT_GAP_PX, &texts[TEXT_ASKED]);
    }
    return bottom_px;
}

void recovery_draw(const struct canvas *canvas, const struct recovery_view *view)
{
    static const enum text_id foot[] = {TEXT_HELP_KEYBOARD, TEXT_HELP_CONFIRM, TEXT_HELP_SELECT};
    const struct recovery_page_about *about = recovery_page_about(view->page);
    const struct text_pair *why = why_refused(view);
    int bottom_px = (int)canvas->height_px - BOTTOM_PX;
    char chars[BODY_BYTES];
    struct text_pair body = body_of(view, chars);
    int y_px;

    canvas_fill(canvas, (struct rect){0, 0, (int)canvas->width_px, (int)canvas->height_px},
                BACKGROUND);
    y_px = draw_pair(canvas, TITLE_Y_PX, &texts[about->title], &style_title, INK);
    if (about->body != TEXT_NOTHING) {
        y_px = draw_pair(canvas, y_px + BODY_GAP_PX, &body, &style_body, INK);
    }
    if (why != NULL) {
        (void)draw_pair(canvas, y_px + BODY_GAP_PX, why, &style_body, WARNING);
    }
    if (about->has_bar) {
        draw_progress(canvas, view);
    }
    draw_items(canvas, view);
    if (view->page == RECOVERY_MAIN) {
        bottom_px = draw_notes(canvas, bottom_px, view);
    }
    for (size_t i = 0; i < ARRAY_COUNT(foot) && about->item_count != 0; i++) {
        bottom_px = draw_foot(canvas, bottom_px, foot[i]);
    }
}
